#pragma once

#include <iosfwd>

#include <nlohmann/json.hpp>

#include "graph/tensor_data.h"

namespace unitscope::cli {

/// Keeps the order in which keys were written, so that the output reads as documented.
using Json = nlohmann::ordered_json;

/// Prints it with a line break at the end. Names from hostile files that are not UTF-8 come out with replacement
/// characters instead of failing.
void printJson(std::ostream& out, const Json& json);

/// [1, 3, null, null]: unknown dimensions are null.
Json shapeJson(const Shape& shape);

}  // namespace unitscope::cli
