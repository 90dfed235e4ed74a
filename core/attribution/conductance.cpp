#include <algorithm>
#include <vector>

#include "attribution/baseline.h"
#include "attribution/gradients_of.h"
#include "attribution/image_method.h"
#include "attribution/layer_activation.h"
#include "attribution/methods.h"
#include "attribution/quadrature.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kBatch = 16;

/// d score / d layer for pictures [B,...]; `zeros` has the shape of their activation. It is added to the layer, so that
/// the gradient by it is the layer's, in one run of the network and with all branches on the same pictures.
at::Tensor gradientAtLayer(const ScoreFunction& score, const at::Tensor& pictures, const at::Tensor& zeros) {
  const at::AutoGradMode gradients(true);
  const AttributionQuery& query = score.query();
  const at::Tensor leaf = zeros.detach().requires_grad_(true);
  RunRequest run = score.request(pictures);
  run.gradients = true;
  run.edits = {{query.layer, Edit::Kind::Add, 0.0, leaf, {}, {}, 1}};
  const at::Tensor output = query.executor.run(run).front();
  // Fed with the output itself, this only averages its places.
  const at::Tensor scores = score.target(score.rowsWithGradient(output, query.output));
  if (!scores.requires_grad())
    throw Error(query.executor.graph().value(query.layer).name, "the score does not depend on this layer");
  return gradientsOf(scores, {leaf}).front();
}

class Conductance final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    const at::Tensor& image = score.image();
    const at::Tensor base = baselineFor(score, parameters.text("baseline"));
    const at::Tensor difference = image - base;
    const std::int64_t steps = parameters.integer("steps");
    const Quadrature rule = gaussLegendre(steps);
    // The weights cut the way into pieces, one around each place: the gradient is taken at the place, the layer's
    // change over the piece. So the changes sum to the whole change, whatever kinks lie on the way.
    std::vector<float> edges{0.0F};
    double covered = 0.0;
    for (const float weight : rule.weights) edges.push_back(static_cast<float>(covered += weight));
    edges.back() = 1.0F;
    std::vector<std::int64_t> perImage(static_cast<std::size_t>(image.dim()), 1);
    perImage.front() = -1;
    const auto pictures = [&](const std::vector<float>& places, std::int64_t first, std::int64_t count) {
      const at::Tensor part = at::tensor(places).narrow(0, first, count).reshape(perImage).to(image.device());
      return at::addcmul(base, difference, part);
    };

    at::Tensor sum;
    at::Tensor reached = layerActivation(score, base);
    inBatches(steps, score.batchSize(std::min(steps, kBatch), true), progress, cancel, "Along the path",
              [&](std::int64_t first, std::int64_t count) {
                const at::Tensor ends = layerActivation(score, pictures(edges, first + 1, count));
                const at::Tensor change = ends - at::cat({reached, ends.narrow(0, 0, count - 1)});
                const at::Tensor gradient =
                    gradientAtLayer(score, pictures(rule.places, first, count), at::zeros_like(ends));
                const at::Tensor part = (gradient * change).sum(0, /*keepdim=*/true);
                sum = sum.defined() ? sum + part : part;
                reached = ends.narrow(0, count - 1, 1);
              });

    const double total = sum.sum(at::kDouble).item<double>();
    const double change = score.values(image).item<double>() - score.values(base).item<double>();
    const at::Tensor channels = sum.sum(at::IntArrayRef{0, 2, 3}).to(at::kCPU, at::kFloat).contiguous();
    const auto* values = channels.data_ptr<float>();
    return {sum,
            {values, values + channels.numel()},
            {"completeness error " + shown(total - change) + " (sum of the map " + shown(total) +
             ", change of the score from the baseline " + shown(change) + ")"}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeConductance() {
  MethodInfo info;
  info.id = "conductance";
  info.title = "Layer conductance";
  info.description =
      "Integrated Gradients at a layer: how much of the change of the score from a baseline to the picture flows "
      "through "
      "each unit of the layer. Where everything passes the layer, the values sum to that change; the bars are the sums "
      "of the channels.";
  info.citation = "Dhamdhere et al. 2018, arXiv:1805.12233";
  info.usesLayer = true;
  info.parameters = {
      {"steps",
       "Steps",
       "Pieces of the way, by Gauss and Legendre; 50 is Captum's default.",
       std::int64_t{50},
       2,
       1000,
       {}},
      baselineParameter(),
  };
  return std::make_unique<Conductance>(std::move(info));
}

}  // namespace unitscope
