#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <QImage>
#include <QObject>

#include "app/context.h"
#include "app/engine_bridge.h"
#include "features/feature_goal.h"

namespace unitscope {

/// Pictures of what directions and channels look for, made in the background: they are told of as they form. What was
/// made before comes from the cache at once.
class FeaturePictures : public QObject {
  Q_OBJECT
 public:
  FeaturePictures(const Context& context, const QString& pane, QObject* parent = nullptr);

  /// Replaces what was asked before.
  void ask(const QString& title, const BackgroundModel& model, const std::vector<FeatureGoal>& goals, int steps);
  void stop();
  bool busy() const { return running_; }

 Q_SIGNALS:
  void changed(int goal, const QImage& picture, bool finished);
  void busyChanged();

 private:
  /// Pictures on their way from the background thread; of each goal the newest.
  struct Mail {
    std::mutex mutex;
    std::map<int, std::pair<QImage, bool>> pictures;
    bool posted = false;
  };
  void deliver(const std::shared_ptr<Mail>& mail);

  EngineBridge& engine_;
  QString pane_;
  std::string folder_;
  std::shared_ptr<Mail> mail_;
  bool running_ = false;
};

}  // namespace unitscope
