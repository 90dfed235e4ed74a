#include "app/counterfactual/tool_settings.h"

#include <algorithm>
#include <array>

namespace unitscope {

namespace {

using Tool = ToolSettings::Tool;
constexpr std::array kTools{std::pair{Tool::Brush, "brush"}, std::pair{Tool::Eraser, "eraser"},
                            std::pair{Tool::Occluder, "occluder"}};
constexpr std::array kCovers{std::pair{CoverContent::Mean, "zero"}, std::pair{CoverContent::Blur, "blur"},
                             std::pair{CoverContent::Black, "black"}};

template <class Table, class T>
QString idIn(const Table& table, T wanted) {
  const auto it = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.first == wanted; });
  return it == table.end() ? QString() : QString(QLatin1String(it->second));
}

template <class Table, class T>
T fromId(const Table& table, const QString& id, T fallback) {
  const auto it =
      std::find_if(table.begin(), table.end(), [&](const auto& entry) { return id == QLatin1String(entry.second); });
  return it == table.end() ? fallback : it->first;
}

}  // namespace

QString coverId(CoverContent content) {
  return idIn(kCovers, content);
}

int ToolSettings::windowOn(int side) const {
  return window > 0 ? window : std::max(1, (side + 3) / 7);
}

Stroke ToolSettings::stroke() const {
  Stroke stroke;
  stroke.fill = tool == Tool::Eraser ? Stroke::Fill::Restore : fill;
  stroke.radius = size / 200.0;
  stroke.softness = softness / 100.0;
  if (stroke.fill == Stroke::Fill::Copy) stroke.source = source;
  return stroke;
}

QJsonObject ToolSettings::toJson() const {
  return {{"tool", idIn(kTools, tool)}, {"fill", fillId(fill)},    {"size", size}, {"softness", softness},
          {"window", window},           {"cover", coverId(cover)}, {"heat", heat}, {"heatOpacity", heatOpacity}};
}

ToolSettings ToolSettings::fromJson(const QJsonObject& json) {
  ToolSettings settings;
  const auto number = [&](const char* key, int fallback, int low, int high) {
    return std::clamp(json[QLatin1String(key)].toInt(fallback), low, high);
  };
  settings.tool = fromId(kTools, json["tool"].toString(), settings.tool);
  settings.fill = fillFromId(json["fill"].toString()).value_or(settings.fill);
  if (settings.fill == Stroke::Fill::Restore) settings.fill = Stroke::Fill::Blur;
  settings.size = number("size", settings.size, kSmallest, kLargest);
  settings.softness = number("softness", settings.softness, 0, 100);
  settings.window = number("window", settings.window, 0, 4096);
  settings.cover = fromId(kCovers, json["cover"].toString(), settings.cover);
  settings.heat = json["heat"].toString();
  settings.heatOpacity = number("heatOpacity", settings.heatOpacity, 0, 100);
  return settings;
}

}  // namespace unitscope
