#pragma once

#include <map>
#include <memory>
#include <vector>

#include <QImage>
#include <QObject>
#include <QString>

#include "app/context.h"
#include "app/generator/generator_scene.h"
#include "app/generator/stage_quiet.h"
#include "app/neurons/unit_maps.h"
#include "image/image.h"

namespace unitscope {

/// Where each unit of a layer is active in the picture on stage. Asked for while the stage is quiet; what was known
/// before stays until then. What is done to the layer's own units is left out, so that one that is off still shows what
/// it would draw.
class SceneMaps : public QObject {
  Q_OBJECT
 public:
  SceneMaps(const Context& context, GeneratorStage& stage, QObject* parent = nullptr);

  void setAwake(bool awake);
  void look(const QString& layer);
  QString layer() const { return layer_; }
  /// Tiles are painted in this order.
  void want(const std::vector<int>& units);

  /// Null until it is known.
  const UnitMaps* maps() const { return maps_.get(); }
  QImage picture(int unit) const;
  /// The unit's map alone, to be laid over the picture; null where it is not known.
  QImage overlay(int unit) const;
  /// Largest value of a unit in the picture; NaN where it is not known.
  double largest(std::int64_t unit) const;
  bool busy() const { return asking_ || painting_; }

 Q_SIGNALS:
  void known();  ///< maps() has come or gone
  void painted(int unit);
  void busyChanged();

 private:
  void forget();
  void ask();
  void paint();
  GeneratorScene wanted() const;

  Context context_;
  GeneratorStage& stage_;
  StageQuiet quiet_;
  QString layer_;
  bool awake_ = false, asking_ = false, painting_ = false;
  int round_ = 0, version_ = 0;
  GeneratorScene of_;  // what maps_ belong to
  std::shared_ptr<const UnitMaps> maps_;
  std::shared_ptr<const Image> seen_;
  std::vector<int> units_;
  struct Painted {
    QImage picture;
    int version = 0;
  };
  std::map<int, Painted> pictures_;
};

}  // namespace unitscope
