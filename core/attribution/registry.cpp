#include "attribution/method.h"
#include "runtime/error.h"

namespace unitscope {

MethodRegistry::MethodRegistry() = default;

const AttributionMethod& MethodRegistry::find(std::string_view id) const {
  std::string known;
  for (const auto& method : methods_) {
    if (method->info().id == id) return *method;
    known += (known.empty() ? "" : ", ") + method->info().id;
  }
  throw Error("method '" + std::string(id) + "'", "there is none of this name; known are " + known);
}

}  // namespace unitscope
