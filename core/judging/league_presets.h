#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "attribution/parameters.h"

namespace unitscope {

/// How a method takes part in a league: settings that keep it affordable over many pictures, and how its map becomes
/// one number a pixel.
struct LeaguePreset {
  std::string method;
  /// Parameter and value as typed; "12.5%" is that share of the picture's shorter side.
  std::vector<std::pair<std::string, std::string>> settings;
  bool absolute = false;  ///< largest magnitude over the channels, for maps of sensitivity whose sign says little
  bool byDefault = true;  ///< takes part without being named
};

/// The one table of all settings that differ from the methods' defaults.
const std::vector<LeaguePreset>& leaguePresets();

/// A method's values in a league over pictures of this side; settings that this build's method lacks are passed over.
/// `text` says them: "masks=200".
struct LeagueSettings {
  ParameterValues values;
  std::string text;
  bool absolute = false;
  bool byDefault = true;
};
LeagueSettings leagueSettings(const MethodInfo& info, std::int64_t side);

}  // namespace unitscope
