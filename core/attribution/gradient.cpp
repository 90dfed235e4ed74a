#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class Gradient final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    return {score.gradient(score.image()).gradient, {}, {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeGradient() {
  MethodInfo info;
  info.id = "gradient";
  info.title = "Gradient";
  info.description =
      "How much the score changes when a pixel changes a little. Positive where more of the colour raises the score. "
      "It shows what the score is sensitive to, not what it consists of, and is noisy in deep networks.";
  info.citation = "Simonyan et al. 2014, arXiv:1312.6034";
  return std::make_unique<Gradient>(std::move(info));
}

}  // namespace unitscope
