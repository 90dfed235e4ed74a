#include "formats/onnx/upgrade.h"

namespace unitscope::onnxfile {
namespace {

void axesToInput(Upgrade& u) {
  u.intsToInput("axes", 1);
}

void splitToInput(Upgrade& u) {
  u.intsToInput("split", 1);
}

/// Split-18 wants to be told that the parts are equal.
void countSplits(Upgrade& u) {
  if (u.node.input(1) == kNoValue) u.node.attributes["num_outputs"] = static_cast<std::int64_t>(u.node.outputs.size());
}

void sliceToInputs(Upgrade& u) {
  if (!u.node.has("starts") || !u.node.has("ends")) u.fail("lacks starts or ends");
  u.intsToInput("starts", 1);
  u.intsToInput("ends", 2);
  u.intsToInput("axes", 3);
}

void reshapeToInput(Upgrade& u) {
  if (!u.node.has("shape")) u.fail("lacks its shape");
  u.intsToInput("shape", 1);
  u.erase("consumed_inputs");
}

void padFromPaddings(Upgrade& u) {
  u.node.attributes["pads"] = u.node.intsOr("paddings");
  u.erase("paddings");
}

void padToInputs(Upgrade& u) {
  const double value = u.node.floatOr("value", 0.0);
  u.erase("value");
  u.intsToInput("pads", 1);
  if (value != 0.0) u.setInput(2, u.number(value, u.node.input(0), "value"));
}

void concatAxis(Upgrade& u) {
  if (!u.node.has("axis")) u.node.attributes["axis"] = std::int64_t{1};
}

void topKToInput(Upgrade& u) {
  if (!u.node.has("k")) u.fail("lacks k");
  u.setInput(1, u.ints({u.node.intOr("k", 1)}, "k"));
  u.erase("k");
}

void scatterToElements(Upgrade& u) {
  u.node.op = "ScatterElements";
}

void refuseOldTile(Upgrade& u) {
  u.fail("Tile of operator sets below 6 is not supported");
}

void dftAxis(Upgrade& u) {
  u.setInput(2, u.integer(u.node.intOr("axis", 1), "axis"));
  u.erase("axis");
}

/// Cast before operator set 6 names the type in text.
void castTypeNumber(Upgrade& u) {
  constexpr std::string_view kNames[] = {"UNDEFINED", "FLOAT",  "UINT8", "INT8",    "UINT16", "INT16",  "INT32",
                                         "INT64",     "STRING", "BOOL",  "FLOAT16", "DOUBLE", "UINT32", "UINT64"};
  const std::string name = u.node.stringOr("to", "");
  for (std::size_t i = 1; i < std::size(kNames); ++i)
    if (kNames[i] == name) {
      u.node.attributes["to"] = static_cast<std::int64_t>(i);
      return;
    }
  u.fail("casts to the unknown type '" + name.substr(0, 40) + "'");
}

}  // namespace

std::vector<UpgradeRule> shapeRules() {
  return {{"Squeeze", 13, axesToInput},
          {"Unsqueeze", 13, axesToInput},
          {"Split", 13, splitToInput},
          {"Split", 18, countSplits},
          {"Slice", 10, sliceToInputs},
          {"Reshape", 5, reshapeToInput},
          {"Pad", 2, padFromPaddings},
          {"Pad", 11, padToInputs},
          {"Concat", 4, concatAxis},
          {"TopK", 10, topKToInput},
          {"Scatter", 11, scatterToElements},
          {"Tile", 6, refuseOldTile},
          {"DFT", 20, dftAxis},
          {"Cast", 6, castTypeNumber},
          {"ReduceSum", 13, axesToInput},
          {"ReduceMean", 18, axesToInput},
          {"ReduceMax", 18, axesToInput},
          {"ReduceMin", 18, axesToInput},
          {"ReduceProd", 18, axesToInput},
          {"ReduceL1", 18, axesToInput},
          {"ReduceL2", 18, axesToInput},
          {"ReduceLogSum", 18, axesToInput},
          {"ReduceLogSumExp", 18, axesToInput},
          {"ReduceSumSquare", 18, axesToInput}};
}

}  // namespace unitscope::onnxfile
