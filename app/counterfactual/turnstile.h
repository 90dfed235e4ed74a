#pragma once

#include <functional>
#include <utility>

namespace unitscope {

/// Lets one question in at a time; of those that come meanwhile only the newest waits. Unlike a pane of the
/// EngineBridge, which cancels what runs, it never starves: while the mouse moves faster than the network answers, the
/// answers still come, one after the other.
class Turnstile {
 public:
  /// `ask` begins something that ends with a call of done().
  void offer(std::function<void()> ask) {
    if (busy_) {
      next_ = std::move(ask);
    } else {
      busy_ = true;
      ask();
    }
  }
  /// What was asked has been answered, or never will be.
  void done() {
    busy_ = false;
    if (next_) offer(std::exchange(next_, {}));
  }
  /// What waits is no longer wanted; what was asked still has to end.
  void forget() { next_ = {}; }
  bool busy() const { return busy_; }

 private:
  bool busy_ = false;
  std::function<void()> next_;
};

}  // namespace unitscope
