/// How far a long command is, on stderr: a bar with count, rate and time left on a terminal,
/// nothing in a pipe. It also carries Ctrl-C to the work: once it was pressed, the next report asks
/// to stop.
///
///     ProgressBar bar("texts");
///     auto result = embedder.embed(texts, {.progress = bar.progress()});
///     bar.finish();
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "interrupt.h"
#include "kindred/progress.h"

namespace kindred::cli {

class ProgressBar {
 public:
  /// `unit` is what is counted, in the plural.
  explicit ProgressBar(std::string unit);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  /// The callback to hand to the library; it must not outlive the bar.
  Progress progress();
  /// Wipes the bar off the terminal, so that what is printed next starts on a clean line.
  void finish();
  /// Seconds since construction.
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool report(const ProgressReport& report);
  void draw(const ProgressReport& report, Clock::time_point now);

  CatchInterrupt interrupt_;
  std::string unit_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_time_ = start_;  ///< when rate_ was last measured
  std::uint64_t last_done_ = 0;
  double rate_ = 0;         ///< units a second, smoothed
  double rate_weight_ = 0;  ///< how much of the average is measured yet, towards 1
};

}  // namespace kindred::cli
