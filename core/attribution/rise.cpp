#include <algorithm>

#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/rise_masks.h"

namespace unitscope {
namespace {

class Rise final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::NoGradGuard noGradients;
    const at::Tensor& image = score.image();
    const std::int64_t total = parameters.integer("masks");
    const double p = parameters.number("p");
    const bool softmax = parameters.text("score") == "softmax";
    RiseMasks source(image.size(2), image.size(3), parameters.integer("cells"), p, parameters.integer("seed"));
    const auto scoreOf = [&](const at::Tensor& batch) {
      const at::Tensor rows = score.rows(batch);
      const bool already = score.query().outputIsProbability || score.query().resemble.defined();
      return softmax || already ? score.probability(rows) : score.target(rows).sigmoid();
    };

    at::Tensor sum = at::zeros({image.size(2), image.size(3)}, image.options());
    std::int64_t batch = score.batchSize(RiseMasks::kChunk, false);
    for (std::int64_t done = 0; done < total; done += RiseMasks::kChunk) {
      const std::int64_t drawn = std::min(RiseMasks::kChunk, total - done);
      const at::Tensor masks = source.next(drawn).to(image.device());
      const auto part = [&](std::int64_t n) { return static_cast<double>(n) / static_cast<double>(total); };
      inBatches(drawn, batch, progress.part(part(done), part(done + drawn)), cancel, "Random masks",
                [&](std::int64_t first, std::int64_t count) {
                  const at::Tensor mask = masks.narrow(0, first, count);
                  const at::Tensor weights = scoreOf(image * mask).reshape({1, count});
                  sum += at::mm(weights, mask.reshape({count, -1})).reshape(sum.sizes());
                });
    }
    return {(sum / (static_cast<double>(total) * p)).reshape({1, 1, image.size(2), image.size(3)}), {}, {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeRise() {
  MethodInfo info;
  info.id = "rise";
  info.title = "RISE";
  info.description =
      "Shows the network the picture through thousands of random masks and averages the masks, weighted by the score "
      "that each left. Needs no gradient and no look inside; more masks give less noise.";
  info.citation = "Petsiuk et al. 2018, arXiv:1806.07421";
  info.needsGradient = false;
  info.isSigned = false;
  info.parameters = {
      {"masks",
       "Masks",
       "Random masks; the paper uses 4000 for VGG-16 and 8000 for ResNet-50.",
       std::int64_t{4000},
       1,
       100000,
       {}},
      {"cells", "Cells", "Cells along each side of the coarse grid; the paper uses 7.", std::int64_t{7}, 2, 64, {}},
      {"p", "p", "Probability that a cell is left visible; the paper uses 0.5.", 0.5, 0.01, 0.99, {}},
      {"seed",
       "Seed",
       "Start of the random numbers; equal seeds draw TorchRay's masks.",
       std::int64_t{0},
       0,
       2147483647,
       {}},
      {"score",
       "Score",
       "What weights a mask: the probability (softmax, as in the paper) or the logit's sigmoid (TorchRay).",
       std::string("softmax"),
       0,
       0,
       {"softmax", "sigmoid"}},
  };
  return std::make_unique<Rise>(std::move(info));
}

}  // namespace unitscope
