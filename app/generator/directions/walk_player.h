#pragma once

#include <vector>

#include <QImage>
#include <QObject>
#include <QTimer>
#include <QVector>

#include "app/context.h"
#include "app/generator/directions/scene_pictures.h"
#include "app/generator/directions/walk_frames.h"

namespace unitscope {

class GeneratorStage;

/// Plays a walk on stage: frames are made ahead of where the film is, and shown in place of the sample's picture. The
/// sample itself stays as it is unless a frame is kept. A change of the sample ends the film.
class WalkPlayer : public QObject {
  Q_OBJECT
 public:
  static constexpr int kRate = 24;  ///< frames a second

  WalkPlayer(const Context& context, GeneratorStage& stage, QObject* parent = nullptr);

  /// Begins a film from the sample on stage, and plays it.
  void start(const WalkPlan& plan);
  void play();
  void pause();
  /// Shows a frame, and goes on from there.
  void seek(int frame);
  /// Ends the film: the sample's own picture comes back.
  void stop();
  /// The frame that is shown becomes the sample, as a step that can be undone, and the film ends.
  void keep();
  /// A hidden player rests, and gives the stage back.
  void setActive(bool active);

  /// Empty while there is no film. To be exported as they are.
  const std::vector<GeneratorScene>& frames() const { return frames_; }
  int current() const { return current_; }  ///< frame that is shown; -1 before the first
  int madeCount() const;
  const QImage& picture(int frame) const { return pictures_[frame]; }
  bool playing() const { return timer_.isActive(); }
  bool preparing() const { return preparing_; }
  bool busy() const { return preparing_ || maker_.busy(); }
  const QString& failure() const { return failure_; }

 Q_SIGNALS:
  void framesChanged();
  void changed();  ///< anything: playing, the frame that is shown, how many are made
  void busyChanged();

 private:
  void makeFrom(int frame);
  void showFrame(int frame);
  void tick();

  Context context_;
  GeneratorStage& stage_;
  ScenePictures maker_;
  QTimer timer_;
  std::vector<GeneratorScene> frames_;
  GeneratorScene sample_;  // that the film began from
  QVector<QImage> pictures_;
  int current_ = -1, round_ = 0;
  bool preparing_ = false, active_ = false;
  QString failure_;
};

}  // namespace unitscope
