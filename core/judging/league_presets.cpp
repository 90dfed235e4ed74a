#include "judging/league_presets.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace unitscope {

const std::vector<LeaguePreset>& leaguePresets() {
  static const std::vector<LeaguePreset> presets{
      {"gradient", {}, true},
      {"smoothgrad", {{"samples", "10"}}, true},
      {"guided_backprop", {}, true},
      {"deconvnet", {}, true},
      {"guided_grad_cam", {}, true},
      {"integrated_gradients", {{"steps", "10"}}},
      {"expected_gradients", {{"samples", "10"}}},
      {"conductance", {{"steps", "10"}}},
      {"occlusion", {{"window", "18.75%"}, {"stride", "9.375%"}}},
      {"rise", {{"masks", "200"}}},
      {"score_cam", {{"channels", "64"}}},
      {"meaningful", {{"steps", "40"}}},
      {"extremal", {{"steps", "40"}, {"areas", "0.1"}}},
      {"lime", {{"samples", "150"}, {"segments", "40"}}},
      {"kernel_shap", {{"samples", "150"}, {"segments", "40"}}},
      {"segment_ablation", {{"segments", "40"}}},
      // Asks about a part of the network that has to be chosen.
      {"crp", {}, false, false},
  };
  return presets;
}

LeagueSettings leagueSettings(const MethodInfo& info, std::int64_t side) {
  LeagueSettings settings;
  settings.values = ParameterValues(info);
  const auto preset = std::ranges::find(leaguePresets(), info.id, &LeaguePreset::method);
  if (preset == leaguePresets().end()) return settings;
  settings.absolute = preset->absolute;
  settings.byDefault = preset->byDefault;
  for (const auto& [id, wanted] : preset->settings) {
    if (std::ranges::find(info.parameters, id, &ParameterSpec::id) == info.parameters.end()) continue;
    std::string value = wanted;
    if (value.ends_with('%')) {
      double percent = 0.0;
      std::from_chars(value.data(), value.data() + value.size() - 1, percent);
      value = std::to_string(std::max<std::int64_t>(1, std::llround(percent * 0.01 * static_cast<double>(side))));
    }
    settings.values.set(info, id, std::string_view(value));
    settings.text += (settings.text.empty() ? "" : ", ") + id + "=" + value;
  }
  return settings;
}

}  // namespace unitscope
