#include "architectures/gans/stored_module.h"

#include <cmath>

#include "runtime/error.h"

namespace unitscope {
namespace {

void collect(const StoredModule& module, std::vector<NamedTensor>& into) {
  for (const auto& [name, data] : module.tensors) into.push_back({module.pathTo(name), data});
  for (const StoredModule& part : module.parts) collect(part, into);
}

}  // namespace

std::string StoredModule::pathTo(std::string_view member) const {
  return name.empty() ? std::string(member) : name + "." + std::string(member);
}

const StoredModule* StoredModule::findPart(std::string_view member) const {
  const std::string path = pathTo(member);
  for (const StoredModule& part : parts)
    if (part.name == path) return &part;
  return nullptr;
}

const StoredModule& StoredModule::part(std::string_view member, std::string_view wantedClass) const {
  const StoredModule* found = findPart(member);
  if (found == nullptr) throw Error(pathTo(member), "this part of the network is missing in the file");
  if (found->className != wantedClass)
    throw Error(found->name, "this part is of the class '" + found->className.substr(0, 100) + "', which is not known");
  return *found;
}

const TensorData& StoredModule::tensor(std::string_view member, std::size_t rank) const {
  const auto found = tensors.find(member);
  if (found == tensors.end()) throw Error(pathTo(member), "this parameter is missing in the file");
  if (found->second.shape().size() != rank)
    throw Error(pathTo(member), "the shape " + toString(found->second.shape()) + " is not what the network needs");
  return found->second;
}

std::int64_t StoredModule::integer(std::string_view setting, std::int64_t low, std::int64_t high) const {
  const double value = number(setting);
  if (value != std::floor(value) || value < static_cast<double>(low) || value > static_cast<double>(high))
    throw Error(pathTo(setting), "it is " + std::to_string(value) + ", not a whole number from " + std::to_string(low) +
                                     " to " + std::to_string(high));
  return static_cast<std::int64_t>(value);
}

std::vector<double> StoredModule::numbers(std::string_view setting, std::size_t count) const {
  const auto found = settings.find(setting);
  if (found == settings.end()) throw Error(pathTo(setting), "this setting is missing in the file");
  const std::vector<double>& list = found->second.numbers;
  if (list.size() != count)
    throw Error(pathTo(setting), "it must be " + std::to_string(count) + (count == 1 ? " number" : " numbers"));
  for (const double value : list)
    if (!std::isfinite(value)) throw Error(pathTo(setting), "it is not finite");
  return list;
}

std::string StoredModule::textOr(std::string_view setting, std::string_view fallback) const {
  const auto found = settings.find(setting);
  return std::string(found == settings.end() ? fallback : std::string_view(found->second.text));
}

std::vector<NamedTensor> tensorsOf(const StoredModule& module) {
  std::vector<NamedTensor> all;
  collect(module, all);
  return all;
}

}  // namespace unitscope
