// A collection has one writer: it moves from hand to hand, it is never copied.
// expect: use of deleted function .*Collection|call to (implicitly-)?deleted (copy )?constructor
#include <utility>

#include "kindred/collection.h"

kindred::Collection hand_over(kindred::Collection& writer) {
#ifdef KINDRED_MISUSE
  return writer;
#else
  return std::move(writer);
#endif
}
