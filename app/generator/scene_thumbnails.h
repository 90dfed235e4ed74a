#pragma once

#include <deque>

#include <QImage>
#include <QObject>
#include <QString>

#include "app/context.h"
#include "app/generator/generator_scene.h"
#include "app/generator/stage_quiet.h"

namespace unitscope {

/// Small pictures of scenes, made a few at a time while the stage is quiet.
class SceneThumbnails : public QObject {
  Q_OBJECT
 public:
  static constexpr int kSide = 160;  ///< pixels at most

  struct Wish {
    QString id;
    GeneratorScene scene;
  };

  /// `pane` names its questions to the engine.
  SceneThumbnails(const Context& context, GeneratorStage& stage, const QString& pane, QObject* parent = nullptr);

  /// Made in this order; what was wished for before and is not listed is dropped.
  void want(std::deque<Wish> wishes);
  void setAwake(bool awake);
  bool busy() const { return awake_ && !wishes_.empty(); }

 Q_SIGNALS:
  void made(const QString& id, const QImage& picture);
  void failed(const QString& id, const QString& reason);
  void busyChanged();

 private:
  void ask();
  void stop();
  void finish(const QString& id);

  Context context_;
  GeneratorStage& stage_;
  QString pane_;
  StageQuiet quiet_;
  std::deque<Wish> wishes_;
  bool awake_ = false, asking_ = false;
  int round_ = 0;
};

}  // namespace unitscope
