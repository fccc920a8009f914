// Copying a gigabyte by accident: a copy is asked for with clone().
// expect: use of deleted function .*Matrix\(const|call to implicitly-deleted copy
#include "kindred/matrix.h"

kindred::Matrix twice(const kindred::Matrix& rows) {
#ifdef KINDRED_MISUSE
  return rows;
#else
  return rows.clone();
#endif
}
