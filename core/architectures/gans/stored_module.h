#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "graph/named_tensor.h"
#include "graph/tensor_data.h"

namespace unitscope {

/// A number, a list of numbers or a text among a module's attributes.
struct StoredSetting {
  std::vector<double> numbers;
  std::string text;
};

/// A PyTorch module as a file keeps it: class, attributes, parameters and buffers, and the modules inside. Nothing in
/// it is trusted: the builders ask through the functions below, which name what is missing or out of range.
struct StoredModule {
  std::string name;       ///< dotted path from the whole network, "synthesis.b8.conv0"; empty for the whole
  std::string className;  ///< "SynthesisLayer"
  std::map<std::string, StoredSetting, std::less<>> settings;
  std::map<std::string, TensorData, std::less<>> tensors;  ///< float32
  std::vector<StoredModule> parts;

  std::string pathTo(std::string_view member) const;
  const StoredModule* findPart(std::string_view member) const;
  /// Throws Error where there is none, or its class is another.
  const StoredModule& part(std::string_view member, std::string_view wantedClass) const;

  bool hasTensor(std::string_view member) const { return tensors.find(member) != tensors.end(); }
  /// Throws Error where there is none, or its rank is another.
  const TensorData& tensor(std::string_view member, std::size_t rank) const;

  bool has(std::string_view setting) const { return settings.find(setting) != settings.end(); }
  /// A whole number in low..high. Throws Error where it is missing or anything else.
  std::int64_t integer(std::string_view setting, std::int64_t low, std::int64_t high) const;
  /// As many finite numbers; throws Error for anything else.
  std::vector<double> numbers(std::string_view setting, std::size_t count) const;
  double number(std::string_view setting) const { return numbers(setting, 1).front(); }
  double numberOr(std::string_view setting, double fallback) const { return has(setting) ? number(setting) : fallback; }
  bool flagOr(std::string_view setting, bool fallback) const { return numberOr(setting, fallback ? 1 : 0) != 0; }
  std::string textOr(std::string_view setting, std::string_view fallback) const;
};

/// All tensors of a module and its parts, by their dotted paths.
std::vector<NamedTensor> tensorsOf(const StoredModule& module);

}  // namespace unitscope
