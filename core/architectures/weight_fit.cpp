#include "architectures/weight_fit.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostChannels = 64;
constexpr std::int64_t kMostClasses = 1'000'000;

std::optional<std::int64_t> dimension(const TensorNames& names, const std::string& layer, std::size_t index,
                                      std::int64_t most) {
  const auto found = names.tensors.find(layer + ".weight");
  if (found == names.tensors.end() || found->second->shape().size() <= index) return std::nullopt;
  const std::int64_t size = found->second->shape()[index];
  return size >= 1 && size <= most ? std::optional(size) : std::nullopt;
}

std::string inQuotes(const std::string& name) {
  return "'" + name.substr(0, 200) + "'";
}

}  // namespace

TensorData toFloat32(const std::string& name, const TensorData& data) {
  if (data.dtype() == DType::Float32) return data;
  if (!isFloating(data.dtype()))
    throw Error(name,
                "is made of " + std::string(nameOf(data.dtype())) + ", where floating-point numbers are expected");
  // Piece by piece, since the largest layers have a hundred million elements.
  constexpr std::int64_t kPiece = 1 << 16;
  const std::size_t size = sizeOf(data.dtype());
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(data.count()));
  for (std::int64_t at = 0; at < data.count(); at += kPiece) {
    const std::int64_t n = std::min(kPiece, data.count() - at);
    const auto bytes = data.bytes().subspan(static_cast<std::size_t>(at) * size, static_cast<std::size_t>(n) * size);
    for (const double value : TensorData(data.dtype(), {n}, bytes, data.owner()).toDoubles())
      values.push_back(static_cast<float>(value));
  }
  return TensorData::fromFloats(data.shape(), std::move(values));
}

WeightFit fitOf(const Architecture& architecture, const TensorNames& names) {
  WeightFit fit;
  fit.sizes.channels = dimension(names, architecture.stem, 1, kMostChannels).value_or(fit.sizes.channels);
  fit.sizes.classes = dimension(names, architecture.head, 0, kMostClasses).value_or(fit.sizes.classes);
  const auto report = [&fit](const std::string& name, std::string problem) {
    if (!fit.problem.empty()) return;
    fit.subject = name;
    fit.problem = std::move(problem);
  };
  std::unordered_set<std::string> expected;
  for (const ParameterShape& parameter : parametersOf(architecture, fit.sizes)) {
    expected.insert(parameter.name);
    const auto found = names.tensors.find(parameter.name);
    if (found == names.tensors.end()) {
      ++fit.missing;
      report(parameter.name,
             inQuotes(parameter.name) + " is missing (expected with the shape " + toString(parameter.shape) + ")");
    } else if (found->second->shape() != parameter.shape) {
      ++fit.wrong;
      report(parameter.name, inQuotes(parameter.name) + " has the shape " + toString(found->second->shape()) +
                                 " where " + toString(parameter.shape) + " is expected");
    }
  }
  fit.parameters = expected.size();
  std::string first;  // by name, since the order of a hash table is no order to report in
  for (const auto& [name, data] : names.tensors) {
    if (expected.contains(name)) continue;
    if (std::ranges::any_of(architecture.trainingOnly, [&](const auto& begin) { return name.starts_with(begin); })) {
      ++fit.trainingOnly;
      continue;
    }
    ++fit.superfluous;
    if (first.empty() || name < first) first = name;
  }
  if (fit.superfluous > 0) report(first, "it has no place for " + inQuotes(first));
  return fit;
}

Graph buildFrom(const Architecture& architecture, const ArchitectureSizes& sizes, const TensorNames& names) {
  return buildArchitecture(architecture, sizes, [&](const std::string& name, const Shape& shape) {
    const auto found = names.tensors.find(name);
    if (found == names.tensors.end()) throw Error(name, "is missing");
    if (found->second->shape() != shape)
      throw Error(name,
                  "has the shape " + toString(found->second->shape()) + " where " + toString(shape) + " is expected");
    return toFloat32(name, *found->second);
  });
}

}  // namespace unitscope
