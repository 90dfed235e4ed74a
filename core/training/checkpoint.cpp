#include "training/checkpoint.h"

#include <vector>

#include "exec/tensors.h"
#include "formats/model_reader.h"
#include "formats/weights/safetensors_writer.h"

namespace unitscope {

void saveCheckpoint(const NamedTensors& state, const std::filesystem::path& file) {
  std::vector<NamedTensor> tensors;
  tensors.reserve(state.size());
  for (const auto& [name, tensor] : state) tensors.push_back({name, toTensorData(tensor.detach())});
  writeSafetensors(tensors, file);
}

NamedTensors loadCheckpoint(const std::filesystem::path& file) {
  NamedTensors state;
  // Cloned: the tensors would otherwise lie in the mapped file, which the next checkpoint replaces.
  for (const NamedTensor& tensor : readModelFile(file).tensors) state[tensor.name] = toTensor(tensor.data).clone();
  return state;
}

void addPrefixed(NamedTensors& to, const std::string& prefix, const NamedTensors& from) {
  for (const auto& [name, tensor] : from) to[prefix + name] = tensor;
}

NamedTensors takePrefixed(const NamedTensors& from, const std::string& prefix) {
  NamedTensors taken;
  for (auto i = from.lower_bound(prefix); i != from.end() && i->first.starts_with(prefix); ++i)
    taken[i->first.substr(prefix.size())] = i->second;
  return taken;
}

}  // namespace unitscope
