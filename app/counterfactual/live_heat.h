#pragma once

#include <list>

#include <QObject>

#include "app/attribution/heat_picture.h"
#include "app/counterfactual/canvas_picture.h"

namespace unitscope {

/// Heatmaps of a picture's states by one method; the last few are kept, so that the original's is at hand.
class LiveHeat : public QObject {
  Q_OBJECT
 public:
  /// Methods that answer within about a second on small networks, of those in this build.
  static std::vector<MethodInfo> fastMethods();

  explicit LiveHeat(EngineBridge& engine, QObject* parent = nullptr);

  /// Asks for the map unless it is there or under way; replaces an older question.
  void want(const std::shared_ptr<Model>& model, const ImagePtr& seen, const QString& method, int target);
  /// The map, null when it is not there.
  std::shared_ptr<const HeatPicture> heat(const ImagePtr& seen, const QString& method, int target) const;
  /// Gives up the question under way: the engine is needed for something quicker.
  void stop();
  void clear();
  bool busy() const { return asking_; }
  /// Why the last map could not be computed; empty when it could.
  const QString& problem() const { return problem_; }

 Q_SIGNALS:
  void changed();

 private:
  struct Key {
    ImagePtr seen;
    QString method;
    int target = -1;
    bool operator==(const Key&) const = default;
  };
  EngineBridge& engine_;
  std::list<std::pair<Key, std::shared_ptr<const HeatPicture>>> kept_;  // newest first
  Key asked_, failed_;
  QString problem_;
  bool asking_ = false;
};

}  // namespace unitscope
