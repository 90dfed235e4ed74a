#include "activations/layer_score.h"

#include "attribution/gradients_of.h"
#include "engine/devices.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

AttributionQuery queryOf(Model& model, const Array& input, const std::string& layer) {
  prepareComputeThread(model.settings());
  Model::Internal& inner = model.internal();
  if (input.shape.empty() || input.shape.front() != 1) throw Error(layer, "takes one picture at a time");
  AttributionQuery query{
      inner.executor, viewOf(input).clone(), inner.inputValue(), inner.outputValue(), 0, unitLayer(inner, layer), {}};
  inner.describeTo(query);
  if (query.layer == query.inputValue)
    throw Error(layer, "is the network's input, whose channels are no units; choose a layer behind it");
  return query;
}

}  // namespace

LayerScore::LayerScore(Model& model, const Array& input, const std::string& layer, std::int64_t target,
                       const CancelToken& cancel)
    : query_(queryOf(model, input, layer)), score_(query_, query_.input, cancel) {
  const at::NoGradGuard noGradients;
  RunRequest request = score_.request(score_.image());
  request.fetch = {query_.layer};
  activation_ = query_.executor.run(request).front().to(at::kFloat).detach();
  form_ = layerForm(activation_.sizes(), layer);
  if (activation_.size(0) != 1)
    throw Error(layer,
                "does not keep pictures apart: its shape for one picture is " + toString(activation_.sizes().vec()));
  rows_ = score_.rows(score_.image());
  query_.target = target >= 0 ? target : rows_[0].argmax().item<std::int64_t>();
  score_.target(rows_);
}

at::Tensor LayerScore::gradient() const {
  const at::AutoGradMode gradients(true);
  const at::Tensor leaf = activation_.detach().clone().requires_grad_(true);
  const at::Tensor scores = score_.target(score_.rowsWithGradient(leaf, query_.layer));
  if (!scores.requires_grad())
    throw Error(query_.executor.graph().value(query_.layer).name, "the score does not depend on this layer");
  return gradientsOf(scores, {leaf}).front().to(at::kFloat);
}

}  // namespace unitscope
