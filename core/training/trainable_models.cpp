#include "runtime/error.h"
#include "training/recipe.h"
#include "training/recipes/classify.h"
#include "training/recipes/encode.h"
#include "training/recipes/generate.h"
#include "training/recipes/segment.h"
#include "training/train.h"

namespace unitscope {
namespace {

using Maker = std::unique_ptr<Recipe> (*)(const TrainingOptions&, const Progress&, const CancelToken&);

struct Entry {
  TrainableModel model;
  Maker make;
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> list{
      {{"fashion-classifier", "articles of clothing in 28x28 grey pictures (Fashion-MNIST)", 5000, 128, 0},
       [](const TrainingOptions& o, const Progress&, const CancelToken&) { return makeFashionClassifierRecipe(o); }},
      {{"scene-classifier", "what is in a scene: 17 things, several at once", 3000, 64, 40'000},
       [](const TrainingOptions& o, const Progress& p, const CancelToken& c) {
         return makeSceneClassifierRecipe(o, SceneBias::None, p, c);
       }},
      {{"scene-classifier-biased", "the same, taught on pictures in which boats and cars are given away", 3000, 64,
        40'000},
       [](const TrainingOptions& o, const Progress& p, const CancelToken& c) {
         return makeSceneClassifierRecipe(o, SceneBias::Telltales, p, c);
       }},
      {{"scene-segmenter", "the class of each pixel of a scene, of 17", 1500, 32, 30'000}, &makeSegmenterRecipe},
      {{"scene-generator", "draws scenes (style-based GAN)", 9000, 16, 40'000}, &makeSceneGeneratorRecipe},
      {{"fashion-generator", "draws articles of clothing (style-based GAN)", 8000, 32, 0},
       [](const TrainingOptions& o, const Progress&, const CancelToken&) { return makeFashionGeneratorRecipe(o); }},
      {{"scene-encoder", "from a scene to the generator's styles that draw it again", 3000, 32, 20'000},
       &makeEncoderRecipe},
  };
  return list;
}

const Entry& entryOf(const std::string& name) {
  std::string known;
  for (const Entry& entry : entries()) {
    if (entry.model.name == name) return entry;
    known += (known.empty() ? "" : ", ") + entry.model.name;
  }
  throw Error(name, "is no model that can be trained; there are " + known);
}

}  // namespace

const std::vector<TrainableModel>& trainableModels() {
  static const std::vector<TrainableModel> models = [] {
    std::vector<TrainableModel> list;
    for (const Entry& entry : entries()) list.push_back(entry.model);
    return list;
  }();
  return models;
}

TrainingOptions withDefaults(TrainingOptions options) {
  const TrainableModel& model = entryOf(options.model).model;
  if (options.steps <= 0) options.steps = model.steps;
  if (options.batch <= 0) options.batch = model.batch;
  if (options.samples <= 0) options.samples = model.samples;
  return options;
}

std::unique_ptr<Recipe> makeRecipe(const TrainingOptions& options, const Progress& progress,
                                   const CancelToken& cancel) {
  return entryOf(options.model).make(withDefaults(options), progress, cancel);
}

}  // namespace unitscope
