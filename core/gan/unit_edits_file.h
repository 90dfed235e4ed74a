#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "gan/generator.h"

namespace unitscope {

/// Changes of units as JSON, a list of objects:
///
///     [{"layer": "block16.conv0", "units": [3, 7], "scale": 0},
///      {"layer": "block8.conv1", "unit": 12, "set": 4.5, "region": [0.5, 0, 1, 0.5]},
///      {"layer": "block8.conv1", "unit": 5, "set": 2, "mask": [[0, 0.5, 1], [0, 0, 1]]}]
///
/// `scale` multiplies (0 switches off), `set` holds at a value. `region` is [top, left, bottom, right] as shares of the
/// picture, `mask` says for rows of places how much of the change happens there, 0 to 1, stretched over the picture;
/// without either the change is made everywhere. Throws Error naming `origin` and the entry that is wrong.
std::vector<UnitEdit> unitEditsFromJson(std::string_view json, const std::string& origin);
/// The same text; places become a `mask`, to three decimals.
std::string toJson(const std::vector<UnitEdit>& edits);

/// 1 in the rectangle given as shares of a picture, on a raster fine enough for any layer, [256,256].
Array placesOfRegion(double top, double left, double bottom, double right);

}  // namespace unitscope
