#include "exec/windowed/local_step.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "exec/ops/window.h"

namespace unitscope {
namespace {

using Names = std::set<std::string_view>;

const Names kOfOneMap{
    "Relu", "Sigmoid", "Tanh",        "HardSwish", "Mish",     "Softplus", "Softsign", "LeakyRelu",  "Elu",
    "Celu", "Selu",    "HardSigmoid", "Gelu",      "Swish",    "Shrink",   "Clip",     "Dropout",    "ThresholdedRelu",
    "Abs",  "Neg",     "Sign",        "Ceil",      "Floor",    "Round",    "Sqrt",     "Reciprocal", "Exp",
    "Log",  "Erf",     "Sin",         "Cos",       "Tan",      "Asin",     "Acos",     "Atan",       "Sinh",
    "Cosh", "Asinh",   "Acosh",       "Atanh",     "Identity", "LRN"};
const Names kBroadcast{"Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Pow", "PRelu"};
const Names kAcrossChannels{"Softmax", "LogSoftmax", "LpNormalization", "Concat"};
const Names kSliding{"Conv", "MaxPool", "AveragePool", "LpPool", "Pad"};
const Names kMeans{"GlobalAveragePool", "ReduceMean"};

bool isMap(const at::Tensor& t) {
  return t.defined() && t.dim() == 4 && t.size(0) == 1 && t.scalar_type() == at::kFloat && t.numel() > 0;
}

std::vector<std::int64_t> integers(const at::Tensor& t) {
  const at::Tensor list = t.to(at::kCPU, at::kLong).contiguous().flatten();
  return {list.data_ptr<std::int64_t>(), list.data_ptr<std::int64_t>() + list.numel()};
}

/// Whether a broadcast tensor is the same at every place.
bool sameEverywhere(const at::Tensor& t) {
  if (!t.defined() || t.numel() == 1) return true;
  return t.dim() >= 3 && t.dim() <= 4 && t.size(-1) == 1 && t.size(-2) == 1;
}

class Preparation {
 public:
  Preparation(const StepSource& source, const Node& node, const Fusion* fusion)
      : source_(source), given_(node), fusion_(fusion) {}

  std::optional<LocalStep> step() {
    step_.locality = localityOf(given_);
    if (step_.locality == Locality::None) return {};
    step_.node = given_;
    step_.node.outputs.resize(1);
    step_.output = fusion_ != nullptr ? fusion_->output : given_.outputs.front();
    step_.function = standardOperators().find(given_.op, given_.domain);
    out_ = source_.base(step_.output);
    if (!out_.defined() || out_.scalar_type() != at::kFloat || step_.function == nullptr) return {};
    if (!readInputs() || !fits()) return {};
    return std::move(step_);
  }

 private:
  bool readInputs() {
    for (std::size_t i = 0; i < given_.inputs.size(); ++i) {
      const ValueId id = given_.inputs[i];
      StepInput input;
      if (id != kNoValue) {
        input.value = id;
        input.base = source_.base(id);
        input.gathered = source_.changes(id);
        if (input.gathered && !isMap(input.base)) return false;
      }
      step_.inputs.push_back(std::move(input));
    }
    return !step_.inputs.empty();
  }

  bool fits() {
    switch (step_.locality) {
      case Locality::Places: return fitsPlaces();
      case Locality::Sliding: return fitsSliding();
      case Locality::Mean: return fitsMean();
      case Locality::None: break;
    }
    return false;
  }

  bool onlyFirstChanges() const {
    for (std::size_t i = 1; i < step_.inputs.size(); ++i)
      if (step_.inputs[i].gathered) return false;
    return step_.inputs.front().gathered;
  }

  bool fitsPlaces() {
    if (!isMap(out_)) return false;
    const bool joins = kBroadcast.contains(given_.op) || given_.op == "Concat";
    if (!joins && !onlyFirstChanges()) return false;
    for (StepInput& input : step_.inputs) {
      if (input.gathered) {
        if (input.base.sizes().slice(2) != out_.sizes().slice(2)) return false;
        continue;
      }
      if (!joins || (given_.op != "Concat" && sameEverywhere(input.base))) continue;
      // A constant that differs from place to place is a map that never changes.
      if (!input.base.defined() || input.base.dim() > 4 || input.base.scalar_type() != at::kFloat) return false;
      while (input.base.dim() < 4) input.base = input.base.unsqueeze(0);
      if (input.base.size(0) != 1) return false;
      input.base = input.base.expand({1, input.base.size(1), out_.size(2), out_.size(3)})
                       .contiguous(layoutOfWindows(input.base.device()));
      input.gathered = true;
    }
    return true;
  }

  bool fitsMean() {
    if (!onlyFirstChanges()) return false;
    if (given_.op == "ReduceMean") {
      if (step_.inputs.size() != 2 || !step_.inputs[1].base.defined()) return false;
      std::vector<std::int64_t> axes = integers(step_.inputs[1].base);
      for (std::int64_t& axis : axes) axis = axis < 0 ? axis + 4 : axis;
      std::ranges::sort(axes);
      if (axes != std::vector<std::int64_t>{2, 3}) return false;
    }
    return out_.size(0) == 1 && out_.numel() == step_.inputs.front().base.size(1);
  }

