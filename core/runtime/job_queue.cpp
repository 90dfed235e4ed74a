#include "runtime/job_queue.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "runtime/error.h"

namespace unitscope {
namespace {

using Clock = std::chrono::steady_clock;

// Before this an estimate would jump about more than it tells.
constexpr double kFirstEstimateSeconds = 0.3;
constexpr double kFirstEstimateFraction = 0.01;

/// Libraries append stack traces to their messages.
std::string firstLine(const char* text) {
  const std::string whole = text == nullptr ? "" : text;
  return whole.substr(0, whole.find('\n'));
}

struct Job {
  JobStatus status;
  std::string key;
  JobQueue::Work work;
  CancelToken cancel;
  Clock::time_point started;
};

using Jobs = std::vector<std::shared_ptr<Job>>;

void fail(JobStatus& status, std::string subject, std::string reason) {
  status.state = JobStatus::State::Failed;
  status.errorSubject = std::move(subject);
  status.errorReason = std::move(reason);
}

}  // namespace

struct JobQueue::State {
  State(Listener l, IdleTask i) : listener(std::move(l)), idle(std::move(i)) {}

  Listener listener;
  IdleTask idle;
  mutable std::mutex mutex;
  std::condition_variable workCame, newsCame, changed;
  std::deque<std::shared_ptr<Job>> waiting;
  std::shared_ptr<Job> running;
  std::deque<JobStatus> news;
  bool telling = false;     // the listener is being called
  bool stopping = false;    // no job starts any more
  bool workerDone = false;  // no news will come any more
  JobId lastId = 0;
  std::thread worker, herald;

  void work();
  /// Waits for a job or the end; runs the idle task when that takes long and a job went before.
  void waitForWork(std::unique_lock<std::mutex>& lock, bool idleDue);
  void tell();
  void execute(Job& job);
  void reportProgress(Job& job, double fraction, const std::string& what);

