#include <cmath>

#include "data/draw_scene.h"
#include "data/scene_noise.h"

namespace unitscope {
namespace {

/// What a building is made of. Coordinates of textures are in sizes of the building.
class Material {
 public:
  enum class Kind { Plaster, Brick, Wood, Stone };

  Material(SceneRandom& random, Kind kind) : kind_(kind), ox_(random.range(0, 64)), oy_(random.range(0, 64)) {
    switch (kind) {
      case Kind::Plaster: {
        // One draw a statement, here as elsewhere: compilers differ in the order of arguments.
        const float tinted = random.unit();
        const SceneColor tint = random.chance(0.5f) ? SceneColor(0.93f, 0.72f, 0.5f) : SceneColor(0.7f, 0.82f, 0.9f);
        color_ = mix({0.95f, 0.92f, 0.84f}, tint, tinted);
        break;
      }
      case Kind::Brick: color_ = mix({0.68f, 0.32f, 0.24f}, {0.8f, 0.5f, 0.36f}, random.unit()); break;
      case Kind::Wood: color_ = mix({0.55f, 0.36f, 0.2f}, {0.62f, 0.2f, 0.16f}, random.unit()); break;
      case Kind::Stone: color_ = mix({0.62f, 0.6f, 0.56f}, {0.78f, 0.72f, 0.6f}, random.unit()); break;
    }
  }
  static Kind any(SceneRandom& random) { return static_cast<Kind>(random.whole(0, 3)); }

  SceneColor at(float u, float v) const {
    const float grain = sceneNoise(ox_ + u * 22.0f, oy_ + v * 22.0f);
    const auto part = [](float t) { return t - std::floor(t); };
    switch (kind_) {
      case Kind::Brick: {
        const float row = v * 16.0f, column = u * 8.0f + (static_cast<int>(std::floor(row)) % 2 != 0 ? 0.5f : 0.0f);
        const bool mortar = part(row) < 0.22f || part(column) < 0.12f;
        return mortar ? color_ * 1.2f : color_ * (0.82f + 0.34f * grain);
      }
      case Kind::Wood: return color_ * (part(u * 14.0f) < 0.2f ? 0.72f : 0.92f + 0.2f * grain);
      case Kind::Stone: return color_ * (0.72f + 0.5f * sceneNoise(ox_ + u * 9.0f, oy_ + v * 14.0f));
      default: return color_ * (0.93f + 0.13f * grain);
    }
  }

 private:
  Kind kind_;
  SceneColor color_;
  float ox_, oy_;
};

SceneColor roofColor(SceneRandom& random) {
  switch (random.whole(0, 2)) {
    case 0: return mix({0.72f, 0.26f, 0.16f}, {0.82f, 0.38f, 0.2f}, random.unit());
    case 1: return mix({0.26f, 0.28f, 0.34f}, {0.38f, 0.36f, 0.38f}, random.unit());
    default: return mix({0.42f, 0.24f, 0.16f}, {0.5f, 0.34f, 0.22f}, random.unit());
  }
}

/// Paints the parts of one building, with lengths in sizes of the building.
class Mason {
 public:
  Mason(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place)
      : canvas_(canvas), light_(light), random_(random), place_(place), lightsOn_(random.chance(0.75f)) {}

  /// x from the middle, up from the ground.
  cv::Point2f at(float x, float up) const { return {place_.x + x * place_.scale, place_.y - up * place_.scale}; }
  float facing(bool side) const { return side ? 0.5f - 0.4f * light_.side : 0.65f; }

