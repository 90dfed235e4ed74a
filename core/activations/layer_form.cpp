#include "activations/layer_form.h"

#include <cmath>

#include "graph/layers.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

std::int64_t rootOf(std::int64_t count) {
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(count))));
  return side * side == count ? side : 0;
}

}  // namespace

at::Tensor LayerForm::maps(const at::Tensor& value) const {
  if (kind == Kind::Map) return value;
  if (kind == Kind::Vector) return value.unsqueeze(2).unsqueeze(3);
  const at::Tensor tokens = value.narrow(1, skipped, value.size(1) - skipped);
  return tokens.transpose(1, 2).reshape({value.size(0), units, height, width});
}

at::Tensor LayerForm::flat(const at::Tensor& value) const {
  return kind == Kind::Tokens ? value.transpose(1, 2).unsqueeze(2) : maps(value);
}

at::Tensor LayerForm::whole(const at::Tensor& flat) const {
  if (kind == Kind::Map) return flat;
  return kind == Kind::Vector ? flat.flatten(1) : flat.squeeze(2).transpose(1, 2);
}

LayerForm layerForm(at::IntArrayRef sizes, const std::string& layer) {
  LayerForm form;
  if (sizes.size() == 4) {
    form = {LayerForm::Kind::Map, sizes[1], sizes[2], sizes[3], 0};
  } else if (sizes.size() == 2) {
    form = {LayerForm::Kind::Vector, sizes[1], 1, 1, 0};
  } else if (sizes.size() == 3) {
    form = {LayerForm::Kind::Tokens, sizes[2], 1, sizes[1], 0};
    for (const std::int64_t skipped : {0, 1}) {
      const std::int64_t side = rootOf(sizes[1] - skipped);
      if (side < 2) continue;
      form.height = form.width = side;
      form.skipped = skipped;
      break;
    }
  } else {
    throw Error(layer, "has no units: its shape is " + toString(sizes.vec()) +
                           "; choose a layer of channels, features or tokens");
  }
  if (form.units < 1 || form.height < 1 || form.width < 1) throw Error(layer, "is empty for this input");
  return form;
}

ValueId unitLayer(const Model::Internal& inner, const std::string& layer) {
  const ValueId value = resolveLayer(*inner.graph, inner.layers, layer);
  if (inner.graph->value(value).data) throw Error(layer, "is a weight; choose a layer that computes something");
  return value;
}

at::Tensor layerValue(Model::Internal& inner, const at::Tensor& input, ValueId layer, const CancelToken& cancel) {
  const at::NoGradGuard noGradients;
  RunRequest request;
  request.feeds = inner.feedsFor(input);
  request.fetch = {layer};
  request.cancel = cancel;
  return inner.executor.run(request).front().to(at::kFloat);
}

}  // namespace unitscope
