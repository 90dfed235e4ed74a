#include "architectures/gans/generators.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "architectures/gans/generator_families.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kMostTensors = 20'000;
/// rosinality keeps it beside the network.
constexpr std::string_view kMeanStyle = "latent_avg";

struct Family {
  std::string_view name;
  /// Tensors that no other family has together; the first tells the prefix.
  std::array<std::string_view, 2> marks;
  BuiltGenerator (*build)(GeneratorWeights&, const GeneratorHints&);
};

constexpr std::array<Family, 5> kFamilies = {{
    {"stylegan2-genforce", {"synthesis.early_layer.const", "synthesis.layer0.weight"}, buildGenforceStyleGan2},
    {"stylegan-genforce", {"synthesis.layer0.const", "synthesis.layer0.apply_noise.weight"}, buildGenforceStyleGan},
    {"pggan-genforce", {"layer0.weight", "output0.weight"}, buildPggan},
    {"stylegan2-rosinality", {"conv1.conv.modulation.weight", "style.1.weight"}, buildRosinalityStyleGan2},
    {"biggan-deep", {"generator.gen_z.bias", "embeddings.weight"}, buildBigGanDeep},
}};

/// What stands before the names; averaged weights draw better pictures and come first, then the shortest prefix.
std::optional<std::string> prefixOf(std::span<const NamedTensor> tensors, const Family& family) {
  std::optional<std::string> best;
  const auto rank = [](const std::string& prefix) {
    const bool averaged = prefix.find("ema") != std::string::npos || prefix.find("smooth") != std::string::npos;
    return std::pair(!averaged, prefix.size());
  };
  const auto has = [&](const std::string& name) {
    return std::ranges::any_of(tensors, [&](const NamedTensor& tensor) { return tensor.name == name; });
  };
  for (const NamedTensor& tensor : tensors) {
    if (!tensor.name.ends_with(family.marks[0])) continue;
    std::string prefix = tensor.name.substr(0, tensor.name.size() - family.marks[0].size());
    if (!prefix.empty() && prefix.back() != '.') continue;
    if (best && rank(*best) <= rank(prefix)) continue;
    if (has(prefix + std::string(family.marks[1]))) best = std::move(prefix);
  }
  return best;
}

std::string prefixNote(std::span<const NamedTensor> tensors, const std::string& prefix) {
  const auto others = std::ranges::count_if(
      tensors, [&](const auto& t) { return !t.name.starts_with(prefix) && t.name != kMeanStyle; });
  std::string note = "the weights stand under '" + prefix.substr(0, 100) + "'";
  if (others > 0)
    note += "; " + std::to_string(others) + (others == 1 ? " other tensor is" : " other tensors are") + " left aside";
  return note;
}

}  // namespace

RecognisedNetwork recogniseGenerator(std::span<const NamedTensor> tensors, const GeneratorHints& hints) {
  RecognisedNetwork result;
  if (tensors.size() > kMostTensors) return result;
  for (const Family& family : kFamilies) {
    const auto prefix = prefixOf(tensors, family);
    if (!prefix) continue;
    const std::string name(family.name);
    try {
      GeneratorWeights weights(tensors, *prefix);
      for (const NamedTensor& tensor : tensors)
        if (tensor.name == kMeanStyle && family.build == buildRosinalityStyleGan2 && !prefix->empty())
          weights.add(tensor);
      BuiltGenerator built = family.build(weights, hints);
      result.graph = std::move(built.graph);
      result.architecture = name;
      result.notes.push_back("the names and shapes of the weights are those of " + name);
      if (!prefix->empty()) result.notes.push_back(prefixNote(tensors, *prefix));
      for (std::string& note : built.notes) result.notes.push_back(std::move(note));
    } catch (const OutOfMemory&) {
      throw;
    } catch (const Error& error) {
      result.graph = Graph();
      result.obstacle =
          "they resemble those of " + name + ", but '" + error.subject().substr(0, 200) + "' " + error.reason();
    }
    return result;
  }
  return result;
}

}  // namespace unitscope
