#include "architectures/recognise.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "architectures/weight_fit.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// More than any known network has, with an averaged copy and an optimizer's state beside it.
constexpr std::size_t kMostTensors = 20'000;
/// A file that lacks more of an architecture than a quarter is not said to resemble it.
constexpr std::size_t kResembles = 4;

struct Candidate {
  Architecture architecture;
  std::shared_ptr<const TensorNames> names;
  WeightFit fit;
};

std::string countOf(std::int64_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}
std::string countOf(std::size_t n, const char* one, const char* many) {
  return countOf(static_cast<std::int64_t>(n), one, many);
}

void describe(const Candidate& chosen, std::span<const NamedTensor> tensors, RecognisedNetwork& result) {
  const ArchitectureSizes& sizes = chosen.fit.sizes;
  std::string text = "the names and shapes of the weights are those of torchvision's " + result.architecture +
                     ", with " + countOf(sizes.classes, "class", "classes");
  if (sizes.channels != 3) text += " and " + countOf(sizes.channels, "input channel", "input channels");
  result.notes.push_back(std::move(text));
  const TensorNames& names = *chosen.names;
  if (!names.prefix.empty()) {
    std::string prefix = "the weights stand under '" + names.prefix.substr(0, 100) + "'";
    if (names.others > 0)
      prefix += "; " + countOf(names.others, "other tensor is", "other tensors are") + " left aside";
    result.notes.push_back(std::move(prefix));
  }
  if (chosen.fit.trainingOnly > 0)
    result.notes.push_back("left out, since only training uses it: " +
                           countOf(chosen.fit.trainingOnly, "tensor", "tensors"));
  for (const NamedTensor& tensor : tensors)
    if (isFloating(tensor.data.dtype()) && tensor.data.dtype() != DType::Float32 &&
        tensor.name.starts_with(names.prefix)) {
      result.notes.push_back("the weights were converted from " + std::string(nameOf(tensor.data.dtype())));
      break;
    }
}

}  // namespace

RecognisedNetwork recogniseNetwork(std::span<const NamedTensor> tensors) {
  RecognisedNetwork result;
  if (tensors.size() > kMostTensors) return result;
  std::map<std::string, std::shared_ptr<const TensorNames>> byPrefix;
  std::optional<Candidate> nearest;
  for (const Architecture& architecture : knownArchitectures()) {
    for (const std::string& prefix : possiblePrefixes(tensors, architecture.stem + ".weight")) {
      std::shared_ptr<const TensorNames>& known = byPrefix[prefix];
      if (!known) known = std::make_shared<const TensorNames>(namesUnder(tensors, prefix));
      std::shared_ptr<const TensorNames> names = known;
      if (auto plain = withPlainHead(*names, architecture.head))
        names = std::make_shared<const TensorNames>(std::move(*plain));
      WeightFit fit = fitOf(architecture, *names);
      if (nearest && nearest->fit.problems() <= fit.problems()) continue;
      nearest = Candidate{architecture, std::move(names), std::move(fit)};
    }
    if (nearest && nearest->fit.problems() == 0) break;
  }
  if (!nearest || nearest->fit.problems() * kResembles > nearest->fit.parameters) return result;
  const std::string& name = nearest->architecture.name;
  result.obstacle = "they resemble those of " + name + ", but ";
  if (nearest->fit.problems() > 0) {
    result.obstacle += nearest->fit.problem;
    if (nearest->fit.problems() > 1)
      result.obstacle += ", and " + std::to_string(nearest->fit.problems() - 1) + " more differ";
    return result;
  }
  try {
    result.graph = buildFrom(nearest->architecture, nearest->fit.sizes, *nearest->names);
  } catch (const Error& error) {
    result.obstacle += error.what();
    return result;
  }
  result.obstacle.clear();
  result.architecture = name;
  describe(*nearest, tensors, result);
  return result;
}

Graph buildWithWeights(const Architecture& architecture, std::span<const NamedTensor> tensors) {
  const TensorNames names = namesUnder(tensors, "");
  const WeightFit fit = fitOf(architecture, names);
  if (fit.problems() > 0) throw Error(architecture.name, fit.problem);
  return buildFrom(architecture, fit.sizes, names);
}

}  // namespace unitscope