  bool fitsSliding() {
    if (!isMap(out_) || !onlyFirstChanges()) return false;
    if (given_.op == "Pad") return fitsPad();
    const at::Tensor x = step_.inputs.front().base;
    if (given_.op == "Conv") {
      if (step_.inputs.size() < 2 || step_.inputs[1].base.dim() != 4) return false;
      if (fusion_ != nullptr) fold();
      at::Tensor& weight = step_.inputs[1].base;
      weight = weight.contiguous(layoutOfWindows(weight.device()));
    }
    std::vector<at::Tensor> tensors;
    for (const StepInput& input : step_.inputs) tensors.push_back(input.base);
    const ops::Ints kernel = given_.op == "Conv" ? tensors[1].sizes().slice(2).vec() : ops::Ints{};
    const ops::Window w = ops::readWindow({given_, tensors, source_.device}, x.sizes(), kernel);
    step_.down = {w.kernel[0], w.strides[0], w.dilations[0], w.begin[0]};
    step_.across = {w.kernel[1], w.strides[1], w.dilations[1], w.begin[1]};
    for (const char* padding : {"pads", "auto_pad", "ceil_mode"}) step_.node.attributes.erase(padding);
    if (given_.op == "MaxPool") step_.fill = -std::numeric_limits<double>::infinity();
    if (given_.op == "AveragePool") correctAverage(x, w);
    return true;
  }

  bool fitsPad() {
    if (given_.stringOr("mode", "constant") != "constant" || step_.inputs.size() < 2) return false;
    const std::vector<std::int64_t> pads = integers(step_.inputs[1].base);
    std::vector<std::int64_t> axes{0, 1, 2, 3};
    if (step_.inputs.size() > 3 && step_.inputs[3].base.defined()) axes = integers(step_.inputs[3].base);
    if (pads.size() != 2 * axes.size()) return false;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const std::int64_t axis = axes[i] < 0 ? axes[i] + 4 : axes[i];
      if (axis == 2) step_.down.begin = pads[i];
      if (axis == 3) step_.across.begin = pads[i];
      if (axis < 2 && (pads[i] != 0 || pads[i + axes.size()] != 0)) return false;
    }
    if (step_.inputs.size() > 2 && step_.inputs[2].base.defined()) {
      if (step_.inputs[2].base.numel() != 1) return false;
      step_.fill = step_.inputs[2].base.item<double>();
    }
    step_.function = nullptr;
    return true;
  }

  void fold() {
    const FoldedConvolution folded = foldedConvolution(source_.graph, *fusion_, source_.base);
    step_.inputs.resize(3);
    step_.inputs[1] = {kNoValue, folded.weight, false};
    step_.inputs[2] = {kNoValue, folded.bias, false};
    step_.node.inputs = {given_.input(0), given_.input(1), folded.bias.defined() ? given_.input(1) : kNoValue};
    step_.relu = fusion_->relu;
  }

  /// Windows are averaged over all their taps; at the rim the operator divides by fewer.
  void correctAverage(const at::Tensor& x, const ops::Window& w) {
    step_.node.attributes["count_include_pad"] = std::int64_t{1};
    const bool includePad = given_.intOr("count_include_pad", 0) != 0;
    std::array<at::Tensor, 2> factors;
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const auto dimension = static_cast<std::int64_t>(axis) + 2;
      const std::int64_t first = includePad ? -w.begin[axis] : 0;
      const std::int64_t behind = x.size(dimension) + (includePad ? w.end[axis] : 0);
      std::vector<double> factor;
      for (std::int64_t o = 0; o < out_.size(dimension); ++o) {
        std::int64_t counted = 0;
        for (std::int64_t t = 0; t < w.kernel[axis]; ++t) {
          const std::int64_t place = o * w.strides[axis] - w.begin[axis] + t * w.dilations[axis];
          counted += place >= first && place < behind ? 1 : 0;
        }
        factor.push_back(static_cast<double>(w.kernel[axis]) / static_cast<double>(std::max<std::int64_t>(counted, 1)));
      }
      factors[axis] = at::tensor(factor, at::kDouble);
    }
    const at::Tensor all = factors[0].unsqueeze(1) * factors[1].unsqueeze(0);
    if (all.eq(1.0).all().item<bool>()) return;
    step_.correction = all.to(x.device(), at::kFloat).unsqueeze(0).unsqueeze(0).contiguous();
  }

  const StepSource& source_;
  const Node& given_;
  const Fusion* fusion_;
  LocalStep step_;
  at::Tensor out_;
};

}  // namespace

Locality localityOf(const Node& node) {
  if (!node.domain.empty() || node.outputs.empty() || node.outputs.front() == kNoValue) return Locality::None;
  if (node.op == "BatchNormalization") return node.intOr("training_mode", 0) == 0 ? Locality::Places : Locality::None;
  if (kAcrossChannels.contains(node.op)) {
    const std::int64_t axis = node.intOr("axis", -1);
    return axis == 1 || axis == -3 ? Locality::Places : Locality::None;
  }
  if (kOfOneMap.contains(node.op) || kBroadcast.contains(node.op)) return Locality::Places;
  if (kSliding.contains(node.op)) return Locality::Sliding;
  if (kMeans.contains(node.op)) return Locality::Mean;
  return Locality::None;
}

std::optional<LocalStep> prepareStep(const StepSource& source, const Node& node, const Fusion* fusion) {
  return Preparation(source, node, fusion).step();
}

}  // namespace unitscope
