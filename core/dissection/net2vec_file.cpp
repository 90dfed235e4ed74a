#include <nlohmann/json.hpp>

#include "dissection/dissection_file.h"
#include "dissection/json_fields.h"
#include "runtime/atomic_file.h"

namespace unitscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kKind = "unitscope concept vectors";
constexpr std::size_t kMostVectors = 10'000, kMostSizes = 10'000;
/// [K,K] and [units,K] are read, so their product is bounded too.
constexpr std::size_t kMostCells = 50'000'000;

Json vectorJson(const ConceptVector& one) {
  Json json{{"name", one.name},
            {"category", one.category},
            {"share", one.share},
            {"pictures", one.pictures},
            {"bias", one.bias},
            {"cut", one.cut},
            {"train_iou", one.trainIou},
            {"validation_iou", one.validationIou},
            {"best_unit", one.bestUnit},
            {"best_unit_train_iou", one.bestUnitTrainIou},
            {"best_unit_iou", one.bestUnitIou},
            {"curve", Json::array()}};
  for (const SubsetIou& point : one.curve)
    json["curve"].push_back({{"units", point.units}, {"train", point.train}, {"validation", point.validation}});
  json["weights"] = one.weights;
  return json;
}

ConceptVector readVector(const Json& json, std::int64_t units, const JsonFields& fields) {
  ConceptVector one;
  one.name = fields.text(json, "name");
  one.category = fields.text(json, "category");
  one.share = fields.number(json, "share", 0.0, 1.0);
  one.pictures = fields.integer(json, "pictures", 0, kMostPixels);
  one.bias = fields.number(json, "bias");
  one.cut = fields.number(json, "cut", 0.0, 1.0);
  one.trainIou = fields.number(json, "train_iou", 0.0, 1.0);
  one.validationIou = fields.number(json, "validation_iou", 0.0, 1.0);
  one.bestUnit = fields.integer(json, "best_unit", -1, units - 1);
  one.bestUnitTrainIou = fields.number(json, "best_unit_train_iou", 0.0, 1.0);
  one.bestUnitIou = fields.number(json, "best_unit_iou", 0.0, 1.0);
  for (const Json& point : fields.list(json, "curve", kMostSizes))
    one.curve.push_back({fields.integer(point, "units", 1, units), fields.number(point, "train", 0.0, 1.0),
                         fields.number(point, "validation", 0.0, 1.0)});
  one.weights = fields.floats(json, "weights", static_cast<std::size_t>(units));
  return one;
}

}  // namespace

std::string net2vecJson(const Net2Vec& vectors) {
  Json head{{"kind", kKind},
            {"version", 1},
            {"model", vectors.model},
            {"data", vectors.data},
            {"layer", vectors.layer},
            {"seed", vectors.seed},
            {"pictures", vectors.pictures},
            {"validation_pictures", vectors.validationPictures},
            {"top_share", vectors.topShare},
            {"units", vectors.units},
            {"seconds", vectors.seconds},
            {"thresholds", vectors.thresholds},
            {"cosine", vectors.cosine.values},
            {"sharing", vectors.sharing.values},
            {"shared", Json::array()}};
  for (const SharedUnit& unit : vectors.shared)
    head["shared"].push_back({{"unit", unit.unit}, {"concepts", unit.concepts}});
  std::string text = plainJson(head);
  text.pop_back();
  text += ",\n\"concepts\":[";
  for (std::size_t k = 0; k < vectors.concepts.size(); ++k)
    text += (k == 0 ? "\n" : ",\n") + plainJson(vectorJson(vectors.concepts[k]));
  return text + "]}\n";
}

Net2Vec net2vecFromJson(std::string_view json, const std::string& origin) {
  const JsonFields fields(origin);
  const Json root = fields.parse(json, kKind);
  Net2Vec vectors;
  vectors.model = fields.text(root, "model");
  vectors.data = fields.text(root, "data");
  vectors.layer = fields.text(root, "layer");
  vectors.seed = fields.seed(root);
  vectors.pictures = fields.integer(root, "pictures", 1, kMostPixels);
  vectors.validationPictures = fields.integer(root, "validation_pictures", 0, vectors.pictures);
  vectors.topShare = fields.number(root, "top_share", 0.0, 1.0);
  vectors.units = fields.integer(root, "units", 1, kMostUnits);
  vectors.seconds = fields.number(root, "seconds");
  const Json& concepts = fields.list(root, "concepts", kMostVectors);
  const auto units = static_cast<std::size_t>(vectors.units);
  const std::size_t kinds = concepts.size();
  if (kinds * (units + kinds) > kMostCells) fields.fail("has more units and concepts than can be shown");
  vectors.thresholds = fields.floats(root, "thresholds", units);
  vectors.cosine = {{static_cast<std::int64_t>(kinds), static_cast<std::int64_t>(kinds)},
                    fields.floats(root, "cosine", kinds * kinds)};
  vectors.sharing = {{vectors.units, static_cast<std::int64_t>(kinds)}, fields.floats(root, "sharing", units * kinds)};
  for (const Json& one : concepts) vectors.concepts.push_back(readVector(one, vectors.units, fields));
  for (const Json& one : fields.list(root, "shared", units)) {
    SharedUnit unit{fields.integer(one, "unit", 0, vectors.units - 1), {}};
    for (const Json& index : fields.list(one, "concepts", kinds)) {
      if (!index.is_number_unsigned() || index.get<std::uint64_t>() >= kinds) fields.fail("a unit has no such concept");
      unit.concepts.push_back(index.get<std::int64_t>());
    }
    vectors.shared.push_back(std::move(unit));
  }
  return vectors;
}

void saveNet2Vec(const Net2Vec& vectors, const std::filesystem::path& file) {
  writeFileAtomically(file, net2vecJson(vectors));
}

Net2Vec loadNet2Vec(const std::filesystem::path& file) {
  return net2vecFromJson(readJsonFile(file), file.string());
}

}  // namespace unitscope
