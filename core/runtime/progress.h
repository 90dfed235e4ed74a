#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "runtime/error.h"

namespace unitscope {

/// Shared flag with which one thread asks another to stop. Copies refer to the same flag.
class CancelToken {
 public:
  CancelToken() : flag_(std::make_shared<std::atomic<bool>>(false)) {}

  void cancel() const noexcept { flag_->store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return flag_->load(std::memory_order_relaxed); }
  /// Throws Cancelled once cancel() was called. Long work calls it at least once a forward pass.
  void check() const {
    if (cancelled()) throw Cancelled();
  }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

/// Receives how far a piece of work has come: fraction in [0,1] and, optionally, what is done now. Called on
/// the worker thread. An empty Progress ignores everything.
class Progress {
 public:
  using Callback = std::function<void(double fraction, const std::string& what)>;

  Progress() = default;
  explicit Progress(Callback callback) : callback_(std::move(callback)) {}

  void report(double fraction, const std::string& what = {}) const {
    if (callback_) callback_(fraction, what);
  }
  /// A Progress whose [0,1] is the part [from,to] of this one.
  Progress part(double from, double to) const {
    if (!callback_) return {};
    return Progress([callback = callback_, from, to](double fraction, const std::string& what) {
      callback(from + (to - from) * fraction, what);
    });
  }

 private:
  Callback callback_;
};

}  // namespace unitscope
