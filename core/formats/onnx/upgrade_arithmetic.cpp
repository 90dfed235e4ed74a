#include <numeric>

#include "formats/onnx/upgrade.h"

namespace unitscope::onnxfile {
namespace {

/// Before operator set 7 the second input was broadcast only on request and could be aligned at any axis.
void explicitBroadcast(Upgrade& u) {
  const bool broadcast = u.node.intOr("broadcast", 0) != 0;
  if (broadcast && u.node.has("axis")) {
    const auto left = u.rankOf(u.node.input(0));
    const auto right = u.rankOf(u.node.input(1));
    if (!left || !right) u.fail("broadcasts along an axis, which needs input shapes that the file does not give");
    std::int64_t axis = u.node.intOr("axis", 0);
    if (axis < 0) axis += static_cast<std::int64_t>(*left);
    const std::int64_t behind = static_cast<std::int64_t>(*left) - axis - static_cast<std::int64_t>(*right);
    if (axis < 0 || behind < 0) u.fail("broadcasts along an axis that does not exist");
    if (behind > 0) {
      std::vector<std::int64_t> axes(static_cast<std::size_t>(behind));
      std::iota(axes.begin(), axes.end(), static_cast<std::int64_t>(*right));
      u.setInput(1, u.emit("Unsqueeze", {u.node.input(1), u.ints(std::move(axes), "axes")}));
    }
  }
  u.erase("broadcast");
  u.erase("axis");
}

void gemmBroadcast(Upgrade& u) {
  u.erase("broadcast");
}

void forgetConsumed(Upgrade& u) {
  u.erase("consumed_inputs");
}

void clipToInputs(Upgrade& u) {
  for (std::size_t i : {std::size_t{1}, std::size_t{2}}) {
    const char* key = i == 1 ? "min" : "max";
    if (!u.node.has(key)) continue;
    u.setInput(i, u.number(u.node.floatOr(key, 0.0), u.node.input(0), key));
    u.erase(key);
  }
}

/// Before operator set 7 a slope of one dimension belonged to the channels.
void channelSlope(Upgrade& u) {
  const auto slope = u.rankOf(u.node.input(1));
  const auto rank = u.rankOf(u.node.input(0));
  if (!slope || !rank) u.fail("an old PRelu needs input shapes that the file does not give");
  if (*slope != 1 || *rank < 3) return;
  std::vector<std::int64_t> axes(*rank - 2);
  std::iota(axes.begin(), axes.end(), std::int64_t{1});
  u.setInput(1, u.emit("Unsqueeze", {u.node.input(1), u.ints(std::move(axes), "axes")}));
}

/// The defaults had fewer digits.
void seluConstants(Upgrade& u) {
  u.erase("consumed_inputs");
  if (!u.node.has("alpha")) u.node.attributes["alpha"] = 1.673200011253357;
  if (!u.node.has("gamma")) u.node.attributes["gamma"] = 1.0506999492645264;
}

/// Before operator set 13 these saw the input as a matrix, all axes from `axis` on being its columns.
void softmaxOfMatrix(Upgrade& u) {
  const ValueId x = u.node.input(0);
  const auto rank = u.rankOf(x);
  std::int64_t axis = u.node.intOr("axis", 1);
  if (rank && axis < 0) axis += static_cast<std::int64_t>(*rank);
  if (rank && axis == static_cast<std::int64_t>(*rank) - 1) {
    u.node.attributes["axis"] = std::int64_t{-1};
    return;
  }
  if (axis == -1) {
    u.node.attributes["axis"] = axis;  // the last axis alone, whatever the rank
    return;
  }
  const ValueId shape = u.emit("Shape", {x});
  u.setInput(0, u.emit("Flatten", {x}, {{"axis", axis}}));
  u.node.attributes["axis"] = std::int64_t{-1};
  const ValueId flat = u.redirectOutput();
  u.finish("Reshape", {flat, shape});
}

void integerPower(Upgrade& u) {
  if (!u.node.has("p")) return;
  u.node.attributes["p"] = static_cast<std::int64_t>(u.node.floatOr("p", 2.0));
}

}  // namespace

std::vector<UpgradeRule> arithmeticRules() {
  std::vector<UpgradeRule> rules = {{"Gemm", 7, gemmBroadcast},          {"Clip", 6, forgetConsumed},
                                    {"Clip", 11, clipToInputs},          {"PRelu", 7, channelSlope},
                                    {"Selu", 6, seluConstants},          {"Softmax", 13, softmaxOfMatrix},
                                    {"LogSoftmax", 13, softmaxOfMatrix}, {"Hardmax", 13, softmaxOfMatrix},
                                    {"LpPool", 2, integerPower},         {"GlobalLpPool", 2, integerPower}};
  for (const std::string_view op : {"Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less"})
    rules.push_back({op, 7, explicitBroadcast});
  for (const std::string_view op :
       {"Abs",       "Add",     "Ceil", "Div",  "Elu", "Exp", "Floor", "HardSigmoid", "InstanceNormalization",
        "LeakyRelu", "Log",     "Max",  "Mean", "Min", "Mul", "Neg",   "PRelu",       "Reciprocal",
        "Relu",      "Sigmoid", "Sqrt", "Sub",  "Sum", "Tanh"})
    rules.push_back({op, 6, forgetConsumed});
  return rules;
}

}  // namespace unitscope::onnxfile
