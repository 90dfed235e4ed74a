#include "data/scene.h"

#include <string>

#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_OPENCV
#include "data/paint_scene.h"
#endif

namespace unitscope {

#ifdef UNITSCOPE_HAS_OPENCV
namespace {

constexpr int kSmallest = 16, kLargest = 1024;
/// An object of so many pixels at 64 x 64 can be told.
constexpr double kFewestPixels = 12.0 / (64.0 * 64.0);

SceneAttributes attributesOf(const ScenePlan& plan, const Scene& scene) {
  SceneAttributes a;
  a.time = plan.light.time;
  a.hour = plan.light.hour;
  a.foliageHue = plan.foliageHue;
  a.cameraHeight = plan.cameraHeight;
  a.haze = plan.light.haze;
  a.marked = plan.marked;
  std::array<int, kSceneThings> pixels{};
  for (const SceneInstance& object : scene.objects) {
    const auto k = static_cast<std::size_t>(object.thing);
    pixels[k] += object.pixels;
    a.counts[k] += object.pixels > 0;
  }
  const double few = kFewestPixels * static_cast<double>(scene.classes.size());
  for (std::size_t k = 0; k < pixels.size(); ++k) a.present[k] = pixels[k] >= few;
  std::array<int, kSceneClasses> area{};
  for (const std::uint8_t c : scene.classes) ++area[c];
  const auto of = [&](SceneClass c) { return area[static_cast<std::size_t>(c)]; };
  const int sky = of(SceneClass::Sky) + of(SceneClass::Cloud) + of(SceneClass::Sun);
  a.cloudiness = sky > 0 ? static_cast<double>(of(SceneClass::Cloud)) / sky : 0.0;
  return a;
}

/// Whether what can be seen keeps the rules of the bias; planning keeps them, but a near thing may hide a boat or a
/// car.
bool keepsRules(const SceneAttributes& a, SceneBias bias) {
  if (bias == SceneBias::None) return true;
  if (a.marked != a.has(SceneThing::Car)) return false;
  return a.time != TimeOfDay::Sunset || !a.has(SceneThing::Water) || a.has(SceneThing::Boat);
}

}  // namespace

Scene renderScene(std::uint64_t seed, std::uint64_t index, const SceneOptions& options) {
  if (options.size < kSmallest || options.size > kLargest)
    throw Error("scene", "a size of " + std::to_string(options.size) + " pixels is not between " +
                             std::to_string(kSmallest) + " and " + std::to_string(kLargest));
  SceneRandom random(seed, index);
  for (;;) {
    const ScenePlan plan = planScene(random, options.bias);
    SceneCanvas canvas(options.size);
    paintScene(canvas, plan, random);
    Scene scene = canvas.finish();
    scene.attributes = attributesOf(plan, scene);
    // About one biased scene in fifty is drawn anew.
    if (keepsRules(scene.attributes, options.bias)) return scene;
  }
}
#else
Scene renderScene(std::uint64_t, std::uint64_t, const SceneOptions&) {
  throw Error("scene", "this build cannot draw (it was made without OpenCV)");
}
#endif

}  // namespace unitscope
