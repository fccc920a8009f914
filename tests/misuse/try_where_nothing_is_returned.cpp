// KINDRED_TRY hands an error to the caller: the function needs a way to return it.
// expect: (could not convert|no viable conversion|cannot convert|return-statement with a value)
#include "kindred/vectors.h"

#ifdef KINDRED_MISUSE
std::size_t
#else
kindred::Result<std::size_t>
#endif
rows_of(const char* path) {
  const auto vectors = KINDRED_TRY(kindred::read_vectors(path));
  return vectors.rows();
}
