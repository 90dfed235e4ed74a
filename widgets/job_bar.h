#pragma once

#include <optional>

#include <QString>
#include <QVector>
#include <QWidget>

class QVBoxLayout;
class QToolButton;
class QTimer;

namespace unitscope {

class ElidedLabel;

/// A piece of work as the job bar shows it.
struct JobRow {
  quint64 id = 0;
  QString title;
  QString what;                       ///< what is done now
  double fraction = -1.0;             ///< 0 to 1; below 0 while unknown
  std::optional<double> secondsLeft;  ///< once it can be estimated
  bool waiting = false;               ///< queued behind others
};

/// The jobs that run, one compact row each with progress, time left and a button to cancel; those that do not fit are
/// counted. Jobs shorter than the delay never appear, so that quick answers do not make the bar flicker.
class JobBar : public QWidget {
  Q_OBJECT
 public:
  explicit JobBar(QWidget* parent = nullptr);

  /// Adds the job or changes what is shown of it.
  void setJob(const JobRow& job);
  void removeJob(quint64 id);
  /// Jobs that have not even been asked for yet: they are counted with those that have no row.
  void setWaiting(int count);
  void clear();
  int count() const { return int(jobs_.size()); }
  /// Rows beyond this many are summed up: in a line of their own, or beside the row where there is only one, so that
  /// the bar then never changes its height.
  void setMaximumRows(int rows);
  void setDelay(int milliseconds) { delay_ = milliseconds; }

  static QString timeText(double seconds);

 Q_SIGNALS:
  void cancelRequested(quint64 id);
  void cancelAllRequested();

 private:
  class Row;
  void scheduleRefresh();
  void refresh();

  QVector<JobRow> jobs_;
  QVector<Row*> rows_;
  QVBoxLayout* layout_;
  QWidget* more_;
  ElidedLabel* moreText_;
  QTimer* timer_;
  int maximumRows_ = 2;
  int delay_ = 300;
  int waiting_ = 0;
};

}  // namespace unitscope
