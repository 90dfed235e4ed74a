#pragma once

#include "data/scene_light.h"

namespace unitscope {

// The painters of scenes, one file a kind: sky, land, buildings, trees, vehicles, figures.

void drawSky(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random);
/// Sun or moon at a place of the sky.
void drawSunOrMoon(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, cv::Point2f centre, float radius);
/// A cloud of about this width.
void drawCloud(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, cv::Point2f centre, float width);

void drawMountains(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float height);
void drawHills(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float height);
void drawGrass(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random);
/// Water between two heights of the picture, from edge to edge; `shoreline` says how much its near bank bends.
void drawWater(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float top, float bottom,
               float shoreline);
/// A road from the lower edge to the horizon.
void drawRoadAway(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float nearX, float farX,
                  float farY);
/// A road from left to right between two heights.
void drawRoadAcross(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, float top, float bottom);

/// Darkens the ground under an object.
void drawShadow(SceneCanvas& canvas, const SceneLight& light, const ScenePlace& place, float halfWidth);

void drawHouse(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);
void drawChurch(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);
void drawTower(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);

/// hue: 0 fresh green .. 1 autumn red.
void drawBroadleafTree(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place,
                       float hue);
void drawConifer(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);
void drawPalm(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);

void drawBoat(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);
void drawCarFromSide(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);
void drawCarFromBehind(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);

void drawFence(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place, float width);
void drawPerson(SceneCanvas& canvas, const SceneLight& light, SceneRandom& random, const ScenePlace& place);

}  // namespace unitscope
