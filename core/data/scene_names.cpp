#include "data/scene.h"

namespace unitscope {

const std::array<std::string_view, kSceneClasses>& sceneClassNames() {
  static constexpr std::array<std::string_view, kSceneClasses> names{
      "sky",  "cloud", "sun or moon", "mountain", "hill", "grass", "water", "road",  "tree",
      "wall", "roof",  "door",        "window",   "boat", "car",   "fence", "person"};
  return names;
}

const std::array<std::array<std::uint8_t, 3>, kSceneClasses>& sceneClassColors() {
  static constexpr std::array<std::array<std::uint8_t, 3>, kSceneClasses> colors{{{135, 190, 235},
                                                                                  {235, 240, 248},
                                                                                  {255, 214, 64},
                                                                                  {120, 110, 125},
                                                                                  {140, 175, 120},
                                                                                  {90, 160, 60},
                                                                                  {30, 90, 170},
                                                                                  {70, 70, 75},
                                                                                  {20, 95, 45},
                                                                                  {215, 170, 125},
                                                                                  {175, 60, 45},
                                                                                  {105, 60, 25},
                                                                                  {90, 220, 225},
                                                                                  {230, 90, 190},
                                                                                  {240, 130, 20},
                                                                                  {200, 200, 130},
                                                                                  {145, 60, 220}}};
  return colors;
}

const std::array<std::string_view, kSceneThings>& sceneThingNames() {
  static constexpr std::array<std::string_view, kSceneThings> names{
      "clouds", "sun",   "moon",   "mountains", "hills", "water", "road",  "broadleaf tree", "conifer",
      "palm",   "house", "church", "tower",     "boat",  "car",   "fence", "person"};
  return names;
}

std::string_view timeOfDayName(TimeOfDay time) {
  constexpr std::array<std::string_view, 4> names{"dawn", "day", "sunset", "night"};
  return names[static_cast<std::size_t>(time)];
}

}  // namespace unitscope
