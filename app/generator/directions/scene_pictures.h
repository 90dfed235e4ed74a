#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <QImage>
#include <QObject>
#include <QString>

#include "app/context.h"
#include "app/generator/generator_scene.h"

namespace unitscope {

class GeneratorStage;

/// Pictures of many scenes, one after the other: each is a short question to the engine, so that the picture on stage
/// gets its turn between them. While inactive nothing is asked; what waits is kept.
class ScenePictures : public QObject {
  Q_OBJECT
 public:
  struct Wanted {
    int id = 0;
    GeneratorScene scene;
  };

  /// `pane` is the engine's name for the questions, `title` what they are called for people.
  ScenePictures(const Context& context, GeneratorStage& stage, const QString& pane, const QString& title,
                QObject* parent = nullptr);

  /// In this order, instead of those that wait.
  void want(std::vector<Wanted> scenes);
  void add(Wanted one);
  void clear();
  void setActive(bool active);
  /// Longest side of the pictures in pixels; 0 as they are made.
  void setSide(int side) { side_ = side; }
  int waiting() const { return int(queue_.size()) + (asked_ ? 1 : 0); }
  bool busy() const { return active_ && waiting() > 0; }

 Q_SIGNALS:
  void made(int id, const QImage& picture);
  void failed(int id, const QString& reason);
  void busyChanged();

 private:
  void next();

  Context context_;
  GeneratorStage& stage_;
  QString pane_, title_;
  std::deque<Wanted> queue_;
  bool active_ = false, asked_ = false;
  int side_ = 0, round_ = 0;
};

}  // namespace unitscope
