#include "examples/example_store.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "examples/examples_state.h"
#include "examples/unit_statistics.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::uint64_t kNamesAtOnce = 4096;

std::uint64_t size(std::int64_t n) {
  return static_cast<std::uint64_t>(n);
}

}  // namespace

struct ExampleStore::State {
  explicit State(Hdf5Reader opened) : in(std::move(opened)), header(readHeader(in)) {
    levels = in.read<double>("/levels", {exampleLevels().size()});
    numbers = in.read<std::int64_t>("/pictures/number", {size(header.pictures)});
    if (!std::ranges::is_sorted(numbers)) damaged();
  }

  [[noreturn]] void damaged() const { throw Error(in.file().string(), "its examples are damaged"); }

  const LayerInfo& layer(std::int64_t index) const {
    if (index < 0 || size(index) >= header.layers.size())
      throw Error(in.file().string(), "has no layer of number " + std::to_string(index));
    return header.layers[size(index)];
  }
  void check(const LayerInfo& info, std::int64_t first, std::int64_t count) const {
    if (first < 0 || count < 0 || first > info.units - count)
      throw Error(info.name, "has " + std::to_string(info.units) + " units");
  }

  std::string nameOf(std::int64_t i) const {
    const std::uint64_t page = size(i) / kNamesAtOnce, first = page * kNamesAtOnce;
    auto found = names.find(page);
    if (found == names.end())
      found =
          names.emplace(page, in.texts("/pictures/name", first, std::min(kNamesAtOnce, size(header.pictures) - first)))
              .first;
    return found->second.at(size(i) - first);
  }

  std::vector<Example> examples(const LayerInfo& info, const ListedPicture* list, std::int64_t length,
                                ListKind kind) const {
    std::vector<Example> examples;
    for (std::int64_t i = 0; i < length && list[i].picture >= 0; ++i) {
      const auto at = std::ranges::lower_bound(numbers, list[i].picture);
      if (at == numbers.end() || *at != list[i].picture) damaged();
      Example one;
      one.picture = list[i].picture;
      one.name = nameOf(at - numbers.begin());
      one.activation = list[i].activation;
      if (kind == ListKind::Relevant) one.relevance = list[i].other;
      one.row = list[i].place / info.width;
      one.column = list[i].place % info.width;
      one.box = info.field.box(one.row, one.column, header.inputHeight, header.inputWidth);
      examples.push_back(std::move(one));
    }
    return examples;
  }

  std::vector<Example> examples(std::int64_t layerIndex, std::int64_t unit, ListKind kind) const {
    const LayerInfo& info = layer(layerIndex);
    const auto list = readList(in, layerPath(size(layerIndex)), info, kind, header.top, unit, 1);
    std::vector<Example> found = examples(info, list.data(), header.top, kind);
    if (kind == ListKind::Random) std::ranges::sort(found, {}, &Example::picture);
    return found;
  }

  LayerStatistics statistics(std::int64_t index, std::int64_t first, std::int64_t count) const {
    const LayerInfo& info = layer(index);
    check(info, first, count);
    const std::string path = layerPath(size(index));
    const Hdf5Shape all{size(info.units)};
    const auto column = [&]<class T>(const char* name, T) {
      return in.rows<T>(path + name, all, size(first), size(count));
    };
    const auto places = column("/places", std::uint64_t{});
    const auto mean = column("/mean", double{}), deviation = column("/deviation", double{});
    const auto positive = column("/positive_share", double{}), selectivity = column("/selectivity", double{});
    const auto relevance = column("/mean_relevance", double{});
    const auto minimum = column("/minimum", float{}), maximum = column("/maximum", float{});
    const auto preferred = column("/preferred_class", std::int64_t{});
    const auto dead = column("/dead", std::uint8_t{});
    LayerStatistics s;
    s.units.resize(size(count));
    for (std::size_t u = 0; u < s.units.size(); ++u) {
      const bool any = places[u] > 0;
      if (preferred[u] < -1 || preferred[u] >= static_cast<std::int64_t>(header.labels.size())) damaged();
      s.units[u] = {places[u],   mean[u],      deviation[u],   any ? minimum[u] : 0.0, any ? maximum[u] : 0.0,
                    positive[u], dead[u] != 0, selectivity[u], preferred[u],           relevance[u]};
    }
    return s;
  }

  std::vector<BinCount> bins(std::int64_t index, std::int64_t unit) const {
    const LayerInfo& info = layer(index);
    check(info, unit, 1);
    return std::move(readBins(in, layerPath(size(index)), info.units, unit, 1).front());
  }

  Hdf5Reader in;
  ExamplesHeader header;
  std::vector<double> levels;
  std::vector<std::int64_t> numbers;
  mutable std::map<std::uint64_t, std::vector<std::string>> names;  ///< those that were asked for, in pages
};

ExampleStore::ExampleStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
ExampleStore::~ExampleStore() = default;
ExampleStore::ExampleStore(ExampleStore&&) noexcept = default;
ExampleStore& ExampleStore::operator=(ExampleStore&&) noexcept = default;

ExampleStore ExampleStore::open(const std::filesystem::path& file) {
  return ExampleStore(std::make_unique<State>(Hdf5Reader::open(file)));
}

const std::filesystem::path& ExampleStore::file() const {
  return state_->in.file();
}
const std::vector<ExampleStore::LayerInfo>& ExampleStore::layers() const {
  return state_->header.layers;
}

std::int64_t ExampleStore::find(std::string_view layer) const {
  const auto& all = layers();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == layer || all[i].value == layer) return static_cast<std::int64_t>(i);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (std::ranges::find(all[i].aliases, layer) != all[i].aliases.end()) return static_cast<std::int64_t>(i);
  return -1;
}

