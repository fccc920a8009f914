// A Result is not its value: somebody must look whether there is one.
// expect: (could not convert|no viable conversion|conversion from) .*Matrix
#include "kindred/vectors.h"

kindred::Matrix read(const char* path) {
#ifdef KINDRED_MISUSE
  return kindred::read_vectors(path);
#else
  auto vectors = kindred::read_vectors(path);
  return vectors ? std::move(*vectors) : kindred::Matrix();
#endif
}
