#include <kindred/index.h>

#include <cstdio>

int main() {
  const float values[] = {1, 0, 0, 1, 0.6F, 0.8F}, query[] = {0, 1};
  const auto index = kindred::Index::build({values, 3, 2});
  const auto hits = index->search({query, 1, 2}, 2);
  for (const auto& hit : hits->hits) std::printf("%d %.2f\n", static_cast<int>(hit.id), hit.score);
}
