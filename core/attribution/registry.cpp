#include "attribution/methods.h"
#include "runtime/error.h"

namespace unitscope {

MethodRegistry::MethodRegistry() {
  methods_.push_back(makeGradient());
  methods_.push_back(makeInputXGradient());
  methods_.push_back(makeSmoothGrad());
  methods_.push_back(makeIntegratedGradients());
  methods_.push_back(makeGuidedBackprop());
  methods_.push_back(makeDeconvnet());
  methods_.push_back(makeGradCam());
  methods_.push_back(makeGradCamPlusPlus());
  methods_.push_back(makeLayerCam());
  methods_.push_back(makeGuidedGradCam());
  methods_.push_back(makeLinearApproximation());
  methods_.push_back(makeOcclusion());
  methods_.push_back(makeRise());
  methods_.push_back(makeLrp());
  methods_.push_back(makeCrp());
  methods_.push_back(makeExcitationBackprop());
  methods_.push_back(makeLime());
  methods_.push_back(makeKernelShap());
  methods_.push_back(makeSegmentAblation());
  methods_.push_back(makeDeepLift());
  methods_.push_back(makeConductance());
  methods_.push_back(makeExpectedGradients());
  methods_.push_back(makeScoreCam());
  methods_.push_back(makeXGradCam());
  methods_.push_back(makeEigenCam());
  methods_.push_back(makeAttentionRollout());
  methods_.push_back(makeGradientXAttention());
  methods_.push_back(makeMeaningful());
  methods_.push_back(makeExtremal());
}

const AttributionMethod& MethodRegistry::find(std::string_view id) const {
  std::string known;
  for (const auto& method : methods_) {
    if (method->info().id == id) return *method;
    known += (known.empty() ? "" : ", ") + method->info().id;
  }
  throw Error("method '" + std::string(id) + "'", "there is none of this name; known are " + known);
}

}  // namespace unitscope
