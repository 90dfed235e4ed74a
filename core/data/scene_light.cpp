#include "data/scene_light.h"

namespace unitscope {
namespace {

SceneColor between(SceneRandom& random, const SceneColor& a, const SceneColor& b) {
  return mix(a, b, random.unit());
}

}  // namespace

SceneLight lightFor(TimeOfDay time, float haze, float horizonY, SceneRandom& random) {
  SceneLight light;
  light.time = time;
  light.haze = haze;
  light.horizonY = horizonY;
  light.side = random.sign();
  switch (time) {
    case TimeOfDay::Dawn:
      light.hour = random.range(5.5f, 7.5f);
      light.zenith = between(random, {0.36f, 0.46f, 0.74f}, {0.5f, 0.52f, 0.78f});
      light.horizon = between(random, {0.97f, 0.8f, 0.76f}, {0.93f, 0.76f, 0.84f});
      light.sun = {0.62f, 0.5f, 0.46f};
      light.ambient = {0.42f, 0.4f, 0.5f};
      break;
    case TimeOfDay::Day:
      light.hour = random.range(9.0f, 16.0f);
      light.zenith = between(random, {0.16f, 0.42f, 0.82f}, {0.38f, 0.62f, 0.94f});
      light.horizon = between(random, {0.68f, 0.84f, 0.97f}, {0.86f, 0.92f, 0.97f});
      light.sun = {0.72f, 0.7f, 0.64f};
      light.ambient = {0.42f, 0.45f, 0.5f};
      break;
    case TimeOfDay::Sunset:
      light.hour = random.range(18.0f, 20.5f);
      light.zenith = between(random, {0.22f, 0.2f, 0.46f}, {0.5f, 0.28f, 0.42f});
      light.horizon = between(random, {1.0f, 0.62f, 0.26f}, {0.99f, 0.46f, 0.26f});
      light.sun = {0.72f, 0.42f, 0.24f};
      light.ambient = {0.36f, 0.28f, 0.32f};
      break;
    case TimeOfDay::Night:
      light.hour = random.chance(0.5f) ? random.range(22.0f, 24.0f) : random.range(0.0f, 4.0f);
      light.zenith = between(random, {0.02f, 0.03f, 0.1f}, {0.04f, 0.06f, 0.17f});
      light.horizon = between(random, {0.1f, 0.14f, 0.28f}, {0.16f, 0.2f, 0.36f});
      light.sun = {0.24f, 0.28f, 0.38f};
      light.ambient = {0.25f, 0.28f, 0.4f};
      break;
  }
  return light;
}

}  // namespace unitscope
