#include "attribution/baseline.h"
#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/superpixels/segmented_picture.h"

namespace unitscope {
namespace {

class SegmentAblation final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    score.requirePicture(info().id);
    const at::NoGradGuard noGradients;
    const SegmentedPicture picture(score, segmentsFor(score, parameters),
                                   baselineFor(score, parameters.text("baseline")));
    const double whole = score.values(score.image()).item<double>();
    const auto drops = [&](const at::Tensor& scores) {
      at::Tensor values = at::zeros({picture.count()}, at::kDouble);
      values.narrow(0, 0, scores.size(0)).copy_(whole - scores);
      return picture.mapOf(values);
    };
    SegmentedPicture::SoFar soFar;
    if (score.query().preview)
      soFar = [&](const at::Tensor& scores) { score.query().preview({drops(scores), {}, {picture.segments().note}}); };
    const at::Tensor oneAbsent = at::eye(picture.count(), at::kFloat).eq(0.0);
    const auto scoreOf = [&](const at::Tensor& batch) { return score.values(batch); };
    const at::Tensor scores = picture.scores(oneAbsent, scoreOf, progress, cancel, soFar);
    return {drops(scores), {}, {picture.segments().note, "score " + shown(whole) + " with all of them"}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeSegmentAblation() {
  MethodInfo info;
  info.id = "segment_ablation";
  info.title = "Segment ablation";
  info.description =
      "Hides one superpixel after another and shows how far the score falls. It is quick, and asks the network itself; "
      "where several superpixels show the same thing, hiding one alone changes little.";
  info.citation = "Zeiler & Fergus 2014, arXiv:1311.2901; superpixels by Achanta et al. 2012";
  info.needsGradient = false;
  info.parameters = {baselineParameter()};
  for (ParameterSpec& spec : segmentParameters()) info.parameters.push_back(std::move(spec));
  return std::make_unique<SegmentAblation>(std::move(info));
}

}  // namespace unitscope
