#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <utility>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/json_text.h"
#include "app/cli/method_choice.h"
#include "app/cli/unit_list.h"
#include "features/visualise.h"
#include "image/contact_sheet.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

namespace fs = std::filesystem;
using Kind = FeatureGoal::Kind;

constexpr float kOpaque = 255.0F;

struct VisualizeOptions {
  ModelOptions model;
  std::string layer, units, place;
  std::vector<std::string> set;
  FeatureQuestion question;
  bool negative = false, dream = false, transparent = false, json = false;
  std::int64_t diversity = 1, between = -1;
  double mix = 0.5;
  fs::path direction, match, out, sheet;
};

FeaturePlace placeFrom(const std::string& text) {
  const std::size_t comma = text.find(',');
  const auto y = numberFrom(std::string_view(text).substr(0, comma));
  const auto x = comma == std::string::npos ? std::nullopt : numberFrom(std::string_view(text).substr(comma + 1));
  if (!y || !x || *y < 0 || *x < 0) throw Error("--place " + text, "must be row and column from 0, such as 6,6");
  return {*y, *x};
}

/// Axes of length 1 before the vector are of no matter.
Array vectorFrom(const fs::path& file) {
  Array vector = readNpyFloats(file);
  while (vector.shape.size() > 1 && vector.shape.front() == 1) vector.shape.erase(vector.shape.begin());
  return vector;
}

std::vector<FeatureGoal> goalsFrom(const VisualizeOptions& options) {
  const int kinds = (options.units.empty() ? 0 : 1) + (options.direction.empty() ? 0 : 1) +
                    (options.match.empty() ? 0 : 1) + (options.dream ? 1 : 0);
  if (kinds != 1) throw Error("visualize", "takes one of --unit, --direction, --match and --dream");
  FeatureGoal goal;
  goal.layer = options.layer;
  goal.negative = options.negative;
  if (!options.place.empty()) goal.place = placeFrom(options.place);
  std::vector<FeatureGoal> goals;
  if (!options.units.empty()) {
    goal.kind = goal.place ? Kind::Neuron : Kind::Channel;
    if (options.between >= 0) {
      if (goal.place) throw Error("--place", "goes with single units and vectors, not with --between");
      goal.kind = Kind::Between;
      goal.other = options.between;
      goal.mix = options.mix;
    }
    for (const std::int64_t unit : unitsFrom(options.units)) {
      goal.unit = unit;
      goals.push_back(goal);
    }
  } else {
    goal.kind = options.dream ? Kind::Layer : options.match.empty() ? Kind::Direction : Kind::Activation;
    if (options.dream && goal.place) throw Error("--place", "goes with single units and vectors, not with --dream");
    if (!options.dream) goal.vector = vectorFrom(options.match.empty() ? options.direction : options.match);
    goals.push_back(std::move(goal));
  }
  if (options.diversity < 2) return goals;
  std::vector<FeatureGoal> many;
  for (std::size_t i = 0; i < goals.size(); ++i) {
    goals[i].group = static_cast<std::int64_t>(i);
    many.insert(many.end(), static_cast<std::size_t>(options.diversity), goals[i]);
  }
  return many;
}

/// "features.7_0016", and what else tells the picture from its neighbours.
std::string stemOf(const FeatureGoal& goal, const VisualizeOptions& options, std::size_t index) {
  std::ostringstream name;
  name << goal.layer << '_';
  switch (goal.kind) {
    case Kind::Layer: name << "all"; break;
    case Kind::Direction: name << "direction"; break;
    case Kind::Activation: name << "match"; break;
    default: name << std::setw(4) << std::setfill('0') << goal.unit;
  }
  if (goal.negative) name << "_negative";
  if (options.diversity > 1) name << '_' << index % static_cast<std::size_t>(options.diversity) + 1;
  return safeFileName(name.str());
}

Image withOpacity(const FeaturePicture& made, bool transparent) {
  const Image& picture = made.picture;
  if (!transparent || made.opacity.values.empty() || picture.channels != 3) return picture;
  Image image{picture.width, picture.height, 4, {}};
  for (std::size_t i = 0; i < made.opacity.values.size(); ++i) {
    image.pixels.insert(image.pixels.end(), picture.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i),
                        picture.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i + 3));
    image.pixels.push_back(static_cast<std::uint8_t>(std::lround(made.opacity.values[i] * kOpaque)));
  }
  return image;
}

/// Whether the name is that of one picture; layers have dots in their names, so folders may have them, too.
bool isPicture(const fs::path& out) {
  std::error_code ignored;
  std::string ending = out.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return !fs::is_directory(out, ignored) && (ending == ".png" || ending == ".jpg" || ending == ".jpeg");
}

/// Where each picture goes; empty paths where only a sheet is wanted. Made before the work begins, so that a wrong name
/// does not waste it.
std::vector<fs::path> filesFor(const VisualizeOptions& options) {
  std::vector<fs::path> files(options.question.goals.size());
  if (options.out.empty()) return files;
  if (isPicture(options.out)) {
    if (files.size() != 1)
      throw Error("--out " + options.out.string(),
                  "is one file for " + std::to_string(files.size()) + " pictures; name a folder");
    files.front() = options.out;
    return files;
  }
  std::error_code problem;
  fs::create_directories(options.out, problem);
  if (!fs::is_directory(options.out)) throw Error("--out " + options.out.string(), "no such folder can be made");
  for (std::size_t i = 0; i < files.size(); ++i)
    files[i] = options.out / (stemOf(options.question.goals[i], options, i) + ".png");
  return files;
}

