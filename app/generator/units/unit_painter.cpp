#include "app/generator/units/unit_painter.h"

#include <algorithm>
#include <cmath>

#include <QUndoStack>

#include "app/generator/generator_stage.h"
#include "app/generator/scene_edits.h"
#include "app/generator/stage_canvas.h"

namespace unitscope {
namespace {

constexpr int kFineMask = 128, kCoarseMask = 64;  // places along the longer side
constexpr std::int64_t kCoarseTo = 128;           // pixels of the picture
constexpr float kNothing = 1.0F / 255.0F;

bool sameChange(const UnitEdit& edit, const UnitEdit& other) {
  return isPainted(edit) && edit.change.layer == other.change.layer && edit.change.units == other.change.units &&
         edit.change.kind == other.change.kind && edit.change.amount == other.change.amount &&
         edit.where.shape == other.where.shape;
}

GeneratorScene erased(GeneratorScene scene, const Array& where) {
  for (UnitEdit& edit : scene.sample.edits) {
    if (!isPainted(edit) || edit.where.shape != where.shape) continue;
    for (std::size_t i = 0; i < where.values.size(); ++i) edit.where.values[i] *= 1.0F - where.values[i];
  }
  std::erase_if(scene.sample.edits, [](const UnitEdit& edit) {
    return isPainted(edit) && std::ranges::all_of(edit.where.values, [](float value) { return value < kNothing; });
  });
  return scene;
}

}  // namespace

GeneratorScene painted(const GeneratorScene& before, const UnitPaint& paint, const Array& where) {
  if (paint.mode == UnitPaint::Mode::Erase) return erased(before, where);
  std::vector<UnitEdit> wanted;
  if (paint.mode == UnitPaint::Mode::Remove) {
    wanted.push_back(
        {{paint.layer, paint.units, UnitSwitch::Kind::Scale, 1.0 - std::clamp(paint.strength, 0.0, 1.0)}, where});
  } else {
    for (std::size_t i = 0; i < paint.units.size() && i < paint.high.size(); ++i)
      wanted.push_back({{paint.layer, {paint.units[i]}, UnitSwitch::Kind::Set, paint.high[i] * paint.strength}, where});
  }
  GeneratorScene next = before;
  std::vector<UnitEdit>& edits = next.sample.edits;
  // Going on with what was painted last makes it larger; behind anything else it is a change of its own, because the
  // last one has its way.
  const std::size_t count = wanted.size();
  const bool goesOn = count > 0 && edits.size() >= count &&
                      std::equal(wanted.begin(), wanted.end(), edits.end() - std::ptrdiff_t(count), sameChange);
  if (!goesOn) {
    edits.insert(edits.end(), wanted.begin(), wanted.end());
    return next;
  }
  for (auto edit = edits.end() - std::ptrdiff_t(count); edit != edits.end(); ++edit)
    for (std::size_t i = 0; i < where.values.size(); ++i)
      edit->where.values[i] = std::max(edit->where.values[i], where.values[i]);
  return next;
}

UnitPainter::UnitPainter(const Context& context, GeneratorStage& stage, StageCanvas& canvas, QObject* parent)
    : QObject(parent), context_(context), stage_(stage), canvas_(canvas) {
  connect(&canvas_, &BrushCanvas::strokeBegun, this, &UnitPainter::begin);
  connect(&canvas_, &BrushCanvas::strokeMoved, this, &UnitPainter::move);
  connect(&canvas_, &BrushCanvas::strokeEnded, this, &UnitPainter::end);
  connect(&canvas_, &BrushCanvas::strokeAbandoned, this, &UnitPainter::abandon);
  connect(&stage_, &GeneratorStage::generatorChanged, this, &UnitPainter::end);
}

void UnitPainter::setActive(bool active) {
  active_ = active;
  if (!active) end();
  canvas_.setBrushing(active);
  canvas_.setBrush(radius_, softness_);
}

void UnitPainter::setPaint(const UnitPaint& paint) {
  paint_ = paint;
}

void UnitPainter::setBrush(double radius, double softness) {
  radius_ = radius;
  softness_ = softness;
  canvas_.setBrush(radius, softness);
}

void UnitPainter::setOverlay(const QImage& overlay) {
  overlay_ = overlay;
  if (!before_) {
    canvas_.setOverlayOpacity(0.55);
    canvas_.setOverlay(overlay_);
  }
}

void UnitPainter::begin(QPointF place) {
  const bool idle = paint_.units.empty() && paint_.mode != UnitPaint::Mode::Erase;
  if (!active_ || idle || !stage_.generator() || stage_.scene().empty()) return;
  const Shape& picture = stage_.generator()->plan().imageShape;
  const std::int64_t longer = std::max(picture[1], picture[2]);
  const int side = longer <= kCoarseTo ? kCoarseMask : kFineMask;
  const auto along = [&](std::int64_t pixels) { return std::max(1, int(pixels * side / longer)); };
  mask_ = StrokeMask(along(picture[2]), along(picture[1]));
  before_ = stage_.scene();
  changed_ = false;
  ++strokes_;
  last_ = place;
  move(place);
}

void UnitPainter::move(QPointF place) {
  if (!before_) return;
  BrushTip tip;
  tip.radius = std::max(0.5, radius_ * std::min(mask_.width(), mask_.height()));
  tip.softness = softness_;
  const auto pixel = [this](QPointF at) { return PixelPoint{at.x() * mask_.width(), at.y() * mask_.height()}; };
  const PixelBox box = mask_.extend(pixel(last_), pixel(place), tip);
  last_ = place;
  if (box.empty()) return;
  Array where{{mask_.height(), mask_.width()}, std::vector<float>(mask_.values().size())};
  std::ranges::transform(mask_.values(), where.values.begin(),
                         [](std::uint8_t value) { return float(value) / 255.0F; });
  const GeneratorScene next = painted(*before_, paint_, where);
  if (next == stage_.scene()) return;
  changed_ = true;
  const QString text = paint_.mode == UnitPaint::Mode::Draw     ? tr("Paint %1").arg(paint_.what)
                       : paint_.mode == UnitPaint::Mode::Remove ? tr("Paint %1 away").arg(paint_.what)
                                                                : tr("Erase what was painted");
  stage_.change(text, next, QStringLiteral("paint/%1").arg(strokes_));
  showMask();
}

void UnitPainter::showMask() {
  // Where a stroke has been is seen at once, even where the units change nothing there.
  QImage shown(mask_.width(), mask_.height(), QImage::Format_ARGB32);
  for (int y = 0; y < mask_.height(); ++y) {
    auto* line = reinterpret_cast<QRgb*>(shown.scanLine(y));
    for (int x = 0; x < mask_.width(); ++x)
      line[x] = qRgba(255, 255, 255, mask_.values()[std::size_t(y) * std::size_t(mask_.width()) + std::size_t(x)]);
  }
  canvas_.setOverlayOpacity(0.25);
  canvas_.setOverlay(shown);
}

void UnitPainter::end() {
  if (!before_) return;
  before_.reset();
  setOverlay(overlay_);
}

void UnitPainter::abandon() {
  if (!before_) return;
  end();
  if (changed_) context_.undo.undo();
}

}  // namespace unitscope
