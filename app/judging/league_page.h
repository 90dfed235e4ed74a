#pragma once

#include <optional>

#include <QWidget>

#include "app/context.h"
#include "app/engine_bridge.h"
#include "app/judging/change_state.h"
#include "judging/league.h"

class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace unitscope {

class CheckList;
class DataBox;
class EmptyState;
class ScoreTable;

/// Methods against metrics over many pictures, in the background, with the table growing as pictures are judged.
class LeaguePage : public QWidget {
  Q_OBJECT
 public:
  LeaguePage(const Context& context, const std::vector<MethodInfo>& methods, ChangeState change,
             QWidget* parent = nullptr);

  void setState(const JudgeState& state);
  QString commandLine() const;
  bool busy() const { return running_; }
  void start();
  void stop();
  /// What is known so far; null before anything is.
  const LeagueTable* found() const { return found_ ? &*found_ : nullptr; }

  QPushButton* startButton() const { return start_; }
  DataBox* data() const { return data_; }
  QSpinBox* pictures() const { return pictures_; }
  CheckList* methods() const { return methods_; }
  CheckList* metrics() const { return metrics_; }
  ScoreTable* table() const { return table_; }
  QLabel* status() const { return status_; }

 Q_SIGNALS:
  void busyChanged();
  void contentChanged();  ///< command line and exports may now differ

 private:
  void makeLayout();
  void connectParts();
  void forget();
  void take(int round, LeagueTable table);
  void finish();
  void showTable();
  void showReady();
  void pickFolder();
  QString reasonNotReady() const;
  QStringList methodsAsSet() const;

  Context context_;
  const std::vector<MethodInfo>& infos_;
  ChangeState change_;
  JudgeState state_;
  std::optional<LeagueTable> found_;
  int asked_ = 0;  // pictures
  bool running_ = false, stopped_ = false;
  int round_ = 0;  // tables of an earlier one are not wanted

  QPushButton* start_ = nullptr;
  DataBox* data_ = nullptr;
  QSpinBox* pictures_ = nullptr;
  CheckList *methods_ = nullptr, *metrics_ = nullptr;
  QPushButton* reset_ = nullptr;
  QStackedWidget* stack_ = nullptr;
  EmptyState* empty_ = nullptr;
  QLabel* status_ = nullptr;
  ScoreTable* table_ = nullptr;
};

}  // namespace unitscope
