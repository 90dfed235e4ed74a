#pragma once

#include <unordered_map>

#include <QHash>
#include <QSet>

#include "app/counterfactual/hover_probe.h"
#include "app/counterfactual/live_heat.h"
#include "app/counterfactual/live_scores.h"
#include "app/counterfactual/stroke_painter.h"
#include "app/counterfactual/tool_settings.h"
#include "app/counterfactual/visited_map.h"
#include "app/workspace.h"

class QLabel;
class QSlider;
class QStackedWidget;
class QTimer;

namespace unitscope {

class BrushCanvas;
class ChangeChart;
class ElidedLabel;
class EmptyState;
class ToolPanel;

/// What if this were not there? A brush on what the network sees, at its own resolution, so that the scores are those
/// of the very pixels shown; and a window that follows the mouse and shows what covering costs.
class CounterfactualWorkspace : public Workspace {
  Q_OBJECT
 public:
  explicit CounterfactualWorkspace(const Context& context, QWidget* parent = nullptr);
  ~CounterfactualWorkspace() override;

  QString id() const override { return QStringLiteral("counterfactual"); }
  QString title() const override { return tr("Counterfactual"); }
  QString explanation() const override;
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  /// Classifies the picture as it is; empty while the strokes are in no file.
  QString commandLine() const override;
  bool busy() const override;

  BrushCanvas* canvas() const { return canvas_; }
  ChangeChart* chart() const { return chart_; }
  ToolPanel* tools() const { return panel_; }
  QSlider* divider() const { return divider_; }
  const VisitedMap& visited() const { return visited_; }
  /// The newest reading of the occluder; nothing before the first.
  const std::optional<HoverReading>& reading() const { return reading_; }
  int readings() const { return readings_; }  ///< since the program began
  /// The class that is explained; -1 before it is known.
  int target() const;
  /// The current picture as it is now, at the network's resolution; null until it is there.
  ImagePtr pixels() const;
  Strokes strokes(ImageId image) const;

  /// For the undo stack: shows the picture if it is another.
  void setStrokes(ImageId image, const Strokes& strokes);
  /// Adds the edited picture to the document.
  void keep();
  /// False where there is nothing to write or it failed; failures are told in the message bar.
  bool savePicture(const QString& file);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void makeLayout();
  void makeActions();
  void connectParts();
  void refreshSoon();
  void refresh();
  void modelOrCardChanged();
  void prepare(ImageId image);
  void prepareSources(ImageId image);
  void prepareSource(ImageId source);
  void picturesChanged();
  void takeSettings(const ToolSettings& settings);

  void beginStroke(QPointF place);
  void endStroke();
  void abandonStroke();
  std::optional<LiveScores::Question> question();
  void takeOriginal();
  void takeScores(const LiveScores::Answer& answer);
  void askHeat();

  void hover(QPointF place);
  void takeReading(const HoverReading& reading);
  void forgetVisits();
  int windowSide() const;
  PixelBox windowAt(QPointF place) const;

  void showPicture();
  void showOccluder();
  void showChart();
  void showReasons();
  QImage besideOriginal(const QImage& original, const QImage& now) const;
  QString networkProblem() const;
  EditedPicture* current();
  const EditedPicture* current() const;
  ImageId image() const;
  void askFile();

  ToolSettings settings_;
  std::unordered_map<ImageId, EditedPicture> edits_;
  QSet<ImageId> preparing_, notPrepared_;
  QHash<ImageId, ImagePtr> sources_;  // as the network sees them
  ImageId shown_ = 0;
  int epoch_ = 0;  // grows with the network and its card: older answers are not taken

  std::unique_ptr<StrokePainter> painter_;  // while a stroke is drawn
  Stroke live_;
  ImagePtr livePixels_;  // what the engine thread made of it, where the painter cannot
  std::vector<Prediction> after_;
  ImagePtr scored_;  // the pixels that after_ is about
  bool comparing_ = false;

  VisitedMap visited_;
  ImagePtr visitedPixels_;
  std::optional<HoverReading> reading_;
  std::optional<QPointF> hovered_;
  int readings_ = 0;

  struct Saved {
    QString file;
    ImagePtr pixels;
  };
  QHash<ImageId, Saved> saved_;

  LiveScores* scores_;
  LiveHeat* heat_;
  HoverProbe* probe_;
  QTimer* refresh_;
  QList<QAction*> actions_;
  QStackedWidget* stack_ = nullptr;
  EmptyState* empty_ = nullptr;
  BrushCanvas* canvas_ = nullptr;
  QSlider* divider_ = nullptr;
  ElidedLabel* hint_ = nullptr;
  ElidedLabel* heading_ = nullptr;
  QLabel* explained_ = nullptr;
  ChangeChart* chart_ = nullptr;
  ToolPanel* panel_ = nullptr;
};

}  // namespace unitscope
