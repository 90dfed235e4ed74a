#pragma once

#include <functional>

#include "app/generator/concepts/gan_knowledge.h"
#include "app/generator/generator_page.h"

class QComboBox;
class QLabel;
class QMenu;
class QPushButton;
class QSpinBox;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace unitscope {

class ArtifactsView;
class ConceptBars;
class DissectionSwitches;
class EffectsView;
class EmptyState;

/// What the page's controls are set to.
struct DissectionPageState {
  int samples = 500;
  QString segmenter = QStringLiteral("scene-segmenter");
  bool allLayers = true;
  int effectSamples = 100;
  QString view = QStringLiteral("switches");
  QString layer, switchLayer, conceptName;
  QString file;  ///< a result that was opened or saved

  QJsonObject toJson() const;
  static DissectionPageState fromJson(const QJsonObject& json);
  bool operator==(const DissectionPageState&) const = default;
};

/// GAN dissection: which concepts the generator's units draw, concepts as switches, what switching them does, and units
/// behind artifacts.
class DissectionPage : public GeneratorPage {
  Q_OBJECT
 public:
  DissectionPage(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("concepts"); }
  QString title() const override { return tr("Concepts"); }
  QString explanation() const override;
  QJsonObject saveState() const override { return state_.toJson(); }
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  bool busy() const override;
  void setActive(bool active) override;

  GanKnowledge* knowledge() const { return knowledge_; }
  QSpinBox* samples() const { return samples_; }
  QComboBox* segmenter() const { return segmenter_; }
  QComboBox* layers() const { return layers_; }
  QPushButton* dissectButton() const { return dissect_; }
  QTabBar* tabs() const { return tabs_; }
  EmptyState* empty() const { return empty_; }
  DissectionSwitches* switches() const { return switches_; }
  ConceptBars* bars() const { return bars_; }
  EffectsView* effects() const { return effects_; }
  ArtifactsView* artifacts() const { return artifacts_; }

  void openResult(const QString& file);
  void saveResult(const QString& file);

 private:
  void makeControls();
  void makeActions();
  void connectParts();
  void dissect();
  void change(const QString& text, const std::function<void(DissectionPageState&)>& edit, const QString& mergeKey = {});
  /// What is looked at is no change worth an undo step.
  void look(const std::function<void(DissectionPageState&)>& edit);
  void apply(const DissectionPageState& state);
  void show();
  void refresh();
  void askFile(bool saves, const QString& title, const QString& filter, const QString& name,
               const std::function<void(const QString&)>& done);
  QString reasonNotReady() const;

  DissectionPageState state_;
  bool active_ = false;
  QList<QAction*> actions_;
  GanKnowledge* knowledge_;
  QSpinBox* samples_;
  QComboBox *segmenter_, *layers_;
  QPushButton* dissect_;
  QToolButton* more_;
  QLabel* summary_;
  QTabBar* tabs_;
  QStackedWidget *stack_, *views_;
  EmptyState* empty_;
  DissectionSwitches* switches_;
  ConceptBars* bars_;
  EffectsView* effects_;
  ArtifactsView* artifacts_;
};

}  // namespace unitscope