  // The following expect the mutex to be held.
  void announce(const JobStatus& status);
  /// Moves the waiting jobs that it removes to `dropped`: what they hold must be destroyed without the mutex.
  void cancelWhere(const std::function<bool(const Job&)>& chosen, Jobs& dropped);
  bool isIdle() const { return waiting.empty() && !running; }
};

void JobQueue::State::announce(const JobStatus& status) {
  if (!listener) return;
  if (status.state == JobStatus::State::Running && !news.empty() && news.back().id == status.id &&
      news.back().state == JobStatus::State::Running)
    news.back() = status;
  else
    news.push_back(status);
  newsCame.notify_one();
}

void JobQueue::State::cancelWhere(const std::function<bool(const Job&)>& chosen, Jobs& dropped) {
  if (running && chosen(*running)) running->cancel.cancel();
  for (auto it = waiting.begin(); it != waiting.end();) {
    if (!chosen(**it)) {
      ++it;
      continue;
    }
    (*it)->cancel.cancel();
    (*it)->status.state = JobStatus::State::Cancelled;
    announce((*it)->status);
    dropped.push_back(std::move(*it));
    it = waiting.erase(it);
  }
  changed.notify_all();
}

void JobQueue::State::reportProgress(Job& job, double fraction, const std::string& what) {
  const double seconds = std::chrono::duration<double>(Clock::now() - job.started).count();
  const std::lock_guard lock(mutex);
  if (!std::isnan(fraction)) job.status.fraction = std::clamp(fraction, 0.0, 1.0);
  if (!what.empty()) job.status.what = what;
  const double done = job.status.fraction;
  if (seconds >= kFirstEstimateSeconds && done >= kFirstEstimateFraction)
    job.status.secondsLeft = seconds * (1.0 - done) / done;
  announce(job.status);
}

/// Runs the job and sets its last state, without telling anyone yet.
void JobQueue::State::execute(Job& job) {
  JobStatus end;
  end.state = JobStatus::State::Finished;
  try {
    job.cancel.check();
    job.work(Progress([this, &job](double fraction, const std::string& what) { reportProgress(job, fraction, what); }),
             job.cancel);
    // An answer that came after the question was withdrawn is not wanted.
    job.cancel.check();
  } catch (const Cancelled&) {
    end.state = JobStatus::State::Cancelled;
  } catch (const Error& error) {
    fail(end, error.subject(), error.reason());
  } catch (const std::bad_alloc&) {
    fail(end, "memory", "there is not enough for this; close other models or choose smaller settings");
  } catch (const std::exception& error) {
    fail(end, {}, firstLine(error.what()));
  } catch (...) {
    fail(end, {}, "the job failed without giving a reason");
  }
  // What the work holds (models, pictures) goes before anyone hears of the end.
  job.work = {};
  const std::lock_guard lock(mutex);
  job.status.state = end.state;
  job.status.errorSubject = std::move(end.errorSubject);
  job.status.errorReason = std::move(end.errorReason);
  job.status.secondsLeft.reset();
  if (end.state == JobStatus::State::Finished) job.status.fraction = 1.0;
}

void JobQueue::State::waitForWork(std::unique_lock<std::mutex>& lock, bool idleDue) {
  const auto called = [this] { return stopping || !waiting.empty(); };
  if (idleDue && idle.run && !workCame.wait_for(lock, idle.after, called)) {
    lock.unlock();
    try {
      idle.run();
    } catch (...) {  // NOLINT(bugprone-empty-catch): nobody waits for it, and the queue must go on
    }
    lock.lock();
  }
  workCame.wait(lock, called);
}

void JobQueue::State::work() {
  std::unique_lock lock(mutex);
  bool worked = false;
  while (true) {
    waitForWork(lock, worked);
    if (waiting.empty()) break;
    worked = true;
    const std::shared_ptr<Job> job = waiting.front();
    waiting.pop_front();
    running = job;
    job->started = Clock::now();
    job->status.state = JobStatus::State::Running;
    announce(job->status);
    lock.unlock();
    execute(*job);
    lock.lock();
    running.reset();
    announce(job->status);
    changed.notify_all();
  }
  workerDone = true;
  newsCame.notify_all();
}

void JobQueue::State::tell() {
  std::unique_lock lock(mutex);
  while (true) {
    newsCame.wait(lock, [this] { return workerDone || !news.empty(); });
    if (news.empty()) break;
    const JobStatus status = std::move(news.front());
    news.pop_front();
    telling = true;
    lock.unlock();
    try {
      listener(status);
    } catch (...) {  // NOLINT(bugprone-empty-catch): a listener's problem must not end the queue
    }
    lock.lock();
    telling = false;
    changed.notify_all();
  }
}

JobQueue::JobQueue(Listener listener, std::function<void()> onThreadStart, IdleTask idle)
    : state_(std::make_shared<State>(std::move(listener), std::move(idle))) {
  state_->worker = std::thread([state = state_.get(), start = std::move(onThreadStart)] {
    if (start) start();
    state->work();
  });
  state_->herald = std::thread([state = state_.get()] { state->tell(); });
}

JobQueue::~JobQueue() {
  {
    Jobs dropped;
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->cancelWhere([](const Job&) { return true; }, dropped);
    state_->workCame.notify_all();
  }
  state_->worker.join();
  state_->herald.join();
}

JobId JobQueue::submit(std::string title, std::string key, Work work) {
  const auto job = std::make_shared<Job>();
  job->status.title = std::move(title);
  job->key = std::move(key);
  job->work = std::move(work);
  Jobs dropped;
  const std::lock_guard lock(state_->mutex);
  job->status.id = ++state_->lastId;
  if (!job->key.empty()) state_->cancelWhere([&](const Job& other) { return other.key == job->key; }, dropped);
  state_->waiting.push_back(job);
  state_->announce(job->status);
  state_->workCame.notify_one();
  return job->status.id;
}

void JobQueue::cancel(JobId id) {
  Jobs dropped;
  const std::lock_guard lock(state_->mutex);
  state_->cancelWhere([id](const Job& job) { return job.status.id == id; }, dropped);
}

void JobQueue::cancelKey(const std::string& key) {
  Jobs dropped;
  const std::lock_guard lock(state_->mutex);
  state_->cancelWhere([&](const Job& job) { return job.key == key; }, dropped);
}

void JobQueue::cancelAll() {
  Jobs dropped;
  const std::lock_guard lock(state_->mutex);
  state_->cancelWhere([](const Job&) { return true; }, dropped);
}

bool JobQueue::idle() const {
  const std::lock_guard lock(state_->mutex);
  return state_->isIdle();
}

void JobQueue::waitIdle() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [this] { return state_->isIdle() && state_->news.empty() && !state_->telling; });
}

}  // namespace unitscope
