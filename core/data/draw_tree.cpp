#include <array>
#include <cmath>

#include "data/draw_scene.h"
#include "data/scene_noise.h"

namespace unitscope {
namespace {

SceneColor barkColor(SceneRandom& random) {
  return mix({0.36f, 0.25f, 0.16f}, {0.52f, 0.42f, 0.32f}, random.unit());
}

}  // namespace

void drawBroadleafTree(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place,
                       float hue) {
  struct Bough {
    float x, y, r;
  };
  const float s = place.scale, tall = random.range(0.72f, 0.98f) * s, wide = random.range(0.26f, 0.36f) * s;
  const float bole = tall * random.range(0.3f, 0.4f);
  drawShadow(canvas, light, place, wide);
  const SceneColor bark = light.lit(barkColor(random), 0.55f, s);
  canvas.polygon({{place.x - 0.05f * s, place.y},
                  {place.x + 0.05f * s, place.y},
                  {place.x + 0.03f * s, place.y - bole * 1.3f},
                  {place.x - 0.03f * s, place.y - bole * 1.3f}},
                 SceneClass::Tree, bark);
  std::array<Bough, 8> boughs{};
  const float cy = place.y - bole - (tall - bole) * 0.5f, ry = (tall - bole) * 0.5f;
  boughs[0] = {place.x, cy, 0.8f * std::min(wide, ry)};
  for (std::size_t i = 1; i < boughs.size(); ++i) {
    const float angle = static_cast<float>(i) * 0.8976f + random.range(-0.3f, 0.3f);
    boughs[i] = {place.x + std::cos(angle) * wide * 0.55f, cy + std::sin(angle) * ry * 0.55f,
                 random.range(0.42f, 0.58f) * std::min(wide, ry)};
  }
  const SceneColor spring = mix({0.26f, 0.52f, 0.14f}, {0.16f, 0.42f, 0.14f}, random.unit());
  const SceneColor autumn = mix({0.88f, 0.55f, 0.12f}, {0.74f, 0.2f, 0.1f}, random.unit());
  const SceneColor leaf = mix(spring, autumn, ramp(0.35f, 0.75f, hue));
  const float ox = random.range(0, 64), oy = random.range(0, 64), detail = 9.0f / s;
  canvas.field(
      {place.x - 1.4f * wide, cy - 1.5f * ry}, {place.x + 1.4f * wide, cy + 1.5f * ry}, SceneClass::Tree, 0.1f,
      [&](float x, float y) {
        float inside = -1.0f;
        for (const Bough& b : boughs) inside = std::max(inside, 1.0f - std::hypot(x - b.x, y - b.y) / b.r);
        if (inside < -0.3f) return -1.0f;
        return inside + (sceneNoise(ox + x * detail, oy + y * detail) - 0.5f) * 0.55f;
      },
      [&](float x, float y) {
        const float clump = sceneNoise(oy + x * detail * 0.7f, ox + y * detail * 0.7f);
        const float round = ((x - place.x) * light.side / wide - (y - cy) / ry) * 0.32f;
        return light.lit(leaf * (0.7f + 0.6f * clump), std::clamp(0.5f + round + (clump - 0.5f), 0.0f, 1.0f), s);
      });
}

void drawConifer(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  const float s = place.scale, tall = random.range(0.8f, 1.12f) * s, half = random.range(0.19f, 0.26f) * s;
  drawShadow(canvas, light, place, half);
  const float bole = 0.11f * s;
  canvas.polygon({{place.x - 0.035f * s, place.y},
                  {place.x + 0.035f * s, place.y},
                  {place.x + 0.03f * s, place.y - bole - 0.03f},
                  {place.x - 0.03f * s, place.y - bole - 0.03f}},
                 SceneClass::Tree, light.lit(barkColor(random), 0.5f, s));
  const SceneColor needle = mix({0.08f, 0.28f, 0.2f}, {0.16f, 0.34f, 0.16f}, random.unit());
  const SceneColor tip = random.chance(0.2f) ? SceneColor(0.9f, 0.94f, 1.0f) : needle * 1.25f;  // snow, now and then
  const int tiers = random.whole(3, 5);
  const float ox = random.range(0, 64), step = (tall - bole) / (static_cast<float>(tiers) + 0.8f);
  for (int i = 0; i < tiers; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(tiers),
                low = place.y - bole - step * static_cast<float>(i);
    const float w = half * (1.0f - 0.78f * t), high = i + 1 == tiers ? place.y - tall : low - step * 1.8f;
    canvas.polygon({{place.x - w, low + 0.02f * s},
                    {place.x - w * 0.5f, low - 0.015f * s},
                    {place.x, low + 0.025f * s},
                    {place.x + w * 0.5f, low - 0.015f * s},
                    {place.x + w, low + 0.02f * s},
                    {place.x, high}},
                   SceneClass::Tree, [&](float x, float y) {
                     const float rough = sceneNoise(ox + x * 40.0f / s * 0.3f, y * 40.0f / s * 0.3f);
                     const float down = std::clamp((y - high) / (low - high), 0.0f, 1.0f);
                     const float facing =
                         std::clamp(0.5f + light.side * (x - place.x) / w * 0.45f + (rough - 0.5f) * 0.5f, 0.0f, 1.0f);
                     return light.lit(mix(needle, tip, ramp(0.6f, 1.0f, down + 0.4f * (rough - 0.5f))), facing, s);
                   });
  }
}

void drawPalm(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  const float s = place.scale, tall = random.range(0.72f, 0.95f) * s, lean = random.range(-0.22f, 0.22f) * s;
  drawShadow(canvas, light, place, 0.2f * s);
  const SceneColor bark = mix({0.58f, 0.45f, 0.3f}, {0.48f, 0.4f, 0.32f}, random.unit());
  SceneCanvas::Points left, right;
  constexpr int kSteps = 8;
  for (int i = 0; i <= kSteps; ++i) {
    const float t = static_cast<float>(i) / kSteps, w = (0.045f - 0.018f * t) * s;
    const float x = place.x + lean * t * t, y = place.y - tall * t;
    left.emplace_back(x - w, y);
    right.emplace_back(x + w, y);
  }
  SceneCanvas::Points trunk = left;
  trunk.insert(trunk.end(), right.rbegin(), right.rend());
  canvas.polygon(trunk, SceneClass::Tree, [&](float x, float y) {
    const float ring = (place.y - y) / s * 16.0f,
                facing = std::clamp(0.5f + light.side * (x - place.x) / (0.1f * s), 0.1f, 1.0f);
    return light.lit(bark * (ring - std::floor(ring) < 0.3f ? 0.75f : 1.0f), facing, s);
  });
  const cv::Point2f crown(place.x + lean, place.y - tall);
  const SceneColor frond = mix({0.2f, 0.5f, 0.16f}, {0.4f, 0.56f, 0.18f}, random.unit());
  const int fronds = random.whole(7, 9);
  for (int i = 0; i < fronds; ++i) {
    const float angle =
        -0.35f + (3.14159f + 0.7f) * static_cast<float>(i) / static_cast<float>(fronds - 1) + random.range(-0.1f, 0.1f);
    const float reach = random.range(0.28f, 0.38f) * s, droop = random.range(0.5f, 0.9f);
    SceneCanvas::Points upper, lower;
    constexpr int kParts = 6;
    for (int k = 0; k <= kParts; ++k) {
      const float t = static_cast<float>(k) / kParts,
                  thick = 0.055f * s * std::sin(3.14159f * std::min(t + 0.15f, 1.0f));
      const float x = crown.x + std::cos(angle) * reach * t;
      const float y = crown.y - std::sin(angle) * reach * t * (1.0f - 0.4f * t) + droop * reach * t * t * 0.6f;
      upper.emplace_back(x, y - thick * 0.5f);
      // Leaflets: the lower edge is cut.
      lower.emplace_back(x, y + thick * (k % 2 == 0 ? 0.9f : 0.35f));
    }
    SceneCanvas::Points shape = upper;
    shape.insert(shape.end(), lower.rbegin(), lower.rend());
    const float facing = std::clamp(0.55f + 0.4f * light.side * std::cos(angle), 0.1f, 1.0f) * random.range(0.8f, 1.0f);
    canvas.polygon(shape, SceneClass::Tree, light.lit(frond, facing, s));
  }
  canvas.ellipse(crown, 0.045f * s, 0.04f * s, SceneClass::Tree, light.lit({0.5f, 0.34f, 0.16f}, 0.5f, s));
}

}  // namespace unitscope
