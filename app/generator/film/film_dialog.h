#pragma once

#include <vector>

#include <QDialog>
#include <QHash>

#include "app/generator/film/film_plan.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSettings;

namespace unitscope {

/// What can be filmed now.
struct FilmChoices {
  GeneratorScene scene;
  std::vector<LatentDirection> directions;
  std::vector<GeneratorScene> walk;
  int width = 64, height = 64;      ///< of the network's pictures
  QHash<QString, QString> reasons;  ///< by suffix: why this build cannot write such files
};

/// Asks what to film, in which size, for how long and as what.
class FilmDialog : public QDialog {
  Q_OBJECT
 public:
  /// `store` keeps size and format for the next time.
  FilmDialog(const FilmChoices& choices, QSettings& store, QWidget* parent = nullptr);

  FilmPlan plan() const;

  QComboBox* what() const { return what_; }
  QComboBox* direction() const { return direction_; }
  QComboBox* format() const { return format_; }
  QComboBox* size() const { return size_; }
  QDoubleSpinBox* seconds() const { return seconds_; }
  QDoubleSpinBox* framesPerSecond() const { return rate_; }
  QLabel* summary() const { return summary_; }
  QPushButton* exportButton() const { return export_; }

 Q_SIGNALS:
  void exportWanted(const unitscope::FilmPlan& plan);

 private:
  void refresh();
  void showRange();
  FilmPlan::What chosenWhat() const;
  FilmPlan::Format chosenFormat() const;

  FilmChoices choices_;
  QSettings& store_;
  QFormLayout* form_;
  QComboBox *what_, *direction_, *format_, *size_;
  QDoubleSpinBox *from_, *to_, *seconds_, *rate_;
  QWidget* range_;
  QCheckBox *returns_, *forever_;
  QLabel* summary_;
  QPushButton* export_;
};

}  // namespace unitscope
