#pragma once

#include <functional>
#include <optional>

#include <QHash>
#include <QSet>

#include "app/attribution/attribution_export.h"
#include "app/attribution/attribution_results.h"
#include "app/attribution/attribution_state.h"
#include "app/workspace.h"

class QMenu;
class QStackedWidget;
class QTimer;

namespace unitscope {

class ComparisonGrid;
class EmptyState;
class EnlargedView;
class LookBar;
class MethodPanel;
class TargetPanel;

/// Why does the network see this? Pictures x methods as heatmaps side by side, for the class that the user picks.
class AttributionWorkspace : public Workspace {
  Q_OBJECT
 public:
  explicit AttributionWorkspace(const Context& context, QWidget* parent = nullptr);
  ~AttributionWorkspace() override;

  QString id() const override { return QStringLiteral("attribution"); }
  QString title() const override { return tr("Attribution"); }
  QString explanation() const override;
  QJsonObject saveState() const override { return state_.toJson(); }
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  QString commandLine() const override;
  bool busy() const override;

  ComparisonGrid* grid() const { return grid_; }
  EnlargedView* enlarged() const { return enlarged_; }
  TargetPanel* targets() const { return targets_; }
  MethodPanel* methods() const { return panel_; }
  LookBar* look() const { return look_; }
  const AttributionResults& results() const { return *results_; }
  /// Shows one cell large; an empty method goes back to the comparison.
  void enlarge(ImageId image, const QString& method);
  bool isEnlarged() const { return !large_.second.isEmpty(); }
  /// Goes to the units behind a place of a cell (in fractions of the picture): to the activations workspace.
  void showUnitsBehind(ImageId image, const QString& method, QPointF place);

  /// What the export actions do once the name is known. False where there is nothing to write or it failed; failures
  /// are told in the message bar.
  bool savePicture(const QString& file);
  bool saveComparison(const QString& file);
  bool saveChart(const QString& file);
  bool saveNumbers(const QString& file);
  bool savePredictions(const QString& file);

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  using CellId = AttributionResults::Id;
  void makeLayout();
  void makeActions();
  void connectParts();
  void change(const QString& text, const std::function<void(AttributionState&)>& edit, const QString& mergeKey = {});
  void apply(const AttributionState& state);
  void pick(const QString& method);
  /// Reads a map of superpixels; `done` where that went well, `failed` where not.
  void readSegmentMap(const QString& file, const std::function<void()>& done, const std::function<void()>& failed);
  void showMenu(const CellId& id, QPoint at);
  void addUnitsBehind(QMenu& menu, const CellId& id);
  void showUnitsBehindCursor();
  std::optional<QPointF> hottest(const CellId& id) const;
  void modelOrCardChanged();
  void refreshSoon();
  void refresh();
  void setHeadings();
  void askVisible();
  void classify(ImageId image);
  void showCell(const CellId& id);
  void showPicture(ImageId image);
  void showPredictions();
  /// A generator: there is nothing that it could look at.
  bool networkDraws() const;
  void showEnlarged();
  void showReasons();
  AttributionRequest requestFor(ImageId image, const MethodInfo& method) const;
  /// The class that is explained for a picture: the network's first choice where none is set; -1 while unknown.
  int targetOf(ImageId image) const;
  /// "tabby rather than tiger cat": what an answer for this picture explains.
  QString explainedFor(ImageId image, int target) const;
  CellId currentCell() const;
  QImage pictureOf(ImageId image) const;
  const std::vector<Prediction>* predictionsOf(ImageId image) const;
  void ask(const QString& title, const QString& filter, const QString& name,
           bool (AttributionWorkspace::*save)(const QString&));
  void copyPicture();
  QImage renderCell(const CellId& id) const;

  const std::vector<MethodInfo> methods_;
  AttributionState state_;
  AttributionResults* results_;
  struct Seen {
    std::vector<Prediction> predictions;
    QImage picture;
  };
  QHash<ImageId, Seen> seen_;
  QSet<ImageId> classifying_;
  QSet<ImageId> notClassified_;  // failed: not asked again by itself
  CellId large_;
  std::shared_ptr<const Array> region_;  // weights of the state's region, made once
  QString segmentFile_;                  // whose numbers are in segments_
  std::shared_ptr<const Array> segments_;
  QTimer* refresh_;
  QList<QAction*> actions_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  ComparisonGrid* grid_;
  EnlargedView* enlarged_;
  TargetPanel* targets_;
  MethodPanel* panel_;
  LookBar* look_;
};

}  // namespace unitscope
