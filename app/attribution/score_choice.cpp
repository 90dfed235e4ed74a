#include "app/attribution/score_choice.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <QCoreApplication>

#include "graph/graph.h"
#include "graph/layers.h"

namespace unitscope {

namespace {

using Kind = ScoreChoice::Kind;

constexpr const char* kKinds[] = {"class", "difference", "unit", "region", "resemblance"};
constexpr int kMostClasses = 1000000;
constexpr int kLongestName = 4096;
constexpr int kWeightsSide = 240;  // divided evenly by most sizes of an output

QString text(const char* source) {
  return QCoreApplication::translate("ScoreChoice", source);
}

const Layer* findLayer(const Document& document, const QString& name, std::size_t* index = nullptr) {
  if (!document.hasModel()) return nullptr;
  const auto& layers = document.model()->layers();
  const std::string wanted = name.toStdString();
  const auto found = std::find_if(layers.begin(), layers.end(), [&wanted](const Layer& l) { return l.name == wanted; });
  if (found == layers.end()) return nullptr;
  if (index) *index = std::size_t(found - layers.begin());
  return &*found;
}

/// Whether there is a score for each place of a map instead of one for the whole picture.
bool outputHasPlaces(const Document& document) {
  const Graph& graph = document.model()->graph();
  ValueId output = graph.find(document.card().output);
  if (output == kNoValue && !graph.outputs().empty()) output = graph.outputs().front();
  if (output == kNoValue) return false;
  const std::optional<Shape>& declared = graph.value(output).shape;
  const Shape* shape = declared ? &*declared : nullptr;
  // The shapes that were found by evaluating know more than the file.
  const auto& layers = document.model()->layers();
  const auto& shapes = document.opened().layerShapes;
  for (std::size_t i = 0; i < std::min(layers.size(), shapes.size()); ++i) {
    if (layers[i].output == output) shape = &shapes[i];
  }
  if (!shape) return document.card().task == ModelCard::Task::Segmenter;
  return shape->size() == 4 && ((*shape)[2] != 1 || (*shape)[3] != 1);
}

int number(const QJsonValue& value, int low, int high, int fallback) {
  const double given = value.toDouble(fallback);
  return std::isfinite(given) && given >= low && given <= high ? int(given) : fallback;
}

}  // namespace

QJsonObject ScoreChoice::toJson() const {
  QJsonObject json{{"kind", kKinds[int(kind)]}};
  if (against >= 0) json.insert("against", against);
  if (!layer.isEmpty()) json.insert("unit", QJsonObject{{"layer", layer}, {"channel", channel}});
  if (!region.isEmpty())
    json.insert("region",
                QJsonObject{{"x", region.x()}, {"y", region.y()}, {"w", region.width()}, {"h", region.height()}});
  if (!picture.isEmpty()) json.insert("picture", picture);
  return json;
}

ScoreChoice ScoreChoice::fromJson(const QJsonObject& json) {
  ScoreChoice choice;
  const QString kind = json.value("kind").toString();
  const auto found = std::find(std::begin(kKinds), std::end(kKinds), kind);
  if (found != std::end(kKinds)) choice.kind = Kind(found - std::begin(kKinds));
  choice.against = number(json.value("against"), -1, kMostClasses, -1);
  const QJsonObject unit = json.value("unit").toObject(), region = json.value("region").toObject();
  choice.layer = unit.value("layer").toString().left(kLongestName);
  choice.channel = number(unit.value("channel"), 0, kMostClasses, 0);
  const double x = region.value("x").toDouble(NAN), y = region.value("y").toDouble(NAN);
  const double w = region.value("w").toDouble(NAN), h = region.value("h").toDouble(NAN);
  const bool fine = x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 1.000001 && y + h <= 1.000001;  // NaN is not
  if (fine) choice.region = QRectF(x, y, w, h);
  choice.picture = json.value("picture").toString().left(kLongestName);
  return choice;
}

QString reasonAgainst(Kind kind, const Document& document) {
  if (kind == Kind::Class) return {};
  if (!document.hasModel()) return text("Open a network first");
  switch (kind) {
    case Kind::Difference:
      return document.card().labels.size() == 1 ? text("The network has only one class") : QString();
    case Kind::Unit:
      return document.model()->layers().empty() ? text("The network has no layers to choose from") : QString();
    case Kind::Region:
      return outputHasPlaces(document) ? QString()
                                       : text(
                                             "The network's output has no places: it gives each class one score for "
                                             "the whole picture");
    case Kind::Resemblance: return document.pictures().size() < 2 ? text("Open a second picture first") : QString();
    case Kind::Class: break;
  }
  return {};
}

QString whatIsMissing(const ScoreChoice& choice, const Document& document, int target) {
  const QString reason = reasonAgainst(choice.kind, document);
  if (!reason.isEmpty()) return reason;
  switch (choice.kind) {
    case Kind::Difference: {
      if (choice.against < 0) return text("Choose the second class");
      const auto classes = document.card().labels.size();
      if (classes > 0 && std::size_t(choice.against) >= classes)
        return text("This network has no class %1: choose the second class").arg(choice.against);
      return choice.against == target ? text("The two classes are the same: choose another") : QString();
    }
    case Kind::Unit: {
      if (choice.layer.isEmpty()) return text("Choose the layer");
      if (!findLayer(document, choice.layer)) return text("This network has no layer \u201c%1\u201d").arg(choice.layer);
      const int channels = channelCount(document, choice.layer);
      return channels > 0 && choice.channel >= channels ? text("The layer has only %1 channels").arg(channels)
                                                        : QString();
    }
    case Kind::Region: return choice.region.isEmpty() ? text("Draw a rectangle on the picture") : QString();
    case Kind::Resemblance:
      if (choice.picture.isEmpty()) return text("Choose the second picture");
      return secondPicture(choice, document)
                 ? QString()
                 : text("\u201c%1\u201d is no longer open").arg(choice.picture.section(QLatin1Char('/'), -1));
    case Kind::Class: break;
  }
  return {};
}

QString regionText(const QRectF& region) {
  const auto percent = [](double share) { return QString::number(int(std::lround(100 * share))); };
  return text("x %1\u2013%2 %, y %3\u2013%4 %")
      .arg(percent(region.left()), percent(region.right()), percent(region.top()), percent(region.bottom()));
}

QString scoreText(const ScoreChoice& choice, const Document& document, int target) {
  const QString name = target < 0 ? text("the first choice") : document.label(target);
  switch (choice.kind) {
    case Kind::Difference: return text("%1 rather than %2").arg(name, document.label(choice.against));
    case Kind::Unit: return text("channel %1 of %2").arg(choice.channel).arg(choice.layer);
    case Kind::Region: return text("%1 within %2").arg(name, regionText(choice.region));
    case Kind::Resemblance: {
      const PictureEntry* picture = secondPicture(choice, document);
      return text("similar to %1").arg(picture ? picture->name : choice.picture);
    }
    case Kind::Class: break;
  }
  return name;
}

QString pictureKey(const PictureEntry& picture) {
  return picture.path.isEmpty() ? picture.name : picture.path;
}

const PictureEntry* secondPicture(const ScoreChoice& choice, const Document& document) {
  const auto& all = document.pictures();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const PictureEntry& p) { return pictureKey(p) == choice.picture; });
  return found == all.end() ? nullptr : &*found;
}

