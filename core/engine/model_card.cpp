#include "engine/model_card.h"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr int kLargestSide = 16384;
constexpr int kDeepestNesting = 8;
constexpr std::size_t kLargestFile = std::size_t{32} << 20;
constexpr std::size_t kMostLabels = 1'000'000;
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kMostChannels = 4;
constexpr double kLargestNumber = 1e6;
constexpr double kSmallestDeviation = 1e-9;

constexpr std::pair<ModelCard::Task, const char*> kTasks[] = {{ModelCard::Task::Classifier, "classifier"},
                                                              {ModelCard::Task::Generator, "generator"},
                                                              {ModelCard::Task::Segmenter, "segmenter"},
                                                              {ModelCard::Task::Features, "features"}};
constexpr std::pair<ModelCard::Resize, const char*> kResizes[] = {
    {ModelCard::Resize::ShortSideThenCrop, "short side, then crop"}, {ModelCard::Resize::Stretch, "stretch"}};

template <class T, std::size_t N>
std::string nameOf(const std::pair<T, const char*> (&names)[N], T value) {
  for (const auto& [known, name] : names)
    if (known == value) return name;
  return names[0].second;
}

/// Reads the members of one JSON object, refusing what is of the wrong type or out of range.
class CardReader {
 public:
  CardReader(const Json& object, const std::string& origin) : object_(object), origin_(origin) {}

  [[noreturn]] void refuse(const std::string& key, const std::string& reason) const {
    throw Error(origin_, "'" + key + "' " + reason);
  }

  void text(const char* key, std::string& into) const {
    if (const Json* value = member(key)) into = asText(key, *value);
  }
  void flag(const char* key, bool& into) const {
    const Json* value = member(key);
    if (value == nullptr) return;
    if (!value->is_boolean()) refuse(key, "must be true or false");
    into = value->get<bool>();
  }
  void integer(const char* key, int& into, int least, int most) const {
    const Json* value = member(key);
    if (value == nullptr) return;
    const std::string range = "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (!value->is_number_integer()) refuse(key, range);
    if (value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(most))
      refuse(key, range);
    const auto number = value->get<std::int64_t>();
    if (number < least || number > most) refuse(key, range);
    into = static_cast<int>(number);
  }
  void number(const char* key, double& into) const {
    if (const Json* value = member(key)) into = asNumber(key, *value);
  }
  void numbers(const char* key, std::vector<double>& into) const {
    const Json* value = member(key);
    if (value == nullptr) return;
    if (!value->is_array() || value->size() > kMostChannels)
      refuse(key, "must be a list of at most " + std::to_string(kMostChannels) + " numbers");
    into.clear();
    for (const Json& element : *value) into.push_back(asNumber(key, element));
  }
  void texts(const char* key, std::vector<std::string>& into) const {
    const Json* value = member(key);
    if (value == nullptr) return;
    if (!value->is_array() || value->size() > kMostLabels) refuse(key, "must be a list of at most a million texts");
    into.clear();
    for (const Json& element : *value) into.push_back(asText(key, element));
  }
  template <class T, std::size_t N>
  void choice(const char* key, T& into, const std::pair<T, const char*> (&names)[N]) const {
    std::string name = nameOf(names, into);
    text(key, name);
    std::string known;
    for (const auto& [value, knownName] : names) {
      if (name == knownName) {
        into = value;
        return;
      }
      known += (known.empty() ? "" : ", ") + std::string(knownName);
    }
    refuse(key, "is '" + name + "'; known are " + known);
  }

 private:
  const Json* member(const char* key) const {
    const auto it = object_.find(key);
    return it == object_.end() || it->is_null() ? nullptr : &*it;
  }
  std::string asText(const char* key, const Json& value) const {
    if (!value.is_string()) refuse(key, "must be text");
    auto text = value.get<std::string>();
    if (text.size() > kLongestText) refuse(key, "is too long");
    return text;
  }
  double asNumber(const char* key, const Json& value) const {
    if (!value.is_number()) refuse(key, "must be a number");
    const auto number = value.get<double>();
    if (!std::isfinite(number) || std::abs(number) > kLargestNumber) refuse(key, "is out of range");
    return number;
  }

  const Json& object_;
  const std::string& origin_;
};

Json parse(std::string_view text, const std::string& origin) {
  if (text.size() > kLargestFile) throw Error(origin, "is too large for a model card");
  const auto bounded = [&](int depth, Json::parse_event_t, const Json&) {
    if (depth > kDeepestNesting) throw Error(origin, "is nested too deeply for a model card");
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), bounded);
  } catch (const Json::exception& problem) {
    throw Error(origin, "is not valid JSON (" + std::string(problem.what()) + ")");
  }
}

