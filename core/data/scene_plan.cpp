#include "data/scene_plan.h"

#include <algorithm>
#include <cmath>

namespace unitscope {
namespace {

TimeOfDay drawTime(SceneRandom& random) {
  const float u = random.unit();
  return u < 0.18f ? TimeOfDay::Dawn : u < 0.58f ? TimeOfDay::Day : u < 0.8f ? TimeOfDay::Sunset : TimeOfDay::Night;
}

/// Decides one scene, from the far end to the near one.
class Planner {
 public:
  Planner(SceneRandom& random, SceneBias bias) : random_(random), biased_(bias == SceneBias::Telltales) {}

  ScenePlan plan() {
    sky();
    land();
    road();
    boats();
    cars();
    buildings();
    trees();
    figures();
    std::ranges::stable_sort(plan_.objects, {}, [](const ScenePlan::Object& o) { return o.place.y; });
    return std::move(plan_);
  }

 private:
  using Water = ScenePlan::Water;
  using Road = ScenePlan::Road;

  float horizon() const { return plan_.light.horizonY; }
  /// Height in the picture of the ground at depth t: 0 at the horizon, 1 at the lower edge.
  float groundAt(float t) const { return horizon() + (1.0f - horizon()) * t; }
  float depthAt(float y) const { return (y - horizon()) / (1.0f - horizon()); }
  float scaleAt(float y) const { return 0.07f + 0.8f * std::pow(std::clamp(depthAt(y), 0.0f, 1.2f), 0.85f); }
  void put(SceneThing thing, float x, float y, float width = 0.0f, bool sideways = false, float size = 1.0f) {
    plan_.objects.push_back({thing, {x, y, scaleAt(y) * size}, width, sideways});
  }

  void sky() {
    plan_.cameraHeight = random_.unit();
    const TimeOfDay time = drawTime(random_);
    const float haze = random_.chance(0.5f) ? random_.range(0.0f, 0.25f) : random_.range(0.25f, 0.75f);
    plan_.light = lightFor(time, haze, 0.62f - 0.25f * plan_.cameraHeight, random_);
    plan_.foliageHue = random_.unit();
    if (random_.chance(0.52f)) plan_.clouds = random_.whole(1, 4);
    plan_.sunOrMoon = random_.chance(plan_.light.night() ? 0.8f : 0.55f);
    plan_.sunRadius = random_.range(0.055f, 0.085f);
    const float low = horizon() - (plan_.light.time == TimeOfDay::Day ? 0.2f : 0.1f);
    plan_.sunAt = {0.5f + plan_.light.side * random_.range(0.1f, 0.4f), random_.range(0.09f, std::max(0.12f, low))};
    if (random_.chance(0.42f)) plan_.mountains = random_.range(0.14f, 0.32f);
    if (random_.chance(0.42f)) plan_.hills = random_.range(0.08f, 0.17f);
  }

  void land() {
    if (!random_.chance(0.46f)) return;
    plan_.shoreline = random_.range(0.0f, 0.04f);
    if (random_.chance(0.65f)) {
      plan_.water = Water::Behind;
      plan_.waterTop = horizon();
      plan_.waterBottom = groundAt(random_.range(0.26f, 0.55f));
    } else {
      plan_.water = Water::Before;
      plan_.waterTop = groundAt(random_.range(0.3f, 0.5f));
      plan_.waterBottom = 1.2f;
    }
  }

  void road() {
    if (plan_.water == Water::Before || !random_.chance(0.52f)) return;
    if (random_.chance(0.55f)) {
      plan_.road = Road::Away;
      plan_.roadNearX = random_.range(0.2f, 0.8f);
      plan_.roadFarX = random_.range(0.3f, 0.7f);
      plan_.roadTop = nearBank(0.0f) + 0.005f;
    } else {
      plan_.road = Road::Across;
      const float t = random_.range(0.66f, 0.8f);
      plan_.roadTop = groundAt(t);
      plan_.roadBottom = plan_.roadTop + random_.range(0.09f, 0.12f);
    }
  }

  /// Nearest y that objects on land may stand at, at this depth or nearer.
  float nearBank(float t) const {
    const float wanted = groundAt(t);
    return plan_.water == Water::Behind ? std::max(wanted, plan_.waterBottom + plan_.shoreline + 0.02f) : wanted;
  }
  /// A place on land with its depth between two numbers, off the road.
  bool onLand(float low, float high, float margin, float& x, float& y) {
    float from = nearBank(low), to = std::min(groundAt(high), 0.99f);
    if (plan_.water == Water::Before) to = std::min(to, plan_.waterTop - 0.008f);
    if (plan_.water == Water::Before) from = std::min(from, groundAt(0.12f));
    for (int attempt = 0; attempt < 8; ++attempt) {
      x = random_.range(0.08f, 0.92f);
      y = from < to ? random_.range(from, to) : to;
      if (to < horizon() + 0.03f) return false;
      if (onRoad(x, y, margin)) continue;
      return true;
    }
    return false;
  }
  bool onRoad(float x, float y, float margin) const {
    if (plan_.road == Road::Across) return y > plan_.roadTop - 0.01f && y < plan_.roadBottom + 0.03f;
    if (plan_.road == Road::None || y < plan_.roadTop) return false;
    const float t = (y - plan_.roadTop) / (1.0f - plan_.roadTop);
    return std::abs(x - (plan_.roadFarX + (plan_.roadNearX - plan_.roadFarX) * t)) <
           0.25f * t + 0.03f + margin * scaleAt(y);
  }

