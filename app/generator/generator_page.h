#pragma once

#include <vector>

#include <QJsonObject>
#include <QList>
#include <QWidget>

#include "app/context.h"
#include "app/generator/generator_scene.h"

class QAction;

namespace unitscope {

class GeneratorStage;

/// One way of working with the sample on stage: a tab beside its picture.
class GeneratorPage : public QWidget {
  Q_OBJECT
 public:
  GeneratorPage(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr)
      : QWidget(parent), context_(context), stage_(stage) {}

  virtual QString id() const = 0;           ///< key in sessions
  virtual QString title() const = 0;        ///< translated
  virtual QString explanation() const = 0;  ///< one sentence, for the tooltip
  /// What the user set here; the scene is the workspace's to save.
  virtual QJsonObject saveState() const { return {}; }
  /// Takes what it understands and ignores the rest.
  virtual void restoreState(const QJsonObject&) {}
  /// The page owns them; disabled ones say why.
  virtual QList<QAction*> exportActions() const { return {}; }
  virtual bool busy() const { return false; }
  /// For films: ways through the latent space that are at hand here, and scenes that follow one another.
  virtual std::vector<LatentDirection> directions() const { return {}; }
  virtual std::vector<GeneratorScene> film() const { return {}; }
  /// Whether it is seen; a page that is not asks for nothing.
  virtual void setActive(bool) {}

 Q_SIGNALS:
  void stateChanged();  ///< saveState() would now differ
  void busyChanged();
  void workspaceWanted(const QString& id);

 protected:
  GeneratorStage& stage() const { return stage_; }
  const Context& context() const { return context_; }

 private:
  Context context_;
  GeneratorStage& stage_;
};

}  // namespace unitscope
