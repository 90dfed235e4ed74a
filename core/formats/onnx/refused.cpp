#include "formats/onnx/refused.h"

#include <algorithm>
#include <array>

namespace unitscope::onnxfile {
namespace {

constexpr std::array<std::string_view, 4> kControlFlow = {"If", "Loop", "Scan", "SequenceMap"};
constexpr std::array<std::string_view, 10> kSequences = {
    "SequenceAt",     "SequenceConstruct", "SequenceEmpty",      "SequenceErase", "SequenceInsert",
    "SequenceLength", "SplitToSequence",   "ConcatFromSequence", "Optional",      "OptionalGetElement"};
constexpr std::array<std::string_view, 6> kStrings = {"StringNormalizer", "StringConcat",    "StringSplit",
                                                      "RegexFullMatch",   "TfIdfVectorizer", "ImageDecoder"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view op) {
  return std::ranges::find(names, op) != names.end();
}

}  // namespace

std::string whyRefused(std::string_view op) {
  const std::string quoted = "the operator " + std::string(op);
  if (contains(kControlFlow, op))
    return quoted + " is control flow, which is not supported; export the model by tracing it for a fixed input size";
  if (contains(kSequences, op) || op == "OptionalHasElement")
    return quoted + " works on sequences or optional values, which are not supported";
  if (contains(kStrings, op)) return quoted + " works on text or encoded files, which is not supported";
  return {};
}

std::string_view normalDomain(std::string_view domain) {
  return domain == "ai.onnx" ? std::string_view() : domain;
}

}  // namespace unitscope::onnxfile
