#include "interrupt.h"

namespace kindred::cli {
namespace {

volatile std::sig_atomic_t signal_came = 0;

extern "C" void note_signal(int) { signal_came = 1; }

}  // namespace

CatchInterrupt::CatchInterrupt() {
  signal_came = 0;
  struct sigaction action{};
  action.sa_handler = note_signal;
  // The handler goes with its first use, so that a second Ctrl-C is the ordinary, deadly one.
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &previous_interrupt_);
  sigaction(SIGTERM, &action, &previous_terminate_);
}

CatchInterrupt::~CatchInterrupt() {
  sigaction(SIGINT, &previous_interrupt_, nullptr);
  sigaction(SIGTERM, &previous_terminate_, nullptr);
}

bool CatchInterrupt::came() { return signal_came != 0; }

}  // namespace kindred::cli
