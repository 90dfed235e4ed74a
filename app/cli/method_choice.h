#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model.h"

namespace unitscope::cli {

/// The method of this id. Throws Error naming the option when there is none.
const MethodInfo& findMethod(const std::vector<MethodInfo>& methods, const std::string& id);

/// Parameters from "name=value" texts. Throws Error naming what is wrong.
ParameterValues parametersFrom(const MethodInfo& info, const std::vector<std::string>& settings);

/// A whole number and nothing else.
std::optional<std::int64_t> numberFrom(std::string_view text);

/// A class as typed behind `option`: an index, or one of the network's labels; -1 for nothing. Throws Error for what is
/// neither.
std::int64_t classFrom(const std::string& option, const std::string& text, const Model& model);

}  // namespace unitscope::cli
