#include "app/cli/console.h"

#include <algorithm>
#include <cmath>
#include <ostream>

namespace unitscope::cli {
namespace {

std::string clockTime(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(seconds));
  const std::string rest = std::to_string(whole % 60);
  return std::to_string(whole / 60) + ":" + (rest.size() < 2 ? "0" : "") + rest;
}

}  // namespace

Console::Console(const Host& host) : host_(host) {}

Console::~Console() {
  clearProgress();
}

Progress Console::progress(const std::string& title) {
  if (!host_.errIsTerminal && !wanted_) return {};
  start_ = Clock::now();
  last_ = {};
  return Progress([this, title](double fraction, const std::string& what) { draw(title, fraction, what); });
}

void Console::draw(const std::string& title, double fraction, const std::string& what) {
  const auto now = Clock::now();
  // A terminal is redrawn ten times a second at most; a log gets a line a second.
  const auto pause = host_.errIsTerminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(1000);
  if (last_ != Clock::time_point{} && now - last_ < pause) return;
  last_ = now;
  fraction = std::clamp(fraction, 0.0, 1.0);
  std::string line = title;
  if (!what.empty()) line += ": " + what;
  line += " " + std::to_string(static_cast<int>(fraction * 100.0)) + " %";
  const double seconds = std::chrono::duration<double>(now - start_).count();
  if (fraction > 0.02 && seconds > 1.0) line += ", " + clockTime(seconds * (1.0 - fraction) / fraction) + " left";
  if (host_.errIsTerminal) {
    host_.err << '\r' << line << "\x1b[K" << std::flush;
    drawn_ = true;
  } else {
    host_.err << line << '\n' << std::flush;
  }
}

void Console::clearProgress() {
  if (drawn_) host_.err << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

void Console::note(const std::string& text) {
  clearProgress();
  host_.err << "unitscope: " << text << '\n';
}

}  // namespace unitscope::cli
