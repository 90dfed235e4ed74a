#include "formats/generator_hints.h"

#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "formats/aten/json_document.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::uintmax_t kLargestConfig = std::uintmax_t{1} << 20U;
constexpr std::size_t kMostBlocks = 64;

}  // namespace

bool isBigGanFolder(const std::filesystem::path& folder) {
  std::error_code problem;
  return std::filesystem::is_regular_file(folder / "pytorch_model.bin", problem) &&
         std::filesystem::is_regular_file(folder / "config.json", problem);
}

GeneratorHints bigGanHintsBeside(const std::filesystem::path& weights) {
  const std::filesystem::path file = weights.parent_path() / "config.json";
  std::error_code problem;
  if (!std::filesystem::is_regular_file(file, problem)) return {};
  if (std::filesystem::file_size(file, problem) > kLargestConfig || problem)
    throw Error(file.string(), "is too large for a network's configuration");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(file.string(), "the file may not be read");
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  const aten::Json config = aten::parseJson(text, file.string());
  if (!config.is_object() || !config.contains("layers") || !config.contains("attention_layer_position")) return {};
  GeneratorHints hints;
  const aten::Json& layers = config["layers"];
  if (!layers.is_array() || layers.empty() || layers.size() > kMostBlocks)
    throw Error(file.string(), "'layers' is no list of 1 to " + std::to_string(kMostBlocks) + " blocks");
  for (const aten::Json& layer : layers) {
    if (!layer.is_array() || layer.size() != 3 || !layer[0].is_boolean())
      throw Error(file.string(), "'layers' must hold lists of true or false and two widths");
    hints.doubling.push_back(layer[0].get<bool>());
  }
  if (const aten::Json* epsilon = aten::memberOrNull(config, "eps")) {
    if (!epsilon->is_number() || !(epsilon->get<double>() > 0.0) || epsilon->get<double>() > 1.0)
      throw Error(file.string(), "'eps' must be a number from 0 to 1");
    hints.epsilon = epsilon->get<double>();
  }
  return hints;
}

}  // namespace unitscope
