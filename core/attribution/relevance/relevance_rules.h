#pragma once

#include <optional>
#include <string>

#include "attribution/parameters.h"
#include "attribution/relevance/linear_rule.h"

namespace unitscope {

/// Which rule each kind of layer follows. Everything without weights is the same in all of them (see throughStep).
struct RelevanceRules {
  LinearRule dense = LinearRule::Epsilon;
  LinearRule convolution = LinearRule::ZPlus;
  std::optional<LinearRule> first;  ///< layers with weights that see the picture itself
  std::optional<LinearRule> last;   ///< layers with weights behind which there is none
  double epsilon = 1e-6;            ///< of LinearRule::Epsilon
  /// ReLUs and averages are passed by the gradient: evenly, and nothing where the ReLU is off. That loses what an
  /// average hands to places that are off.
  bool gradientElsewhere = false;
  bool excitation = false;  ///< pools and sums share by positive values alone too, and constants get nothing
};

/// One of the composites of Kohlbrenner et al. 2020, arXiv:1910.09840, by the names under which zennit (Anders et al.
/// 2021) has them: "epsilon", "epsilon_plus", "epsilon_plus_flat", "epsilon_alpha2_beta1",
/// "epsilon_alpha2_beta1_flat". In the first one, as in zennit where the rule is set for layers with weights alone,
/// ReLUs and averages pass by the gradient. Throws Error for another name.
RelevanceRules compositeRules(const std::string& name, double epsilon);

/// The method parameters that say which composite: `composite` and `epsilon`.
ParameterSpec compositeParameter();
ParameterSpec epsilonParameter();

}  // namespace unitscope
