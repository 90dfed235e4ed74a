#include "app/generator/directions/direction_facts.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

namespace unitscope {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("DirectionFacts", text);
}

const double* detail(const LatentDirection& direction, const char* name) {
  const auto found = direction.details.find(name);
  return found == direction.details.end() || !std::isfinite(found->second) ? nullptr : &found->second;
}

QString percent(double share, int digits) {
  return tr("%1 %").arg(QLocale().toString(100.0 * share, 'f', digits));
}

}  // namespace

QString sourceText(const LatentDirection& direction) {
  if (direction.source == "sefa") return tr("SeFa");
  if (direction.source == "ganspace") return tr("GANSpace");
  if (direction.source == "boundary") return tr("boundary");
  if (direction.source == "labels" || direction.source == "hand") return tr("hand labels");
  if (direction.source == "file") return tr("file");
  return QString::fromStdString(direction.source);
}

QString factsText(const LatentDirection& direction) {
  if (const double* explained = detail(direction, "explained_variance"))
    return tr("explains %1").arg(percent(*explained, 1));
  if (const double* accuracy = detail(direction, "validation_accuracy"))
    return tr("%1 right on new samples").arg(percent(*accuracy, 0));
  if (const double* accuracy = detail(direction, "train_accuracy"))
    return tr("%1 right on its own samples").arg(percent(*accuracy, 0));
  return {};
}

QString allFactsText(const LatentDirection& direction) {
  QStringList lines{QString::fromStdString(direction.name)};
  lines << tr("From: %1").arg(sourceText(direction));
  lines << tr("In %1, layers %2")
               .arg(QString::fromStdString(direction.space), QString::fromStdString(layersText(direction.layers)));
  if (const double* value = detail(direction, "explained_variance"))
    lines << tr("Explains %1 of the variance").arg(percent(*value, 2));
  if (const double* value = detail(direction, "train_accuracy"))
    lines << tr("Right on %1 of the samples that it learned from").arg(percent(*value, 1));
  if (const double* value = detail(direction, "validation_accuracy"))
    lines << tr("Right on %1 of new extreme samples").arg(percent(*value, 1));
  if (const double* value = detail(direction, "remaining_accuracy"))
    lines << tr("Right on %1 of all samples between").arg(percent(*value, 1));
  if (const double* value = detail(direction, "deviation"))
    lines << tr("Samples deviate by %1 along it").arg(QLocale().toString(*value, 'g', 3));
  return lines.join(QLatin1Char('\n'));
}

QString whyNotMovable(const GeneratorPlan& plan, LatentSpace space, const LatentDirection& direction) {
  const bool ofZ = direction.space == "z";
  if (ofZ && space != LatentSpace::Z)
    return tr("It leads through z, and this sample is given by what the layers take (%1): an inverted picture has no z")
        .arg(QString::fromStdString(nameOf(space)));
  if (!ofZ && !plan.hasStyles())
    return tr("It is for w, and this network takes z as it is. If it is a direction of z, say so in its menu");
  const Shape& shape = direction.vector.shape;
  const std::int64_t size = ofZ ? plan.zSize() : plan.styleSize;
  if (shape.empty() || shape.back() != size)
    return tr("It has %1 numbers, %2 of this network has %3")
        .arg(shape.empty() ? 0 : shape.back())
        .arg(ofZ ? QStringLiteral("z") : QStringLiteral("w"))
        .arg(size);
  if (shape.size() > 1 && shape.front() != 1 && (ofZ || shape.front() != plan.styleCount))
    return tr("It is for %1 layers, this network has %2").arg(shape.front()).arg(ofZ ? 1 : plan.styleCount);
  if (!ofZ)
    for (const std::int64_t layer : direction.layers)
      if (layer < 0 || layer >= plan.styleCount)
        return tr("There is no layer %1: they go from 0 to %2").arg(layer).arg(plan.styleCount - 1);
  return {};
}

std::pair<double, double> rangeOf(const LatentDirection& direction) {
  constexpr double kUsual = 3.0, kLeast = 1e-9;
  if (direction.to - direction.from > kLeast) return {direction.from, direction.to};
  return {-kUsual, kUsual};
}

bool sameDirection(const LatentDirection& a, const LatentDirection& b) {
  return a.name == b.name && a.vector.shape == b.vector.shape && a.vector.values == b.vector.values;
}

}  // namespace unitscope
