#include <array>
#include <cmath>

#include "data/draw_scene.h"
#include "data/scene_noise.h"

namespace unitscope {
namespace {

constexpr float kTurn = 6.2831853f;

/// Height of a ridge along x: peaks with straight flanks, roughened.
class Ridge {
 public:
  Ridge(SceneRandom& random, float height) : height_(height), ox_(random.range(0, 64)), oy_(random.range(0, 64)) {
    for (Peak& peak : peaks_) peak = {random.range(-0.1f, 1.1f), random.range(0.45f, 1.0f), random.range(0.22f, 0.5f)};
    peaks_[0].high = 1.0f;
    peaks_[0].x = random.range(0.1f, 0.9f);
  }
  float at(float x) const {
    float best = 0.12f;
    for (const Peak& peak : peaks_) best = std::max(best, peak.high * (1.0f - std::abs(x - peak.x) / peak.wide));
    return height_ * (best + (sceneNoise(ox_ + x * 9.0f, oy_) - 0.5f) * 0.22f);
  }
  float slope(float x) const { return (at(x + 0.02f) - at(x - 0.02f)) / 0.04f; }

 private:
  struct Peak {
    float x, high, wide;
  };
  std::array<Peak, 4> peaks_{};
  float height_, ox_, oy_;
};

template <class Height>
SceneCanvas::Points outline(const Height& height, float floor) {
  SceneCanvas::Points points;
  constexpr int kSteps = 48;
  for (int i = 0; i <= kSteps; ++i) {
    const float x = static_cast<float>(i) / kSteps;
    points.emplace_back(x, floor - height(x));
  }
  points.emplace_back(1.0f, floor + 0.01f);
  points.emplace_back(0.0f, floor + 0.01f);
  return points;
}

}  // namespace

void drawMountains(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float height) {
  const Ridge ridge(random, height);
  const SceneColor rock = mix({0.42f, 0.4f, 0.46f}, {0.56f, 0.47f, 0.42f}, random.unit());
  const SceneColor snow(0.94f, 0.96f, 1.0f);
  const float snowLine = random.chance(0.7f) ? random.range(0.45f, 0.75f) : 2.0f;
  const float ox = random.range(0, 64), oy = random.range(0, 64);
  const float floor = light.horizonY + 0.01f;
  canvas.polygon(outline([&](float x) { return ridge.at(x); }, floor), SceneClass::Mountain, [&](float x, float y) {
    const float up = (floor - y) / height, rough = sceneNoise(ox + x * 14.0f + up * 2.0f, oy + y * 22.0f);
    const float facing = std::clamp(
        0.5f - light.side * ridge.slope(x + (rough - 0.5f) * 0.12f) * 0.35f + (rough - 0.5f) * 0.5f, 0.0f, 1.0f);
    const bool white = up + (rough - 0.5f) * 0.5f > snowLine;
    return light.lit(white ? snow : rock * (0.8f + 0.4f * rough), facing, 0.45f);
  });
}

void drawHills(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float height) {
  const int layers = random.whole(1, 2);
  for (int layer = layers; layer >= 1; --layer) {
    const float p1 = random.range(0, kTurn), p2 = random.range(0, kTurn), f = random.range(0.7f, 1.4f);
    const float high = height * (layer == 2 ? 1.0f : random.range(0.55f, 0.75f) + 0.3f * (layers == 1));
    const auto up = [=](float x) {
      return high * (0.62f + 0.3f * std::sin(kTurn * f * x + p1) + 0.12f * std::sin(kTurn * 2.3f * f * x + p2));
    };
    const SceneColor green = mix({0.28f, 0.46f, 0.38f}, {0.5f, 0.56f, 0.34f}, random.unit());
    const SceneColor crop = mix({0.62f, 0.58f, 0.32f}, {0.34f, 0.42f, 0.5f}, random.unit());
    const float ox = random.range(0, 64), oy = random.range(0, 64), rows = random.range(50.0f, 90.0f);
    const float lean = random.range(-0.8f, 0.8f), floor = light.horizonY + 0.012f;
    canvas.polygon(outline(up, floor), SceneClass::Hill, [&](float x, float y) {
      // Fields: patches of crop, with furrows across.
      const float patch = sceneNoise(ox + x * 5.0f + y * lean * 3.0f, oy + y * 11.0f);
      const float furrow = 0.5f + 0.5f * std::sin((y + x * lean * 0.4f) * rows * 3.0f);
      const SceneColor field = mix(green, crop, ramp(0.48f, 0.56f, patch)) * (0.9f + 0.16f * furrow);
      const float crest = std::clamp((y - (floor - up(x))) / 0.05f, 0.0f, 1.0f);
      return light.lit(field, 0.85f - 0.35f * crest, layer == 2 ? 0.5f : 0.65f);
    });
  }
}

void drawGrass(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random) {
  const SceneColor fresh = mix({0.3f, 0.56f, 0.16f}, {0.44f, 0.62f, 0.2f}, random.unit());
  const SceneColor dry = mix({0.62f, 0.6f, 0.28f}, {0.24f, 0.44f, 0.16f}, random.unit());
  const float ox = random.range(0, 64), oy = random.range(0, 64), level = random.range(0.4f, 0.7f);
  const bool flowers = random.chance(0.35f);
  const SceneColor petals = random.chance(0.5f) ? SceneColor(0.98f, 0.9f, 0.3f) : SceneColor(0.95f, 0.85f, 0.95f);
  const float top = light.horizonY;
  canvas.polygon({{0, top}, {1, top}, {1, 1}, {0, 1}}, SceneClass::Grass, [&](float x, float y) {
    const float near = std::max((y - top) / (1.0f - top), 0.02f), depth = 1.0f / (near + 0.12f);
    const float u = (x - 0.5f) * depth * 3.0f, v = depth * 2.5f;
    const float patch = sceneNoise(ox + u, oy + v), blades = sceneNoise(ox + u * 9.0f + 17.0f, oy + y * 60.0f);
    SceneColor c = mix(fresh, dry, ramp(level - 0.12f, level + 0.12f, patch));
    c = c * (0.78f + 0.4f * blades);
    if (flowers && near > 0.25f && blades > 0.74f) c = petals;
    return light.lit(c, 0.75f, 0.35f + 0.8f * near);
  });
}

void drawWater(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float top, float bottom,
               float shoreline) {
  const float p = random.range(0, kTurn), f = random.range(0.5f, 1.3f), ox = random.range(0, 64);
  const auto bank = [=](float x) { return bottom + shoreline * std::sin(kTurn * f * x + p); };
  const auto points = [&](float lower) {
    SceneCanvas::Points shape;
    constexpr int kSteps = 24;
    for (int i = 0; i <= kSteps; ++i) {
      const float x = static_cast<float>(i) / kSteps;
      shape.emplace_back(x, bank(x) + lower);
    }
    shape.emplace_back(1.0f, top);
    shape.emplace_back(0.0f, top);
    return shape;
  };
  // A strip of sand along the near bank, which belongs to the ground.
  if (bottom < 0.97f) {
    canvas.beginGround();
    const SceneColor sand = light.lit({0.78f, 0.7f, 0.5f}, 0.75f);
    canvas.polygon(points(0.018f), SceneClass::Grass, sand);
    canvas.begin(SceneThing::Water);
  }
  const SceneColor deep = light.night() ? SceneColor(0.05f, 0.09f, 0.2f)
                          : light.time == TimeOfDay::Sunset
                              ? SceneColor(0.24f, 0.2f, 0.36f)
                              : mix({0.08f, 0.3f, 0.46f}, {0.12f, 0.42f, 0.5f}, random.unit());
  const float calm = random.range(0.35f, 0.7f);
  canvas.polygon(points(0.0f), SceneClass::Water, [&](float x, float y) {
    const float near = (y - top) / (1.0f - top) + 0.05f;
    const float wave = sceneNoise(ox + (x - 0.5f) * 6.0f / (near + 0.2f), 40.0f * std::sqrt(near));
    // What stands behind, upside down and shaken by the waves.
    const float mirrored = 2.0f * top - y - 0.01f;
    const SceneColor seen = mirrored > 0.0f ? canvas.colorAt(x + (wave - 0.5f) * 0.1f * near, mirrored) : light.zenith;
    const SceneColor water = mix(deep, seen, calm * (1.0f - 0.5f * near));
    return water + SceneColor::all((wave - 0.5f) * (light.night() ? 0.1f : 0.26f));
  });
}

void drawRoadAway(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float nearX, float farX,
                  float farY) {
  const float bend = random.range(-0.22f, 0.22f), half = random.range(0.17f, 0.25f), ox = random.range(0, 64);
  const SceneColor tar = mix({0.34f, 0.34f, 0.36f}, {0.5f, 0.47f, 0.43f}, random.unit());
  const float depth = 1.0f - farY;
  // 0 at the far end, 1 at the lower edge.
  const auto middle = [=](float t) { return farX + (nearX - farX) * t + bend * t * (1.0f - t); };
  SceneCanvas::Points left, right;
  constexpr int kSteps = 20;
  for (int i = 0; i <= kSteps; ++i) {
    const float t = static_cast<float>(i) / kSteps;
    left.emplace_back(middle(t) - half * (t + 0.02f), farY + depth * t);
    right.emplace_back(middle(t) + half * (t + 0.02f), farY + depth * t);
  }
  SceneCanvas::Points shape = left;
  shape.insert(shape.end(), right.rbegin(), right.rend());
  const bool marked = random.chance(0.75f);
  canvas.polygon(shape, SceneClass::Road, [&](float x, float y) {
    const float t = std::clamp((y - farY) / depth, 0.001f, 1.0f), u = (x - middle(t)) / (half * (t + 0.02f));
    const float along = 1.0f / (t + 0.08f);
    SceneColor c = tar * (0.88f + 0.24f * sceneNoise(ox + u * 4.0f, along * 9.0f));
    const bool dash = along * 2.6f - std::floor(along * 2.6f) < 0.55f;
    if (marked && ((std::abs(u) < 0.06f && dash) || std::abs(std::abs(u) - 0.88f) < 0.045f)) c = {0.92f, 0.92f, 0.86f};
    return light.lit(c, 0.75f, 0.35f + 0.8f * t);
  });
}

void drawRoadAcross(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float top, float bottom) {
  const float ox = random.range(0, 64), tilt = random.range(-0.025f, 0.025f), high = bottom - top;
  const SceneColor tar = mix({0.34f, 0.34f, 0.36f}, {0.5f, 0.47f, 0.43f}, random.unit());
  canvas.polygon({{0, top - tilt}, {1, top + tilt}, {1, bottom + tilt}, {0, bottom - tilt}}, SceneClass::Road,
                 [&](float x, float y) {
                   const float v = (y - top - tilt * (2.0f * x - 1.0f)) / high;
                   SceneColor c = tar * (0.88f + 0.24f * sceneNoise(ox + x * 30.0f, y * 40.0f));
                   const bool dash = std::fmod(x * 7.0f + 10.0f, 1.0f) < 0.55f;
                   if ((std::abs(v - 0.5f) < 0.07f && dash) || v < 0.08f || v > 0.92f) c = {0.9f, 0.9f, 0.84f};
                   return light.lit(c, 0.75f, 0.9f);
                 });
}

void drawShadow(SceneCanvas& canvas, const SceneLight& light, const ScenePlace& place, float halfWidth) {
  const float flat = halfWidth * 0.28f, x0 = place.x - light.side * halfWidth * 0.35f;
  canvas.tint({x0 - halfWidth * 1.2f, place.y - flat}, {x0 + halfWidth * 1.2f, place.y + flat},
              [&](float x, float y, const SceneColor& before) {
                const float u = (x - x0) / (halfWidth * 1.2f), v = (y - place.y) / flat, far = u * u + v * v;
                return far >= 1.0f ? before : before * (1.0f - 0.42f * std::min(1.0f, 2.0f * (1.0f - far)));
              });
}

}  // namespace unitscope
