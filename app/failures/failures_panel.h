#pragma once

#include <vector>

#include <QWidget>

#include "app/failures/failures_state.h"
#include "engine/model.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace unitscope {

class DataBox;

/// Where to look for failures, and what was found in words.
class FailuresPanel : public QWidget {
  Q_OBJECT
 public:
  explicit FailuresPanel(const std::vector<MethodInfo>& methods, QWidget* parent = nullptr);

  void setState(const FailuresState& state);
  /// An empty reason means that the hunt can begin; while it runs the button stops it.
  void setReady(const QString& reasonIfNot, bool running);
  void setSummary(const QString& html);
  QPushButton* startButton() const { return start_; }
  DataBox* data() const { return data_; }
  QSpinBox* pictures() const { return pictures_; }
  QLabel* summary() const { return summary_; }

 Q_SIGNALS:
  void dataPicked(const QString& data);
  void folderWanted();
  void picturesChanged(int count);
  void methodPicked(const QString& method);
  void startWanted();
  void stopWanted();

 private:
  DataBox* data_;
  QSpinBox* pictures_;
  QComboBox* method_;
  QPushButton* start_;
  QLabel* summary_;
  bool running_ = false;
};

}  // namespace unitscope
