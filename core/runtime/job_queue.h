#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/progress.h"

namespace unitscope {

using JobId = std::uint64_t;

/// What a listener learns of a job. Delivered in order, on a thread of the queue that is not the worker, so that a job
/// that computes for long does not hold up the news of others. Progress that was overtaken before it could be
/// delivered is left out.
struct JobStatus {
  enum class State { Queued, Running, Finished, Failed, Cancelled };
  JobId id = 0;
  std::string title;
  State state = State::Queued;
  double fraction = 0.0;
  std::string what;                       ///< what is done now
  std::optional<double> secondsLeft;      ///< estimate, once there is one
  std::string errorSubject, errorReason;  ///< when Failed
};

/// Runs jobs one after another on a thread of its own (one queue per device, so that panes never fight for cores).
/// A job with a key replaces every older job of that key: a waiting one never starts, a running one is cancelled.
/// Exceptions become Failed with a reason; std::bad_alloc and a device that is out of memory are reported as such.
class JobQueue {
 public:
  using Work = std::function<void(const Progress&, const CancelToken&)>;
  using Listener = std::function<void(const JobStatus&)>;

  /// Runs on the worker once nothing has been asked for as long as `after`, and not again before another job.
  struct IdleTask {
    std::chrono::milliseconds after;
    std::function<void()> run;
  };

  /// `onThreadStart` runs first on the worker (thread counts, allocator).
  explicit JobQueue(Listener listener = {}, std::function<void()> onThreadStart = {}, IdleTask idle = {});
  /// Cancels everything and waits for the running job to notice.
  ~JobQueue();

  JobId submit(std::string title, std::string key, Work work);
  void cancel(JobId id);
  void cancelKey(const std::string& key);
  void cancelAll();
  bool idle() const;
  /// Blocks until nothing waits or runs and the listener was told all. For tests and the command line; never for a
  /// window.
  void waitIdle();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace unitscope
