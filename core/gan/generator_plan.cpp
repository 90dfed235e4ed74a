#include "gan/generator_plan.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include <ATen/ATen.h>

#include "engine/devices.h"
#include "engine/model_internal.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Shapes = std::unordered_map<ValueId, Executor::ValueInfo>;

bool contains(const std::string& name, std::string_view part) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  return std::ranges::search(name, part, same).begin() != name.end();
}

bool named(const std::string& name, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return contains(name, part); });
}

bool isOneNumber(const Shape& shape) {
  return std::ranges::all_of(shape, [](std::int64_t size) { return size == 1; });
}

/// Finds out, step by step, what is what.
class Planner {
 public:
  Planner(Model& model, const LatentHints& hints)
      : inner_(model.internal()), graph_(*inner_.graph), hints_(hints), name_(inner_.file.string()) {
    if (name_.empty()) name_ = graph_.name.empty() ? "network" : graph_.name;
  }
  GeneratorPlan plan();

 private:
  [[noreturn]] void fail(const std::string& reason) const { throw Error(name_, reason); }
  const std::string& nameOf(ValueId id) const { return graph_.value(id).name; }
  const Shape* declared(ValueId id) const {
    const Value& value = graph_.value(id);
    return value.shape ? &*value.shape : nullptr;
  }
  /// What the user named, or kNoValue.
  ValueId hinted(const std::string& hint) const;
  void image();
  void inputs();
  void run();
  void truncation();
  void styles();
  void styleLayers(ValueId styles);
  void noises();
  bool weightsBetween(ValueId from, ValueId to) const;
  bool isNoise(ValueId id) const;
  bool isStrength(ValueId id, const Shape& mapShape) const;

  Model::Internal& inner_;
  const Graph& graph_;
  const LatentHints& hints_;
  std::string name_;
  GeneratorPlan plan_;
  ValueId z_ = kNoValue, image_ = kNoValue, classes_ = kNoValue;
  Shapes shapes_;
  std::vector<std::vector<NodeId>> readers_;
};

ValueId Planner::hinted(const std::string& hint) const {
  if (hint.empty()) return kNoValue;
  const ValueId id = graph_.find(hint);
  if (id == kNoValue) fail("has no value named " + hint);
  return id;
}

void Planner::image() {
  image_ = hinted(hints_.image);
  if (image_ == kNoValue && !graph_.outputs().empty()) image_ = inner_.outputValue();
  if (image_ == kNoValue) fail("has no output that could be a picture");
  plan_.image = nameOf(image_);
}

void Planner::inputs() {
  z_ = hinted(hints_.z);
  classes_ = hinted(hints_.classes);
  std::vector<ValueId> vectors, numbers;
  for (const ValueId id : graph_.inputs()) {
    const Value& value = graph_.value(id);
    if (value.data || id == z_ || id == classes_) continue;
    const Shape* shape = declared(id);
    const bool whole = value.dtype == DType::Int64 || value.dtype == DType::Int32;
    if (whole) {
      numbers.push_back(id);
    } else if (shape == nullptr || shape->size() == 2 ||
               (shape->size() == 4 && (*shape)[2] == 1 && (*shape)[3] == 1 && (*shape)[1] != 1)) {
      vectors.push_back(id);
    }
  }
  const auto take = [&](std::vector<ValueId>& from, std::initializer_list<std::string_view> names) {
    const auto found = std::ranges::find_if(from, [&](ValueId id) { return named(nameOf(id), names); });
    if (found == from.end()) return kNoValue;
    const ValueId id = *found;
    from.erase(found);
    return id;
  };
  if (classes_ == kNoValue && vectors.size() + (z_ == kNoValue ? 0 : 1) > 1)
    classes_ = take(vectors, {"class", "label", "onehot", "one_hot", "cond"});
  if (z_ == kNoValue) z_ = take(vectors, {"latent", "noise", "z"});
  if (z_ == kNoValue && !vectors.empty()) {
    z_ = vectors.front();
    vectors.erase(vectors.begin());
  }
  if (z_ == kNoValue) fail("takes no latent: an input of the form [N,D] or [N,D,1,1]");
  if (classes_ == kNoValue && !vectors.empty()) {
    const Shape* shape = declared(vectors.front());
    if (shape != nullptr && shape->size() == 2) classes_ = vectors.front();
  }
  if (classes_ == kNoValue && !numbers.empty()) {
    classes_ = numbers.front();
    plan_.classNumbers = true;
  }
  plan_.z = nameOf(z_);
  const Shape* shape = declared(z_);
  if (shape == nullptr || shape->size() < 2 || (*shape)[1] < 1) fail("does not say how long its latent is");
  constexpr std::int64_t kLongest = 1 << 16;
  if ((*shape)[1] > kLongest) fail("takes latents of " + std::to_string((*shape)[1]) + " numbers, which is too many");
  plan_.zShape.assign(shape->begin() + 1, shape->end());
  plan_.batches = shape->front() < 0;
  if (classes_ != kNoValue) {
    plan_.classes = nameOf(classes_);
    const Shape* width = declared(classes_);
    if (!plan_.classNumbers && width != nullptr && width->size() == 2)
      plan_.classCount = std::max<std::int64_t>(0, (*width)[1]);
  }
}

