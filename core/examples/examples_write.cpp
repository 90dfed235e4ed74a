#include <algorithm>

#include "examples/examples_state.h"
#include "examples/unit_statistics.h"

namespace unitscope {
namespace {

using Size = std::uint64_t;

void writeLists(Hdf5Writer& out, const std::string& path, const LayerTally& layer) {
  for (int i = 0; i < kListKinds; ++i) {
    const auto kind = static_cast<ListKind>(i);
    const BestLists& list = layer.list(kind);
    if (list.length() == 0) continue;
    const std::vector<ListedPicture>& entries = list.entries();
    std::vector<std::int64_t> picture;
    std::vector<float> activation, other;
    std::vector<std::int32_t> place;
    for (const ListedPicture& one : entries) {
      picture.push_back(one.picture);
      activation.push_back(one.activation);
      other.push_back(one.other);
      place.push_back(one.place);
    }
    const Hdf5Shape shape{static_cast<Size>(layer.units), static_cast<Size>(list.length())};
    const std::string group = path + "/" + listName(kind);
    out.write(group + "/picture", picture, shape);
    out.write(group + "/activation", activation, shape);
    out.write(group + "/place", place, shape);
    if (kind == ListKind::Lowest) out.write(group + "/largest", other, shape);
    if (kind == ListKind::Relevant) out.write(group + "/relevance", other, shape);
  }
}

void writeDerived(Hdf5Writer& out, const std::string& path, const LayerTally& layer, const ExamplesState& state) {
  std::vector<double> mean, deviation, positive, selectivity, relevance;
  std::vector<std::uint8_t> dead;
  std::vector<std::int64_t> preferred;
  const std::vector<double>& levels = exampleLevels();
  std::vector<float> quantiles(levels.size() * static_cast<std::size_t>(layer.units));
  std::vector<Size> ends;
  std::vector<std::int16_t> keys;
  std::vector<Size> counts;
  for (std::int64_t u = 0; u < layer.units; ++u) {
    const UnitStatistics s = statisticsOf(layer, u, state.header.classPictures, state.header.pictures);
    mean.push_back(s.mean);
    deviation.push_back(s.deviation);
    positive.push_back(s.positive);
    selectivity.push_back(s.selectivity);
    preferred.push_back(s.preferredClass);
    relevance.push_back(s.meanRelevance);
    dead.push_back(s.dead ? 1 : 0);
    const std::vector<BinCount> bins = layer.bins[static_cast<std::size_t>(u)].counts();
    for (std::size_t l = 0; l < levels.size(); ++l)
      quantiles[l * static_cast<std::size_t>(layer.units) + static_cast<std::size_t>(u)] =
          static_cast<float>(quantileOf(bins, s.minimum, s.maximum, levels[l]));
    for (const BinCount& bin : bins) {
      keys.push_back(static_cast<std::int16_t>(bin.key));
      counts.push_back(bin.count);
    }
    ends.push_back(keys.size());
  }
  out.write(path + "/mean", mean);
  out.write(path + "/deviation", deviation);
  out.write(path + "/positive_share", positive);
  out.write(path + "/selectivity", selectivity);
  out.write(path + "/preferred_class", preferred);
  out.write(path + "/mean_relevance", relevance);
  out.write(path + "/dead", dead);
  out.write(path + "/quantiles", quantiles, {levels.size(), static_cast<Size>(layer.units)});
  out.write(path + "/bins/end", ends);
  out.write(path + "/bins/key", keys);
  out.write(path + "/bins/count", counts);
}

void writeLayer(Hdf5Writer& out, const std::string& path, const LayerTally& layer, const ExamplesState& state) {
  out.group(path);
  out.attribute(path, "name", layer.name);
  out.attribute(path, "value", layer.value);
  std::string aliases;
  for (const std::string& name : layer.aliases) aliases += (aliases.empty() ? "" : "\n") + name;
  out.attribute(path, "aliases", aliases);
  out.attribute(path, "units", layer.units);
  out.attribute(path, "height", layer.height);
  out.attribute(path, "width", layer.width);
  out.attribute(path, "field_whole", std::int64_t{layer.field.whole});
  const FieldAxis &y = layer.field.y, &x = layer.field.x;
  out.write(path + "/field", std::vector<double>{y.start, y.stride, y.size, x.start, x.stride, x.size}, {2, 3});
  out.write(path + "/places", layer.places);
  out.write(path + "/positive", layer.positive);
  out.write(path + "/not_finite", layer.notFinite);
  out.write(path + "/minimum", layer.minimum);
  out.write(path + "/maximum", layer.maximum);
  out.write(path + "/sum", layer.sum);
  out.write(path + "/sum_of_squares", layer.squares);
  out.write(path + "/relevance_sum", layer.relevance);
  if (layer.classes > 0)
    out.write(path + "/class_sum", layer.classSums, {static_cast<Size>(layer.units), static_cast<Size>(layer.classes)});
  writeLists(out, path, layer);
  writeDerived(out, path, layer, state);
}

void writePictures(Hdf5Writer& out, const std::vector<SeenPicture>& pictures) {
  std::vector<std::int64_t> numbers, classes;
  std::vector<std::string> names;
  std::vector<Size> ends;
  for (const SeenPicture& picture : pictures) {
    numbers.push_back(picture.number);
    names.push_back(picture.name);
    classes.insert(classes.end(), picture.classes.begin(), picture.classes.end());
    ends.push_back(classes.size());
  }
  out.write("/pictures/number", numbers);
  out.write("/pictures/name", names);
  out.write("/pictures/class_end", ends);
  out.write("/pictures/class", classes);
}

}  // namespace

void writeExamples(const ExamplesState& state, const std::filesystem::path& file) {
  const ExamplesHeader& h = state.header;
  Hdf5Writer out(file);
  out.attribute("/", "format", std::string("unitscope examples"));
  out.attribute("/", "version", std::int64_t{1});
  out.attribute("/", "model", h.model);
  out.attribute("/", "model_hash", h.modelHash);
  out.attribute("/", "data", h.data);
  out.attribute("/", "seed", static_cast<std::int64_t>(h.seed));
  out.attribute("/", "total", h.total);
  out.attribute("/", "block", h.block);
  out.attribute("/", "shards", h.shards);
  out.attribute("/", "top", h.top);
  out.attribute("/", "relevance_class", h.relevanceClass);
  out.attribute("/", "input_height", h.inputHeight);
  out.attribute("/", "input_width", h.inputWidth);
  out.attribute("/", "layers", static_cast<std::int64_t>(state.layers.size()));
  out.write("/parts/shard", h.parts);
  out.write("/parts/blocks_done", h.blocksDone);
  out.write("/levels", exampleLevels());
  out.write("/labels", h.labels);
  out.write("/class_pictures", h.classPictures);
  out.write("/pictures/unreadable", h.unreadable);
  writePictures(out, state.pictures);
  out.group("/layers");
  for (std::size_t i = 0; i < state.layers.size(); ++i) writeLayer(out, layerPath(i), state.layers[i], state);
  out.save();
}

}  // namespace unitscope
