#pragma once

#include <vector>

#include "app/workspace.h"

class QPushButton;
class QStackedWidget;
class QTabWidget;

namespace unitscope {

class EmptyState;
class FilmExports;
class GeneratorPage;
class GeneratorStage;
class StageExports;
class StagePanel;

/// What can the GAN do? A sample with its changes on the left, and pages that change it on the right: units that switch
/// on and off, directions of the latent space, inversion of real pictures.
class GeneratorWorkspace : public Workspace {
  Q_OBJECT
 public:
  explicit GeneratorWorkspace(const Context& context, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("generator"); }
  QString title() const override { return tr("Generator"); }
  QString explanation() const override;
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override;
  QString commandLine() const override;
  bool busy() const override;

  GeneratorStage* stage() const { return stage_; }
  StagePanel* panel() const { return panel_; }
  StageExports* exports() const { return exports_; }
  EmptyState* empty() const { return empty_; }
  QTabWidget* tabs() const { return tabs_; }
  const std::vector<GeneratorPage*>& pages() const { return pages_; }
  FilmExports* films() const { return films_; }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void show();
  void tellPages();

  GeneratorStage* stage_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QPushButton *openBuiltIn_, *latents_;
  StagePanel* panel_;
  QTabWidget* tabs_;
  std::vector<GeneratorPage*> pages_;
  StageExports* exports_;
  FilmExports* films_;
};

}  // namespace unitscope