void Planner::run() {
  Shape shape{1};
  shape.insert(shape.end(), plan_.zShape.begin(), plan_.zShape.end());
  std::vector<std::pair<ValueId, at::Tensor>> feeds{{z_, at::zeros(shape)}};
  for (const ValueId id : graph_.inputs()) {
    const Value& value = graph_.value(id);
    if (value.data || id == z_) continue;
    Shape other = value.shape.value_or(Shape{});
    for (std::int64_t& size : other) size = std::max<std::int64_t>(1, size);
    if (elementCount(other) > (std::int64_t{1} << 26)) throw Error(value.name, "this input is too large");
    const at::ScalarType type = value.dtype == DType::Int64   ? at::kLong
                                : value.dtype == DType::Int32 ? at::kInt
                                                              : at::kFloat;
    feeds.emplace_back(id, id == classes_ || other.size() == 4 ? at::zeros(other, type) : at::ones(other, type));
  }
  prepareComputeThread(inner_.settings);
  shapes_ = inner_.executor.describe(feeds);
  const auto picture = shapes_.find(image_);
  if (picture == shapes_.end() || picture->second.shape.size() != 4 || picture->second.shape[2] < 2)
    fail("makes no picture: its output is not of the form [N,C,H,W]");
  const Shape& made = picture->second.shape;
  if (made[1] != 1 && made[1] != 3 && made[1] != 4)
    fail("makes pictures of " + std::to_string(made[1]) + " channels, where 1 or 3 are expected");
  plan_.imageShape.assign(made.begin() + 1, made.end());
}

void Planner::truncation() {
  const ValueId known = hinted(hints_.truncation);
  if (known != kNoValue) {
    plan_.truncation = hints_.truncation;
    return;
  }
  for (std::size_t i = 0; i < graph_.values().size(); ++i) {
    const Value& value = graph_.values()[i];
    if (value.producer != kNoNode || value.dtype != DType::Float32) continue;
    const bool one = value.shape && isOneNumber(*value.shape);
    const bool input = std::ranges::find(graph_.inputs(), static_cast<ValueId>(i)) != graph_.inputs().end();
    if (one && (value.data || input) && named(value.name, {"truncation", "psi"}) && !readers_[i].empty()) {
      plan_.truncation = value.name;
      return;
    }
  }
}

bool Planner::weightsBetween(ValueId from, ValueId to) const {
  std::vector<bool> reached(graph_.values().size(), false);
  const auto is = [&](ValueId id) { return id != kNoValue && reached[static_cast<std::size_t>(id)]; };
  reached[static_cast<std::size_t>(from)] = true;
  for (const Node& node : graph_.nodes()) {
    if (!std::ranges::any_of(node.inputs, is)) continue;
    const bool multiplies = node.op == "Gemm" || node.op == "MatMul" || node.op == "Conv";
    if (multiplies) return true;
    for (const ValueId id : node.outputs)
      if (id != kNoValue) reached[static_cast<std::size_t>(id)] = true;
    if (is(to)) return false;
  }
  return false;
}

void Planner::styles() {
  ValueId found = hinted(hints_.styles);
  if (found == kNoValue) {
    for (const ValueId id : bottlenecks(graph_, z_, image_)) {
      const auto info = shapes_.find(id);
      if (info == shapes_.end()) continue;
      const Shape& shape = info->second.shape;
      if (shape.size() > 3) break;
      if (shape.size() >= 2 && shape.front() == 1 && info->second.dtype == DType::Float32) found = id;
    }
    const bool shared = found != kNoValue && readers_[static_cast<std::size_t>(found)].size() > 1;
    if (!shared || !weightsBetween(z_, found)) return;
  }
  const auto info = shapes_.find(found);
  if (info == shapes_.end() || info->second.shape.size() < 2 || info->second.shape.size() > 3)
    fail("styles are of the form [N,D] or [N,L,D], which " + nameOf(found) + " is not");
  const Shape& shape = info->second.shape;
  plan_.styles = nameOf(found);
  plan_.styleSize = shape.back();
  plan_.styleCount = shape.size() == 3 ? shape[1] : 1;
  styleLayers(found);
}

