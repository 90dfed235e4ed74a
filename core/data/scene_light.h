#pragma once

#include "data/scene.h"
#include "data/scene_canvas.h"
#include "data/scene_random.h"

namespace unitscope {

/// How a scene is lit, and where its ground ends.
struct SceneLight {
  TimeOfDay time = TimeOfDay::Day;
  float hour = 12.0f;
  SceneColor zenith, horizon;  ///< of the sky
  SceneColor sun, ambient;     ///< light on what is drawn
  float side = 1.0f;           ///< the sun stands to the right (1) or left (-1)
  float haze = 0.0f;
  float horizonY = 0.5f;

  bool night() const { return time == TimeOfDay::Night; }
  /// A surface of this colour that faces the sun by `facing`, 0..1.
  SceneColor lit(const SceneColor& albedo, float facing) const { return times(albedo, ambient + sun * facing); }
  /// The same seen through the air: near things (scale 1) are clear.
  SceneColor lit(const SceneColor& albedo, float facing, float scale) const {
    return mix(lit(albedo, facing), horizon * 0.9f, haze * (1.0f - std::min(scale, 1.0f)));
  }
};

SceneLight lightFor(TimeOfDay time, float haze, float horizonY, SceneRandom& random);

/// Where an object stands: x of its middle, y of its foot, and how large something of height 1 looks there.
struct ScenePlace {
  float x = 0.5f, y = 0.9f, scale = 1.0f;
};

}  // namespace unitscope
