#include "attribution/layer_activation.h"

#include "runtime/error.h"

namespace unitscope {

at::Tensor layerActivation(const ScoreFunction& score, const at::Tensor& pictures) {
  const AttributionQuery& query = score.query();
  if (query.layer == kNoValue) throw Error("layer", "the network has no layer with spatial extent to look at");
  const at::NoGradGuard noGradients;
  RunRequest request = score.request(pictures);
  request.fetch = {query.layer};
  const at::Tensor activation = query.executor.run(request).front().to(at::kFloat);
  if (activation.dim() != 4)
    throw Error(query.executor.graph().value(query.layer).name,
                "is no feature map: its shape is " + toString(activation.sizes().vec()));
  return activation;
}

}  // namespace unitscope
