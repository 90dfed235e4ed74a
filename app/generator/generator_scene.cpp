#include "app/generator/generator_scene.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include <QByteArray>
#include <QJsonArray>

namespace unitscope {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays in sessions are little-endian");

// More than the latents and brush masks of any network, less than what would make a session unreadable.
constexpr std::int64_t kMostNumbers = std::int64_t{1} << 22;

bool same(const Array& a, const Array& b) {
  return a.shape == b.shape && a.values == b.values;
}

bool same(const UnitEdit& a, const UnitEdit& b) {
  return a.change.layer == b.change.layer && a.change.units == b.change.units && a.change.kind == b.change.kind &&
         a.change.amount == b.change.amount && same(a.where, b.where);
}

QJsonObject arrayToJson(const Array& array) {
  QJsonArray shape;
  for (const std::int64_t side : array.shape) shape.append(qint64(side));
  const QByteArray bytes(reinterpret_cast<const char*>(array.values.data()),
                         qsizetype(array.values.size() * sizeof(float)));
  // Brush masks are mostly zeros.
  return {{"shape", shape}, {"float32", QString::fromLatin1(qCompress(bytes).toBase64())}};
}

Array arrayFromJson(const QJsonObject& json) {
  Array array;
  std::int64_t count = 1;
  for (const QJsonValue& side : json["shape"].toArray()) {
    const std::int64_t length = side.toInteger();
    if (length < 1 || length > kMostNumbers / count) return {};
    count *= length;
    array.shape.push_back(length);
  }
  if (array.shape.empty()) return {};
  const QByteArray packed = QByteArray::fromBase64(json["float32"].toString().toLatin1());
  // qCompress() puts the size in front: what claims another one is not unpacked at all.
  const auto expected = static_cast<std::size_t>(count) * sizeof(float);
  if (packed.size() < 4) return {};
  std::size_t claimed = 0;
  for (int i = 0; i < 4; ++i) claimed = claimed << 8 | static_cast<unsigned char>(packed[i]);
  if (claimed != expected) return {};
  const QByteArray bytes = qUncompress(packed);
  if (static_cast<std::size_t>(bytes.size()) != expected) return {};
  array.values.resize(static_cast<std::size_t>(count));
  std::memcpy(array.values.data(), bytes.constData(), expected);
  if (!std::all_of(array.values.begin(), array.values.end(), [](float value) { return std::isfinite(value); }))
    return {};
  return array;
}

QJsonArray numbersToJson(const std::vector<std::int64_t>& numbers) {
  QJsonArray all;
  for (const std::int64_t number : numbers) all.append(qint64(number));
  return all;
}

std::vector<std::int64_t> numbersFromJson(const QJsonArray& json) {
  std::vector<std::int64_t> all;
  for (const QJsonValue& number : json)
    if (number.isDouble()) all.push_back(number.toInteger());
  return all;
}

double finite(const QJsonValue& value, double otherwise) {
  const double number = value.toDouble(otherwise);
  return std::isfinite(number) ? number : otherwise;
}

LatentSpace spaceOf(const QString& name) {
  return name == "w" ? LatentSpace::W : name == "w+" ? LatentSpace::WPlus : LatentSpace::Z;
}

QString nameOfNoise(NoiseMode noise) {
  return noise == NoiseMode::Random ? QStringLiteral("random")
         : noise == NoiseMode::None ? QStringLiteral("none")
                                    : QStringLiteral("constant");
}

NoiseMode noiseOf(const QString& name) {
  return name == "random" ? NoiseMode::Random : name == "none" ? NoiseMode::None : NoiseMode::Constant;
}

QJsonObject editToJson(const UnitEdit& edit) {
  QJsonObject json{{"layer", QString::fromStdString(edit.change.layer)},
                   {"units", numbersToJson(edit.change.units)},
                   {edit.change.kind == UnitSwitch::Kind::Set ? "set" : "scale", edit.change.amount}};
  if (!edit.where.values.empty()) json["where"] = arrayToJson(edit.where);
  return json;
}

UnitEdit editFromJson(const QJsonObject& json) {
  UnitEdit edit;
  edit.change.layer = json["layer"].toString().toStdString();
  edit.change.units = numbersFromJson(json["units"].toArray());
  const bool set = json.contains("set");
  edit.change.kind = set ? UnitSwitch::Kind::Set : UnitSwitch::Kind::Scale;
  edit.change.amount = finite(json[set ? "set" : "scale"], set ? 0.0 : 1.0);
  if (json.contains("where")) {
    edit.where = arrayFromJson(json["where"].toObject());
    if (edit.where.shape.size() != 2) edit.change.units.clear();  // rather nothing than everywhere
  }
  return edit;
}

}  // namespace

