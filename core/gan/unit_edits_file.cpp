#include "gan/unit_edits_file.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "runtime/error.h"

namespace unitscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostEdits = 10'000;
constexpr std::size_t kMostUnits = 100'000;
constexpr int kRaster = 256;
constexpr std::size_t kMostSide = 1024;  // of a mask
constexpr double kThousand = 1000.0;

std::int64_t unitFrom(const Json& json, const std::string& where) {
  if (!json.is_number_integer() || json.get<std::int64_t>() < 0) throw Error(where, "units are whole numbers from 0");
  return json.get<std::int64_t>();
}

double numberFrom(const Json& json, const std::string& where) {
  if (!json.is_number() || !std::isfinite(json.get<double>())) throw Error(where, "must be a number");
  return json.get<double>();
}

Array maskFrom(const Json& json, const std::string& where) {
  if (!json.is_array() || json.empty() || json.size() > kMostSide || !json[0].is_array() || json[0].empty() ||
      json[0].size() > kMostSide)
    throw Error(where, "must be a list of rows with numbers from 0 to 1, at most 1024 x 1024");
  Array mask{{static_cast<std::int64_t>(json.size()), static_cast<std::int64_t>(json[0].size())}, {}};
  for (const Json& row : json) {
    if (!row.is_array() || row.size() != json[0].size()) throw Error(where, "must have rows of one length");
    for (const Json& value : row) {
      const double share = numberFrom(value, where);
      if (share < 0.0 || share > 1.0) throw Error(where, "must have numbers from 0 to 1");
      mask.values.push_back(static_cast<float>(share));
    }
  }
  return mask;
}

Json maskJson(const Array& mask) {
  const auto width = static_cast<std::size_t>(mask.shape.back());
  Json rows = Json::array();
  for (std::size_t i = 0; i < mask.values.size(); i += width) {
    Json row = Json::array();
    for (std::size_t x = i; x < i + width; ++x) {
      const double share = std::round(static_cast<double>(mask.values[x]) * kThousand) / kThousand;
      // Masks are mostly empty: "0" is shorter than "0.0".
      if (share == 0.0)
        row.push_back(0);
      else
        row.push_back(share);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

UnitEdit editFrom(const Json& json, const std::string& where) {
  if (!json.is_object()) throw Error(where, "must be an object");
  for (const auto& [key, value] : json.items())
    if (key != "layer" && key != "unit" && key != "units" && key != "scale" && key != "set" && key != "region" &&
        key != "mask")
      throw Error(where, "has an unknown key \"" + key + "\"; known are layer, unit, units, scale, set, region, mask");
  UnitEdit edit;
  if (!json.contains("layer") || !json["layer"].is_string()) throw Error(where, "names no layer");
  edit.change.layer = json["layer"].get<std::string>();
  if (json.contains("unit") == json.contains("units")) throw Error(where, "needs either unit or units");
  if (json.contains("unit")) {
    edit.change.units = {unitFrom(json["unit"], where + ".unit")};
  } else {
    const Json& units = json["units"];
    if (!units.is_array() || units.size() > kMostUnits)
      throw Error(where + ".units", "must be a list of whole numbers");
    for (const Json& unit : units) edit.change.units.push_back(unitFrom(unit, where + ".units"));
  }
  if (json.contains("scale") == json.contains("set")) throw Error(where, "needs either scale or set");
  const bool set = json.contains("set");
  edit.change.kind = set ? UnitSwitch::Kind::Set : UnitSwitch::Kind::Scale;
  edit.change.amount = numberFrom(json[set ? "set" : "scale"], where + (set ? ".set" : ".scale"));
  if (json.contains("region") && json.contains("mask")) throw Error(where, "has both a region and a mask");
  if (json.contains("mask")) edit.where = maskFrom(json["mask"], where + ".mask");
  if (json.contains("region")) {
    const Json& region = json["region"];
    if (!region.is_array() || region.size() != 4)
      throw Error(where + ".region", "must be [top, left, bottom, right] as shares of the picture");
    double sides[4];
    for (std::size_t i = 0; i < 4; ++i) sides[i] = numberFrom(region[i], where + ".region");
    edit.where = placesOfRegion(sides[0], sides[1], sides[2], sides[3]);
  }
  return edit;
}

}  // namespace

Array placesOfRegion(double top, double left, double bottom, double right) {
  if (!(top >= 0.0 && left >= 0.0 && bottom <= 1.0 && right <= 1.0 && top < bottom && left < right))
    throw Error("region", "must be [top, left, bottom, right] as shares of the picture, from 0 to 1");
  Array places{{kRaster, kRaster}, std::vector<float>(std::size_t{kRaster} * kRaster, 0.0F)};
  const auto share = [](int i, double from, double to) {
    return std::max(0.0, std::min(i + 1.0, to * kRaster) - std::max(double(i), from * kRaster));
  };
  for (int y = 0; y < kRaster; ++y)
    for (int x = 0; x < kRaster; ++x)
      places.values[static_cast<std::size_t>(y * kRaster + x)] =
          static_cast<float>(share(y, top, bottom) * share(x, left, right));
  return places;
}

std::vector<UnitEdit> unitEditsFromJson(std::string_view text, const std::string& origin) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw Error(origin, "is not valid JSON");
  if (!json.is_array()) throw Error(origin, "must be a list of changes");
  if (json.size() > kMostEdits) throw Error(origin, "holds too many changes");
  std::vector<UnitEdit> edits;
  for (std::size_t i = 0; i < json.size(); ++i)
    edits.push_back(editFrom(json[i], origin + "[" + std::to_string(i) + "]"));
  return edits;
}

std::string toJson(const std::vector<UnitEdit>& edits) {
  // A change a line: masks are long.
  std::string text = "[";
  for (const UnitEdit& edit : edits) {
    Json json{{"layer", edit.change.layer},
              {"units", edit.change.units},
              {edit.change.kind == UnitSwitch::Kind::Set ? "set" : "scale", edit.change.amount}};
    if (edit.where.shape.size() == 2 && !edit.where.values.empty()) json["mask"] = maskJson(edit.where);
    text += (text.size() > 1 ? ",\n " : "") + json.dump();
  }
  return text + "]\n";
}

}  // namespace unitscope
