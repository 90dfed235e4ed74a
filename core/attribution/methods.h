#pragma once

#include <memory>

#include "attribution/method.h"

namespace unitscope {

// One function for each method file, called by the registry alone.
std::unique_ptr<AttributionMethod> makeGradient();
std::unique_ptr<AttributionMethod> makeInputXGradient();
std::unique_ptr<AttributionMethod> makeSmoothGrad();
std::unique_ptr<AttributionMethod> makeIntegratedGradients();
std::unique_ptr<AttributionMethod> makeGuidedBackprop();
std::unique_ptr<AttributionMethod> makeDeconvnet();
std::unique_ptr<AttributionMethod> makeGradCam();
std::unique_ptr<AttributionMethod> makeGradCamPlusPlus();
std::unique_ptr<AttributionMethod> makeLayerCam();
std::unique_ptr<AttributionMethod> makeGuidedGradCam();
std::unique_ptr<AttributionMethod> makeLinearApproximation();
std::unique_ptr<AttributionMethod> makeOcclusion();
std::unique_ptr<AttributionMethod> makeRise();
std::unique_ptr<AttributionMethod> makeLrp();
std::unique_ptr<AttributionMethod> makeCrp();
std::unique_ptr<AttributionMethod> makeExcitationBackprop();
std::unique_ptr<AttributionMethod> makeLime();
std::unique_ptr<AttributionMethod> makeKernelShap();
std::unique_ptr<AttributionMethod> makeSegmentAblation();
std::unique_ptr<AttributionMethod> makeDeepLift();
std::unique_ptr<AttributionMethod> makeConductance();
std::unique_ptr<AttributionMethod> makeExpectedGradients();
std::unique_ptr<AttributionMethod> makeScoreCam();
std::unique_ptr<AttributionMethod> makeXGradCam();
std::unique_ptr<AttributionMethod> makeEigenCam();
std::unique_ptr<AttributionMethod> makeAttentionRollout();
std::unique_ptr<AttributionMethod> makeGradientXAttention();
std::unique_ptr<AttributionMethod> makeMeaningful();
std::unique_ptr<AttributionMethod> makeExtremal();

}  // namespace unitscope
