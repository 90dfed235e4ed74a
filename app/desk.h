#pragma once

#include <memory>

#include <QSize>

#include "app/main_window.h"
#include "app/places.h"
#include "app/studio.h"

namespace unitscope {

struct DeskOptions {
  Places places;
  QSize size;                ///< empty: as it was last time
  bool asksForCards = true;  ///< false for pictures of the window and for tests
  bool offersRecovery = true;
};

/// A studio with its window, together and in the right order of life. The theme follows the studio's settings. The
/// program has one; tests and the tour make their own, with folders of their own.
class Desk {
 public:
  explicit Desk(const DeskOptions& options);
  ~Desk();

  Studio& studio() { return *studio_; }
  MainWindow& window() { return *window_; }
  /// The very first start shows something to look at: a built-in model. Later ones do nothing here.
  void begin();
  /// Whether the engine still works or a workspace still waits; never blocks.
  bool busy() const;
  /// Runs the event loop until nothing is under way any more. False when that took longer than the limit.
  bool waitUntilIdle(int milliseconds);

 private:
  std::unique_ptr<Studio> studio_;
  std::unique_ptr<MainWindow> window_;
};

}  // namespace unitscope
