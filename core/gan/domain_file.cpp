#include "gan/domain_file.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "runtime/error.h"

namespace unitscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongest = 4096, kMostPictures = 100'000;

std::vector<double> numbersAt(const Json& json, const char* key) {
  auto numbers = json.at(key).get<std::vector<double>>();
  for (const double number : numbers)
    if (!std::isfinite(number)) throw Error(key, "contains values that are no numbers");
  return numbers;
}

Array arrayAt(const Json& json, const char* key, Shape shape) {
  Array array{std::move(shape), {}};
  for (const double number : numbersAt(json, key)) array.values.push_back(static_cast<float>(number));
  if (static_cast<std::int64_t>(array.values.size()) != elementCount(array.shape))
    throw Error(key, "has another length than it should");
  return array;
}

DomainReference read(const Json& json) {
  DomainReference reference;
  reference.settings = json.at("settings").get<std::string>();
  reference.space = latentSpaceFrom(json.at("space").get<std::string>());
  reference.latents = json.at("latents").get<std::int64_t>();
  if (reference.space != LatentSpace::Z) {
    const std::size_t size = json.at("mean").size();
    if (size < 1 || size > kLongest) throw Error("mean", "has an impossible length");
    const auto side = static_cast<std::int64_t>(size);
    reference.mean = arrayAt(json, "mean", {side});
    reference.whitening = arrayAt(json, "whitening", {side, side});
  }
  reference.distances = numbersAt(json, "distances");
  reference.pixelResiduals = numbersAt(json, "pixel_residuals");
  reference.perceptualResiduals = numbersAt(json, "feature_residuals");
  reference.startResiduals = numbersAt(json, "start_residuals");
  reference.generated = json.at("generated").get<std::int64_t>();
  reference.usesKnown = json.at("uses_known").get<bool>();
  const std::size_t count = reference.distances.size();
  const auto generated = static_cast<std::size_t>(std::max<std::int64_t>(0, reference.generated));
  if (count < 2 || count > kMostPictures || reference.pixelResiduals.size() != count ||
      reference.perceptualResiduals.size() != count ||
      (!reference.startResiduals.empty() && reference.startResiduals.size() != count) || reference.generated < 0 ||
      generated > count || (reference.usesKnown ? count - generated : generated) < 2)
    throw Error("distances", "do not fit the number of pictures");
  return reference;
}

}  // namespace

std::string toJson(const DomainReference& reference) {
  return Json{{"settings", reference.settings},
              {"space", nameOf(reference.space)},
              {"latents", reference.latents},
              {"mean", reference.mean.values},
              {"whitening", reference.whitening.values},
              {"distances", reference.distances},
              {"pixel_residuals", reference.pixelResiduals},
              {"feature_residuals", reference.perceptualResiduals},
              {"start_residuals", reference.startResiduals},
              {"generated", reference.generated},
              {"uses_known", reference.usesKnown}}
      .dump();
}

DomainReference domainReferenceFromJson(std::string_view json, const std::string& origin) {
  try {
    return read(Json::parse(json));
  } catch (const Error& error) {
    throw Error(origin, "is no domain reference: " + std::string(error.what()));
  } catch (const Json::exception&) {
    throw Error(origin, "is no domain reference; delete it, and it is computed again");
  }
}

}  // namespace unitscope
