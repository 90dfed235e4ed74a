#pragma once

#include <chrono>
#include <iosfwd>
#include <memory>
#include <string>

#include "app/cli/command_line.h"

namespace unitscope::cli {

/// What a command writes to while it runs.
class Console {
 public:
  explicit Console(const Host& host);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  std::ostream& out() const { return host_.out; }
  std::ostream& err() const { return host_.err; }
  const CancelToken& cancel() const { return host_.cancel; }
  const Host& host() const { return host_; }

  /// Shows progress even where standard error is no terminal, a line at a time.
  void wantProgress() { wanted_ = true; }
  /// A Progress that draws on standard error, or ignores everything where nobody would look. Valid while this lives.
  Progress progress(const std::string& title);
  /// Removes the progress line, before anything else is written.
  void clearProgress();
  /// A remark on standard error.
  void note(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  void draw(const std::string& title, double fraction, const std::string& what);

  const Host& host_;
  bool wanted_ = false;
  bool drawn_ = false;
  Clock::time_point start_, last_;
};

}  // namespace unitscope::cli