const std::string& ExampleStore::data() const {
  return state_->header.data;
}
std::uint64_t ExampleStore::seed() const {
  return state_->header.seed;
}
const std::string& ExampleStore::model() const {
  return state_->header.model;
}
const std::string& ExampleStore::modelHash() const {
  return state_->header.modelHash;
}
std::int64_t ExampleStore::pictures() const {
  return state_->header.pictures;
}
std::int64_t ExampleStore::shards() const {
  return state_->header.shards;
}
std::int64_t ExampleStore::shardsHere() const {
  return static_cast<std::int64_t>(state_->header.parts.size());
}
std::int64_t ExampleStore::inputHeight() const {
  return state_->header.inputHeight;
}
std::int64_t ExampleStore::inputWidth() const {
  return state_->header.inputWidth;
}
const std::vector<std::string>& ExampleStore::labels() const {
  return state_->header.labels;
}
std::int64_t ExampleStore::relevanceClass() const {
  return state_->header.relevanceClass;
}
std::int64_t ExampleStore::top() const {
  return state_->header.top;
}
const std::vector<double>& ExampleStore::levels() const {
  return state_->levels;
}

std::int64_t ExampleStore::pictureNumber(std::int64_t i) const {
  if (i < 0 || i >= pictures()) throw Error(file().string(), "has " + std::to_string(pictures()) + " pictures");
  return state_->numbers[size(i)];
}

std::string ExampleStore::pictureName(std::int64_t i) const {
  pictureNumber(i);
  return state_->nameOf(i);
}

std::vector<std::int64_t> ExampleStore::pictureClasses(std::int64_t i) const {
  pictureNumber(i);
  const Hdf5Reader& in = state_->in;
  const Hdf5Shape all{size(pictures())}, classes = in.shape("/pictures/class");
  const auto end = in.rows<std::uint64_t>("/pictures/class_end", all, size(i), 1).front();
  const auto begin = i > 0 ? in.rows<std::uint64_t>("/pictures/class_end", all, size(i - 1), 1).front() : 0;
  if (begin > end || classes.size() != 1 || end > classes[0]) state_->damaged();
  return in.rows<std::int64_t>("/pictures/class", classes, begin, end - begin);
}

LayerStatistics ExampleStore::statistics(std::int64_t layer) const {
  const LayerInfo& info = state_->layer(layer);
  LayerStatistics s = state_->statistics(layer, 0, info.units);
  const Hdf5Shape shape{state_->levels.size(), size(info.units)};
  for (std::size_t l = 0; l < state_->levels.size(); ++l) {
    const auto row = state_->in.rows<float>(layerPath(size(layer)) + "/quantiles", shape, l, 1);
    s.quantiles.emplace_back(row.begin(), row.end());
  }
  return s;
}

UnitExamples ExampleStore::unit(std::int64_t layer, std::int64_t unit) const {
  UnitExamples found;
  found.statistics = state_->statistics(layer, unit, 1).units.front();
  found.top = state_->examples(layer, unit, ListKind::Top);
  found.lowest = state_->examples(layer, unit, ListKind::Lowest);
  found.random = state_->examples(layer, unit, ListKind::Random);
  if (relevanceClass() >= 0) found.relevant = state_->examples(layer, unit, ListKind::Relevant);
  const std::vector<BinCount> bins = state_->bins(layer, unit);
  for (const double level : levels())
    found.quantiles.push_back(quantileOf(bins, found.statistics.minimum, found.statistics.maximum, level));
  const std::string path = layerPath(size(layer)) + "/class_sum";
  const auto& counts = state_->header.classPictures;
  if (!labels().empty() && state_->in.has(path)) {
    found.classMeans =
        state_->in.rows<double>(path, {size(layers()[size(layer)].units), labels().size()}, size(unit), 1);
    // Nothing over nothing is NaN, as promised.
    for (std::size_t k = 0; k < counts.size(); ++k) found.classMeans[k] /= static_cast<double>(counts[k]);
  }
  return found;
}

std::vector<std::vector<Example>> ExampleStore::top(std::int64_t layer, std::int64_t first, std::int64_t count) const {
  const LayerInfo& info = state_->layer(layer);
  state_->check(info, first, count);
  const std::int64_t length = state_->header.top;
  const auto list = readList(state_->in, layerPath(size(layer)), info, ListKind::Top, length, first, count);
  std::vector<std::vector<Example>> all;
  for (std::int64_t u = 0; u < count; ++u)
    all.push_back(state_->examples(info, list.data() + u * length, length, ListKind::Top));
  return all;
}

UnitHistogram ExampleStore::histogram(std::int64_t layer, std::int64_t unit, int bins) const {
  const UnitStatistics s = state_->statistics(layer, unit, 1).units.front();
  return histogramOf(state_->bins(layer, unit), s.minimum, s.maximum, bins);
}

double ExampleStore::quantile(std::int64_t layer, std::int64_t unit, double level) const {
  const UnitStatistics s = state_->statistics(layer, unit, 1).units.front();
  return quantileOf(state_->bins(layer, unit), s.minimum, s.maximum, level);
}

std::vector<double> ExampleStore::quantiles(std::int64_t layer, double level) const {
  const LayerInfo& info = state_->layer(layer);
  const LayerStatistics s = state_->statistics(layer, 0, info.units);
  const auto bins = readBins(state_->in, layerPath(size(layer)), info.units, 0, info.units);
  std::vector<double> found;
  for (std::size_t u = 0; u < bins.size(); ++u)
    found.push_back(quantileOf(bins[u], s.units[u].minimum, s.units[u].maximum, level));
  return found;
}

}  // namespace unitscope