  void wall(const SceneCanvas::Points& points, const Material& material, float facing) {
    canvas_.polygon(points, SceneClass::Wall, [&](float x, float y) {
      const float u = (x - place_.x) / place_.scale, v = (place_.y - y) / place_.scale;
      return light_.lit(material.at(u, v), facing, place_.scale);
    });
  }
  void box(float left, float right, float low, float high, const Material& material, float facing) {
    wall({at(left, low), at(right, low), at(right, high), at(left, high)}, material, facing);
  }
  void roof(const SceneCanvas::Points& points, const SceneColor& color, float facing) {
    canvas_.polygon(points, SceneClass::Roof, [&](float, float y) {
      const float v = (place_.y - y) / place_.scale * 17.0f, row = v - std::floor(v);
      return light_.lit(color * (0.78f + 0.36f * row), facing, place_.scale);
    });
  }
  void door(float x, float width, float high, const SceneColor& color) {
    const float half = width * 0.5f;
    canvas_.polygon(
        {at(x - half, 0), at(x + half, 0), at(x + half, high), at(x, high + width * 0.3f), at(x - half, high)},
        SceneClass::Door, light_.lit(color, 0.6f, place_.scale));
    canvas_.ellipse(at(x + half * 0.5f, high * 0.5f), 0.012f * place_.scale, 0.012f * place_.scale, SceneClass::Door,
                    light_.lit({0.9f, 0.8f, 0.4f}, 0.8f));
  }
  void window(float x, float up, float width, float high, bool arched = false) {
    const float half = width * 0.5f, rim = 0.16f * width;
    const bool lit = (light_.night() || (light_.time == TimeOfDay::Sunset && random_.chance(0.3f))) && lightsOn_;
    const SceneColor glass = lit ? mix({1.0f, 0.82f, 0.42f}, {1.0f, 0.7f, 0.3f}, random_.unit())
                                 : mix(light_.lit({0.26f, 0.38f, 0.5f}, 0.5f), light_.zenith, 0.3f);
    SceneCanvas::Points frame{at(x - half, up), at(x + half, up), at(x + half, up + high)};
    if (arched) frame.push_back(at(x, up + high + half));
    frame.push_back(at(x - half, up + high));
    canvas_.polygon(frame, SceneClass::Window, light_.lit({0.93f, 0.92f, 0.88f}, 0.6f, place_.scale));
    const auto pane = [&](float left, float right, float low, float top) {
      canvas_.polygon({at(left, low), at(right, low), at(right, top), at(left, top)}, SceneClass::Window, glass);
    };
    pane(x - half + rim, x - rim * 0.4f, up + rim, up + high - rim);
    pane(x + rim * 0.4f, x + half - rim, up + rim, up + high - rim);
  }
  SceneCanvas& canvas() { return canvas_; }
  const SceneLight& light() const { return light_; }
  float scale() const { return place_.scale; }