void writeSheet(const std::vector<FeaturePicture>& pictures, const fs::path& file) {
  std::vector<Image> images;
  for (const FeaturePicture& one : pictures) images.push_back(one.picture);
  constexpr std::size_t kColumns = 8;
  SheetLayout layout;
  layout.columns = static_cast<int>(std::min(images.size(), kColumns));
  layout.cellWidth = images.front().width;
  layout.cellHeight = images.front().height;
  saveImage(contactSheet(images, layout), file);
}

const char* kindName(Kind kind) {
  switch (kind) {
    case Kind::Channel: return "channel";
    case Kind::Neuron: return "neuron";
    case Kind::Layer: return "layer";
    case Kind::Direction: return "direction";
    case Kind::Between: return "between";
    case Kind::Activation: return "activation";
  }
  return "";
}

Json pictureJson(const FeaturePicture& one, const fs::path& file) {
  Json json{{"kind", kindName(one.goal.kind)}};
  if (one.goal.kind == Kind::Channel || one.goal.kind == Kind::Neuron || one.goal.kind == Kind::Between)
    json["unit"] = one.goal.unit;
  if (one.goal.kind == Kind::Between) {
    json["other"] = one.goal.other;
    json["mix"] = one.goal.mix;
  }
  if (one.goal.place) json["place"] = {one.goal.place->y, one.goal.place->x};
  json["negative"] = one.goal.negative;
  json["mean_activation"] = one.mean;
  json["max_activation"] = one.largest;
  json["width"] = one.picture.width;
  json["height"] = one.picture.height;
  json["file"] = file.empty() ? Json(nullptr) : Json(file.string());
  return json;
}

int perform(VisualizeOptions options, Console& console) {
  FeatureQuestion& question = options.question;
  if (options.out.empty() && options.sheet.empty())
    throw Error("visualize", "needs --out or --sheet to know where the pictures go");
  const std::vector<MethodInfo> methods = featureMethods();
  const MethodInfo& info = findMethod(methods, question.method);
  question.parameters = parametersFrom(info, options.set);
  question.goals = goalsFrom(options);
  const std::vector<fs::path> files = filesFor(options);
  const std::shared_ptr<Model> model = openModel(options.model, console);
  // Each picture is written as soon as it is there: whoever stops a long run keeps what was made.
  question.finished = [&](std::size_t i, const FeaturePicture& made) {
    if (!files[i].empty()) saveImage(withOpacity(made, options.transparent), files[i]);
  };
  const auto start = std::chrono::steady_clock::now();
  const std::vector<FeaturePicture> pictures =
      visualise(*model, question, console.progress("visualizing"), console.cancel());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!options.sheet.empty()) writeSheet(pictures, options.sheet);
  console.clearProgress();

  double mean = 0.0;
  for (const FeaturePicture& one : pictures) mean += one.mean / static_cast<double>(pictures.size());
  if (options.json) {
    Json json{{"layer", options.layer}, {"method", question.method}, {"seed", question.seed}};
    json["parameters"] = Json::object();
    for (const auto& [id, value] : question.parameters.all())
      std::visit([&, id = id](const auto& v) { json["parameters"][id] = v; }, value);
    json["pictures"] = Json::array();
    for (std::size_t i = 0; i < pictures.size(); ++i) json["pictures"].push_back(pictureJson(pictures[i], files[i]));
    json["mean"] = mean;
    json["seconds"] = seconds;
    printJson(console.out(), json);
    return kFine;
  }
  for (std::size_t i = 0; i < pictures.size(); ++i)
    console.out() << describeGoal(pictures[i].goal) << "  mean " << pictures[i].mean << ", largest "
                  << pictures[i].largest << (files[i].empty() ? "" : "  " + files[i].string()) << '\n';
  if (pictures.size() > 1) console.out() << "mean over " << pictures.size() << ": " << mean << '\n';
  return kFine;
}

}  // namespace

void addVisualize(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<VisualizeOptions>();
  CLI::App* command = root.add_subcommand("visualize", "Pictures that excite a unit, made by optimisation");
  addModelOptions(*command, options->model);
  command->add_option("--layer", options->layer, "Layer as `info` names it; `output` for the logits")->required();
  command->add_option("--unit", options->units, "Units: 16, 0-15 or 3,8,20-22");
  command->add_option("--place", options->place, "Row and column of one neuron, instead of the mean over all places");
  command->add_option("--between", options->between, "Mixes each unit with this one")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40));
  command->add_option("--mix", options->mix, "Share of the other unit")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--direction", options->direction, "Vector over the layer's units, .npy [C]");
  command->add_option("--match", options->match, "Activation to reproduce, .npy [C] or [C,h,w]");
  command->add_flag("--dream", options->dream, "All units of the layer at once");
  command->add_flag("--negative", options->negative, "What excites it least");
  command->add_option("--diversity", options->diversity, "Pictures of each unit, pushed apart")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{16}))
      ->capture_default_str();
  command->add_option("--method", options->question.method, "fourier, pixels or maco")->capture_default_str();
  command->add_option("--set", options->set, "A parameter of the method, name=value: steps, pixels... Repeatable")
      ->allow_extra_args(false);
  command->add_option("--seed", options->question.seed, "Equal seeds give equal pictures")->capture_default_str();
  command->add_option("--out", options->out, "A .png or .jpg for one picture, or a folder: LAYER_0016.png");
  command->add_option("--sheet", options->sheet, "All pictures in one, .png or .jpg");
  command->add_flag("--transparent", options->transparent, "MaCo: keep how much each pixel mattered as its opacity");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
