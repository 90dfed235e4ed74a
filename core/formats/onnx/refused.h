#pragma once

#include <string>
#include <string_view>

namespace unitscope::onnxfile {

/// Why an operator of ONNX's own domain cannot be part of a Graph (control flow, sequences, optionals, strings);
/// empty for all others, known or not.
std::string whyRefused(std::string_view op);

/// "" for both spellings of ONNX's own domain.
std::string_view normalDomain(std::string_view domain);

}  // namespace unitscope::onnxfile
