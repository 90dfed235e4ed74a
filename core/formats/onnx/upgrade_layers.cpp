#include <algorithm>

#include "formats/onnx/upgrade.h"

namespace unitscope::onnxfile {
namespace {

bool isWanted(const Node& node, std::size_t output) {
  return output < node.outputs.size() && node.outputs[output] != kNoValue;
}

/// Which mode an old BatchNormalization runs in was told by its number of outputs; `spatial` = 0 (statistics for each
/// place) went away with operator set 9.
void batchNormalization(Upgrade& u) {
  if (u.node.intOr("spatial", 1) == 0) u.fail("statistics for each place (spatial = 0) are not supported");
  if (isWanted(u.node, 3) || isWanted(u.node, 4)) u.fail("its saved training statistics are not supported");
  const bool training = isWanted(u.node, 1) || isWanted(u.node, 2);
  u.node.outputs.resize(training ? 3 : 1, kNoValue);
  if (training) u.node.attributes["training_mode"] = std::int64_t{1};
  u.erase("spatial");
  u.erase("is_test");
  u.erase("consumed_inputs");
}

/// Before operator set 12 a Dropout in an exported network is always that of inference; before 10 its mask had the
/// type of the data.
void dropoutMask(Upgrade& u) {
  if (isWanted(u.node, 1)) u.fail("the mask of Dropout before operator set 10 is not supported");
  u.node.outputs.resize(1);
  u.erase("is_test");
  u.erase("consumed_inputs");
}

void dropoutToInputs(Upgrade& u) {
  u.setInput(1, u.number(u.node.floatOr("ratio", 0.5), kNoValue, "ratio"));
  u.erase("ratio");
}

/// Upsample-1 has an attribute for each axis of an image.
void upsampleScales(Upgrade& u) {
  u.node.attributes["scales"] =
      std::vector<double>{1.0, 1.0, u.node.floatOr("height_scale", 1.0), u.node.floatOr("width_scale", 1.0)};
  if (u.node.stringOr("mode", "nearest") == "bilinear") u.node.attributes["mode"] = std::string("linear");
  u.erase("height_scale");
  u.erase("width_scale");
}

void upsampleToInput(Upgrade& u) {
  const std::vector<double> scales = u.node.floatsOr("scales");
  if (scales.empty()) u.fail("lacks its scales");
  const std::vector<float> list(scales.begin(), scales.end());
  const ValueId id = u.graph.addValue({u.node.name + "/scales"});
  u.graph.setData(id, TensorData::fromFloats({static_cast<std::int64_t>(list.size())}, list));
  u.setInput(1, id);
  u.erase("scales");
}

void upsampleToResize(Upgrade& u) {
  u.node.op = "Resize";
}

/// Resize-10 and Upsample place pixels at x / scale and round down.
void resizeModes(Upgrade& u) {
  const ValueId scales = u.node.input(1);
  u.node.inputs = {u.node.input(0), kNoValue, scales};
  u.node.attributes["coordinate_transformation_mode"] = std::string("asymmetric");
  u.node.attributes["nearest_mode"] = std::string("floor");
}

/// Resize-11 had to be given empty tensors for what later sets leave out.
void resizeWithoutEmpties(Upgrade& u) {
  for (std::size_t i : {std::size_t{1}, std::size_t{2}}) {
    const ValueId id = u.node.input(i);
    if (id == kNoValue) continue;
    const Value& value = u.graph.value(id);
    const bool isEmpty = value.data && value.data->count() == 0;
    if (isEmpty || (i == 2 && u.node.input(3) != kNoValue)) u.node.inputs[i] = kNoValue;
  }
}

/// GroupNormalization-18 had one scale and bias a group; since 21 there is one a channel.
void groupNormalization(Upgrade& u) {
  const std::int64_t groups = u.node.intOr("num_groups", 0);
  if (groups < 1) u.fail("lacks num_groups");
  const ValueId channels = u.emit("Shape", {u.node.input(0)}, {{"start", std::int64_t{1}}, {"end", std::int64_t{2}}});
  const ValueId count = u.ints({groups}, "groups");
  const ValueId each = u.emit("Div", {channels, count});
  const ValueId spread = u.emit("Concat", {count, each}, {{"axis", std::int64_t{0}}});
  for (std::size_t i : {std::size_t{1}, std::size_t{2}}) {
    if (u.node.input(i) == kNoValue) u.fail("lacks its scale or bias");
    const ValueId column = u.emit("Unsqueeze", {u.node.input(i), u.ints({1}, "axes")});
    const ValueId wide = u.emit("Expand", {column, spread});
    u.setInput(i, u.emit("Reshape", {wide, u.ints({-1}, "shape")}));
  }
}

void gridSampleModes(Upgrade& u) {
  const std::string mode = u.node.stringOr("mode", "bilinear");
  if (mode == "bilinear") u.node.attributes["mode"] = std::string("linear");
  if (mode == "bicubic") u.node.attributes["mode"] = std::string("cubic");
}

void roiAlignMode(Upgrade& u) {
  u.node.attributes["coordinate_transformation_mode"] = std::string("output_half_pixel");
}

}  // namespace

std::vector<UpgradeRule> layerRules() {
  return {{"BatchNormalization", 14, batchNormalization},
          {"Dropout", 10, dropoutMask},
          {"Dropout", 12, dropoutToInputs},
          {"Upsample", 7, upsampleScales},
          {"Upsample", 9, upsampleToInput},
          {"Upsample", 10, upsampleToResize},
          {"Resize", 11, resizeModes},
          {"Resize", kCanonicalOpset + 1000, resizeWithoutEmpties},
          {"GroupNormalization", 21, groupNormalization},
          {"GridSample", 20, gridSampleModes},
          {"RoiAlign", 16, roiAlignMode}};
}

}  // namespace unitscope::onnxfile
