#pragma once

#include <vector>

#include "data/scene.h"
#include "data/scene_light.h"

namespace unitscope {

/// What a scene holds and where, before anything is painted. Heights and places in parts of the picture.
struct ScenePlan {
  SceneLight light;
  float cameraHeight = 0.0f, foliageHue = 0.0f;
  float mountains = 0.0f, hills = 0.0f;  ///< heights over the horizon; 0: none
  int clouds = 0;
  bool sunOrMoon = false;
  cv::Point2f sunAt;
  float sunRadius = 0.0f;

  enum class Water { None, Behind, Before } water = Water::None;
  float waterTop = 0.0f, waterBottom = 0.0f, shoreline = 0.0f;
  enum class Road { None, Away, Across } road = Road::None;
  float roadNearX = 0.5f, roadFarX = 0.5f, roadTop = 0.0f, roadBottom = 0.0f;

  struct Object {
    SceneThing thing{};
    ScenePlace place;
    float width = 0.0f;     ///< of fences
    bool sideways = false;  ///< cars
  };
  std::vector<Object> objects;  ///< far to near
  bool marked = false;
};

ScenePlan planScene(SceneRandom& random, SceneBias bias);

}  // namespace unitscope
