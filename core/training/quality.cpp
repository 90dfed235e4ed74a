#include "training/quality.h"

#include <nlohmann/json.hpp>

#include "runtime/error.h"

namespace unitscope {

std::string toJson(const Measures& measures) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Measure& m : measures) {
    nlohmann::ordered_json one{{"name", m.name}, {"value", m.value}};
    if (m.hasBar()) {
      one["bar"] = m.bar;
      one["higher_is_better"] = m.higherIsBetter;
    }
    one["tolerance"] = m.tolerance;
    list.push_back(std::move(one));
  }
  return nlohmann::ordered_json{{"measures", std::move(list)}}.dump(2) + "\n";
}

Measures measuresFromJson(std::string_view json, const std::string& origin) {
  try {
    const nlohmann::json whole = nlohmann::json::parse(json);
    Measures measures;
    for (const nlohmann::json& one : whole.at("measures")) {
      Measure m;
      m.name = one.at("name").get<std::string>();
      m.value = one.at("value").get<double>();
      m.bar = one.value("bar", m.bar);
      m.higherIsBetter = one.value("higher_is_better", true);
      m.tolerance = one.value("tolerance", m.tolerance);
      measures.push_back(std::move(m));
    }
    return measures;
  } catch (const nlohmann::json::exception& problem) {
    throw Error(origin, std::string("holds no measured figures (") + problem.what() + ")");
  }
}

}  // namespace unitscope
