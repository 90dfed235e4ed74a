#include <array>
#include <cmath>

#include "data/draw_scene.h"
#include "data/scene_noise.h"

namespace unitscope {

void drawSky(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random) {
  const float ox = random.range(0, 64), oy = random.range(0, 64), glow = light.time == TimeOfDay::Sunset ? 0.8f : 1.1f;
  const float bottom = light.horizonY + 0.02f;
  // The gradient is the same along a row.
  float row = -1.0f, t = 0.0f;
  canvas.polygon({{0, 0}, {1, 0}, {1, bottom}, {0, bottom}}, SceneClass::Sky, [&](float x, float y) {
    if (y != row) {
      row = y;
      t = std::pow(std::clamp(y / light.horizonY, 0.0f, 1.0f), glow);
    }
    const float veil = (sceneNoise(ox + 3.0f * x, oy + 9.0f * y) - 0.5f) * 0.07f;
    return mix(light.zenith, light.horizon, t) + SceneColor::all(veil * (light.night() ? 0.3f : 1.0f));
  });
  if (!light.night()) return;
  const int stars = random.whole(12, 30);
  for (int i = 0; i < stars; ++i) {
    const float x = random.unit(), y = random.unit() * light.horizonY * 0.9f, size = random.range(0.003f, 0.008f);
    canvas.ellipse({x, y}, size, size, SceneClass::Sky, SceneColor(0.8f, 0.85f, 1.0f) * random.range(0.5f, 1.0f));
  }
}

void drawSunOrMoon(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, cv::Point2f centre,
                   float radius) {
  const SceneColor warm = light.time == TimeOfDay::Sunset ? SceneColor(1.0f, 0.8f, 0.45f)
                          : light.time == TimeOfDay::Dawn ? SceneColor(1.0f, 0.93f, 0.8f)
                          : light.night()                 ? SceneColor(0.92f, 0.94f, 0.98f)
                                                          : SceneColor(1.0f, 0.98f, 0.78f);
  const float reach = radius * (light.night() ? 2.2f : 3.2f), strength = light.night() ? 0.25f : 0.55f;
  canvas.tint({centre.x - reach, centre.y - reach}, {centre.x + reach, centre.y + reach},
              [&](float x, float y, const SceneColor& before) {
                const float far = std::hypot(x - centre.x, y - centre.y) / reach;
                return far >= 1.0f ? before : mix(before, warm, strength * (1.0f - far) * (1.0f - far));
              });
  const float ox = random.range(0, 64), oy = random.range(0, 64);
  // A crescent or a full moon: the unlit part keeps the colour of the sky.
  float phase = 0.0f;
  if (light.night() && random.chance(0.5f)) {
    phase = random.range(0.5f, 0.9f);
    phase *= random.sign();
  }
  canvas.field(
      {centre.x - radius, centre.y - radius}, {centre.x + radius, centre.y + radius}, SceneClass::Sun, 0.12f,
      [&](float x, float y) {
        const float u = (x - centre.x) / radius, v = (y - centre.y) / radius;
        const float disk = 1.0f - std::hypot(u, v);
        if (phase == 0.0f) return disk;
        return std::min(disk, std::hypot(u - phase, v) - 0.95f);
      },
      [&](float x, float y) {
        if (!light.night()) return warm;
        const float spot = sceneNoise(ox + (x - centre.x) / radius * 1.2f, oy + (y - centre.y) / radius * 1.2f);
        return warm * (0.82f + 0.25f * spot);
      });
}

void drawCloud(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, cv::Point2f centre, float width) {
  struct Puff {
    float x, y, rx, ry;
  };
  std::array<Puff, 7> puffs{};
  const bool flat = random.chance(0.25f);
  const float height = width * (flat ? random.range(0.14f, 0.2f) : random.range(0.26f, 0.38f));
  for (std::size_t i = 0; i < puffs.size(); ++i) {
    const float along = static_cast<float>(i) / 6.0f * 2.0f - 1.0f;
    const float size = (1.0f - 0.6f * along * along) * random.range(0.75f, 1.15f);
    puffs[i] = {centre.x + along * width * 0.36f, centre.y - height * 0.35f * size, width * 0.17f * size + 0.01f,
                height * 0.75f * size};
  }
  const float ox = random.range(0, 64), oy = random.range(0, 64), detail = 2.5f / height;
  const SceneColor top = light.night()                     ? SceneColor(0.3f, 0.33f, 0.44f)
                         : light.time == TimeOfDay::Sunset ? SceneColor(1.0f, 0.72f, 0.55f)
                         : light.time == TimeOfDay::Dawn   ? SceneColor(1.0f, 0.93f, 0.92f)
                                                           : SceneColor(1.0f, 1.0f, 1.0f);
  const SceneColor under = light.night()                     ? SceneColor(0.15f, 0.17f, 0.27f)
                           : light.time == TimeOfDay::Sunset ? SceneColor(0.6f, 0.38f, 0.45f)
                           : light.time == TimeOfDay::Dawn   ? SceneColor(0.76f, 0.68f, 0.76f)
                                                             : SceneColor(0.74f, 0.79f, 0.86f);
  const float base = centre.y + height * 0.3f;
  const auto noise = [&](float x, float y) { return sceneNoise(ox + x * detail, oy + y * detail); };
  canvas.field(
      {centre.x - 0.6f * width, centre.y - 1.5f * height}, {centre.x + 0.6f * width, base}, SceneClass::Cloud, 0.3f,
      [&](float x, float y) {
        float inside = -1.0f;
        for (const Puff& p : puffs) {
          const float u = (x - p.x) / p.rx, v = (y - p.y) / p.ry;
          inside = std::max(inside, 1.0f - u * u - v * v);
        }
        if (inside <= -0.4f) return -1.0f;
        const float floor = (base - y) / height * 4.0f;
        return std::min(inside + (noise(x, y) - 0.5f) * 0.9f, floor);
      },
      [&](float x, float y) {
        const float t = std::clamp((y - centre.y + height) / (height * 1.3f), 0.0f, 1.0f);
        return mix(top, under, t * 0.85f + (noise(x + 0.3f, y) - 0.5f) * 0.4f);
      });
}

}  // namespace unitscope
