#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "examples/example_store.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct ShowOptions {
  std::filesystem::path file, csv;
  std::string layer;
  std::int64_t unit = -1;
  bool json = false;
};

/// NaN, which JSON does not have, is null.
Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

std::string label(const ExampleStore& store, std::int64_t k) {
  return k >= 0 && static_cast<std::size_t>(k) < store.labels().size() ? store.labels()[static_cast<std::size_t>(k)]
                                                                       : "";
}

Json fieldJson(const ReceptiveField& field) {
  if (field.whole) return "whole";
  const auto axis = [](const FieldAxis& a) { return Json{{"start", a.start}, {"stride", a.stride}, {"size", a.size}}; };
  return {{"y", axis(field.y)}, {"x", axis(field.x)}};
}

Json layerJson(const ExampleStore::LayerInfo& layer) {
  return {{"name", layer.name},
          {"units", layer.units},
          {"height", layer.height},
          {"width", layer.width},
          {"receptive_field", fieldJson(layer.field)}};
}

Json statisticsJson(const ExampleStore& store, std::int64_t unit, const UnitStatistics& s) {
  Json json{{"unit", unit},
            {"places", s.places},
            {"mean", s.mean},
            {"deviation", s.deviation},
            {"minimum", s.minimum},
            {"maximum", s.maximum},
            {"positive_share", s.positive},
            {"dead", s.dead},
            {"selectivity", number(s.selectivity)},
            {"preferred_class", s.preferredClass >= 0 ? Json(s.preferredClass) : Json(nullptr)},
            {"preferred_label", s.preferredClass >= 0 ? Json(label(store, s.preferredClass)) : Json(nullptr)}};
  if (store.relevanceClass() >= 0) json["mean_relevance"] = s.meanRelevance;
  return json;
}

Json examplesJson(const std::vector<Example>& examples, bool relevant) {
  Json list = Json::array();
  for (const Example& e : examples) {
    list.push_back({{"picture", e.picture},
                    {"name", e.name},
                    {"activation", e.activation},
                    {"row", e.row},
                    {"column", e.column},
                    {"box", {{"x", e.box.x}, {"y", e.box.y}, {"width", e.box.width}, {"height", e.box.height}}}});
    if (relevant) list.back()["relevance"] = e.relevance;
  }
  return list;
}

