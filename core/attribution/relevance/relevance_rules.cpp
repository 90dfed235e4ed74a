#include "attribution/relevance/relevance_rules.h"

#include "runtime/error.h"

namespace unitscope {

RelevanceRules compositeRules(const std::string& name, double epsilon) {
  RelevanceRules rules;
  rules.epsilon = epsilon;
  if (name == "epsilon") {
    rules.convolution = LinearRule::Epsilon;
    rules.gradientElsewhere = true;
  } else if (name == "epsilon_plus" || name == "epsilon_plus_flat") {
    rules.convolution = LinearRule::ZPlus;
  } else if (name == "epsilon_alpha2_beta1" || name == "epsilon_alpha2_beta1_flat") {
    rules.convolution = LinearRule::Alpha2Beta1;
  } else {
    throw Error("composite '" + name + "'", "there is none of this name");
  }
  if (name.ends_with("_flat")) rules.first = LinearRule::Flat;
  return rules;
}

ParameterSpec compositeParameter() {
  return {"composite",
          "Composite",
          "Rules by kind of layer: epsilon in all, or in dense layers with z+ or alpha 2, beta 1 in convolutions; flat "
          "spreads evenly in the first. Plain epsilon passes ReLUs and averages by the gradient, as zennit does.",
          std::string("epsilon_plus_flat"),
          0,
          0,
          {"epsilon", "epsilon_plus", "epsilon_plus_flat", "epsilon_alpha2_beta1", "epsilon_alpha2_beta1_flat"}};
}

ParameterSpec epsilonParameter() {
  return {"epsilon",
          "Epsilon",
          "Added to the denominators of the epsilon rule; larger values absorb weak and contradicting contributions. "
          "zennit's default is 1e-6.",
          1e-6,
          0.0,
          1e6,
          {}};
}

}  // namespace unitscope
