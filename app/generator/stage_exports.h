#pragma once

#include <functional>

#include <QAction>
#include <QList>
#include <QObject>
#include <QString>

#include "app/context.h"

namespace unitscope {

class GeneratorStage;

/// What can be taken away from the stage: the picture, the changes of units, the latents, and the command line that
/// makes the same picture.
class StageExports : public QObject {
  Q_OBJECT
 public:
  StageExports(const Context& context, GeneratorStage& stage, QWidget* window);

  QList<QAction*> actions() const { return actions_; }
  /// Empty while there is no sample. Samples that no seed tells are read from latents.npy, which is to be exported.
  QString commandLine() const;

  /// False when it could not be written; the user was told why.
  bool savePicture(const QString& file);
  bool saveEdits(const QString& file);
  /// As they go into the layers, with all moves.
  void saveLatents(const QString& file);

 private:
  void show();
  void askFile(const QString& title, const QString& filter, const QString& name,
               const std::function<void(const QString&)>& save);

  Context context_;
  GeneratorStage& stage_;
  QWidget* window_;
  QList<QAction*> actions_;
};

}  // namespace unitscope
