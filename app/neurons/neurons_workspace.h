#pragma once

#include <functional>

#include "app/neurons/neurons_state.h"
#include "app/workspace.h"

class QSplitter;
class QStackedWidget;

namespace unitscope {

class EmptyState;
class LayerGallery;
class LiveSwitches;
class NeuronsPanel;
class UnitKnowledge;
class UnitPage;
class UnitPortraits;

/// What does every unit see, and what does it stand for? A gallery of all units of a layer, and the page of one.
class NeuronsWorkspace : public Workspace {
  Q_OBJECT
 public:
  explicit NeuronsWorkspace(const Context& context, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("neurons"); }
  QString title() const override { return tr("Neurons"); }
  QString explanation() const override;
  QJsonObject saveState() const override { return state_.toJson(); }
  /// What is not in `state` stays as it is.
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  QString commandLine() const override;
  bool busy() const override;

  NeuronsPanel* panel() const { return panel_; }
  LayerGallery* gallery() const { return gallery_; }
  LayerGallery* second() const { return second_; }
  UnitPage* page() const { return page_; }
  UnitKnowledge* knowledge() const { return knowledge_; }
  UnitPortraits* portraits() const { return portraits_; }
  LiveSwitches* switches() const { return switches_; }
  const NeuronsState& state() const { return state_; }
  bool pageShown() const;
  /// What the export actions do once the name is known: ".png" a contact sheet, ".csv" or ".json" a table.
  bool saveSheet(const QString& file);
  bool saveTable(const QString& file);

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makeLayout();
  void makeActions();
  void connectParts();
  void connectPage();
  void change(const QString& text, const std::function<void(NeuronsState&)>& edit, const QString& mergeKey = {});
  void apply(const NeuronsState& state);
  void follow();
  void showAll();
  void showPage();
  void showPanel();
  void openUnit(const QString& layer, int unit);
  void openExample(const QString& name, const QImage& picture);
  void closePage();
  void step(int by);
  void setAwake(bool awake);
  void tellBusy();
  QString layer() const;
  QString secondLayer() const;
  LayerGallery* galleryOf(const QString& layer) const;
  QString reasonNotReady() const;
  void askForFile(const QString& title, const QString& name, const QString& filter,
                  const std::function<bool(const QString&)>& save);

  NeuronsState state_;
  bool awake_ = false, busyTold_ = false;
  UnitPortraits* portraits_;
  UnitKnowledge* knowledge_;
  LiveSwitches* switches_;
  QList<QAction*> actions_;
  NeuronsPanel* panel_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QSplitter* galleries_;
  LayerGallery *gallery_, *second_;
  QSplitter* halves_;
  UnitPage* page_;
};

}  // namespace unitscope
