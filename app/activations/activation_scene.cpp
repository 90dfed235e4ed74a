#include "app/activations/activation_scene.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "app/image_convert.h"
#include "examples/receptive_field.h"

namespace unitscope {

namespace {

// Over a picture a map must let it be seen.
constexpr double kThumbnailOpacity = 0.72;
constexpr int kFairSide = 7;

QSize cellsOf(const Shape& shape) {
  if (shape.size() == 4) return {int(shape[3]), int(shape[2])};
  if (shape.size() != 3) return {};
  // Tokens: a square, with or without a class token in front, else a row; as layerMaps() has it.
  for (const std::int64_t places : {shape[1], shape[1] - 1}) {
    const auto side = std::int64_t(std::lround(std::sqrt(double(std::max<std::int64_t>(places, 0)))));
    if (side > 1 && side * side == places) return {int(side), int(side)};
  }
  return {int(shape[1]), 1};
}

}  // namespace

std::vector<PlacedLayer> placedLayers(const Document& document) {
  std::vector<PlacedLayer> found;
  if (!document.hasModel()) return found;
  const std::vector<Layer>& layers = document.model()->layers();
  const std::vector<Shape>& shapes = document.opened().layerShapes;
  for (std::size_t i = 0; i < layers.size() && i < shapes.size(); ++i) {
    const Shape& shape = shapes[i];
    if (layers[i].plumbing || shape.size() < 3 || shape.size() > 4) continue;
    if (std::any_of(shape.begin(), shape.end(), [](std::int64_t n) { return n < 1 || n > 1'000'000; })) continue;
    const QSize cells = cellsOf(shape);
    if (cells.width() * cells.height() < 2) continue;
    const std::int64_t units = shape.size() == 4 ? shape[1] : shape[2];
    found.push_back({QString::fromStdString(layers[i].name),
                     QCoreApplication::translate("unitscope", "%1 units, %2 \u00d7 %3 places")
                         .arg(units)
                         .arg(cells.width())
                         .arg(cells.height()),
                     cells, int(i), units});
  }
  return found;
}

QString firstPlacedLayer(const Document& document) {
  const std::vector<PlacedLayer> placed = placedLayers(document);
  if (placed.empty()) return {};
  const std::vector<Layer>& layers = document.model()->layers();
  const auto isPlaced = [&](int index) {
    return std::any_of(placed.begin(), placed.end(), [&](const PlacedLayer& one) { return one.index == index; });
  };
  const PlacedLayer* best = nullptr;
  for (const PlacedLayer& one : placed) {
    if (one.units == std::int64_t(document.card().labels.size())) continue;
    // Blocks, not what is inside them.
    if (isPlaced(layers[std::size_t(one.index)].parent)) continue;
    const bool fair = std::min(one.cells.width(), one.cells.height()) >= kFairSide;
    if (!best || fair) best = &one;
  }
  if (!best) return placed.back().name;
  // A block that is the whole of a network's body is better known by its last part.
  QString name = best->name;
  for (const PlacedLayer& one : placed)
    if (layers[std::size_t(one.index)].parent == best->index &&
        layers[std::size_t(one.index)].output == layers[std::size_t(best->index)].output)
      name = one.name;
  return name;
}

int ActivationScene::indexOf(ImageId image) const {
  const auto it = std::find(images.begin(), images.end(), image);
  return it == images.end() ? -1 : int(it - images.begin());
}

QSize ActivationScene::cells(int picture) const {
  if (picture < 0 || std::size_t(picture) >= maps.pictures()) return {};
  return {int(maps.width(std::size_t(picture))), int(maps.height(std::size_t(picture)))};
}

QRectF ActivationScene::fieldOf(int picture, QPoint cell) const {
  if (seesAll || picture < 0 || std::size_t(picture) >= seen.size()) return {};
  const double w = model.card.width, h = model.card.height;
  const QRectF box((across.start + cell.x() * across.stride) / w, (down.start + cell.y() * down.stride) / h,
                   across.size / w, down.size / h);
  const QRectF inside = box.intersected(QRectF(0, 0, 1, 1));
  return inside == QRectF(0, 0, 1, 1) ? QRectF() : inside;
}

ScenePtr makeScene(const SceneQuestion& question, const Progress& progress, const CancelToken& cancel) {
  auto scene = std::make_shared<ActivationScene>();
  scene->model = question.model;
  scene->modelName = question.modelName;
  scene->layer = question.layer;
  Model& model = *question.model.model;
  std::vector<Array> maps;
  for (const PictureEntry& picture : question.pictures) {
    cancel.check();
    progress.report(double(maps.size()) / double(question.pictures.size()), picture.name.toStdString());
    scene->images.push_back(picture.id);
    scene->names << picture.name;
    scene->files << picture.path;
    scene->inputs.push_back(model.preprocess(*picture.pixels));
    scene->seen.push_back(toQImage(model.pictureOf(scene->inputs.back())).convertToFormat(QImage::Format_RGB32));
    maps.push_back(layerMaps(model, scene->inputs.back(), question.layer.toStdString(), cancel));
    const std::vector<float>& values = maps.back().values;
    scene->isSigned = scene->isSigned || std::any_of(values.begin(), values.end(), [](float v) { return v < 0; });
  }
  scene->maps = PlaceMaps(std::move(maps));
  const Graph& graph = model.graph();
  const ValueId value = resolveLayer(graph, model.layers(), question.layer.toStdString());
  const ValueId input = question.model.card.input.empty()
                            ? (graph.inputs().empty() ? kNoValue : graph.inputs().front())
                            : resolveLayer(graph, model.layers(), question.model.card.input);
  if (input != kNoValue) {
    const ReceptiveField field = receptiveField(graph, input, value);
    scene->seesAll = field.whole;
    scene->across = {field.x.start, field.x.stride, field.x.size};
    scene->down = {field.y.start, field.y.stride, field.y.size};
  }
  return scene;
}

HeatPaint paintOf(bool isSigned, double largest) {
  HeatPaint paint;
  const double end = largest > 0 && std::isfinite(largest) ? largest : 1.0;
  paint.colors = isSigned ? ColorMap::Diverging : ColorMap::Viridis;
  paint.range = HeatPaint::Range::Fixed;
  paint.fixed = {isSigned ? -end : 0.0, end};
  return paint;
}

QImage paintedMap(const Array& map, const HeatPaint& paint) {
  if (map.shape.size() != 2 || map.values.empty()) return {};
  HeatMap heat;
  heat.height = int(map.shape[0]);
  heat.width = int(map.shape[1]);
  heat.values = map.values;
  return toQImage(paintHeat(heat, paint)).convertToFormat(QImage::Format_RGB32);
}

QImage mapOverPicture(const QImage& picture, const Array& map, const HeatPaint& paint, int side) {
  const QSize size = (picture.isNull() ? QSize(side, side) : picture.size()).scaled(side, side, Qt::KeepAspectRatio);
  QImage both(size, QImage::Format_RGB32);
  both.fill(Qt::black);
  QPainter painter(&both);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  if (!picture.isNull()) painter.drawImage(both.rect(), picture);
  painter.setOpacity(picture.isNull() ? 1.0 : kThumbnailOpacity);
  painter.drawImage(both.rect(), paintedMap(map, paint));
  return both;
}

double largestMagnitude(const Array& map) {
  double largest = 0.0;
  for (const float value : map.values)
    if (std::isfinite(value)) largest = std::max(largest, double(std::abs(value)));
  return largest;
}

}  // namespace unitscope
