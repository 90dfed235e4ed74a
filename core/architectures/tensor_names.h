#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/named_tensor.h"

namespace unitscope {

/// The tensors of a file that could be a network's parameters, under the names that the network itself gives them: what
/// a wrapper put in front of every name is taken off, and spellings of older versions are brought up to date.
struct TensorNames {
  std::string prefix;  ///< what was taken off: "module.", "state_dict.", "model.backbone."
  std::unordered_map<std::string, const TensorData*> tensors;
  std::size_t others = 0;  ///< tensors of the file that do not begin with the prefix
};

/// The name of a parameter as torchvision has it today: before 2018 the parts of a DenseNet's layers were called
/// "norm.1", not "norm1", and the published files still do.
std::string currentName(std::string_view name);

/// Counters of batch norms, which no evaluation reads.
bool isCounter(std::string_view name);

/// What may stand before the names of a network whose first layer's weight is `stem` ("conv1.weight"), the likeliest
/// first; at most four.
std::vector<std::string> possiblePrefixes(std::span<const NamedTensor> tensors, std::string_view stem);

/// The tensors whose names begin with the prefix, without counters. They are referred to, not copied.
TensorNames namesUnder(std::span<const NamedTensor> tensors, const std::string& prefix);

/// For fine-tuned networks whose last layer stands in a Sequential, as in Sequential(Dropout, Linear): the same names
/// with "fc.1.weight" called "fc.weight" again, where the Sequential `head` holds one weight and one bias and nothing
/// else. Nothing where it does not.
std::optional<TensorNames> withPlainHead(const TensorNames& names, const std::string& head);

}  // namespace unitscope
