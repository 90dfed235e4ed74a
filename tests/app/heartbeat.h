#pragma once

#include <algorithm>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace unitscope::test {

/// Beats every millisecond on the GUI thread; a beat is late by as long as the event loop was blocked.
class Heartbeat {
 public:
  static constexpr double kFelt = 16.0;  // milliseconds: one picture of a screen at 60 Hz

  Heartbeat() {
    timer_.setTimerType(Qt::PreciseTimer);
    timer_.setInterval(1);
    QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] {
      const double gap = double(since_.nsecsElapsed()) / 1e6;
      since_.restart();
      worst_ = std::max(worst_, gap);
      felt_ += gap > kFelt ? 1 : 0;
      ++beats_;
    });
    since_.start();
    timer_.start();
  }

  double worst() const { return worst_; }  ///< milliseconds between two beats
  int felt() const { return felt_; }       ///< how often there was more than kFelt
  int beats() const { return beats_; }
  void report(const char* what) const {
    qInfo("%s: worst gap between beats %.1f ms, %d of %d over %.0f ms", what, worst_, felt_, beats_, kFelt);
  }

 private:
  QTimer timer_;
  QElapsedTimer since_;
  double worst_ = 0;
  int felt_ = 0, beats_ = 0;
};

}  // namespace unitscope::test
