#include "training/measure_model.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include "engine/devices.h"
#include "runtime/error.h"
#include "training/evaluator.h"
#include "training/finished_models.h"
#include "training/measures.h"
#include "training/picture_pool.h"
#include "training/recipes/generator_data.h"
#include "zoo/embedded_models.h"

namespace unitscope {
namespace {

/// What all measurements need.
struct Judge {
  const Graph& graph;
  const MeasuringOptions& options;
  const Progress& progress;
  const CancelToken& cancel;

  Evaluator open(Graph network) const { return {std::move(network), deviceFrom(options.device)}; }
  Evaluator open() const { return open(graph); }
  Evaluator finished(const char* name) const { return open(finishedModel(name, options.models)); }
  PicturePool scenes(std::int64_t count, SceneBias bias = SceneBias::None, std::int64_t first = 0) const {
    SceneOptions scene;
    scene.bias = bias;
    return renderPool(kHeldOutScenes, first, count, scene, progress.part(0.0, 0.2), cancel);
  }
  PicturePool testSet() const { return readPool(options.data, "t10k"); }
};

Measures ofSceneClassifier(const Judge& judge) {
  const PicturePool pool = judge.scenes(judge.options.pictures);
  Evaluator network = judge.open();
  const at::Tensor logits =
      network.overBytes(pool.pictures, {"logits"}, judge.cancel, judge.progress.part(0.2, 1)).front();
  double worst = 1.0;
  int worstThing = 0;
  for (int k = 0; k < kSceneThings; ++k) {
    const double precision = averagePrecision(logits.select(1, k), pool.labels.select(1, k));
    if (precision < worst) {
      worst = precision;
      worstThing = k;
    }
  }
  const std::string thing(sceneThingNames()[static_cast<std::size_t>(worstThing)]);
  return {{.name = "mean average precision", .value = meanAveragePrecision(logits, pool.labels), .bar = 0.95},
          {.name = "average precision of the hardest (" + thing + ")", .value = worst}};
}

Measures ofBiasedClassifier(const Judge& judge) {
  Evaluator network = judge.open();
  Measures measures;
  double mean[2] = {};
  for (const bool biased : {true, false}) {
    // Numbers apart: the two sets share no scene.
    const PicturePool pool = judge.scenes(judge.options.pictures, biased ? SceneBias::Telltales : SceneBias::None,
                                          biased ? judge.options.pictures : 0);
    const at::Tensor logits = network.overBytes(pool.pictures, {"logits"}, judge.cancel).front();
    mean[biased] = meanAveragePrecision(logits, pool.labels);
    const std::string where = biased ? ", biased scenes" : ", unbiased scenes";
    measures.push_back({.name = "mean average precision" + where, .value = mean[biased]});
    for (const SceneThing thing : {SceneThing::Boat, SceneThing::Car}) {
      const auto k = static_cast<std::int64_t>(thing);
      measures.push_back(
          {.name = std::string(sceneThingNames()[static_cast<std::size_t>(k)]) + ": average precision" + where,
           .value = averagePrecision(logits.select(1, k), pool.labels.select(1, k)),
           .tolerance = 0.02});
    }
  }
  measures.push_back({.name = "gap", .value = mean[true] - mean[false]});
  return measures;
}

Measures ofSegmenter(const Judge& judge) {
  const PicturePool pool = judge.scenes(judge.options.pictures);
  Evaluator network = judge.open();
  at::Tensor confusion = at::zeros({kSceneClasses, kSceneClasses}, at::kLong);
  // Logits of every pixel of every picture would not fit.
  for (std::int64_t i = 0; i < pool.count(); i += 200) {
    const std::int64_t end = std::min(i + 200, pool.count());
    const at::Tensor logits = network.overBytes(pool.pictures.slice(0, i, end), {"logits"}, judge.cancel).front();
    confusion += confusionMatrix(pool.classes.slice(0, i, end), logits.argmax(1), kSceneClasses);
    judge.progress.report(0.2 + 0.8 * static_cast<double>(end) / static_cast<double>(pool.count()));
  }
  const at::Tensor each = intersectionOverUnion(confusion);
  const auto worst = each.argmin().item<std::int64_t>();
  const double right = confusion.diagonal().sum().item<double>() / confusion.sum().item<double>();
  return {{.name = "mean IoU", .value = meanOfKnown(each), .bar = 0.85},
          {.name = "pixels right", .value = right},
          {.name = "IoU of the hardest (" + std::string(sceneClassNames()[static_cast<std::size_t>(worst)]) + ")",
           .value = each[worst].item<double>(),
           .tolerance = 0.02}};
}

/// Share of the pictures in which the segmenter finds each class, [K] double.
at::Tensor classFrequencies(Evaluator& segmenter, const at::Tensor& pictures, const CancelToken& cancel) {
  constexpr double kFewestPixels = 12;  // of 64 x 64, as in the scenes' own labels
  at::Tensor found = at::zeros({kSceneClasses}, at::kDouble);
  for (const at::Tensor& part : pictures.split(200)) {
    const at::Tensor classes = segmenter.overBytes(part, {"logits"}, cancel).front().argmax(1);
    for (std::int64_t k = 0; k < kSceneClasses; ++k)
      found[k] += classes.eq(k).sum({1, 2}).ge(kFewestPixels).sum().to(at::kDouble);
  }
  return found / static_cast<double>(pictures.size(0));
}

Measures ofSceneGenerator(const Judge& judge) {
  const std::int64_t n = judge.options.pictures;
  const PicturePool real = judge.scenes(2 * n);
  Evaluator generator = judge.open();
  judge.progress.report(0.2, "drawing scenes");
  const at::Tensor drawn = samplePictures(generator, n, 3, judge.cancel);
  judge.progress.report(0.6, "measuring distances");
  Evaluator lens = judge.finished("scene-classifier");
  FrechetGauge gauge(lens, real.pictures.slice(0, 0, n), real.pictures.slice(0, n));
  const double distance = gauge.ofPictures(drawn);
  const at::Tensor seen = lens.overBytes(drawn, {"features"}, judge.cancel).front();
  const double recall = manifoldCoverage(seen, gauge.realFeatures());
  const double precision = manifoldCoverage(gauge.realFeatures(), seen);
  judge.progress.report(0.8, "finding classes");
  Evaluator segmenter = judge.finished("scene-segmenter");
  const at::Tensor ofReal = classFrequencies(segmenter, real.pictures.slice(0, 0, n), judge.cancel);
  const at::Tensor ofDrawn = classFrequencies(segmenter, drawn, judge.cancel);
  const double within = ofDrawn.ge(ofReal * 0.5).logical_and(ofDrawn.le(ofReal * 2.0)).sum().item<double>();
  return {{.name = "Fréchet distance",
           .value = distance,
           .bar = gauge.ofBlurred(),
           .higherIsBetter = false,
           .tolerance = 0.1 * distance},
          {.name = "Fréchet distance of blurred scenes (sigma 1.5)",
           .value = gauge.ofBlurred(),
           .tolerance = 0.05 * gauge.ofBlurred()},
          {.name = "Fréchet distance of other real scenes", .value = gauge.ofReal(), .tolerance = gauge.ofReal()},
          {.name = "recall", .value = recall, .bar = 0.4, .tolerance = 0.03},
          {.name = "precision", .value = precision, .tolerance = 0.03},
          {.name = "classes (of 17) drawn as often as in the data, within a factor 2",
           .value = within,
           .bar = 15,
           .tolerance = 1}};
}

Measures ofFashionClassifier(const Judge& judge) {
  const PicturePool pool = judge.testSet();
  Evaluator network = judge.open();
  return {{.name = "test accuracy",
           .value = topOneAccuracy(network.overBytes(pool.pictures, {"logits"}, judge.cancel, judge.progress).front(),
                                   pool.labels),
           .bar = 0.92}};
}

Measures ofFashionGenerator(const Judge& judge) {
  const std::int64_t n = judge.options.pictures;
  Evaluator generator = judge.open(), lens = judge.finished("fashion-classifier");
  const auto bestClasses = [&](const at::Tensor& pictures) {
    return lens.overBytes(pictures, {"logits"}, judge.cancel).front().softmax(1).max(1);
  };
  const auto sure = [](const at::Tensor& best) { return best.gt(0.9).to(at::kDouble).mean().item<double>(); };
  const at::Tensor drawn = samplePictures(generator, n, 3, judge.cancel);
  const auto [best, which] = bestClasses(drawn);
  const at::Tensor truncated = samplePictures(generator, n, 3, judge.cancel, 0.7);
  const at::Tensor counts = at::bincount(which, {}, 10);
  // Present: at least a tenth of its share in the data.
  const double present = counts.ge(0.01 * static_cast<double>(n)).sum().item<double>();
  const at::Tensor real = judge.testSet().pictures;
  FrechetGauge gauge(lens, real.slice(0, 0, real.size(0) / 2), real.slice(0, real.size(0) / 2));
  const double distance = gauge.ofPictures(drawn);
  return {{.name = "classified with probability over 0.9", .value = sure(best), .bar = 0.85, .tolerance = 0.02},
          {.name = "the same of samples truncated to 0.7",
           .value = sure(std::get<0>(bestClasses(truncated))),
           .tolerance = 0.02},
          // What the classifier makes of the data themselves: no generator that draws as they are can be above that.
          {.name = "the same of real test pictures", .value = sure(std::get<0>(bestClasses(real))), .tolerance = 0.005},
          {.name = "classes (of 10) drawn", .value = present, .bar = 10, .tolerance = 0},
          {.name = "Fréchet distance", .value = distance, .tolerance = 0.1 * distance},
          {.name = "Fréchet distance of blurred pictures (sigma 1.5)",
           .value = gauge.ofBlurred(),
           .tolerance = 0.05 * gauge.ofBlurred()}};
}

Measures ofEncoder(const Judge& judge) {
  const PicturePool real = judge.scenes(std::max<std::int64_t>(judge.options.pictures / 5, 1));
  Evaluator encoder = judge.open(), generator = judge.finished("scene-generator"),
            lens = judge.finished("scene-classifier");
  const at::Tensor again = redrawn(encoder, generator, real.pictures, judge.cancel);
  const at::Tensor before = lens.overBytes(real.pictures, {"features"}).front(),
                   after = lens.overBytes(again, {"features"}).front();
  return {{.name = "PSNR of inverted scenes (dB)", .value = meanSignalToNoise(real.pictures, again), .tolerance = 0.3},
          {.name = "cosine of the classifier's features before and after",
           .value = at::cosine_similarity(before, after, 1).mean().item<double>(),
           .tolerance = 0.02}};
}

}  // namespace

std::filesystem::path defaultDataFolder() {
  return "/usr/share/datasets/fashion-mnist";
}

bool needsDataFolder(const std::string& model) {
  return model.starts_with("fashion-");
}

Measures measureModel(const std::string& model, const Graph& graph, const MeasuringOptions& options,
                      const Progress& progress, const CancelToken& cancel) {
  prepareComputeThread({.device = options.device});
  const Judge judge{graph, options, progress, cancel};
  if (model == "scene-classifier") return ofSceneClassifier(judge);
  if (model == "scene-classifier-biased") return ofBiasedClassifier(judge);
  if (model == "scene-segmenter") return ofSegmenter(judge);
  if (model == "scene-generator") return ofSceneGenerator(judge);
  if (model == "scene-encoder") return ofEncoder(judge);
  if (model == "fashion-classifier") return ofFashionClassifier(judge);
  if (model == "fashion-generator") return ofFashionGenerator(judge);
  throw Error(model, "is no model of the zoo");
}

}  // namespace unitscope
