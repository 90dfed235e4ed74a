#include <array>
#include <string_view>

#include "gan/sefa.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// What a value has to do with the latent.
enum class Role {
  None,       ///< nothing
  Statistic,  ///< a number made of it, as the length by which z is divided
  Carried,    ///< its numbers, some of them, moved, scaled or shifted
  Used,       ///< weights have worked on it
};

template <std::size_t N>
bool isOneOf(std::string_view op, const std::array<std::string_view, N>& names) {
  for (const std::string_view name : names)
    if (op == name) return true;
  return false;
}

constexpr std::array<std::string_view, 5> kWeighing{"Gemm", "MatMul", "Conv", "ConvTranspose", "Einsum"};
constexpr std::array<std::string_view, 19> kMoving{
    "Identity",  "Cast",           "Reshape",         "Flatten", "Squeeze",
    "Unsqueeze", "Transpose",      "Expand",          "Tile",    "Gather",
    "GatherND",  "GatherElements", "Slice",           "Split",   "Concat",
    "Neg",       "Dropout",        "LpNormalization", "Pad"};
constexpr std::array<std::string_view, 6> kCombining{"Mul", "Div", "Add", "Sub", "Sum", "Where"};
constexpr std::array<std::string_view, 14> kMeasuring{"ReduceMean", "ReduceSum", "ReduceL2", "ReduceSumSquare",
                                                      "ReduceMax",  "Pow",       "Sqrt",     "Reciprocal",
                                                      "Abs",        "Max",       "Min",      "Clip",
                                                      "Exp",        "Log"};
/// These give sizes, which depend on no number.
constexpr std::array<std::string_view, 3> kSizing{"Shape", "Size", "ConstantOfShape"};

struct Seen {
  int carried = 0;
  bool statistic = false, used = false;
};

Role roleOf(const Node& node, const Seen& seen) {
  if (isOneOf(node.op, kSizing)) return Role::None;
  if (seen.used) return Role::Used;
  if (isOneOf(node.op, kWeighing)) return seen.carried > 0 ? Role::Used : Role::Statistic;
  if (seen.carried == 0) return Role::Statistic;
  if (isOneOf(node.op, kMoving)) return Role::Carried;
  if (isOneOf(node.op, kCombining)) {
    const bool product = node.op == "Mul" || node.op == "Div";
    return product && seen.carried > 1 ? Role::Statistic : Role::Carried;
  }
  return isOneOf(node.op, kMeasuring) ? Role::Statistic : Role::Used;
}

}  // namespace

std::vector<NodeId> latentReaders(const Graph& graph, ValueId latent) {
  if (latent < 0 || static_cast<std::size_t>(latent) >= graph.values().size())
    throw Error("latent", "is no value of this network");
  std::vector<Role> roles(graph.values().size(), Role::None);
  roles[static_cast<std::size_t>(latent)] = Role::Carried;
  std::vector<NodeId> readers;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    Seen seen;
    bool any = false;
    for (const ValueId input : node.inputs) {
      if (input == kNoValue) continue;
      const Role role = roles[static_cast<std::size_t>(input)];
      any = any || role != Role::None;
      seen.carried += role == Role::Carried ? 1 : 0;
      seen.statistic = seen.statistic || role == Role::Statistic;
      seen.used = seen.used || role == Role::Used;
    }
    if (!any) continue;
    if (isOneOf(node.op, kWeighing) && node.domain.empty() && seen.carried == 1 && !seen.used && !seen.statistic)
      readers.push_back(static_cast<NodeId>(i));
    const Role role = roleOf(node, seen);
    for (const ValueId output : node.outputs)
      if (output != kNoValue && output != latent) roles[static_cast<std::size_t>(output)] = role;
  }
  return readers;
}

}  // namespace unitscope
