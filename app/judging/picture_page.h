#pragma once

#include <functional>
#include <optional>

#include <QHash>
#include <QWidget>

#include "app/context.h"
#include "app/engine_bridge.h"
#include "app/judging/change_state.h"
#include "app/judging/picture_judge.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;
class QTabWidget;
class QTimer;

namespace unitscope {

class CheckList;
class CurveChart;
class EmptyState;
class MaskEditor;
class MethodPanel;
class SanityPanel;
class ScoreTable;

/// Which heatmap of the current picture is to be believed: curves of all methods, scores, a mask drawn by hand, and
/// the sanity check of one method.
class PicturePage : public QWidget {
  Q_OBJECT
 public:
  /// `attributionState`: what the attribution workspace would save now; may be empty.
  PicturePage(const Context& context, const std::vector<MethodInfo>& methods, ChangeState change,
              std::function<QJsonObject()> attributionState, QWidget* parent = nullptr);

  void setState(const JudgeState& state);
  QString commandLine() const;
  bool busy() const;
  /// Whether there is anything to export.
  bool anyScores() const;
  void start();
  void stop();

  QPushButton* startButton() const { return start_; }
  MethodPanel* methods() const { return panel_; }
  CheckList* metrics() const { return metrics_; }
  MaskEditor* mask() const { return mask_; }
  CurveChart* deletion() const { return deletion_; }
  CurveChart* insertion() const { return insertion_; }
  ScoreTable* table() const { return table_; }
  SanityPanel* sanity() const { return sanity_; }
  QTabWidget* tabs() const { return tabs_; }
  QLabel* status() const { return status_; }

 Q_SIGNALS:
  void busyChanged();
  void contentChanged();  ///< command line and exports may now differ

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  struct Seen {
    std::vector<Prediction> predictions;
    QImage picture;
  };

  void makeLayout();
  void connectParts();
  void refreshSoon();
  void refresh();
  void forget();
  void classify();
  void takeMask();
  void readMaskFile(const QString& file);
  void pickMaskFile();
  void adoptMethods();
  void editMask(const QString& text, const std::function<void(MaskDrawing&)>& edit);
  void ask();
  void checkSanity();
  void stopSanity();
  void showResults();
  void showReady();
  void showSanity();
  QString reasonNotReady() const;
  QString titleOf(const QString& method) const;
  QString sanityMethod() const;
  JudgedMethod methodAsSet(const QString& id) const;
  BackgroundModel backgroundModel() const;
  const PictureEntry* picture() const;
  QString key() const;  ///< of the current picture's mask
  int target() const;
  const Seen* seen() const;

  Context context_;
  const std::vector<MethodInfo>& infos_;
  ChangeState change_;
  std::function<QJsonObject()> attributionState_;
  JudgeState state_;
  PictureJudge* judge_;
  QTimer* refresh_;
  QHash<int, Seen> seen_;
  int classifying_ = 0, notClassified_ = 0;  // pictures
  int epoch_ = 0;                            // grows with the network and its card
  bool active_ = false;                      // changes are followed up at once
  int shownImage_ = 0, shownTarget_ = -1;
  QHash<QString, QImage> maskFiles_;  // in the network's geometry; null while it is read or where it failed
  QImage takenMask_;
  std::shared_ptr<const Array> maskArray_;

  struct Sanity {
    JudgedMethod method;
    QString kind;
    int image = 0, target = -1;
    MetricResult result;
  };
  std::optional<Sanity> checked_;
  bool checking_ = false;
  int verdict_ = 0, shownVerdict_ = -1;  // numbers of checks; 0 for none

  QPushButton* start_ = nullptr;
  MethodPanel* panel_ = nullptr;
  CheckList* metrics_ = nullptr;
  QSpinBox* points_ = nullptr;
  QCheckBox* absolute_ = nullptr;
  QPushButton* adopt_ = nullptr;
  QStackedWidget* stack_ = nullptr;
  EmptyState* empty_ = nullptr;
  MaskEditor* mask_ = nullptr;
  QStackedWidget* charts_ = nullptr;
  EmptyState* invitation_ = nullptr;
  CurveChart *deletion_ = nullptr, *insertion_ = nullptr;
  QTabWidget* tabs_ = nullptr;
  QLabel* status_ = nullptr;
  ScoreTable* table_ = nullptr;
  SanityPanel* sanity_ = nullptr;
};

}  // namespace unitscope
