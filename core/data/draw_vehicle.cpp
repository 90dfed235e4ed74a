#include <cmath>

#include "data/draw_scene.h"

namespace unitscope {
namespace {

SceneColor paint(SceneRandom& random) {
  switch (random.whole(0, 5)) {
    case 0: return {0.82f, 0.12f, 0.1f};
    case 1: return {0.12f, 0.3f, 0.72f};
    case 2: return {0.93f, 0.93f, 0.93f};
    case 3: return {0.95f, 0.75f, 0.12f};
    case 4: return {0.12f, 0.5f, 0.34f};
    default: return {0.28f, 0.28f, 0.32f};
  }
}

void wheel(SceneCanvas& canvas, const SceneLight& light, cv::Point2f centre, float r) {
  canvas.ellipse(centre, r, r, SceneClass::Car, light.lit({0.12f, 0.12f, 0.13f}, 0.5f));
  canvas.ellipse(centre, 0.5f * r, 0.5f * r, SceneClass::Car, light.lit({0.7f, 0.7f, 0.72f}, 0.6f));
}

}  // namespace

void drawBoat(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  const float s = place.scale, side = random.sign(), half = random.range(0.26f, 0.34f) * s,
              deep = random.range(0.1f, 0.14f) * s;
  const float x = place.x, y = place.y;
  const SceneColor hull = paint(random), trim(0.95f, 0.94f, 0.9f);
  // What the water gives back of it.
  canvas.tint({x - half, y}, {x + half, y + 0.16f * s}, [&](float px, float py, const SceneColor& before) {
    const float fade = 1.0f - (py - y) / (0.16f * s), across = 1.0f - std::abs(px - x) / half;
    return across <= 0.0f ? before
                          : mix(before, light.lit(hull, 0.3f) * 0.7f, 0.55f * fade * std::min(1.0f, 3.0f * across));
  });
  const auto at = [&](float u, float up) { return cv::Point2f(x + u * half * side, y - up * s); };
  if (random.chance(0.65f)) {
    const float mast = random.range(0.6f, 0.8f);
    canvas.line(at(0.05f, 0.05f), at(0.05f, mast), 0.028f * s, SceneClass::Boat,
                light.lit({0.4f, 0.28f, 0.18f}, 0.6f, s));
    const SceneColor cloth = random.chance(0.6f) ? SceneColor(0.97f, 0.96f, 0.92f) : paint(random);
    canvas.polygon({at(0.0f, 0.16f), at(-0.85f, 0.18f), at(0.0f, mast - 0.02f)}, SceneClass::Boat,
                   light.lit(cloth, 0.5f + 0.4f * light.side * side * -1.0f * 0.5f + 0.2f, s));
    canvas.polygon({at(0.12f, 0.16f), at(0.8f, 0.17f), at(0.1f, mast * 0.9f)}, SceneClass::Boat,
                   light.lit(cloth * 0.9f, 0.75f, s));
  } else {
    canvas.polygon({at(-0.5f, 0.1f), at(0.3f, 0.1f), at(0.15f, 0.3f), at(-0.45f, 0.3f)}, SceneClass::Boat,
                   light.lit(trim, 0.7f, s));
    canvas.polygon({at(-0.35f, 0.19f), at(0.12f, 0.19f), at(0.06f, 0.26f), at(-0.32f, 0.26f)}, SceneClass::Boat,
                   light.night() ? SceneColor(1.0f, 0.85f, 0.45f) : light.lit({0.25f, 0.4f, 0.55f}, 0.6f));
    canvas.line(at(-0.2f, 0.3f), at(-0.2f, 0.42f), 0.05f * s, SceneClass::Boat, light.lit(hull, 0.6f, s));
  }
  canvas.polygon({at(-1.0f, 0.14f), at(1.1f, 0.17f), at(0.72f, 0.0f - 0.01f), at(-0.78f, 0.0f - 0.01f)},
                 SceneClass::Boat, [&](float, float py) {
                   const bool rim = (y - py) > deep * 0.8f;
                   return light.lit(rim ? trim : hull, 0.65f, s);
                 });
}

void drawCarFromSide(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  const float s = place.scale, side = random.sign(), half = random.range(0.3f, 0.36f) * s, r = 0.072f * s;
  const SceneColor body = paint(random);
  drawShadow(canvas, light, place, half);
  const auto at = [&](float u, float up) { return cv::Point2f(place.x + u * half * side, place.y - up * s); };
  const float roofline = random.range(0.29f, 0.34f);
  const bool van = random.chance(0.3f);
  const SceneCanvas::Points shape =
      van ? SceneCanvas::Points{at(-0.98f, 0.06f), at(1.0f, 0.06f),     at(1.0f, 0.18f),
                                at(0.78f, 0.2f),   at(0.55f, roofline), at(-0.98f, roofline)}
          : SceneCanvas::Points{at(-1.0f, 0.06f),    at(1.0f, 0.06f),      at(0.98f, 0.16f),  at(0.55f, 0.19f),
                                at(0.28f, roofline), at(-0.42f, roofline), at(-0.72f, 0.19f), at(-0.98f, 0.18f)};
  canvas.polygon(shape, SceneClass::Car, [&](float, float y) {
    const float up = (place.y - y) / s;
    return light.lit(body, 0.45f + 0.45f * ramp(0.08f, 0.3f, up), s);
  });
  const SceneColor glass = mix(light.lit({0.25f, 0.36f, 0.46f}, 0.6f), light.horizon, 0.2f);
  const float low = 0.2f, high = roofline - 0.025f;
  if (van) {
    canvas.polygon({at(0.2f, low), at(0.7f, low), at(0.5f, high), at(0.2f, high)}, SceneClass::Car, glass);
    canvas.polygon({at(-0.75f, low), at(0.05f, low), at(0.05f, high), at(-0.75f, high)}, SceneClass::Car, glass);
  } else {
    canvas.polygon({at(0.02f, low), at(0.46f, low), at(0.24f, high), at(0.02f, high)}, SceneClass::Car, glass);
    canvas.polygon({at(-0.6f, low), at(-0.06f, low), at(-0.06f, high), at(-0.4f, high)}, SceneClass::Car, glass);
  }
  wheel(canvas, light, at(-0.58f, 0.07f), r);
  wheel(canvas, light, at(0.6f, 0.07f), r);
  const SceneColor lamp = light.night() ? SceneColor(1.0f, 0.97f, 0.75f) : light.lit({0.95f, 0.93f, 0.8f}, 0.8f);
  canvas.ellipse(at(0.93f, 0.14f), 0.025f * s, 0.025f * s, SceneClass::Car, lamp);
  canvas.ellipse(at(-0.95f, 0.15f), 0.022f * s, 0.022f * s, SceneClass::Car, SceneColor(0.85f, 0.1f, 0.08f));
}

void drawCarFromBehind(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  const float s = place.scale, half = random.range(0.19f, 0.22f) * s;
  const SceneColor body = paint(random);
  drawShadow(canvas, light, place, half * 1.1f);
  const auto at = [&](float u, float up) { return cv::Point2f(place.x + u * half, place.y - up * s); };
  for (const float u : {-0.75f, 0.75f})
    canvas.polygon({at(u - 0.2f, 0.0f), at(u + 0.2f, 0.0f), at(u + 0.2f, 0.12f), at(u - 0.2f, 0.12f)}, SceneClass::Car,
                   light.lit({0.1f, 0.1f, 0.11f}, 0.4f));
  canvas.polygon({at(-1.0f, 0.06f), at(1.0f, 0.06f), at(1.0f, 0.2f), at(0.78f, 0.23f), at(0.62f, 0.35f),
                  at(-0.62f, 0.35f), at(-0.78f, 0.23f), at(-1.0f, 0.2f)},
                 SceneClass::Car, [&](float, float y) {
                   return light.lit(body, 0.45f + 0.4f * ramp(0.08f, 0.32f, (place.y - y) / s), s);
                 });
  canvas.polygon({at(-0.64f, 0.23f), at(0.64f, 0.23f), at(0.5f, 0.325f), at(-0.5f, 0.325f)}, SceneClass::Car,
                 mix(light.lit({0.22f, 0.32f, 0.42f}, 0.6f), light.horizon, 0.2f));
  const SceneColor red = light.night() ? SceneColor(1.0f, 0.2f, 0.15f) : SceneColor(0.78f, 0.1f, 0.08f);
  for (const float u : {-0.84f, 0.84f}) canvas.ellipse(at(u, 0.165f), 0.16f * half, 0.03f * s, SceneClass::Car, red);
  canvas.polygon({at(-0.25f, 0.1f), at(0.25f, 0.1f), at(0.25f, 0.14f), at(-0.25f, 0.14f)}, SceneClass::Car,
                 light.lit({0.93f, 0.93f, 0.85f}, 0.6f));
}

}  // namespace unitscope
