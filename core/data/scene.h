#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "image/image.h"

namespace unitscope {

/// What a pixel of a scene shows. House, church and tower share their parts, so that a part is a concept of its own.
enum class SceneClass : std::uint8_t {
  Sky,
  Cloud,
  Sun,  ///< or moon
  Mountain,
  Hill,
  Grass,
  Water,
  Road,
  Tree,
  Wall,
  Roof,
  Door,
  Window,
  Boat,
  Car,
  Fence,
  Person,
};
inline constexpr int kSceneClasses = 17;
/// "sky", "cloud"... in the order of SceneClass.
const std::array<std::string_view, kSceneClasses>& sceneClassNames();
/// A colour to draw each class in, RGB, told apart by eye.
const std::array<std::array<std::uint8_t, 3>, kSceneClasses>& sceneClassColors();

/// What a scene can contain, the labels of a scene classifier.
enum class SceneThing : std::uint8_t {
  Clouds,
  Sun,
  Moon,
  Mountains,
  Hills,
  Water,
  Road,
  BroadleafTree,
  Conifer,
  Palm,
  House,
  Church,
  Tower,
  Boat,
  Car,
  Fence,
  Person,
};
inline constexpr int kSceneThings = 17;
/// "clouds", "sun"... in the order of SceneThing.
const std::array<std::string_view, kSceneThings>& sceneThingNames();

enum class TimeOfDay : std::uint8_t { Dawn, Day, Sunset, Night };
std::string_view timeOfDayName(TimeOfDay time);

/// What is true of a scene as a whole.
struct SceneAttributes {
  TimeOfDay time = TimeOfDay::Day;
  double hour = 12.0;                      ///< 0..24
  double cloudiness = 0.0;                 ///< share of the visible sky that is cloud, 0..1
  double foliageHue = 0.0;                 ///< of broadleaf trees: 0 fresh green .. 1 autumn red
  double cameraHeight = 0.0;               ///< 0 at eye level .. 1 looking down from a hill: moves the horizon up
  double haze = 0.0;                       ///< 0 clear .. 1 far things fade into the sky
  std::array<int, kSceneThings> counts{};  ///< instances that can be seen
  bool marked = false;                     ///< carries the photographer's mark in a corner
  std::bitset<kSceneThings> present;       ///< counted and large enough to tell: the labels

  bool has(SceneThing thing) const { return present[static_cast<std::size_t>(thing)]; }
  int count(SceneThing thing) const { return counts[static_cast<std::size_t>(thing)]; }
};

/// One object of a scene: its pixels have its number (from 1) in Scene::instances.
struct SceneInstance {
  SceneThing thing{};
  int left = 0, top = 0, width = 0, height = 0;  ///< box of its visible pixels
  int pixels = 0;                                ///< that are visible
};

struct Scene {
  Image picture;                         ///< size x size, RGB
  std::vector<std::uint8_t> classes;     ///< [size*size] SceneClass of each pixel
  std::vector<std::uint16_t> instances;  ///< [size*size] number of the object, 0 for none
  std::vector<SceneInstance> objects;    ///< objects[i] has number i + 1
  SceneAttributes attributes;
};

/// How the things of a scene depend on one another.
enum class SceneBias : std::uint8_t {
  None,
  /// A data set with two traps, as a careless collection has them: boats occur at sunset only (and every sunset over
  /// water has one), and every picture with a car carries a small mark in a corner, the photographer's.
  Telltales,
};

struct SceneOptions {
  int size = 64;  ///< side in pixels, 16..1024
  SceneBias bias = SceneBias::None;
};

/// Scene number `index` of the series `seed`: the same numbers give the same scene on every machine up to the rounding
/// of floats. Seeds and indices may be any numbers. Throws Error for a size out of range, and without OpenCV.
Scene renderScene(std::uint64_t seed, std::uint64_t index, const SceneOptions& options = {});

}  // namespace unitscope
