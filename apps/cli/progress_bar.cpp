#include "progress_bar.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "quantities.h"

namespace kindred::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
/// The rate shown is an average over about this many seconds: work that changes its speed (a
/// resumed run that skips what is there, then embeds) soon shows a true time left.
constexpr double kMemory = 5;

int terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

ProgressBar::ProgressBar(std::string unit)
    : unit_(std::move(unit)), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() { finish(); }

Progress ProgressBar::progress() {
  return [this](const ProgressReport& current) { return report(current); };
}

void ProgressBar::finish() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  drawn_ = false;
}

double ProgressBar::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

bool ProgressBar::report(const ProgressReport& current) {
  if (terminal_) {
    const auto now = Clock::now();
    if (now - last_time_ >= kRedraw) draw(current, now);
  }
  return !CatchInterrupt::came();
}

void ProgressBar::draw(const ProgressReport& current, Clock::time_point now) {
  const double elapsed = std::chrono::duration<double>(now - last_time_).count();
  const double weight = 1 - std::exp(-elapsed / kMemory);
  const double measured =
      static_cast<double>(current.done - std::min(current.done, last_done_)) / elapsed;
  rate_ += weight * (measured - rate_);
  rate_weight_ += weight * (1 - rate_weight_);
  last_time_ = now;
  last_done_ = current.done;
  // An average that began at zero is too low by the weight that it has not gathered yet.
  const double current_rate = rate_ / rate_weight_;

  std::string words = with_thousands(current.done);
  if (current.total != 0) words += " of " + with_thousands(current.total);
  words += fmt::format(" {}, {} a second", unit_, rate(current_rate));
  if (current.total > current.done && current_rate > 0)
    words += fmt::format(
        ", {} left", duration(static_cast<double>(current.total - current.done) / current_rate));
  const int width = terminal_width();
  const int room = std::min(width - static_cast<int>(words.size()) - 4, 40);
  std::string bar;
  if (current.total != 0 && room >= 8) {
    const auto filled = static_cast<int>(
        std::min(1.0, static_cast<double>(current.done) / static_cast<double>(current.total)) *
        room);
    bar = fmt::format("[{:#<{}}{:.<{}}] ", "", filled, "", room - filled);
  }
  words.resize(std::min(words.size(), static_cast<std::size_t>(std::max(width - 1, 1))));
  fmt::print(stderr, "\r{}{}\033[K", bar, words);
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace kindred::cli
