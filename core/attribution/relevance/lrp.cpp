#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/relevance/relevance_pass.h"

namespace unitscope {
namespace {

class Lrp final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    const RelevanceRules rules = compositeRules(parameters.text("composite"), parameters.number("epsilon"));
    const RelevanceFlow flow = propagateRelevance(score, score.image(), rules, {}, progress, cancel);
    return {flow.atInput, {}, conservationNotes(flow), {}, {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeLrp() {
  MethodInfo info;
  info.id = "lrp";
  info.title = "LRP";
  info.description =
      "Layer-wise relevance propagation: the score is handed back layer by layer, each unit sharing out what it "
      "received among those that fed it, so that the map adds up to what was started with, less what biases took.";
  info.citation = "Bach et al. 2015, doi:10.1371/journal.pone.0130140";
  info.parameters = {compositeParameter(), epsilonParameter()};
  return std::make_unique<Lrp>(std::move(info));
}

}  // namespace unitscope
