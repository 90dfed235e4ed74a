#pragma once

#include <chrono>

#include "attribution/method.h"

namespace unitscope {

/// Says when a long search should show what it has: at once, and then not more than five times a second.
class PreviewClock {
 public:
  explicit PreviewClock(const AttributionQuery& query) : wanted_(static_cast<bool>(query.preview)) {}

  bool due() {
    const auto now = std::chrono::steady_clock::now();
    if (!wanted_ || (shown_ && now - last_ < std::chrono::milliseconds(200))) return false;
    shown_ = true;
    last_ = now;
    return true;
  }

 private:
  bool wanted_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace unitscope