void Planner::styleLayers(ValueId styles) {
  plan_.styleLayers.assign(static_cast<std::size_t>(plan_.styleCount), {});
  for (const NodeId reader : readers_[static_cast<std::size_t>(styles)]) {
    const Node& node = graph_.node(reader);
    std::vector<std::int64_t> places;
    if (node.op == "Gather" && node.intOr("axis", 0) == 1) {
      const Value& index = graph_.value(node.input(1));
      if (index.data && index.data->dtype() == DType::Int64)
        for (const std::int64_t at : index.data->toInts()) places.push_back(at < 0 ? at + plan_.styleCount : at);
    } else if (node.op == "Slice" && node.input(1) != kNoValue && graph_.value(node.input(1)).data) {
      for (const std::int64_t at : graph_.value(node.input(1)).data->toInts())
        places.push_back(at < 0 ? at + plan_.styleCount : at);
    } else if (node.op == "Split") {
      for (std::size_t i = 0; i < node.outputs.size(); ++i) places.push_back(static_cast<std::int64_t>(i));
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] < 0 || places[i] >= plan_.styleCount) continue;
      std::string& name = plan_.styleLayers[static_cast<std::size_t>(places[i])];
      if (!name.empty()) continue;
      // A slice carries its reader's path in some exports; in others the next node says more.
      const ValueId taken = node.op == "Split" ? node.outputs.at(i) : node.outputs.front();
      const Node* next = &node;
      if (taken != kNoValue && (node.scope.empty() || node.scope == "styles"))
        for (const NodeId id : readers_[static_cast<std::size_t>(taken)])
          if (!graph_.node(id).scope.empty()) {
            next = &graph_.node(id);
            break;
          }
      name = next->scope.empty() ? next->name : next->scope;
    }
  }
  for (std::size_t i = 0; i < plan_.styleLayers.size(); ++i)
    if (plan_.styleLayers[i].empty()) plan_.styleLayers[i] = "style " + std::to_string(i);
}

bool Planner::isStrength(ValueId id, const Shape& mapShape) const {
  if (id == kNoValue) return false;
  const auto info = shapes_.find(id);
  const Shape shape = info != shapes_.end() ? info->second.shape : graph_.value(id).shape.value_or(Shape{});
  if (shape.size() == 4 && mapShape.size() == 4 && shape[2] == 1 && shape[3] == 1)
    return graph_.value(id).producer == kNoNode;
  return isOneNumber(shape);
}

bool Planner::isNoise(ValueId id) const {
  const Value& value = graph_.value(id);
  const bool drawn = value.producer != kNoNode && graph_.node(value.producer).op.starts_with("Random");
  if (value.producer != kNoNode && !drawn) return false;
  if (value.producer == kNoNode && value.dtype != DType::Float32) return false;
  const auto info = shapes_.find(id);
  const Shape shape = info != shapes_.end() ? info->second.shape : value.shape.value_or(Shape{});
  const std::size_t rank = shape.size();
  if (rank < 2 || shape[rank - 1] < 2 || shape[rank - 2] < 2) return false;
  for (std::size_t i = 0; i + 2 < rank; ++i)
    if (shape[i] != 1) return false;
  // Scaled and added to maps, or added as it is.
  for (const NodeId reader : readers_[static_cast<std::size_t>(id)]) {
    const Node& node = graph_.node(reader);
    const ValueId other = node.input(0) == id ? node.input(1) : node.input(0);
    if (node.op == "Mul" && isStrength(other, shape)) return true;
    if (node.op != "Add" || other == kNoValue) continue;
    const auto maps = shapes_.find(other);
    if (maps != shapes_.end() && maps->second.shape.size() == 4 && maps->second.shape[1] > 1 &&
        graph_.value(other).producer != kNoNode && other != image_)
      return contains(value.name, "noise") || drawn;
  }
  return false;
}

void Planner::noises() {
  for (std::size_t i = 0; i < graph_.values().size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    if (id != z_ && id != classes_ && !readers_[i].empty() && isNoise(id)) plan_.noises.push_back(nameOf(id));
  }
}

GeneratorPlan Planner::plan() {
  readers_ = graph_.consumers();
  image();
  inputs();
  run();
  truncation();
  styles();
  noises();
  return plan_;
}

}  // namespace

GeneratorPlan planGenerator(Model& model, const LatentHints& hints) {
  return Planner(model, hints).plan();
}

}  // namespace unitscope
