#include "dissection/dissection_file.h"

#include <cmath>
#include <sstream>

#include <nlohmann/json.hpp>

#include "dissection/json_fields.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kKind = "unitscope dissection";
constexpr std::size_t kMostLayers = 10'000;
constexpr double kMillion = 1e6;

Json unitJson(const UnitConcepts& unit, const float* iou, std::size_t concepts) {
  Json row = Json::array();
  for (std::size_t k = 0; k < concepts; ++k) row.push_back(std::llround(static_cast<double>(iou[k]) * kMillion));
  return {{"unit", unit.unit},
          {"threshold", unit.threshold},
          {"fired", unit.fired},
          {"dead", unit.dead},
          {"iou", std::move(row)}};
}

void readUnit(const Json& json, LayerDissection& layer, std::size_t concepts, const JsonFields& fields) {
  UnitConcepts unit;
  unit.unit = fields.integer(json, "unit", 0, kMostUnits);
  unit.threshold = fields.number(json, "threshold");
  unit.fired = fields.number(json, "fired", 0.0, 1.0);
  unit.dead = fields.flag(json, "dead");
  const Json& row = fields.list(json, "iou", concepts);
  if (row.size() != concepts) fields.fail("unit " + std::to_string(unit.unit) + " has not one IoU a concept");
  for (const Json& value : row) {
    if (!value.is_number_integer() || value.get<double>() < 0.0 || value.get<double>() > kMillion)
      fields.fail("an IoU is no number of millionths");
    layer.iou.values.push_back(static_cast<float>(value.get<double>() / kMillion));
  }
  layer.units.push_back(std::move(unit));
}

LayerDissection readLayer(const Json& json, std::size_t concepts, const JsonFields& fields) {
  LayerDissection layer;
  layer.layer = fields.text(json, "layer");
  layer.height = fields.integer(json, "height", 1, kMostPixels);
  layer.width = fields.integer(json, "width", 1, kMostPixels);
  layer.shareError = fields.number(json, "share_error", 0.0, 1.0);
  for (const Json& unit : fields.list(json, "units", kMostUnits)) readUnit(unit, layer, concepts, fields);
  layer.iou.shape = {static_cast<std::int64_t>(layer.units.size()), static_cast<std::int64_t>(concepts)};
  return layer;
}

}  // namespace

std::string dissectionJson(const Dissection& dissection) {
  Json head{{"kind", kKind},
            {"version", 1},
            {"model", dissection.model},
            {"data", dissection.data},
            {"seed", dissection.seed},
            {"pictures", dissection.pictures},
            {"height", dissection.height},
            {"width", dissection.width},
            {"top_share", dissection.topShare},
            {"iou_threshold", dissection.iouThreshold},
            {"seconds", dissection.seconds},
            {"concepts", Json::array()}};
  for (const DissectedConcept& one : dissection.concepts)
    head["concepts"].push_back(
        {{"name", one.name}, {"category", one.category}, {"share", one.share}, {"pictures", one.pictures}});
  // By hand from here on: a line a unit is short and still readable, which neither of the library's layouts is.
  std::string text = plainJson(head);
  text.pop_back();
  text += ",\n\"layers\":[";
  for (std::size_t l = 0; l < dissection.layers.size(); ++l) {
    const LayerDissection& layer = dissection.layers[l];
    const auto concepts = static_cast<std::size_t>(layer.iou.shape.at(1));
    std::string one = plainJson({{"layer", layer.layer},
                                 {"height", layer.height},
                                 {"width", layer.width},
                                 {"share_error", layer.shareError},
                                 {"detectors", layer.detectors},
                                 {"unique", layer.unique}});
    one.pop_back();
    text += (l == 0 ? "\n" : ",\n") + one + ",\"units\":[";
    for (std::size_t u = 0; u < layer.units.size(); ++u)
      text += (u == 0 ? "\n" : ",\n") +
              plainJson(unitJson(layer.units[u], layer.iou.values.data() + u * concepts, concepts));
    text += "]}";
  }
  return text + "]}\n";
}

Dissection dissectionFromJson(std::string_view json, const std::string& origin) {
  const JsonFields fields(origin);
  const Json root = fields.parse(json, kKind);
  Dissection dissection;
  dissection.model = fields.text(root, "model");
  dissection.data = fields.text(root, "data");
  dissection.seed = fields.seed(root);
  dissection.pictures = fields.integer(root, "pictures", 1, kMostPixels);
  dissection.height = fields.integer(root, "height", 1, kMostPixels);
  dissection.width = fields.integer(root, "width", 1, kMostPixels);
  dissection.topShare = fields.number(root, "top_share", 0.0, 1.0);
  dissection.seconds = fields.number(root, "seconds");
  for (const Json& one : fields.list(root, "concepts", kMostConcepts))
    dissection.concepts.push_back({fields.text(one, "name"), fields.text(one, "category"),
                                   fields.number(one, "share", 0.0, 1.0),
                                   fields.integer(one, "pictures", 0, kMostPixels)});
  for (const Json& layer : fields.list(root, "layers", kMostLayers))
    dissection.layers.push_back(readLayer(layer, dissection.concepts.size(), fields));
  setIouThreshold(dissection, fields.number(root, "iou_threshold", 0.0, 1.0));
  return dissection;
}

void saveDissection(const Dissection& dissection, const std::filesystem::path& file) {
  writeFileAtomically(file, dissectionJson(dissection));
}

Dissection loadDissection(const std::filesystem::path& file) {
  return dissectionFromJson(readJsonFile(file), file.string());
}

std::string dissectionCsv(const Dissection& dissection) {
  const auto quoted = [](const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
  };
  std::ostringstream out;
  out << "layer,unit,threshold,fired,dead,detector";
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 1; i <= kShown; ++i) out << ",concept_" << i << ",category_" << i << ",iou_" << i;
  out << '\n';
  for (const LayerDissection& layer : dissection.layers)
    for (const UnitConcepts& unit : layer.units) {
      out << quoted(layer.layer) << ',' << unit.unit << ',' << unit.threshold << ',' << unit.fired << ','
          << (unit.dead ? 1 : 0) << ',' << (unit.detects >= 0 ? 1 : 0);
      for (std::size_t i = 0; i < kShown; ++i) {
        if (i >= unit.best.size()) {
          out << ",,,";
          continue;
        }
        const DissectedConcept& shown = dissection.concepts[static_cast<std::size_t>(unit.best[i].conceptIndex)];
        out << ',' << quoted(shown.name) << ',' << quoted(shown.category) << ',' << unit.best[i].iou;
      }
      out << '\n';
    }
  return out.str();
}

}  // namespace unitscope
