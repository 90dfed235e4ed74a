#include "architectures/tensor_names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace unitscope {
namespace {

constexpr std::size_t kMostPrefixes = 4;

/// Where training programs keep the weights among other things; averaged ones ("ema") are the second choice.
bool isUsualWrapper(std::string_view prefix) {
  static constexpr std::array<std::string_view, 8> kUsual = {"state_dict.", "model_state_dict.", "model.", "net.",
                                                             "network.",    "module.",           "state.", "weights."};
  return std::ranges::any_of(kUsual, [&](std::string_view usual) { return prefix.starts_with(usual); });
}

}  // namespace

std::string currentName(std::string_view name) {
  std::string current(name);
  if (name.find("denselayer") == std::string_view::npos) return current;
  for (const std::string_view old : {".norm.1.", ".norm.2.", ".conv.1.", ".conv.2."})
    if (const std::size_t at = current.find(old); at != std::string::npos) {
      current.erase(at + old.size() - 3, 1);
      break;
    }
  return current;
}

bool isCounter(std::string_view name) {
  return name.ends_with("num_batches_tracked");
}

std::vector<std::string> possiblePrefixes(std::span<const NamedTensor> tensors, std::string_view stem) {
  std::vector<std::string> prefixes;
  for (const NamedTensor& tensor : tensors) {
    if (!tensor.name.ends_with(stem)) continue;
    std::string prefix = tensor.name.substr(0, tensor.name.size() - stem.size());
    if (prefix.empty() || prefix.back() == '.') prefixes.push_back(std::move(prefix));
  }
  const auto depth = [](const std::string& prefix) { return std::ranges::count(prefix, '.'); };
  std::ranges::stable_sort(prefixes, [&](const std::string& a, const std::string& b) {
    return std::pair(depth(a), !isUsualWrapper(a)) < std::pair(depth(b), !isUsualWrapper(b));
  });
  // "layer1.0.conv1" is a part of the network that "conv1" begins, not another one.
  std::vector<std::string> outermost;
  for (const std::string& prefix : prefixes) {
    if (outermost.size() == kMostPrefixes) break;
    if (std::ranges::none_of(outermost, [&](const std::string& outer) { return prefix.starts_with(outer); }))
      outermost.push_back(prefix);
  }
  return outermost;
}

std::optional<TensorNames> withPlainHead(const TensorNames& names, const std::string& head) {
  std::vector<std::string> inside;
  for (const auto& [name, data] : names.tensors)
    if (name.starts_with(head + ".")) inside.push_back(name);
  if (inside.size() != 2) return std::nullopt;
  std::ranges::sort(inside);  // "fc.1.bias", "fc.1.weight"
  const std::size_t end = inside[0].rfind('.');
  const std::string place = inside[0].substr(0, end);
  if (inside[0] != place + ".bias" || inside[1] != place + ".weight") return std::nullopt;
  const std::string_view number = std::string_view(place).substr(std::min(place.size(), head.size() + 1));
  if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  TensorNames plain = names;
  for (const std::string& name : inside) {
    auto entry = plain.tensors.extract(name);
    entry.key() = head + name.substr(end);
    plain.tensors.insert(std::move(entry));
  }
  return plain;
}

TensorNames namesUnder(std::span<const NamedTensor> tensors, const std::string& prefix) {
  TensorNames names;
  names.prefix = prefix;
  for (const NamedTensor& tensor : tensors) {
    if (isCounter(tensor.name)) continue;
    if (tensor.name.starts_with(prefix))
      names.tensors.emplace(currentName(std::string_view(tensor.name).substr(prefix.size())), &tensor.data);
    else
      ++names.others;
  }
  return names;
}

}  // namespace unitscope