 private:
  SceneCanvas& canvas_;
  const SceneLight& light_;
  SceneRandom& random_;
  ScenePlace place_;
  bool lightsOn_;
};

SceneColor doorColor(SceneRandom& random) {
  switch (random.whole(0, 3)) {
    case 0: return {0.5f, 0.12f, 0.12f};
    case 1: return {0.14f, 0.34f, 0.26f};
    case 2: return {0.16f, 0.22f, 0.46f};
    default: return {0.4f, 0.24f, 0.12f};
  }
}

}  // namespace

void drawHouse(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  Mason m(canvas, light, random, place);
  const float side = random.sign(), wide = random.range(0.56f, 0.74f), deep = random.range(0.2f, 0.34f);
  const int floors = random.chance(0.3f) ? 2 : 1;
  const float high = floors == 2 ? random.range(0.5f, 0.56f) : random.range(0.32f, 0.4f),
              ridge = random.range(0.22f, 0.32f);
  const Material material(random, Material::any(random));
  const SceneColor tiles = roofColor(random), door = doorColor(random);
  const float f0 = -0.5f * wide * side - 0.5f * deep * side, f1 = f0 + wide * side, s1 = f1 + deep * side;
  const float eaves = 0.05f;
  drawShadow(canvas, light, place, 0.55f * (wide + deep) * place.scale);
  // The far side recedes a little.
  m.wall({m.at(f1, 0), m.at(s1, 0.03f), m.at(s1, high + 0.02f), m.at(f1, high)}, material,
         side == light.side ? 0.95f : 0.15f);
  m.box(std::min(f0, f1), std::max(f0, f1), 0, high, material, 0.62f);
  if (random.chance(0.5f)) {
    // The gable looks at us, the roof runs back along the side.
    const float mid = 0.5f * (f0 + f1);
    m.wall({m.at(f0, high), m.at(f1, high), m.at(mid, high + ridge)}, material, 0.62f);
    m.roof({m.at(f1 + eaves * side, high - 0.04f), m.at(s1 + eaves * side, high - 0.01f),
            m.at(mid + deep * side, high + ridge + 0.03f), m.at(mid, high + ridge + 0.03f)},
           tiles, side == light.side ? 1.0f : 0.4f);
    m.roof({m.at(f0 - eaves * side, high - 0.05f), m.at(f0 - eaves * side, high), m.at(mid, high + ridge + 0.05f),
            m.at(f1 + eaves * side, high), m.at(f1 + eaves * side, high - 0.05f), m.at(mid, high + ridge - 0.02f)},
           tiles, 0.7f);
    m.window(mid, high + 0.03f, 0.13f, 0.11f);
  } else {
    m.roof({m.at(f0 - eaves * side, high - 0.03f), m.at(f1 + eaves * side, high - 0.03f),
            m.at(f1 - 0.02f * side, high + ridge), m.at(f0 + 0.1f * side, high + ridge)},
           tiles, 0.75f);
    m.roof(
        {m.at(f1 + eaves * side, high - 0.03f), m.at(s1 + eaves * side, high), m.at(f1 - 0.02f * side, high + ridge)},
        tiles, side == light.side ? 1.0f : 0.35f);
  }
  if (random.chance(0.6f)) {
    const float x = 0.5f * (f0 + f1) + 0.16f * side;
    const Material brick(random, Material::Kind::Brick);
    m.box(x - 0.045f, x + 0.045f, high + ridge * 0.55f, high + ridge + 0.1f, brick, 0.6f);
  }
  const float doorX = f0 + wide * side * random.range(0.3f, 0.7f), doorWide = random.range(0.14f, 0.18f);
  m.door(doorX, doorWide, random.range(0.22f, 0.27f), door);
  for (const float t : {0.14f, 0.5f, 0.86f}) {
    const float x = f0 + wide * side * t;
    if (floors == 2) m.window(x, 0.34f, 0.13f, 0.14f);
    if (std::abs(x - doorX) > 0.5f * doorWide + 0.09f) m.window(x, 0.14f, 0.14f, 0.14f);
  }
}

void drawChurch(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  Mason m(canvas, light, random, place);
  const float side = random.sign(), nave = random.range(0.5f, 0.64f), high = random.range(0.34f, 0.42f);
  const float tower = random.range(0.2f, 0.25f), tall = random.range(0.66f, 0.8f), spire = random.range(0.34f, 0.5f);
  const Material material(random, random.chance(0.6f) ? Material::Kind::Plaster : Material::Kind::Stone);
  const SceneColor tiles = roofColor(random);
  const float t0 = -0.5f * (nave + tower) * side, t1 = t0 + tower * side, n1 = t1 + nave * side, mid = 0.5f * (t0 + t1);
  const float roof = random.range(0.2f, 0.28f), along = side == light.side ? 0.85f : 0.45f;
  drawShadow(canvas, light, place, 0.5f * (nave + tower) * place.scale);
  m.box(std::min(t1, n1), std::max(t1, n1), 0, high, material, along);
  m.roof({m.at(t1, high - 0.02f), m.at(n1 + 0.04f * side, high - 0.02f), m.at(n1 - 0.06f * side, high + roof),
          m.at(t1, high + roof)},
         tiles, along);
  for (const float t : {0.22f, 0.52f, 0.82f}) m.window(t1 + nave * side * t, 0.1f, 0.1f, 0.15f, true);
  m.box(std::min(t0, t1), std::max(t0, t1), 0, tall, material, 0.65f);
  const float over = 0.03f * side;
  m.roof({m.at(t0 - over, tall), m.at(t1 + over, tall), m.at(mid, tall + spire)}, tiles, 0.7f);
  // The shaded half of the spire.
  m.roof({m.at(light.side > 0 ? std::min(t0, t1) : std::max(t0, t1), tall), m.at(mid, tall), m.at(mid, tall + spire)},
         tiles * 0.8f, 0.35f);
  const SceneColor gold = light.lit({0.95f, 0.82f, 0.35f}, 0.9f, place.scale);
  const float thick = 0.022f * place.scale, top = tall + spire;
  canvas.line(m.at(mid, top - 0.02f), m.at(mid, top + 0.14f), thick, SceneClass::Roof, gold);
  canvas.line(m.at(mid - 0.05f, top + 0.085f), m.at(mid + 0.05f, top + 0.085f), thick, SceneClass::Roof, gold);
  m.window(mid, tall - 0.22f, 0.1f, 0.12f, true);
  m.door(mid, 0.13f, 0.2f, doorColor(random));
}

void drawTower(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place) {
  Mason m(canvas, light, random, place);
  const float half = random.range(0.13f, 0.17f), tall = random.range(0.85f, 1.1f), s = place.scale;
  drawShadow(canvas, light, place, 1.3f * half * s);
  const auto rounded = [&](float x) {
    return std::clamp(0.55f + light.side * (x - place.x) / (half * s) * 0.5f, 0.05f, 1.0f);
  };
  if (random.chance(0.5f)) {
    // A lighthouse: tapered, banded, with a lantern.
    const SceneColor band = random.chance(0.7f) ? SceneColor(0.82f, 0.16f, 0.14f) : SceneColor(0.16f, 0.28f, 0.6f);
    const float top = half * 0.62f, bands = random.whole(0, 1) ? 2.5f : 3.5f;
    canvas.polygon({m.at(-half, 0), m.at(half, 0), m.at(top, tall), m.at(-top, tall)}, SceneClass::Wall,
                   [&](float x, float y) {
                     const float v = (place.y - y) / (s * tall) * bands;
                     const SceneColor c = static_cast<int>(v) % 2 == 0 ? SceneColor(0.95f, 0.94f, 0.9f) : band;
                     return light.lit(c, rounded(x), s);
                   });
    m.roof({m.at(-top - 0.04f, tall), m.at(top + 0.04f, tall), m.at(top + 0.04f, tall + 0.035f),
            m.at(-top - 0.04f, tall + 0.035f)},
           {0.3f, 0.3f, 0.34f}, 0.6f);
    const SceneColor lamp = light.night() ? SceneColor(1.0f, 0.95f, 0.6f) : light.lit({0.75f, 0.85f, 0.9f}, 0.7f);
    canvas.polygon({m.at(-top * 0.7f, tall + 0.035f), m.at(top * 0.7f, tall + 0.035f), m.at(top * 0.7f, tall + 0.15f),
                    m.at(-top * 0.7f, tall + 0.15f)},
                   SceneClass::Window, lamp);
    m.roof({m.at(-top * 0.9f, tall + 0.15f), m.at(top * 0.9f, tall + 0.15f), m.at(0, tall + 0.28f)}, band, 0.7f);
  } else {
    // A keep: stone with battlements, or a pointed roof.
    const Material stone(random, random.chance(0.75f) ? Material::Kind::Stone : Material::Kind::Brick);
    canvas.polygon(
        {m.at(-half, 0), m.at(half, 0), m.at(half, tall), m.at(-half, tall)}, SceneClass::Wall,
        [&](float x, float y) { return light.lit(stone.at((x - place.x) / s, (place.y - y) / s), rounded(x), s); });
    if (random.chance(0.6f)) {
      const float wide = half * 1.25f;
      m.box(-wide, wide, tall, tall + 0.07f, stone, 0.55f);
      for (int i = 0; i < 4; ++i) {
        const float x = -wide + wide * 2.0f * (static_cast<float>(i) + 0.12f) / 4.0f;
        m.box(x, x + wide * 0.36f, tall + 0.065f, tall + 0.15f, stone, 0.6f);
      }
    } else {
      const SceneColor slates = roofColor(random);
      const float tip = tall + random.range(0.3f, 0.45f);
      m.roof({m.at(-half * 1.3f, tall), m.at(half * 1.3f, tall), m.at(0, tip)}, slates, 0.7f);
    }
  }
  m.window(0, tall * 0.72f, 0.09f, 0.11f, true);
  m.window(0, tall * 0.42f, 0.09f, 0.11f, true);
  m.door(0, 0.13f, 0.19f, doorColor(random));
}

}  // namespace unitscope
