#include <algorithm>
#include <cmath>
#include <sstream>

#include "examples/examples_state.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

using Size = std::uint64_t;

constexpr std::int64_t kMostLayers = 9999, kMostUnits = 1 << 20, kMostSide = 1 << 16, kMostTop = 1000;
constexpr std::int64_t kMostPictures = std::int64_t{1} << 31U, kMostClasses = 1 << 20;

Size size(std::int64_t n) {
  return static_cast<Size>(n);
}

class HeaderReader {
 public:
  explicit HeaderReader(const Hdf5Reader& reader) : in_(reader) {}

  ExamplesHeader read() {
    if (in_.text("/", "format") != "unitscope examples") fail("is no file of examples");
    if (in_.integer("/", "version") != 1) fail("was written by a newer Unitscope; collect the examples anew");
    ExamplesHeader h;
    h.data = in_.text("/", "data");
    h.model = in_.text("/", "model");
    h.modelHash = in_.text("/", "model_hash");
    h.seed = static_cast<Size>(in_.integer("/", "seed"));
    h.total = within("/", "total", 0, kMostPictures);
    h.block = within("/", "block", 1, 1 << 16);
    h.shards = within("/", "shards", 1, kMostPictures);
    h.top = within("/", "top", 1, kMostTop);
    h.relevanceClass = within("/", "relevance_class", -1, kMostClasses);
    h.inputHeight = within("/", "input_height", 1, 1 << 24);
    h.inputWidth = within("/", "input_width", 1, 1 << 24);
    const std::int64_t parts = rowsOf("/parts/shard", std::min(h.shards, kMostClasses));
    h.parts = in_.read<std::int64_t>("/parts/shard", {size(parts)});
    h.blocksDone = in_.read<std::int64_t>("/parts/blocks_done", {size(parts)});
    for (std::size_t i = 0; i < h.parts.size(); ++i)
      if (h.parts[i] < (i == 0 ? 0 : h.parts[i - 1] + 1) || h.parts[i] >= h.shards || h.blocksDone[i] < 0 ||
          h.blocksDone[i] > h.blocksOf(h.parts[i]))
        fail("says nonsense of its parts");
    const std::int64_t classes = rowsOf("/labels", kMostClasses);
    h.labels = in_.texts("/labels", 0, size(classes));
    h.classPictures = in_.read<Size>("/class_pictures", {size(classes)});
    h.unreadable = in_.texts("/pictures/unreadable", 0, size(rowsOf("/pictures/unreadable", 1 << 20)));
    h.pictures = rowsOf("/pictures/number", h.total);
    const std::int64_t layers = within("/", "layers", 0, kMostLayers);
    for (std::int64_t i = 0; i < layers; ++i) h.layers.push_back(layer(layerPath(static_cast<std::size_t>(i))));
    return h;
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const { throw Error(in_.file().string(), reason); }

  std::int64_t within(const std::string& at, const char* name, std::int64_t low, std::int64_t high) const {
    const std::int64_t value = in_.integer(at, name);
    if (value < low || value > high) fail(std::string("its '") + name + "' is out of range: it is damaged");
    return value;
  }

  std::int64_t rowsOf(const std::string& path, std::int64_t most) const {
    const Hdf5Shape shape = in_.shape(path);
    if (shape.size() != 1 || shape[0] > size(most)) fail("'" + path + "' has an impossible size");
    return static_cast<std::int64_t>(shape[0]);
  }

  ExampleStore::LayerInfo layer(const std::string& path) const {
    ExampleStore::LayerInfo info;
    info.name = in_.text(path, "name");
    info.value = in_.text(path, "value");
    std::istringstream aliases(in_.text(path, "aliases"));
    for (std::string name; std::getline(aliases, name);) info.aliases.push_back(name);
    info.units = within(path, "units", 1, kMostUnits);
    info.height = within(path, "height", 1, kMostSide);
    info.width = within(path, "width", 1, kMostSide);
    if (info.height * info.width > INT32_MAX) fail("a map in it has an impossible size");
    info.field.whole = within(path, "field_whole", 0, 1) != 0;
    const std::vector<double> f = in_.read<double>(path + "/field", {2, 3});
    constexpr double kMost = 1e9;
    for (const double value : f)
      if (!(std::abs(value) < kMost)) fail("a receptive field in it is out of range: it is damaged");
    info.field.y = {f[0], f[1], f[2]};
    info.field.x = {f[3], f[4], f[5]};
    return info;
  }

  const Hdf5Reader& in_;
};

std::vector<SeenPicture> readPictures(const Hdf5Reader& in, const ExamplesHeader& header) {
  const Size n = size(header.pictures);
  const std::vector<std::int64_t> numbers = in.read<std::int64_t>("/pictures/number", {n});
  const std::vector<std::string> names = in.texts("/pictures/name", 0, n);
  const std::vector<Size> ends = in.read<Size>("/pictures/class_end", {n});
  const Hdf5Shape shape = in.shape("/pictures/class");
  const std::vector<std::int64_t> classes = in.read<std::int64_t>("/pictures/class", shape);
  std::vector<SeenPicture> pictures(static_cast<std::size_t>(n));
  Size from = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (ends[i] < from || ends[i] > classes.size() || numbers[i] < 0 || numbers[i] >= header.total ||
        (i > 0 && numbers[i] <= numbers[i - 1]))
      throw Error(in.file().string(), "its table of pictures is damaged");
    pictures[i] = {
        numbers[i],
        names[i],
        {classes.begin() + static_cast<std::ptrdiff_t>(from), classes.begin() + static_cast<std::ptrdiff_t>(ends[i])}};
    from = ends[i];
  }
  return pictures;
}

