#include <cmath>

#include "data/draw_scene.h"

namespace unitscope {

void drawFence(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place,
               float width) {
  const float s = place.scale, high = random.range(0.2f, 0.26f) * s, step = random.range(0.085f, 0.115f) * s;
  const SceneColor wood = random.chance(0.55f) ? SceneColor(0.93f, 0.92f, 0.88f)
                                               : mix({0.5f, 0.34f, 0.2f}, {0.62f, 0.46f, 0.3f}, random.unit());
  const float left = place.x - 0.5f * width, rise = random.range(-0.04f, 0.04f) * s,
              picket = step * random.range(0.45f, 0.55f);
  const int posts = std::min(static_cast<int>(width / step), 64);
  const auto foot = [&](float x) { return place.y + rise * (x - place.x) / std::max(width, 1e-3f); };
  const SceneColor rail = light.lit(wood * 0.85f, 0.6f, s), front = light.lit(wood, 0.75f, s);
  for (const float up : {0.3f, 0.72f})
    canvas.line({left, foot(left) - up * high},
                {left + step * static_cast<float>(posts), foot(left + width) - up * high}, 0.17f * high,
                SceneClass::Fence, rail);
  const bool pointed = random.chance(0.6f);
  for (int i = 0; i <= posts; ++i) {
    const float x = left + step * static_cast<float>(i), y = foot(x), tip = pointed ? 0.16f * high : 0.0f;
    canvas.polygon({{x - 0.5f * picket, y},
                    {x + 0.5f * picket, y},
                    {x + 0.5f * picket, y - high + tip},
                    {x, y - high},
                    {x - 0.5f * picket, y - high + tip}},
                   SceneClass::Fence, front);
  }
}

void drawPerson(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  const float s = place.scale, h = random.range(0.36f, 0.42f) * s, x = place.x, y = place.y;
  const auto any = [&] {
    // One draw a statement: compilers differ in the order of arguments.
    const float blue = random.range(0.1f, 0.9f), green = random.range(0.1f, 0.85f), red = random.range(0.1f, 0.95f);
    return SceneColor(red, green, blue);
  };
  drawShadow(canvas, light, place, 0.2f * h);
  const SceneColor coat = light.lit(any(), 0.65f, s),
                   legs = light.lit(mix({0.12f, 0.14f, 0.24f}, {0.4f, 0.34f, 0.26f}, random.unit()), 0.55f, s);
  const SceneColor skin = light.lit(mix({0.93f, 0.76f, 0.63f}, {0.42f, 0.28f, 0.2f}, random.unit()), 0.7f, s);
  const SceneColor hair = light.lit(mix({0.12f, 0.08f, 0.06f}, {0.66f, 0.48f, 0.26f}, random.unit()), 0.5f, s);
  const float stride = random.range(0.03f, 0.11f) * h, leg = 0.1f * h;
  const auto at = [&](float u, float up) { return cv::Point2f(x + u * h, y - up * h); };
  if (random.chance(0.35f)) {
    canvas.polygon({at(-0.17f, 0.14f), at(0.17f, 0.14f), at(0.08f, 0.52f), at(-0.08f, 0.52f)}, SceneClass::Person,
                   coat);
    for (const float u : {-0.07f, 0.07f}) canvas.line(at(u, 0.16f), at(u, 0.0f), leg * 0.8f, SceneClass::Person, skin);
  } else {
    canvas.line(at(-0.05f, 0.48f), {x - stride, y}, leg, SceneClass::Person, legs);
    canvas.line(at(0.05f, 0.48f), {x + stride, y}, leg, SceneClass::Person, legs);
  }
  canvas.polygon({at(-0.13f, 0.46f), at(0.13f, 0.46f), at(0.14f, 0.78f), at(-0.14f, 0.78f)}, SceneClass::Person, coat);
  const float wave = random.chance(0.2f) ? 0.95f : 0.48f;
  canvas.line(at(-0.13f, 0.76f), at(-0.19f, 0.48f), 0.07f * h, SceneClass::Person, coat * 0.9f);
  canvas.line(at(0.13f, 0.76f), at(0.2f, wave), 0.07f * h, SceneClass::Person, coat * 0.9f);
  canvas.ellipse(at(0.0f, 0.88f), 0.085f * h, 0.1f * h, SceneClass::Person, skin);
  canvas.polygon({at(-0.09f, 0.9f), at(-0.07f, 0.99f), at(0.07f, 0.99f), at(0.09f, 0.9f), at(0.0f, 0.93f)},
                 SceneClass::Person, hair);
}

}  // namespace unitscope