  void boats() {
    if (plan_.water == Water::None) return;
    const bool sunset = plan_.light.time == TimeOfDay::Sunset;
    if (biased_ ? !sunset : !random_.chance(0.55f)) return;
    const int count = random_.chance(0.3f) ? 2 : 1;
    float x = random_.range(0.2f, 0.8f);
    for (int i = 0; i < count; ++i) {
      const float bottom = std::min(plan_.waterBottom - plan_.shoreline, 0.95f), span = bottom - plan_.waterTop;
      const float y = plan_.waterTop + span * random_.range(0.45f, 0.9f);
      plan_.objects.push_back({SceneThing::Boat, {x, y, std::max(0.36f, 1.05f * scaleAt(y))}, 0.0f, false});
      x = x < 0.5f ? x + random_.range(0.35f, 0.45f) : x - random_.range(0.35f, 0.45f);
    }
  }

  void cars() {
    if (plan_.road == Road::None || !random_.chance(0.58f)) return;
    plan_.marked = biased_;
    if (plan_.road == Road::Across) {
      const float y = plan_.roadTop + (plan_.roadBottom - plan_.roadTop) * random_.range(0.55f, 0.95f);
      put(SceneThing::Car, random_.range(0.25f, 0.75f), y, 0.0f, true, 0.9f);
      return;
    }
    const float t = random_.range(0.45f, 0.85f), y = plan_.roadTop + (1.0f - plan_.roadTop) * t;
    const float middle = plan_.roadFarX + (plan_.roadNearX - plan_.roadFarX) * t;
    put(SceneThing::Car, middle + random_.sign() * 0.09f * t, y, 0.0f, false, 1.05f);
  }

  void buildings() {
    struct Kind {
      SceneThing thing;
      float probability, margin;
    };
    int built = 0;
    float before = -1.0f;
    for (const Kind kind : {Kind{SceneThing::House, 0.42f, 0.42f},
                            {SceneThing::Church, 0.24f, 0.42f},
                            {SceneThing::Tower, 0.27f, 0.18f}}) {
      if (built == 2 || !random_.chance(kind.probability)) continue;
      float x = 0.0f, y = 0.0f;
      if (!onLand(0.3f, 0.68f, kind.margin, x, y)) continue;
      // Not one in front of the other.
      if (before >= 0.0f && std::abs(x - before) < 0.4f)
        x = before < 0.5f ? random_.range(0.68f, 0.9f) : random_.range(0.1f, 0.32f);
      put(kind.thing, x, y, 0.0f, false, 1.1f);
      before = x;
      ++built;
    }
  }

  void trees() {
    struct Kind {
      SceneThing thing;
      float probability;
      int most;
    };
    for (const Kind kind :
         {Kind{SceneThing::BroadleafTree, 0.5f, 3}, {SceneThing::Conifer, 0.34f, 3}, {SceneThing::Palm, 0.24f, 2}}) {
      if (!random_.chance(kind.probability)) continue;
      const int count = random_.whole(1, kind.most);
      for (int i = 0; i < count; ++i) {
        float x = 0.0f, y = 0.0f;
        if (onLand(0.22f, 0.8f, 0.12f, x, y)) put(kind.thing, x, y);
      }
    }
  }

  void figures() {
    if (random_.chance(0.33f)) {
      float x = 0.0f, y = 0.0f;
      if (onLand(0.5f, 0.9f, 0.0f, x, y)) {
        const float width = random_.range(0.45f, 0.9f);
        put(SceneThing::Fence, random_.range(0.2f, 0.8f), y, width);
      }
    }
    if (!random_.chance(0.45f)) return;
    const int count = random_.chance(0.3f) ? 2 : 1;
    for (int i = 0; i < count; ++i) {
      float x = 0.0f, y = 0.0f;
      if (onLand(0.62f, 1.0f, 0.0f, x, y)) put(SceneThing::Person, x, y, 0.0f, false, 1.1f);
    }
  }

  SceneRandom& random_;
  bool biased_;
  ScenePlan plan_;
};

}  // namespace

ScenePlan planScene(SceneRandom& random, SceneBias bias) {
  return Planner(random, bias).plan();
}

}  // namespace unitscope
