#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QImage>
#include <QObject>
#include <QPointF>
#include <QString>

#include "app/context.h"
#include "app/generator/generator_scene.h"
#include "image/brush.h"

namespace unitscope {

class GeneratorStage;
class StageCanvas;

/// What a brush does to units.
struct UnitPaint {
  enum class Mode {
    Draw,    ///< the units are held at the values at which they draw
    Remove,  ///< the units are weakened, or off
    Erase,   ///< what was painted goes again
  };
  Mode mode = Mode::Draw;
  QString what;  ///< "tree", for the undo list
  std::string layer;
  std::vector<std::int64_t> units;
  std::vector<double> high;  ///< of Draw: for each unit
  double strength = 1.0;     ///< Draw: times `high`. Remove: how much of them goes, 1 at most
};

/// The changes that a stroke which covers `where` makes to a scene (GANPaint, Bau et al. 2019).
GeneratorScene painted(const GeneratorScene& before, const UnitPaint& paint, const Array& where);

/// Turns strokes on the canvas into changes of the scene, live; each stroke is one step to undo.
class UnitPainter : public QObject {
  Q_OBJECT
 public:
  UnitPainter(const Context& context, GeneratorStage& stage, StageCanvas& canvas, QObject* parent = nullptr);

  void setActive(bool active);
  /// Empty units: the brush does nothing.
  void setPaint(const UnitPaint& paint);
  const UnitPaint& paint() const { return paint_; }
  /// Of the picture's shorter side.
  void setBrush(double radius, double softness);
  /// What is laid over the picture between strokes.
  void setOverlay(const QImage& overlay);

 private:
  void begin(QPointF place);
  void move(QPointF place);
  void end();
  void abandon();
  void showMask();

  Context context_;
  GeneratorStage& stage_;
  StageCanvas& canvas_;
  bool active_ = false, changed_ = false;
  UnitPaint paint_;
  double radius_ = 0.1, softness_ = 0.4;
  int strokes_ = 0;
  std::optional<GeneratorScene> before_;
  StrokeMask mask_;
  QPointF last_;
  QImage overlay_;
};

}  // namespace unitscope
