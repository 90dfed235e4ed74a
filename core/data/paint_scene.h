#pragma once

#include "data/scene_canvas.h"
#include "data/scene_plan.h"

namespace unitscope {

/// Paints a planned scene from far to near.
void paintScene(SceneCanvas& canvas, const ScenePlan& plan, SceneRandom& random);

}  // namespace unitscope