bool operator==(const LatentDirection& a, const LatentDirection& b) {
  return a.name == b.name && a.source == b.source && a.space == b.space && same(a.vector, b.vector) &&
         a.from == b.from && a.to == b.to && a.layers == b.layers && a.details == b.details;
}

bool operator==(const GeneratorScene& a, const GeneratorScene& b) {
  const SynthesisQuestion& x = a.sample;
  const SynthesisQuestion& y = b.sample;
  return a.name == b.name && same(x.latents, y.latents) && x.space == y.space && same(x.classes, y.classes) &&
         x.truncation == y.truncation && x.noise == y.noise && x.noiseSeed == y.noiseSeed &&
         std::equal(x.edits.begin(), x.edits.end(), y.edits.begin(), y.edits.end(),
                    [](const UnitEdit& one, const UnitEdit& other) { return same(one, other); }) &&
         std::equal(a.moves.begin(), a.moves.end(), b.moves.begin(), b.moves.end(),
                    [](const LatentMove& one, const LatentMove& other) {
                      return one.amount == other.amount && one.direction == other.direction;
                    });
}

bool GeneratorScene::edited() const {
  return !sample.edits.empty() ||
         std::any_of(moves.begin(), moves.end(), [](const LatentMove& move) { return move.amount != 0.0; });
}

GeneratorScene GeneratorScene::unchanged() const {
  GeneratorScene plain{name, sample, {}};
  plain.sample.edits.clear();
  return plain;
}

QJsonObject toJson(const LatentDirection& direction) {
  QJsonObject details;
  for (const auto& [name, value] : direction.details)
    if (std::isfinite(value)) details[QString::fromStdString(name)] = value;
  return {{"name", QString::fromStdString(direction.name)},
          {"source", QString::fromStdString(direction.source)},
          {"space", QString::fromStdString(direction.space)},
          {"vector", arrayToJson(direction.vector)},
          {"from", direction.from},
          {"to", direction.to},
          {"layers", numbersToJson(direction.layers)},
          {"details", details}};
}

LatentDirection directionFromJson(const QJsonObject& json) {
  LatentDirection direction;
  direction.name = json["name"].toString().toStdString();
  direction.source = json["source"].toString().toStdString();
  direction.space = nameOf(spaceOf(json["space"].toString()));
  direction.vector = arrayFromJson(json["vector"].toObject());
  direction.from = finite(json["from"], direction.from);
  direction.to = std::max(finite(json["to"], direction.to), direction.from);
  direction.layers = numbersFromJson(json["layers"].toArray());
  const QJsonObject details = json["details"].toObject();
  for (auto it = details.begin(); it != details.end(); ++it)
    direction.details[it.key().toStdString()] = it.value().toDouble();
  return direction;
}

QJsonObject toJson(const GeneratorScene& scene) {
  if (scene.empty()) return {};
  const SynthesisQuestion& sample = scene.sample;
  QJsonObject json{{"name", scene.name},
                   {"latents", arrayToJson(sample.latents)},
                   {"space", QString::fromStdString(nameOf(sample.space))},
                   {"truncation", sample.truncation},
                   {"noise", nameOfNoise(sample.noise)},
                   {"noiseSeed", QString::number(sample.noiseSeed)}};
  if (!sample.classes.values.empty()) json["classes"] = arrayToJson(sample.classes);
  QJsonArray edits, moves;
  for (const UnitEdit& edit : sample.edits) edits.append(editToJson(edit));
  for (const LatentMove& move : scene.moves)
    moves.append(QJsonObject{{"direction", toJson(move.direction)}, {"amount", move.amount}});
  if (!edits.isEmpty()) json["edits"] = edits;
  if (!moves.isEmpty()) json["moves"] = moves;
  return json;
}

GeneratorScene sceneFromJson(const QJsonObject& json) {
  GeneratorScene scene;
  scene.name = json["name"].toString();
  scene.sample.latents = arrayFromJson(json["latents"].toObject());
  if (scene.empty()) return {};
  scene.sample.space = spaceOf(json["space"].toString());
  scene.sample.truncation = finite(json["truncation"], 1.0);
  scene.sample.noise = noiseOf(json["noise"].toString());
  scene.sample.noiseSeed = json["noiseSeed"].toString().toULongLong();
  if (json.contains("classes")) scene.sample.classes = arrayFromJson(json["classes"].toObject());
  for (const QJsonValue& one : json["edits"].toArray()) {
    UnitEdit edit = editFromJson(one.toObject());
    if (!edit.change.layer.empty() && !edit.change.units.empty()) scene.sample.edits.push_back(std::move(edit));
  }
  for (const QJsonValue& one : json["moves"].toArray()) {
    LatentMove move{directionFromJson(one["direction"].toObject()), finite(one["amount"], 0.0)};
    if (!move.direction.vector.values.empty()) scene.moves.push_back(std::move(move));
  }
  return scene;
}

}  // namespace unitscope
