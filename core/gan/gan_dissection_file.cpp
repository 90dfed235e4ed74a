#include <cmath>

#include <nlohmann/json.hpp>

#include "dissection/dissection_file.h"
#include "dissection/json_fields.h"
#include "gan/gan_dissection.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kKind = "unitscope gan dissection";
constexpr std::size_t kMostLayers = 10'000, kMostSets = 100'000;
constexpr double kMillion = 1e6;

/// Numbers of a unit, as short as float32 allows.
Json rowOf(const Array& table, std::size_t row, std::size_t concepts) {
  Json numbers = Json::array();
  for (std::size_t k = 0; k < concepts; ++k) {
    const auto value = static_cast<double>(table.values.at(row * concepts + k));
    // Five figures are more than a quantile is worth.
    const double unit = value == 0.0 ? 1.0 : std::pow(10.0, std::floor(std::log10(std::abs(value))) - 4.0);
    numbers.push_back(std::isfinite(value) && unit > 0.0 ? std::round(value / unit) * unit : 0.0);
  }
  return numbers;
}

Json millionths(const Array& table, std::size_t row, std::size_t concepts) {
  Json numbers = Json::array();
  for (std::size_t k = 0; k < concepts; ++k)
    numbers.push_back(std::llround(static_cast<double>(table.values.at(row * concepts + k)) * kMillion));
  return numbers;
}

void append(Array& table, const std::vector<float>& row) {
  table.values.insert(table.values.end(), row.begin(), row.end());
}

GanLayerTables readTables(const Json& json, const LayerDissection& layer, std::size_t concepts,
                          const JsonFields& fields) {
  const Json& units = fields.list(json, "units", kMostUnits);
  if (units.size() != layer.units.size()) fields.fail("\"tables\" has not one entry a unit in " + layer.layer);
  GanLayerTables tables;
  tables.thresholds.shape = tables.ratio.shape = tables.high.shape = layer.iou.shape;
  for (const Json& unit : units) {
    append(tables.thresholds, fields.floats(unit, "thresholds", concepts));
    append(tables.high, fields.floats(unit, "high", concepts));
    for (const float value : fields.floats(unit, "ratio", concepts)) {
      if (!(value >= 0.0F && value <= static_cast<float>(kMillion))) fields.fail("a ratio is no number of millionths");
      tables.ratio.values.push_back(static_cast<float>(static_cast<double>(value) / kMillion));
    }
  }
  return tables;
}

ConceptUnits readSet(const Json& json, const Dissection& found, const JsonFields& fields) {
  ConceptUnits set;
  set.conceptName = fields.text(json, "concept");
  set.layer = fields.text(json, "layer");
  set.source = fields.text(json, "source");
  set.removed = fields.number(json, "removed");
  set.others = fields.number(json, "others");
  std::int64_t most = -1;
  for (const LayerDissection& layer : found.layers)
    if (layer.layer == set.layer) most = static_cast<std::int64_t>(layer.units.size());
  if (most < 0) fields.fail("a set is of layer " + set.layer + ", which is not dissected");
  for (const Json& unit : fields.list(json, "units", kMostUnits)) {
    if (!unit.is_number_integer() || unit.get<double>() < 0.0 || unit.get<double>() >= static_cast<double>(most))
      fields.fail("a set has a unit that " + set.layer + " has not");
    set.units.push_back(unit.get<std::int64_t>());
  }
  return set;
}

}  // namespace

std::string ganDissectionJson(const GanDissection& dissection) {
  Json head{{"kind", kKind},
            {"version", 1},
            {"fingerprint", dissection.fingerprint},
            {"segmenter", dissection.segmenter},
            {"truncation", dissection.truncation},
            {"sets", Json::array()}};
  for (const ConceptUnits& set : dissection.sets)
    head["sets"].push_back({{"concept", set.conceptName},
                            {"layer", set.layer},
                            {"units", set.units},
                            {"source", set.source},
                            {"removed", set.removed},
                            {"others", set.others}});
  std::string text = plainJson(head);
  text.pop_back();
  text += ",\n\"tables\":[";
  for (std::size_t l = 0; l < dissection.tables.size(); ++l) {
    const GanLayerTables& tables = dissection.tables[l];
    const auto units = static_cast<std::size_t>(tables.ratio.shape.at(0));
    const auto concepts = static_cast<std::size_t>(tables.ratio.shape.at(1));
    text += l == 0 ? "\n{\"units\":[" : ",\n{\"units\":[";
    for (std::size_t u = 0; u < units; ++u)
      text += (u == 0 ? "\n" : ",\n") + plainJson({{"thresholds", rowOf(tables.thresholds, u, concepts)},
                                                   {"ratio", millionths(tables.ratio, u, concepts)},
                                                   {"high", rowOf(tables.high, u, concepts)}});
    text += "]}";
  }
  return text + "],\n\"dissection\":" + dissectionJson(dissection.found) + "}\n";
}

GanDissection ganDissectionFromJson(std::string_view json, const std::string& origin) {
  const JsonFields fields(origin);
  const Json root = fields.parse(json, kKind);
  GanDissection dissection;
  if (!root.contains("dissection")) fields.fail("\"dissection\" is missing");
  dissection.found = dissectionFromJson(plainJson(root["dissection"]), origin);
  dissection.fingerprint = fields.text(root, "fingerprint");
  dissection.segmenter = fields.text(root, "segmenter");
  dissection.truncation = fields.number(root, "truncation");
  const Json& tables = fields.list(root, "tables", kMostLayers);
  if (tables.size() != dissection.found.layers.size()) fields.fail("\"tables\" has not one entry a layer");
  for (std::size_t l = 0; l < tables.size(); ++l) {
    const LayerDissection& layer = dissection.found.layers[l];
    // Units are addressed by their place in the tables.
    for (std::size_t u = 0; u < layer.units.size(); ++u)
      if (layer.units[u].unit != static_cast<std::int64_t>(u))
        fields.fail("the units of " + layer.layer + " are not in order");
    dissection.tables.push_back(readTables(tables[l], layer, dissection.found.concepts.size(), fields));
  }
  labelUnits(dissection, dissection.found.iouThreshold);
  for (const Json& set : fields.list(root, "sets", kMostSets))
    dissection.sets.push_back(readSet(set, dissection.found, fields));
  return dissection;
}

void saveGanDissection(const GanDissection& dissection, const std::filesystem::path& file) {
  writeFileAtomically(file, ganDissectionJson(dissection));
}

GanDissection loadGanDissection(const std::filesystem::path& file) {
  return ganDissectionFromJson(readJsonFile(file), file.string());
}

}  // namespace unitscope
