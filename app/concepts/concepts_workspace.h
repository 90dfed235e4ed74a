#pragma once

#include <functional>

#include "app/concepts/concept_knowledge.h"
#include "app/concepts/concepts_state.h"
#include "app/workspace.h"

class QPushButton;
class QStackedWidget;
class QTabBar;

namespace unitscope {

class ConceptsPanel;
class ConceptTablePage;
class DetectorsPage;
class EmptyState;
class LayersPage;
class MaskPage;
class SharingPage;
class VectorsPage;
class VectorsPanel;

/// What do a network's layers know? Which concepts single units detect (dissection), layer beside layer and network
/// beside network, and how the units of a layer spell a concept together (Net2Vec).
class ConceptsWorkspace : public Workspace {
  Q_OBJECT
 public:
  explicit ConceptsWorkspace(const Context& context, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("concepts"); }
  QString title() const override { return tr("Concepts"); }
  QString explanation() const override;
  QJsonObject saveState() const override { return state_.toJson(); }
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  QString commandLine() const override;
  bool busy() const override;

  void dissect();
  void learn();
  ConceptKnowledge* knowledge() const { return knowledge_; }
  ConceptsPanel* panel() const { return panel_; }
  QTabBar* tabs() const { return tabs_; }
  EmptyState* empty() const { return empty_; }
  DetectorsPage* detectors() const { return detectors_; }
  LayersPage* layersPage() const { return layers_; }
  ConceptTablePage* table() const { return table_; }
  VectorsPanel* vectorsPanel() const { return vectorsPanel_; }
  VectorsPage* vectors() const { return vectors_; }
  SharingPage* sharing() const { return sharing_; }
  MaskPage* mask() const { return mask_; }

  /// What the panel's buttons and the export actions do once the name is known. False where there is nothing to write
  /// or it failed; failures are told in the message bar.
  void openResult(const QString& file);  ///< of the kind that the view shows
  void compareWith(const QString& file);
  bool saveResult(const QString& file);
  bool saveNumbers(const QString& file);
  bool savePicture(const QString& file);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void makeLayout();
  void makeActions();
  void connectParts();
  void connectDissection();
  void connectVectors();
  void change(const QString& text, const std::function<void(ConceptsState&)>& edit, const QString& mergeKey = {});
  /// What is looked at is no change worth an undo step.
  void look(const std::function<void(ConceptsState&)>& edit);
  void apply(const ConceptsState& state);
  void readSoon();
  void show();
  void showVectors();
  void showSummary();
  QString vectorsSummary() const;
  void askNames();
  void showEmpty();
  void pickUnit(const QString& layer, int unit);
  void openUnit(const QString& layer, int unit);
  void pickLayer(const QString& layer);
  void askFile(bool saves, const QString& title, const QString& filter, const QString& name,
               const std::function<void(const QString&)>& done);
  bool write(const QString& file, const QByteArray& bytes);
  QString reasonNotReady() const;
  QString shownLayer() const;
  QString vectorLayer() const;
  QString layerOfVectors() const;
  QString noOutput() const;
  bool hasLayer(const QString& layer) const;
  bool somethingToShow() const;

  ConceptsState state_;
  QString opened_, openedOther_, openedVectors_;  ///< files that were read, or tried, for the state
  QString namesOf_;                               ///< data whose concepts were asked for
  QStringList names_;
  ConceptKnowledge* knowledge_;
  QList<QAction*> actions_;
  ConceptsPanel* panel_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QPushButton* begin_;  ///< in the empty state
  QTabBar* tabs_;
  QStackedWidget* pages_;
  DetectorsPage* detectors_;
  LayersPage* layers_;
  ConceptTablePage* table_;
  VectorsPanel* vectorsPanel_;
  VectorsPage* vectors_;
  SharingPage* sharing_;
  MaskPage* mask_;
};

}  // namespace unitscope
