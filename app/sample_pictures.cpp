#include "app/sample_pictures.h"

#include <algorithm>
#include <set>

#include <QCoreApplication>

#include "app/example_pictures.h"
#include "app/image_convert.h"
#include "app/picture_loader.h"
#include "data/idx_file.h"
#include "data/scene.h"
#include "runtime/error.h"
#include "training/measure_model.h"
#include "zoo/embedded_models.h"

namespace unitscope {

namespace {

/// A series that neither training nor measuring draws from.
constexpr std::uint64_t kSampleScenes = 5;
/// Larger than the networks' input, to be worth looking at.
constexpr int kSide = 256;

/// Chosen by eye for variety.
constexpr std::uint64_t kPlain[] = {44, 26, 10, 5, 31, 11};
constexpr std::uint64_t kTelltale[] = {2, 6, 10};

QString say(const char* text) {
  return QCoreApplication::translate("SamplePictures", text);
}

/// "Sunset: boat, palm": the time of day and what is rarest in it.
QString nameOf(const SceneAttributes& scene) {
  constexpr SceneThing kRarest[] = {SceneThing::Boat, SceneThing::Church, SceneThing::Car,    SceneThing::Tower,
                                    SceneThing::Palm, SceneThing::House,  SceneThing::Person, SceneThing::Water};
  const std::string_view time = timeOfDayName(scene.time);
  QString name = QString::fromUtf8(time.data(), static_cast<qsizetype>(time.size()));
  name[0] = name[0].toUpper();
  QStringList things;
  for (const SceneThing thing : kRarest) {
    if (!scene.has(thing) || things.size() == 2) continue;
    const std::string_view word = sceneThingNames()[static_cast<std::size_t>(thing)];
    things << QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size()));
  }
  return things.isEmpty() ? name : name + QStringLiteral(": ") + things.join(QStringLiteral(", "));
}

void addScenes(std::vector<PictureEntry>& pictures, std::span<const std::uint64_t> indices, SceneBias bias) {
  for (const std::uint64_t index : indices) {
    const Scene scene = renderScene(kSampleScenes, index, {.size = kSide, .bias = bias});
    const QString name = nameOf(scene.attributes);
    pictures.push_back(
        makePicture(bias == SceneBias::None ? name : say("As taught, ") + name.toLower(), toQImage(scene.picture)));
  }
}

/// One of each class.
void addClothes(std::vector<PictureEntry>& pictures) {
  const LabelledPictures set = readMnistLike(defaultDataFolder(), "t10k");
  const std::size_t size = static_cast<std::size_t>(set.width) * static_cast<std::size_t>(set.height);
  std::set<int> seen;
  for (std::size_t i = 0; i < set.labels.size() && seen.size() < 10; ++i) {
    if (!seen.insert(set.labels[i]).second) continue;
    const auto first = set.pixels.begin() + static_cast<std::ptrdiff_t>(i * size);
    const Image picture{set.width, set.height, 1, {first, first + static_cast<std::ptrdiff_t>(size)}};
    pictures.push_back(makePicture(say("Test picture %1").arg(i), toQImage(picture)));
  }
}

}  // namespace

std::vector<PictureEntry> samplePicturesFor(const QString& model) {
  std::vector<PictureEntry> pictures;
  if (model == QLatin1String(kExampleName.data(), static_cast<qsizetype>(kExampleName.size()))) {
    for (const ExamplePicture& picture : drawExamplePictures())
      pictures.push_back(makePicture(picture.name, picture.image));
    return pictures;
  }
  try {
    if (model.startsWith(QStringLiteral("scene-"))) {
      if (model.endsWith(QStringLiteral("-biased"))) addScenes(pictures, kTelltale, SceneBias::Telltales);
      addScenes(pictures, kPlain, SceneBias::None);
    } else if (model.startsWith(QStringLiteral("fashion-"))) {
      addClothes(pictures);
    }
  } catch (const Error&) {
    // A build that cannot draw, or data that is not installed: the model opens without pictures.
  }
  return pictures;
}

}  // namespace unitscope
