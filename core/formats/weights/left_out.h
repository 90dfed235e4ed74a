#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace unitscope {

/// Names of what a file holds and a reader does not give, for one line of notes.
class LeftOut {
 public:
  void add(std::string_view name) {
    if (++count_ > kShown) return;
    if (!names_.empty()) names_ += ", ";
    names_ += name.substr(0, 100);
  }
  bool empty() const noexcept { return count_ == 0; }
  /// "left out, WHY: a, b, c and 7 more".
  std::string text(std::string_view why) const {
    std::string text = "left out, " + std::string(why) + ": " + names_;
    if (count_ > kShown) text += " and " + std::to_string(count_ - kShown) + " more";
    return text;
  }

 private:
  static constexpr std::size_t kShown = 5;
  std::size_t count_ = 0;
  std::string names_;
};

}  // namespace unitscope
