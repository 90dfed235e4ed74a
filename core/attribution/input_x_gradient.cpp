#include "attribution/image_method.h"
#include "attribution/methods.h"

namespace unitscope {
namespace {

class InputXGradient final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    return {score.image() * score.gradient(score.image()).gradient, {}, {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeInputXGradient() {
  MethodInfo info;
  info.id = "input_x_gradient";
  info.title = "Input x gradient";
  info.description =
      "The gradient times the pixel's value after normalisation: each pixel's share of the score if the network were "
      "linear. A pixel of the mean colour gets none, however much it matters.";
  info.citation = "Shrikumar et al. 2016, arXiv:1605.01713";
  return std::make_unique<InputXGradient>(std::move(info));
}

}  // namespace unitscope
