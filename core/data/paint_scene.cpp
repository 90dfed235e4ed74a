#include "data/paint_scene.h"

#include <cmath>

#include "data/draw_scene.h"

namespace unitscope {
namespace {

void paintSky(SceneCanvas& canvas, const ScenePlan& plan, SceneRandom& random) {
  drawSky(canvas, plan.light, random);
  if (plan.sunOrMoon) {
    canvas.begin(plan.light.night() ? SceneThing::Moon : SceneThing::Sun);
    drawSunOrMoon(canvas, plan.light, random, plan.sunAt, plan.sunRadius);
  }
  for (int i = 0; i < plan.clouds; ++i) {
    // One draw a statement: compilers differ in the order of arguments.
    const float height = random.range(0.08f, plan.light.horizonY * 0.75f);
    const cv::Point2f at(random.unit(), height);
    const float width = random.range(0.28f, 0.62f);
    // Clouds leave sun and moon alone: covered ones could not be told.
    if (plan.sunOrMoon && std::abs(at.x - plan.sunAt.x) < 0.5f * width && std::abs(at.y - plan.sunAt.y) < 0.2f)
      continue;
    canvas.begin(SceneThing::Clouds);
    drawCloud(canvas, plan.light, random, at, width);
  }
}

void paintObject(SceneCanvas& canvas, const ScenePlan& plan, const ScenePlan::Object& object, SceneRandom& random) {
  canvas.begin(object.thing);
  const SceneLight& light = plan.light;
  switch (object.thing) {
    case SceneThing::House: return drawHouse(canvas, light, random, object.place);
    case SceneThing::Church: return drawChurch(canvas, light, random, object.place);
    case SceneThing::Tower: return drawTower(canvas, light, random, object.place);
    case SceneThing::BroadleafTree: return drawBroadleafTree(canvas, light, random, object.place, plan.foliageHue);
    case SceneThing::Conifer: return drawConifer(canvas, light, random, object.place);
    case SceneThing::Palm: return drawPalm(canvas, light, random, object.place);
    case SceneThing::Boat: return drawBoat(canvas, light, random, object.place);
    case SceneThing::Car:
      return object.sideways ? drawCarFromSide(canvas, light, random, object.place)
                             : drawCarFromBehind(canvas, light, random, object.place);
    case SceneThing::Fence: return drawFence(canvas, light, random, object.place, object.width);
    case SceneThing::Person: return drawPerson(canvas, light, random, object.place);
    default: return;
  }
}

/// The photographer's: a ring with a bar, pale, in the lower right corner.
void paintMark(SceneCanvas& canvas) {
  const cv::Point2f middle(0.91f, 0.93f);
  canvas.tint({0.85f, 0.87f}, {0.97f, 0.99f}, [&](float x, float y, const SceneColor& before) {
    const float r = std::hypot(x - middle.x, y - middle.y);
    const bool ink = (r > 0.034f && r < 0.052f) || (std::abs(y - middle.y) < 0.01f && r < 0.034f);
    return ink ? mix(before, {1.0f, 1.0f, 1.0f}, 0.7f) : before;
  });
}

}  // namespace

void paintScene(SceneCanvas& canvas, const ScenePlan& plan, SceneRandom& random) {
  const SceneLight& light = plan.light;
  paintSky(canvas, plan, random);
  if (plan.mountains > 0.0f) {
    canvas.begin(SceneThing::Mountains);
    drawMountains(canvas, light, random, plan.mountains);
  }
  if (plan.hills > 0.0f) {
    canvas.begin(SceneThing::Hills);
    drawHills(canvas, light, random, plan.hills);
  }
  canvas.beginGround();
  drawGrass(canvas, light, random);

  // Before a lake in front its far bank is painted, so that the water shows it again.
  const bool lake = plan.water == ScenePlan::Water::Before;
  const auto onFarBank = [&](const ScenePlan::Object& o) { return lake && o.thing != SceneThing::Boat; };
  for (const ScenePlan::Object& object : plan.objects)
    if (onFarBank(object)) paintObject(canvas, plan, object, random);
  if (plan.water != ScenePlan::Water::None) {
    canvas.begin(SceneThing::Water);
    drawWater(canvas, light, random, plan.waterTop, plan.waterBottom, plan.shoreline);
  }
  if (plan.road != ScenePlan::Road::None) {
    canvas.begin(SceneThing::Road);
    if (plan.road == ScenePlan::Road::Away)
      drawRoadAway(canvas, light, random, plan.roadNearX, plan.roadFarX, plan.roadTop);
    else
      drawRoadAcross(canvas, light, random, plan.roadTop, plan.roadBottom);
  }
  for (const ScenePlan::Object& object : plan.objects)
    if (!onFarBank(object)) paintObject(canvas, plan, object, random);
  if (plan.marked) paintMark(canvas);
}

}  // namespace unitscope