void dropLineEnd(std::string& line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.pop_back();
}

/// "n02124075 Egyptian cat": lists made for ImageNet often put WordNet's number first.
void dropWordNetId(std::string& line) {
  constexpr std::size_t kDigits = 8;
  if (line.size() < kDigits + 3 || line[0] != 'n' || line[kDigits + 1] != ' ') return;
  if (line.find_first_not_of("0123456789", 1) == kDigits + 1) line.erase(0, kDigits + 2);
}

}  // namespace

std::string toJson(const ModelCard& card) {
  Json json;
  json["version"] = kVersion;
  json["title"] = card.title;
  json["task"] = nameOf(kTasks, card.task);
  json["input"] = card.input;
  json["channels"] = card.channels;
  json["height"] = card.height;
  json["width"] = card.width;
  json["resize_to"] = card.resizeTo;
  json["resize"] = nameOf(kResizes, card.resize);
  json["bgr"] = card.bgr;
  json["channels_last"] = card.channelsLast;
  json["scale"] = card.scale;
  json["mean"] = card.mean;
  json["std"] = card.std;
  json["output"] = card.output;
  json["output_is_probability"] = card.outputIsProbability;
  json["multi_label"] = card.multiLabel;
  json["labels_file"] = card.labelsFile;
  json["labels"] = card.labels;
  json["guessed"] = card.guessed;
  json["guesses"] = card.guesses;
  // Names in hostile models need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

ModelCard cardFromJson(std::string_view json, const std::string& origin) {
  const Json object = parse(json, origin);
  if (!object.is_object()) throw Error(origin, "is not a model card: a JSON object is expected");
  const CardReader reader(object, origin);
  int version = kVersion;
  reader.integer("version", version, 1, std::numeric_limits<int>::max());
  if (version > kVersion) throw Error(origin, "was written by a newer version of Unitscope");

  ModelCard card;
  // A card that a person wrote by hand needs no confirmation.
  card.guessed = false;
  reader.text("title", card.title);
  reader.choice("task", card.task, kTasks);
  reader.text("input", card.input);
  reader.integer("channels", card.channels, 1, 3);
  if (card.channels == 2) reader.refuse("channels", "must be 1 or 3");
  reader.integer("height", card.height, 1, kLargestSide);
  reader.integer("width", card.width, 1, kLargestSide);
  reader.integer("resize_to", card.resizeTo, 1, kLargestSide);
  reader.choice("resize", card.resize, kResizes);
  reader.flag("bgr", card.bgr);
  reader.flag("channels_last", card.channelsLast);
  reader.number("scale", card.scale);
  if (card.scale == 0.0) reader.refuse("scale", "must not be zero");
  reader.numbers("mean", card.mean);
  reader.numbers("std", card.std);
  for (const double deviation : card.std)
    if (deviation < kSmallestDeviation) reader.refuse("std", "must be above zero");
  reader.text("output", card.output);
  reader.flag("output_is_probability", card.outputIsProbability);
  reader.flag("multi_label", card.multiLabel);
  reader.text("labels_file", card.labelsFile);
  reader.texts("labels", card.labels);
  reader.flag("guessed", card.guessed);
  reader.texts("guesses", card.guesses);
  return card;
}

std::filesystem::path cardPathFor(const std::filesystem::path& model) {
  std::filesystem::path path = model;
  path += ".card.json";
  return path;
}

void saveCard(const ModelCard& card, const std::filesystem::path& file) {
  writeFileAtomically(file, toJson(card));
}

std::vector<std::string> readLabels(const std::filesystem::path& file) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(file, problem)) throw Error(file.string(), "is not a file that can be read");
  if (std::filesystem::file_size(file, problem) > kLargestFile || problem)
    throw Error(file.string(), "is too large for a list of labels");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(file.string(), "cannot be read");
  std::vector<std::string> labels;
  std::string line;
  while (std::getline(stream, line)) {
    if (labels.empty() && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    dropLineEnd(line);
    for (const char c : line)
      if (static_cast<unsigned char>(c) < 0x20 && c != '\t') throw Error(file.string(), "is not a list of labels");
    if (line.size() > kLongestText) throw Error(file.string(), "has a line that is too long for a label");
    dropWordNetId(line);
    labels.push_back(std::move(line));
    if (labels.size() > kMostLabels) throw Error(file.string(), "has more than a million lines");
  }
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  if (labels.empty()) throw Error(file.string(), "holds no labels");
  return labels;
}

}  // namespace unitscope
