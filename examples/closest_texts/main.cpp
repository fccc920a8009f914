#include <kindred/embedder.h>
#include <kindred/index.h>

#include <cstdio>
#include <string_view>
#include <vector>

int main(int, char** argv) {
  const std::vector<std::string_view> texts = {"edit photographs", "watch network traffic",
                                               "learn to touch-type"};
  const auto model = kindred::Embedder::open(argv[1]);
  if (!model) return std::fprintf(stderr, "%s\n", model.error().message.c_str()), 1;
  const auto index = kindred::Index::build(model->embed(texts)->vectors);
  const auto query = model->embed(std::vector<std::string_view>{"type faster"});
  const auto hits = index->search(query->vectors, 3);
  for (const auto& [id, score] : hits->hits) std::printf("%.2f  %s\n", score, texts[id].data());
}
