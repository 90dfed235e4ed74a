#include "app/cli/json_text.h"

#include <ostream>

namespace unitscope::cli {

void printJson(std::ostream& out, const Json& json) {
  out << json.dump(1, ' ', false, Json::error_handler_t::replace) << '\n';
}

Json shapeJson(const Shape& shape) {
  Json json = Json::array();
  for (const std::int64_t dim : shape) json.push_back(dim < 0 ? Json() : Json(dim));
  return json;
}

}  // namespace unitscope::cli
