#pragma once

#include <QWidget>

#include "app/context.h"
#include "runtime/job_queue.h"

class QToolButton;

namespace unitscope {

class ElidedLabel;
class JobBar;

/// The line along the bottom of the window: what is open (or what the control under the mouse does), the jobs that
/// run, and where and how the engine computes.
class BottomBar : public QWidget {
  Q_OBJECT
 public:
  explicit BottomBar(const Context& context, QWidget* parent = nullptr);
  JobBar& jobs() { return *jobs_; }
  /// Shows this instead of the facts; empty brings the facts back.
  void setTip(const QString& tip);
  QToolButton& compute() { return *compute_; }

 private:
  void showJob(const JobStatus& status);
  void updateFacts();
  void updateCompute();

  Context context_;
  QString tip_;
  ElidedLabel* facts_;
  JobBar* jobs_;
  QToolButton* compute_;
};

}  // namespace unitscope
