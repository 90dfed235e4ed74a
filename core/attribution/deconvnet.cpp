#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/relu_nodes.h"

namespace unitscope {
namespace {

class Deconvnet final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues&, const Progress&,
                      const CancelToken&) const override {
    return {score.gradient(score.image(), ReluRule::Deconvnet).gradient, {}, reluNotes(score.query())};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeDeconvnet() {
  MethodInfo info;
  info.id = "deconvnet";
  info.title = "Deconvnet";
  info.description =
      "The gradient with a change: a ReLU passes back what is positive, whether it was active or not. What is left of "
      "the "
      "score when only supporting evidence may flow back.";
  info.citation = "Zeiler & Fergus 2014, arXiv:1311.2901";
  return std::make_unique<Deconvnet>(std::move(info));
}

}  // namespace unitscope
