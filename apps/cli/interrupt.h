/// Ctrl-C for long commands: a first one asks the work to stop in good order, a second one ends the
/// program at once.
#pragma once

#include <csignal>

namespace kindred::cli {

/// While one lives, SIGINT and SIGTERM only set a flag, which the command's Progress polls. At most
/// one at a time, in the main thread.
class CatchInterrupt {
 public:
  CatchInterrupt();
  CatchInterrupt(const CatchInterrupt&) = delete;
  CatchInterrupt& operator=(const CatchInterrupt&) = delete;
  ~CatchInterrupt();

  /// Whether one of the signals has come since construction.
  static bool came();

 private:
  struct sigaction previous_interrupt_{};
  struct sigaction previous_terminate_{};
};

}  // namespace kindred::cli
