#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <thread>

#include <QtTest>

#include "runtime/error.h"
#include "runtime/job_queue.h"

using namespace unitscope;

namespace {

using State = JobStatus::State;

/// Everything that a queue said, in order.
class Record {
 public:
  JobQueue::Listener listener() {
    return [this](const JobStatus& status) {
      const std::lock_guard lock(mutex_);
      said_.push_back(status);
    };
  }
  std::vector<JobStatus> of(JobId id) const {
    const std::lock_guard lock(mutex_);
    std::vector<JobStatus> own;
    for (const JobStatus& status : said_)
      if (status.id == id) own.push_back(status);
    return own;
  }
  JobStatus last(JobId id) const {
    const auto own = of(id);
    return own.empty() ? JobStatus{} : own.back();
  }
  int ends(JobId id) const {
    int count = 0;
    for (const JobStatus& status : of(id)) count += status.state != State::Queued && status.state != State::Running;
    return count;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<JobStatus> said_;
};

/// A door that a job waits at until the test opens it.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void awaitSomeone() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

void nothing(const Progress&, const CancelToken&) {}

/// Runs until it is cancelled.
void forever(const Progress&, const CancelToken& cancel) {
  while (true) {
    cancel.check();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

class TestJobQueue : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void runsInOrderOnOneThreadOfItsOwn() {
    Record record;
    std::thread::id start;
    std::vector<std::pair<int, std::thread::id>> order;
    JobQueue queue(record.listener(), [&] { start = std::this_thread::get_id(); });
    std::vector<JobId> ids;
    for (int i = 0; i < 5; ++i)
      ids.push_back(queue.submit("job", "", [&order, i](const Progress&, const CancelToken&) {
        order.emplace_back(i, std::this_thread::get_id());
      }));
    queue.waitIdle();
    QCOMPARE(order.size(), std::size_t{5});
    for (int i = 0; i < 5; ++i) {
      QCOMPARE(order[static_cast<std::size_t>(i)].first, i);
      QVERIFY(order[static_cast<std::size_t>(i)].second == start);
      QVERIFY(order[static_cast<std::size_t>(i)].second != std::this_thread::get_id());
    }
    for (const JobId id : ids) {
      const auto said = record.of(id);
      QVERIFY(said.size() >= 3);
      QCOMPARE(said.front().state, State::Queued);
      QCOMPARE(said[1].state, State::Running);
      QCOMPARE(said.back().state, State::Finished);
      QCOMPARE(said.back().fraction, 1.0);
      QCOMPARE(record.ends(id), 1);
    }
    QVERIFY(queue.idle());
  }

  void newestOfAKeyWins() {
    Record record;
    JobQueue queue(record.listener());
    std::atomic<int> ran = 0;
    Gate gate;
    const JobId running = queue.submit("old", "pane", [&](const Progress&, const CancelToken& cancel) {
      gate.pass();
      cancel.check();
      ran += 100;
    });
    gate.awaitSomeone();
    const JobId other = queue.submit("other", "elsewhere", [&](const Progress&, const CancelToken&) { ran += 10; });
    const JobId waiting = queue.submit("older", "pane", [&](const Progress&, const CancelToken&) { ran += 1000; });
    const JobId newest = queue.submit("new", "pane", [&](const Progress&, const CancelToken&) { ran += 1; });
    QVERIFY(!queue.idle());
    gate.open();
    queue.waitIdle();
    QCOMPARE(ran.load(), 11);
    QCOMPARE(record.last(running).state, State::Cancelled);
    QCOMPARE(record.last(waiting).state, State::Cancelled);
    QCOMPARE(record.of(waiting).size(), std::size_t{2});
    QCOMPARE(record.last(other).state, State::Finished);
    QCOMPARE(record.last(newest).state, State::Finished);
  }

  void emptyKeysReplaceNothing() {
    JobQueue queue;
    std::atomic<int> ran = 0;
    for (int i = 0; i < 4; ++i) queue.submit("", "", [&](const Progress&, const CancelToken&) { ++ran; });
    queue.waitIdle();
    QCOMPARE(ran.load(), 4);
  }

  void cancelsByIdByKeyAndAll() {
    Record record;
    JobQueue queue(record.listener());
    const JobId first = queue.submit("a", "one", forever);
    const JobId second = queue.submit("b", "two", forever);
    const JobId third = queue.submit("c", "three", forever);
    queue.cancelKey("three");
    queue.cancel(first);
    QTRY_COMPARE(record.last(second).state, State::Running);
    QCOMPARE(record.last(first).state, State::Cancelled);
    QCOMPARE(record.last(third).state, State::Cancelled);
    queue.cancel(12345);
    QVERIFY(!queue.idle());
    queue.cancelAll();
    queue.waitIdle();
    QCOMPARE(record.last(second).state, State::Cancelled);
    for (const JobId id : {first, second, third}) QCOMPARE(record.ends(id), 1);
  }

  void anAnswerAfterCancellingIsNotFinished() {
    Record record;
    JobQueue queue(record.listener());
    Gate gate;
    const JobId id = queue.submit("deaf", "", [&](const Progress&, const CancelToken&) { gate.pass(); });
    gate.awaitSomeone();
    queue.cancel(id);
    gate.open();
    queue.waitIdle();
    QCOMPARE(record.last(id).state, State::Cancelled);
  }

  void newsOfWaitingJobsNeedNotWaitForTheWorker() {
    Record record;
    JobQueue queue(record.listener());
    Gate gate;
    queue.submit("silent", "", [&](const Progress&, const CancelToken&) { gate.pass(); });
    gate.awaitSomeone();
    const JobId id = queue.submit("next", "", nothing);
    QTRY_COMPARE(record.last(id).state, State::Queued);
    queue.cancel(id);
    QTRY_COMPARE(record.last(id).state, State::Cancelled);
    gate.open();
    queue.waitIdle();
  }

  void progressCarriesWhatAndTimeLeft() {
    Record record;
    JobQueue queue(record.listener());
    Gate seenHalf;
    const JobId id = queue.submit("work", "", [&](const Progress& progress, const CancelToken&) {
      progress.report(-3.0, "start");
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      progress.report(0.5, "half");
      seenHalf.pass();
      progress.report(7.0);
      progress.report(std::numeric_limits<double>::quiet_NaN());
    });
    seenHalf.awaitSomeone();
    QTRY_COMPARE(record.last(id).what, std::string("half"));
    const JobStatus half = record.last(id);
    QCOMPARE(half.fraction, 0.5);
    QVERIFY(half.secondsLeft.has_value());
    // As long again as it took so far, which was 0.4 s at least.
    QVERIFY2(*half.secondsLeft >= 0.39, qPrintable(QString::number(*half.secondsLeft)));
    seenHalf.open();
    queue.waitIdle();
    for (const JobStatus& status : record.of(id)) QVERIFY(status.fraction >= 0.0 && status.fraction <= 1.0);
    QCOMPARE(record.last(id).state, State::Finished);
    QVERIFY(!record.last(id).secondsLeft.has_value());
  }

  void overtakenProgressIsLeftOut() {
    std::atomic<int> told = 0;
    Gate gate;
    JobQueue queue([&](const JobStatus& status) {
      if (status.state == State::Queued) gate.pass();
      ++told;
    });
    queue.submit("chatty", "", [&](const Progress& progress, const CancelToken&) {
      for (int i = 0; i < 10000; ++i) progress.report(i / 10000.0);
      gate.open();
    });
    queue.waitIdle();
    QVERIFY2(told < 10000, "each report was delivered although the listener was busy");
    QVERIFY(told >= 3);
  }

  void exceptionsBecomeFailures_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("subject");
    QTest::addColumn<QString>("reason");
    QTest::newRow("error") << 0 << "model.onnx"
                           << "is damaged";
    QTest::newRow("memory") << 1 << "Conv 'c'"
                            << "no room";
    QTest::newRow("bad_alloc") << 2 << "memory"
                               << "not enough";
    QTest::newRow("library") << 3 << ""
                             << "first line";
    QTest::newRow("unknown") << 4 << ""
                             << "without giving a reason";
  }
  void exceptionsBecomeFailures() {
    QFETCH(int, kind);
    QFETCH(QString, subject);
    QFETCH(QString, reason);
    Record record;
    JobQueue queue(record.listener());
    const JobId id = queue.submit("fails", "", [kind](const Progress&, const CancelToken&) {
      switch (kind) {
        case 0: throw Error("model.onnx", "is damaged");
        case 1: throw OutOfMemory("Conv 'c'", "no room");
        case 2: throw std::bad_alloc();
        case 3: throw std::runtime_error("first line\nframe #0: 0xdeadbeef");
        default: throw 42;
      }
    });
    const JobId after = queue.submit("goes on", "", nothing);
    queue.waitIdle();
    const JobStatus status = record.last(id);
    QCOMPARE(status.state, State::Failed);
    QCOMPARE(QString::fromStdString(status.errorSubject), subject);
    QVERIFY2(QString::fromStdString(status.errorReason).contains(reason), status.errorReason.c_str());
    QVERIFY(!QString::fromStdString(status.errorReason).contains("0x"));
    QCOMPARE(record.last(after).state, State::Finished);
  }

  void destructionCancelsAndTells() {
    Record record;
    JobId running = 0;
    JobId waiting = 0;
    std::atomic<bool> ran = false;
    {
      JobQueue queue(record.listener());
      running = queue.submit("runs", "", forever);
      waiting = queue.submit("waits", "", [&](const Progress&, const CancelToken&) { ran = true; });
      QTRY_COMPARE(record.last(running).state, State::Running);
    }
    QVERIFY(!ran);
    QCOMPARE(record.last(running).state, State::Cancelled);
    QCOMPARE(record.last(waiting).state, State::Cancelled);
  }

  void workIsDroppedBeforeItsEndIsTold() {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = held;
    std::atomic<bool> gone = false;
    JobQueue queue([&](const JobStatus& status) {
      if (status.state == State::Finished) gone = watch.expired();
    });
    queue.submit("holds", "", [held](const Progress&, const CancelToken&) { QVERIFY(held); });
    held.reset();
    queue.waitIdle();
    QVERIFY(gone);
  }

  void whatAReplacedJobHoldsMayUseTheQueue() {
    JobQueue queue;
    struct Caller {
      JobQueue* queue;
      ~Caller() { queue->cancelKey("nobody"); }
    };
    Gate gate;
    queue.submit("busy", "", [&](const Progress&, const CancelToken&) { gate.pass(); });
    gate.awaitSomeone();
    auto caller = std::make_shared<Caller>(Caller{&queue});
    queue.submit("holds", "key", [caller](const Progress&, const CancelToken&) {});
    caller.reset();
    queue.submit("replaces", "key", nothing);
    gate.open();
    queue.waitIdle();
    QVERIFY(queue.idle());
  }

  void aListenerMayThrowAndSubmit() {
    std::atomic<int> ran = 0;
    std::atomic<bool> again = true;
    JobQueue* handle = nullptr;
    Gate ready;
    JobQueue queue([&](const JobStatus& status) {
      ready.pass();
      if (status.state == State::Finished && again.exchange(false))
        handle->submit("more", "", [&](const Progress&, const CancelToken&) { ++ran; });
      throw std::runtime_error("listener");
    });
    handle = &queue;
    ready.open();
    queue.submit("first", "", [&](const Progress&, const CancelToken&) { ++ran; });
    QTRY_COMPARE(ran.load(), 2);
    queue.waitIdle();
  }

  void runsTheIdleTaskOnceAfterWork() {
    std::atomic<int> idled{0};
    std::atomic<int> worked{0};
    JobQueue queue({}, {}, {std::chrono::milliseconds(20), [&] { ++idled; }});
    QTest::qWait(60);
    QCOMPARE(idled.load(), 0);  // nothing was kept that could be given back
    queue.submit("a", "", [&](const Progress&, const CancelToken&) { ++worked; });
    QTRY_COMPARE(idled.load(), 1);
    QTest::qWait(60);
    QCOMPARE(idled.load(), 1);
    queue.submit("b", "", [&](const Progress&, const CancelToken&) { ++worked; });
    QTRY_COMPARE(idled.load(), 2);
    QCOMPARE(worked.load(), 2);
  }

  void aThrowingIdleTaskDoesNotEndTheQueue() {
    std::atomic<bool> idled{false};
    JobQueue queue({}, {}, {std::chrono::milliseconds(1), [&] {
                              idled = true;
                              throw std::runtime_error("no");
                            }});
    queue.submit("a", "", [](const Progress&, const CancelToken&) {});
    QTRY_VERIFY(idled);
    std::atomic<bool> ran{false};
    queue.submit("b", "", [&](const Progress&, const CancelToken&) { ran = true; });
    QTRY_VERIFY(ran);
  }
};

QTEST_GUILESS_MAIN(TestJobQueue)
#include "test_job_queue.moc"
