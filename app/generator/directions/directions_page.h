#pragma once

#include <map>
#include <vector>

#include "app/generator/generator_page.h"

class QSplitter;
class QStackedWidget;
class QTabBar;

namespace unitscope {

class AttributesTool;
class DirectionList;
class DirectionSliders;
class DirectionTool;
class FindTool;
class WalkTool;

/// Ways through the latent space: one list of directions with sliders, and below it the tools that find them, measure
/// them, and walk along them.
class DirectionsPage : public GeneratorPage {
  Q_OBJECT
 public:
  DirectionsPage(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("directions"); }
  QString title() const override { return tr("Directions"); }
  QString explanation() const override;
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  bool busy() const override;
  std::vector<LatentDirection> directions() const override;
  std::vector<GeneratorScene> film() const override;
  void setActive(bool active) override;

  DirectionList* list() const { return list_; }
  DirectionSliders* sliders() const { return sliders_; }
  QTabBar* tools() const { return bar_; }
  const std::vector<DirectionTool*>& all() const { return tools_; }
  /// The walk's frames are there to be exported: WalkTool::frames().
  WalkTool* walk() const { return walk_; }
  void showTool(const QString& id);

 private:
  void makeActions();
  void connectTools();
  void tell();

  bool active_ = false;
  DirectionList* list_;
  DirectionSliders* sliders_;
  QSplitter* halves_;
  QStackedWidget* stack_;
  QTabBar* bar_;
  WalkTool* walk_ = nullptr;
  std::vector<DirectionTool*> tools_;
  QList<QAction*> actions_;
  std::map<DirectionTool*, QJsonObject> known_;  // the tools' states, for undo
  int quiet_ = 0;                                // what changes now is no step of the user's
};

}  // namespace unitscope
