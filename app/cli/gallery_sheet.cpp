#include <algorithm>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/method_choice.h"
#include "engine/fingerprint.h"
#include "examples/example_crops.h"
#include "examples/example_store.h"
#include "image/contact_sheet.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct SheetOptions {
  ModelOptions model;
  std::filesystem::path file, out;
  std::string layer, units = "0-15", data, kind = "top";
  int cell = 96;
  bool whole = false, mean = false;
};

/// "3", "0-15" or "1,5,7-9".
std::vector<std::int64_t> unitsFrom(const std::string& text, std::int64_t there) {
  std::vector<std::int64_t> units;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const std::size_t dash = part.find('-');
    const auto first = numberFrom(part.substr(0, dash));
    const auto last = dash == std::string::npos ? first : numberFrom(part.substr(dash + 1));
    if (!first || !last || *first < 0 || *first > *last)
      throw Error("--units " + text, "must be units and ranges, as 0-15 or 3,8,21");
    if (*first >= there)
      throw Error("--units " + text, "the layer has " + std::to_string(there) + " units, counted from 0");
    for (std::int64_t u = *first; u <= std::min(*last, there - 1); ++u) units.push_back(u);
    begin = end + 1;
  }
  return units;
}

const std::vector<Example>& listOf(const UnitExamples& unit, const std::string& kind) {
  if (kind == "lowest") return unit.lowest;
  if (kind == "random") return unit.random;
  return kind == "relevant" ? unit.relevant : unit.top;
}

/// The whole picture with a frame around what the unit saw.
Image framed(const ExampleCrop& crop) {
  if (crop.picture.empty()) return {};
  Image picture = crop.picture;
  if (picture.channels == 1) {
    Image colour{picture.width, picture.height, 3, {}};
    for (const std::uint8_t value : picture.pixels) colour.pixels.insert(colour.pixels.end(), 3, value);
    picture = std::move(colour);
  }
  const FieldBox& b = crop.box;
  const auto dot = [&](std::int64_t x, std::int64_t y) {
    auto at = picture.pixels.begin() + (y * picture.width + x) * picture.channels;
    *at++ = 255;
    *at++ = 64;
    *at = 0;
  };
  for (std::int64_t x = b.x; x < b.x + b.width; ++x) dot(x, b.y), dot(x, b.y + b.height - 1);
  for (std::int64_t y = b.y; y < b.y + b.height; ++y) dot(b.x, y), dot(b.x + b.width - 1, y);
  return picture;
}

int perform(const SheetOptions& options, Console& console) {
  const ExampleStore store = ExampleStore::open(options.file);
  const std::int64_t layer = store.find(options.layer);
  if (layer < 0)
    throw Error("--layer " + options.layer, "is not in " + options.file.string() + "; `gallery show` lists its layers");
  if (options.kind == "relevant" && store.relevanceClass() < 0)
    throw Error("--kind relevant", "was not collected; run `gallery` with --relevance");
  const ExampleStore::LayerInfo& info = store.layers()[static_cast<std::size_t>(layer)];
  const std::vector<std::int64_t> units = unitsFrom(options.units, info.units);
  const std::shared_ptr<Model> model = openModel(options.model, console);
  if (modelFingerprint(*model) != store.modelHash())
    console.note("the examples were collected with another network (" + store.model() + ")");
  const auto source = openPictures(options.data.empty() ? store.data() : options.data, *model, store.seed());
  const Progress progress = console.progress("cutting out");
  std::vector<Image> cells;
  for (std::size_t i = 0; i < units.size(); ++i) {
    progress.report(static_cast<double>(i) / static_cast<double>(units.size()));
    const UnitExamples unit = store.unit(layer, units[i]);
    const std::vector<Example>& examples = listOf(unit, options.kind);
    const std::size_t first = cells.size();
    if (options.mean) cells.push_back(meanOfCrops(*model, *source, examples, info.field, console.cancel()));
    for (const ExampleCrop& crop : exampleCrops(*model, *source, examples, console.cancel()))
      cells.push_back(options.whole ? framed(crop) : crop.crop);
    cells.resize(first + static_cast<std::size_t>(store.top()) + (options.mean ? 1 : 0));
  }
  console.clearProgress();
  if (std::ranges::all_of(cells, &Image::empty))
    throw Error(options.data.empty() ? store.data() : options.data, "none of the pictures can be read");
  SheetLayout layout;
  layout.columns = static_cast<int>(store.top()) + (options.mean ? 1 : 0);
  layout.cellWidth = layout.cellHeight = options.cell;
  saveImage(contactSheet(cells, layout), options.out);
  console.out() << options.out.string() << '\n';
  return kFine;
}

}  // namespace

void addGallerySheet(CLI::App& gallery, Action& chosen) {
  auto options = std::make_shared<SheetOptions>();
  CLI::App* command = gallery.add_subcommand("sheet", "A picture of what units see, a row for each");
  addModelOptions(*command, options->model);
  command->add_option("FILE", options->file, "What `gallery` has written")->required();
  command->add_option("--layer", options->layer, "Whose units")->required();
  command->add_option("--units", options->units, "Units and ranges, as 0-15 or 3,8,21")->capture_default_str();
  command->add_option("--out", options->out, "PNG or JPEG to write")->required();
  command->add_option("--kind", options->kind, "Which examples")
      ->check(CLI::IsMember({"top", "lowest", "random", "relevant"}))
      ->capture_default_str();
  command->add_option("--data", options->data, "Where the pictures are now (default: where they were)");
  command->add_option("--cell", options->cell, "Pixels along each side of a cell")
      ->check(CLI::Range(8, 1024))
      ->capture_default_str();
  command->add_flag("--whole", options->whole, "Whole pictures with a frame around what the unit saw");
  command->add_flag("--mean", options->mean, "The mean of the crops in front of each row");
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