Json unitJson(const ExampleStore& store, std::int64_t layer, std::int64_t unit) {
  const UnitExamples found = store.unit(layer, unit);
  const UnitHistogram histogram = store.histogram(layer, unit);
  Json json = statisticsJson(store, unit, found.statistics);
  json["top"] = examplesJson(found.top, false);
  json["lowest"] = examplesJson(found.lowest, false);
  json["random"] = examplesJson(found.random, false);
  if (store.relevanceClass() >= 0) json["relevant"] = examplesJson(found.relevant, true);
  json["quantiles"] = Json::array();
  for (std::size_t l = 0; l < found.quantiles.size(); ++l)
    json["quantiles"].push_back({{"level", store.levels()[l]}, {"value", found.quantiles[l]}});
  json["histogram"] = {{"edges", histogram.edges}, {"counts", histogram.counts}};
  json["class_means"] = Json::array();
  for (std::size_t k = 0; k < found.classMeans.size(); ++k)
    if (std::isfinite(found.classMeans[k]))
      json["class_means"].push_back({{"class", k}, {"label", store.labels()[k]}, {"mean", found.classMeans[k]}});
  return json;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

void writeTable(const ExampleStore& store, std::int64_t layer, const std::filesystem::path& file) {
  const LayerStatistics all = store.statistics(layer);
  const auto tops = store.top(layer, 0, static_cast<std::int64_t>(all.units.size()));
  std::ostringstream text;
  text << std::setprecision(9)
       << "unit,places,mean,deviation,minimum,maximum,positive_share,dead,selectivity,preferred_class,preferred_label";
  for (const double level : store.levels()) text << ",q" << level;
  text << ",top_picture,top_name,top_activation,top_row,top_column\n";
  for (std::size_t u = 0; u < all.units.size(); ++u) {
    const UnitStatistics& s = all.units[u];
    text << u << ',' << s.places << ',' << s.mean << ',' << s.deviation << ',' << s.minimum << ',' << s.maximum << ','
         << s.positive << ',' << (s.dead ? 1 : 0) << ',';
    if (std::isfinite(s.selectivity))
      text << s.selectivity << ',' << s.preferredClass;
    else
      text << ',';
    text << ',' << quoted(label(store, s.preferredClass));
    for (const auto& level : all.quantiles) text << ',' << level[u];
    if (tops[u].empty()) {
      text << ",,,,,\n";
      continue;
    }
    const Example& e = tops[u].front();
    text << ',' << e.picture << ',' << quoted(e.name) << ',' << e.activation << ',' << e.row << ',' << e.column << '\n';
  }
  AtomicFile out(file);
  out.write(text.str());
  out.commit();
}

void printLayers(std::ostream& out, const ExampleStore& store) {
  out << store.pictures() << " pictures of " << store.data() << " shown to " << store.model();
  if (store.shards() > 1) out << ", " << store.shardsHere() << " of " << store.shards() << " parts";
  out << "\n\n"
      << std::left << std::setw(34) << "layer" << std::right << std::setw(8) << "units" << std::setw(12) << "map"
      << std::setw(18) << "field" << std::setw(8) << "dead" << '\n';
  for (std::size_t i = 0; i < store.layers().size(); ++i) {
    const ExampleStore::LayerInfo& layer = store.layers()[i];
    std::int64_t dead = 0;
    for (const UnitStatistics& s : store.statistics(static_cast<std::int64_t>(i)).units) dead += s.dead;
    std::ostringstream field;
    if (layer.field.whole)
      field << "whole";
    else
      field << layer.field.x.size << " x " << layer.field.y.size;
    out << std::left << std::setw(34) << layer.name << std::right << std::setw(8) << layer.units << std::setw(12)
        << std::to_string(layer.width) + " x " + std::to_string(layer.height) << std::setw(18) << field.str()
        << std::setw(8) << dead << '\n';
  }
}

void printUnits(std::ostream& out, const ExampleStore& store, std::int64_t layer) {
  out << std::right << std::setw(6) << "unit" << std::setw(12) << "mean" << std::setw(12) << "maximum" << std::setw(10)
      << "positive" << std::setw(13) << "selectivity"
      << "  class\n";
  const LayerStatistics all = store.statistics(layer);
  out << std::setprecision(4);
  for (std::size_t u = 0; u < all.units.size(); ++u) {
    const UnitStatistics& s = all.units[u];
    out << std::setw(6) << u << std::setw(12) << s.mean << std::setw(12) << s.maximum << std::setw(10) << s.positive
        << std::setw(13);
    if (s.dead)
      out << "dead";
    else if (std::isfinite(s.selectivity))
      out << s.selectivity;
    else
      out << '-';
    out << "  " << label(store, s.preferredClass) << '\n';
  }
}

void printUnit(std::ostream& out, const ExampleStore& store, std::int64_t layer, std::int64_t unit) {
  const UnitExamples found = store.unit(layer, unit);
  const UnitStatistics& s = found.statistics;
  out << std::setprecision(5) << store.layers()[static_cast<std::size_t>(layer)].name << " unit " << unit << ": mean "
      << s.mean << ", deviation " << s.deviation << ", " << s.minimum << " to " << s.maximum << ", above zero at "
      << 100.0 * s.positive << " % of " << s.places << " places" << (s.dead ? ", dead" : "") << '\n';
  if (s.preferredClass >= 0)
    out << "selectivity " << s.selectivity << " for " << label(store, s.preferredClass) << '\n';
  for (std::size_t l = 0; l < found.quantiles.size(); ++l)
    out << (l == 0 ? "quantiles" : ",") << ' ' << store.levels()[l] << ": " << found.quantiles[l];
  out << '\n';
  const auto list = [&](const char* title, const std::vector<Example>& examples, bool relevant) {
    if (!examples.empty()) out << '\n' << title << '\n';
    for (const Example& e : examples) {
      out << "  " << std::setw(10) << (relevant ? e.relevance : e.activation) << "  " << e.name << " at row " << e.row
          << ", column " << e.column << '\n';
    }
  };
  list("Highest", found.top, false);
  list("Lowest", found.lowest, false);
  list("Random", found.random, false);
  if (store.relevanceClass() >= 0) list("Most relevant", found.relevant, true);
}

int perform(const ShowOptions& options, Console& console) {
  const ExampleStore store = ExampleStore::open(options.file);
  const std::int64_t layer = options.layer.empty() ? -1 : store.find(options.layer);
  if (!options.layer.empty() && layer < 0)
    throw Error("--layer " + options.layer, "is not in " + options.file.string() + "; see `gallery show` without it");
  if (layer < 0 && (options.unit >= 0 || !options.csv.empty()))
    throw Error(options.unit >= 0 ? "--unit" : "--csv", "needs --layer");
  if (!options.csv.empty()) writeTable(store, layer, options.csv);
  if (!options.json) {
    if (layer < 0)
      printLayers(console.out(), store);
    else if (options.unit >= 0)
      printUnit(console.out(), store, layer, options.unit);
    else if (options.csv.empty())
      printUnits(console.out(), store, layer);
    return kFine;
  }
  Json json{{"model", store.model()},
            {"model_hash", store.modelHash()},
            {"data", store.data()},
            {"seed", store.seed()},
            {"pictures", store.pictures()},
            {"shards", store.shards()},
            {"shards_here", store.shardsHere()}};
  if (layer < 0) {
    json["layers"] = Json::array();
    for (const ExampleStore::LayerInfo& info : store.layers()) json["layers"].push_back(layerJson(info));
  } else {
    json["layer"] = layerJson(store.layers()[static_cast<std::size_t>(layer)]);
    if (options.unit >= 0) {
      json["unit"] = unitJson(store, layer, options.unit);
    } else {
      json["units"] = Json::array();
      const LayerStatistics all = store.statistics(layer);
      for (std::size_t u = 0; u < all.units.size(); ++u)
        json["units"].push_back(statisticsJson(store, static_cast<std::int64_t>(u), all.units[u]));
    }
  }
  printJson(console.out(), json);
  return kFine;
}

}  // namespace

void addGalleryShow(CLI::App& gallery, Action& chosen) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = gallery.add_subcommand("show", "What a file says: its layers, a layer's units, or one unit");
  command->add_option("FILE", options->file, "What `gallery` or `gallery merge` has written")->required();
  command->add_option("--layer", options->layer, "The units of this layer");
  command->add_option("--unit", options->unit, "This unit of the layer: examples, quantiles, histogram")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--csv", options->csv, "Write the layer's units as a table");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
