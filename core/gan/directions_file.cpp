#include "gan/directions_file.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "dissection/json_fields.h"
#include "formats/npy/npy.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr const char* kKind = "unitscope latent directions";
constexpr std::int64_t kMostWidth = 65'536, kMostLayers = 1024, kMostDirections = 10'000, kMostNumbers = 64'000'000;
constexpr std::size_t kMostDetails = 100;

constexpr const char* kEnding = ".json";

/// NAME.npy for NAME, NAME.npy and NAME.npy.json. A name such as "trees.2" keeps its dot.
fs::path npyOf(fs::path file) {
  if (file.extension() == kEnding) file.replace_extension();
  if (file.extension() != ".npy") file += ".npy";
  return file;
}

fs::path jsonOf(const fs::path& file) {
  fs::path json = npyOf(file);
  return json += kEnding;
}

Json directionJson(const LatentDirection& d) {
  Json json{{"name", d.name}, {"source", d.source}, {"space", d.space}, {"from", d.from}, {"to", d.to}};
  json["layers"] = d.layers;
  json["details"] = Json::object();
  // JSON has no NaN: what is not known is left out.
  for (const auto& [key, value] : d.details)
    if (std::isfinite(value)) json["details"][key] = value;
  return json;
}

LatentDirection readDirection(const Json& json, const JsonFields& fields) {
  LatentDirection d;
  d.name = fields.text(json, "name");
  d.source = fields.text(json, "source");
  d.space = fields.text(json, "space");
  if (d.space != "z" && d.space != "w" && d.space != "w+") fields.fail("space must be z, w or w+");
  d.from = fields.number(json, "from", -1e6, 1e6);
  d.to = fields.number(json, "to", d.from, 1e6);
  for (const Json& layer : fields.list(json, "layers", static_cast<std::size_t>(kMostLayers))) {
    if (!layer.is_number_unsigned() || layer.get<std::uint64_t>() >= static_cast<std::uint64_t>(kMostLayers))
      fields.fail("a layer must be a number below 1024");
    d.layers.push_back(layer.get<std::int64_t>());
  }
  const auto details = json.find("details");
  if (details == json.end()) return d;
  if (!details->is_object() || details->size() > kMostDetails) fields.fail("details must be numbers by name");
  for (const auto& [key, value] : details->items()) {
    if (!value.is_number()) fields.fail("details must be numbers by name");
    d.details[key] = value.get<double>();
  }
  return d;
}

/// Rows of the file, each with one direction's shape.
std::vector<Array> readVectors(const fs::path& file) {
  const TensorData data = readNpy(file);
  const Shape& shape = data.shape();
  const std::string subject = file.string();
  if (shape.empty() || shape.size() > 3 || data.count() == 0)
    throw Error(subject, "holds " + toString(shape) + "; directions are [D], [K,D] or [K,L,D]");
  const std::int64_t rows = shape.size() == 1 ? 1 : shape.front();
  if (shape.back() > kMostWidth || rows > kMostDirections || (shape.size() == 3 && shape[1] > kMostLayers) ||
      data.count() > kMostNumbers)
    throw Error(subject, "is larger than directions of a latent space are: " + toString(shape));
  const Shape one(shape.size() == 1 ? shape.begin() : shape.begin() + 1, shape.end());
  std::vector<double> values;
  try {
    values = data.toDoubles();
  } catch (const Error& e) {
    throw Error(subject, e.reason());
  }
  std::vector<Array> vectors(static_cast<std::size_t>(rows), Array{one, {}});
  const std::size_t width = values.size() / vectors.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<float>(values[i]);
    if (!std::isfinite(value)) throw Error(subject, "holds numbers that are not finite");
    vectors[i / width].values.push_back(value);
  }
  return vectors;
}

std::vector<LatentDirection> unnamed(std::vector<Array> vectors, const fs::path& npy) {
  fs::path stem = npy.stem();
  const std::string space = stem.extension() == ".z" ? "z" : "w";
  if (space == "z" || stem.extension() == ".w") stem = stem.stem();
  std::vector<LatentDirection> directions(vectors.size());
  for (std::size_t k = 0; k < vectors.size(); ++k) {
    directions[k].name = stem.string() + (vectors.size() > 1 ? " " + std::to_string(k + 1) : "");
    directions[k].source = "file";
    directions[k].space = space;
    directions[k].vector = std::move(vectors[k]);
  }
  return directions;
}

}  // namespace

void saveDirections(const std::vector<LatentDirection>& directions, const fs::path& file) {
  if (directions.empty()) throw Error(file.string(), "there are no directions to write");
  Shape shape{static_cast<std::int64_t>(directions.size())};
  const Shape& one = directions.front().vector.shape;
  shape.insert(shape.end(), one.begin(), one.end());
  std::vector<float> values;
  Json json{{"kind", kKind}, {"version", 1}, {"directions", Json::array()}};
  for (const LatentDirection& direction : directions) {
    if (direction.vector.shape != one)
      throw Error(file.string(), "directions of different sizes need a file each: " + direction.name);
    values.insert(values.end(), direction.vector.values.begin(), direction.vector.values.end());
    json["directions"].push_back(directionJson(direction));
  }
  writeNpy(npyOf(file), TensorData::fromFloats(std::move(shape), std::move(values)));
  writeFileAtomically(jsonOf(file), json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

std::vector<LatentDirection> loadDirections(const fs::path& file) {
  const fs::path npy = npyOf(file), beside = jsonOf(file);
  std::vector<Array> vectors = readVectors(npy);
  std::error_code ignored;
  if (file.extension() != kEnding && !fs::exists(beside, ignored)) return unnamed(std::move(vectors), npy);
  const JsonFields fields(beside.string());
  const Json root = fields.parse(readJsonFile(beside), kKind);
  const Json& list = fields.list(root, "directions", vectors.size());
  if (list.size() != vectors.size()) fields.fail("names other directions than the .npy beside it holds");
  std::vector<LatentDirection> directions;
  for (std::size_t k = 0; k < vectors.size(); ++k) {
    directions.push_back(readDirection(list[k], fields));
    directions.back().vector = std::move(vectors[k]);
  }
  return directions;
}

}  // namespace unitscope