LayerTally readTally(const Hdf5Reader& in, const ExamplesHeader& header, std::size_t index) {
  const std::string path = layerPath(index);
  LayerTally tally;
  static_cast<ExampleStore::LayerInfo&>(tally) = header.layers[index];
  const Hdf5Shape byUnit{size(tally.units)};
  const bool relevant = header.relevanceClass >= 0;
  const std::int64_t classes = in.has(path + "/class_sum") ? static_cast<std::int64_t>(header.labels.size()) : 0;
  tally.prepare(header.top, header.seed, relevant, classes);
  if (classes > 0) tally.classSums = in.read<double>(path + "/class_sum", {size(tally.units), size(classes)});
  tally.places = in.read<Size>(path + "/places", byUnit);
  tally.positive = in.read<Size>(path + "/positive", byUnit);
  tally.notFinite = in.read<Size>(path + "/not_finite", byUnit);
  tally.minimum = in.read<float>(path + "/minimum", byUnit);
  tally.maximum = in.read<float>(path + "/maximum", byUnit);
  tally.sum = in.read<double>(path + "/sum", byUnit);
  tally.squares = in.read<double>(path + "/sum_of_squares", byUnit);
  tally.relevance = in.read<double>(path + "/relevance_sum", byUnit);
  for (int i = 0; i < kListKinds; ++i) {
    const auto kind = static_cast<ListKind>(i);
    BestLists& list = tally.list(kind);
    if (list.length() > 0) list.entries() = readList(in, path, tally, kind, list.length(), 0, tally.units);
  }
  const std::vector<std::vector<BinCount>> bins = readBins(in, path, tally.units, 0, tally.units);
  for (std::size_t u = 0; u < bins.size(); ++u)
    for (const BinCount& bin : bins[u]) tally.bins[u].add(bin.key, bin.count);
  return tally;
}

}  // namespace

ExamplesHeader readHeader(const Hdf5Reader& reader) {
  return HeaderReader(reader).read();
}

std::vector<std::vector<BinCount>> readBins(const Hdf5Reader& in, const std::string& layer, std::int64_t units,
                                            std::int64_t first, std::int64_t count) {
  const auto damaged = [&] { throw Error(in.file().string(), "its bins are damaged"); };
  const std::string path = layer + "/bins";
  std::vector<Size> ends;
  if (first > 0) ends = in.rows<Size>(path + "/end", {size(units)}, size(first - 1), 1);
  if (first == 0) ends.push_back(0);
  const std::vector<Size> rest = in.rows<Size>(path + "/end", {size(units)}, size(first), size(count));
  ends.insert(ends.end(), rest.begin(), rest.end());
  const Hdf5Shape shape = in.shape(path + "/key");
  if (shape.size() != 1 || !std::ranges::is_sorted(ends) || ends.back() > shape[0]) damaged();
  const Size from = ends.front(), total = ends.back() - from;
  const std::vector<std::int16_t> keys = in.rows<std::int16_t>(path + "/key", shape, from, total);
  const std::vector<Size> counts = in.rows<Size>(path + "/count", shape, from, total);
  constexpr Size kMostCount = Size{1} << 60U;  // sums of these stay numbers
  std::vector<std::vector<BinCount>> all(static_cast<std::size_t>(count));
  for (std::size_t u = 0; u < all.size(); ++u)
    for (Size i = ends[u] - from; i < ends[u + 1] - from; ++i) {
      const int key = keys[i];
      if (key < -bins::kLast || key > bins::kLast || counts[i] > kMostCount / static_cast<Size>(2 * bins::kLast + 1) ||
          (!all[u].empty() && all[u].back().key >= key))
        damaged();
      all[u].push_back({key, counts[i]});
    }
  return all;
}

std::vector<ListedPicture> readList(const Hdf5Reader& in, const std::string& layer, const ExampleStore::LayerInfo& info,
                                    ListKind kind, std::int64_t length, std::int64_t first, std::int64_t count) {
  const std::string path = layer + "/" + listName(kind);
  const Hdf5Shape shape{size(info.units), size(length)};
  const auto column = [&]<class T>(const char* name, T) {
    return in.rows<T>(path + name, shape, size(first), size(count));
  };
  const auto picture = column("/picture", std::int64_t{});
  const auto activation = column("/activation", float{});
  const auto place = column("/place", std::int32_t{});
  std::vector<float> other(picture.size(), 0.0F);
  if (kind == ListKind::Lowest) other = column("/largest", float{});
  if (kind == ListKind::Relevant) other = column("/relevance", float{});
  std::vector<ListedPicture> list(picture.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (picture[i] < -1 || place[i] < 0 || place[i] >= info.height * info.width)
      throw Error(in.file().string(), "its examples are damaged");
    list[i] = {picture[i], activation[i], other[i], place[i]};
  }
  return list;
}

ExamplesState readExamples(const std::filesystem::path& file) {
  const Hdf5Reader in = Hdf5Reader::open(file);
  ExamplesState state;
  state.header = readHeader(in);
  state.pictures = readPictures(in, state.header);
  for (std::size_t i = 0; i < state.header.layers.size(); ++i) state.layers.push_back(readTally(in, state.header, i));
  return state;
}

}  // namespace unitscope