int channelCount(const Document& document, const QString& layer) {
  std::size_t index = 0;
  if (!findLayer(document, layer, &index)) return 0;
  const auto& shapes = document.opened().layerShapes;
  if (index >= shapes.size() || shapes[index].size() < 2) return 0;
  return int(std::clamp<std::int64_t>(shapes[index][1], 0, kMostClasses));
}

std::shared_ptr<const Array> regionWeights(const QRectF& region) {
  if (region.isEmpty()) return nullptr;
  auto weights = std::make_shared<Array>();
  weights->shape = {kWeightsSide, kWeightsSide};
  weights->values.assign(std::size_t(kWeightsSide) * kWeightsSide, 0.0F);
  const auto place = [](double share) { return std::clamp(int(std::lround(share * kWeightsSide)), 0, kWeightsSide); };
  // Never nothing, however thin the rectangle.
  const int left = std::min(place(region.left()), kWeightsSide - 1),
            top = std::min(place(region.top()), kWeightsSide - 1);
  const int right = std::max(place(region.right()), left + 1), bottom = std::max(place(region.bottom()), top + 1);
  for (int y = top; y < bottom; ++y) {
    const auto row = weights->values.begin() + std::ptrdiff_t(y) * kWeightsSide;
    std::fill(row + left, row + right, 1.0F);
  }
  return weights;
}

void applyScore(const ScoreChoice& choice, const Document& document, const std::shared_ptr<const Array>& weights,
                AttributionRequest& request) {
  switch (choice.kind) {
    case Kind::Difference: request.against = choice.against; break;
    case Kind::Unit:
      request.unitLayer = choice.layer;
      request.target = choice.channel;
      break;
    case Kind::Region: request.region = weights; break;
    case Kind::Resemblance:
      if (const PictureEntry* picture = secondPicture(choice, document)) request.resemble = picture->pixels;
      break;
    case Kind::Class: break;
  }
}

}  // namespace unitscope
