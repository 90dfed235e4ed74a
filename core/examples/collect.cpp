#include "examples/collect.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <system_error>

#include <ATen/Parallel.h>

#include "attribution/gradients_of.h"
#include "engine/devices.h"
#include "engine/fingerprint.h"
#include "engine/model_internal.h"
#include "examples/example_layers.h"
#include "examples/examples_state.h"
#include "runtime/error.h"
#include "sources/picture_source.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMostInBlock = 16;
constexpr std::int64_t kBlockBytes = std::int64_t{1} << 30U;
constexpr std::int64_t kMostClassSums = std::int64_t{1} << 27U;
constexpr std::size_t kMostNamed = 100;

/// The faster layout is found by timing, and another order of summation moves activations by their last bits: for
/// exactly the same answers in every run and part it is fixed for as long as this lives.
class FixedLayout {
 public:
  explicit FixedLayout(Executor& executor) : executor_(executor), before_(executor.options()) {
    ExecutorOptions options = before_;
    options.layout = options.device.is_cpu() ? MemoryLayout::ChannelsLast : MemoryLayout::Contiguous;
    executor_.setOptions(options);
  }
  ~FixedLayout() { executor_.setOptions(before_); }
  FixedLayout(const FixedLayout&) = delete;
  FixedLayout& operator=(const FixedLayout&) = delete;

 private:
  Executor& executor_;
  ExecutorOptions before_;
};

/// Pictures that go through the network together. A place without a readable picture stays zero.
struct Block {
  at::Tensor input;  ///< [B,...]
  std::vector<std::optional<SeenPicture>> pictures;
  std::vector<std::string> unreadable;
};

class Collector {
 public:
  Collector(Model& model, const ExamplesQuestion& question, const fs::path& file, const Progress& progress,
            const CancelToken& cancel)
      : model_(model),
        inside_(model.internal()),
        question_(question),
        file_(file),
        progress_(progress),
        cancel_(cancel) {}

  CollectReport run() {
    start_ = Clock::now();
    if (!hasHdf5()) throw Error(file_.string(), "this build cannot write HDF5; build with libhdf5-dev installed");
    if (question_.shards < 1 || question_.shard < 0 || question_.shard >= question_.shards)
      throw Error("shard", "part " + std::to_string(question_.shard) + " of " + std::to_string(question_.shards) +
                               " does not exist; parts count from 0");
    if (question_.top < 1 || question_.top > 1000) throw Error("top", "must be between 1 and 1000");
    prepareComputeThread(inside_.settings);
    const FixedLayout layout(inside_.executor);
    source_ = openPictures(question_.data, model_, question_.seed);
    layers_ = unitLayers(model_, question_.layers, cancel_);
    prepare();
    if (question_.resume) resume();
    collect();
    // Nothing but damaged files: an empty answer would hide it.
    if (state_.pictures.empty() && !state_.header.unreadable.empty())
      throw Error(question_.data, "no picture can be read; the first: " + state_.header.unreadable.front());
    state_.header.pictures = static_cast<std::int64_t>(state_.pictures.size());
    writeExamples(state_, file_);
    std::error_code ignored;
    fs::remove(examplesCheckpoint(file_), ignored);
    progress_.report(1.0);
    report_.pictures = state_.header.pictures;
    report_.unreadable = state_.header.unreadable;
    report_.stateBytes = state_.bytes();
    report_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    return report_;
  }

 private:
  void prepare() {
    ExamplesHeader& h = state_.header;
    const at::Tensor blank = inside_.blankInput();
    if (blank.dim() != 4) throw Error(question_.data, "the network takes no pictures");
    const bool last = inside_.card.channelsLast;
    h.data = question_.data;
    h.model = model_.file().filename().string();
    if (h.model.empty()) h.model = model_.card().title;
    h.modelHash = modelFingerprint(model_);
    h.seed = question_.seed;
    const std::int64_t there = source_->count();
    if (there < 0 && question_.count < 1) throw Error("count", "this data has no end; say how many pictures");
    h.total = there < 0 ? question_.count : question_.count < 1 ? there : std::min(there, question_.count);
    h.shards = question_.shards;
    h.top = question_.top;
    h.relevanceClass = question_.relevanceClass;
    h.inputHeight = blank.size(last ? 1 : 2);
    h.inputWidth = blank.size(last ? 2 : 3);
    h.parts = {question_.shard};
    h.blocksDone = {0};
    h.block = blockSize(blank);
    const std::int64_t classes = classCount(blank);
    if (h.relevanceClass >= classes && h.relevanceClass >= 0)
      throw Error("class " + std::to_string(h.relevanceClass),
                  "the network has " + std::to_string(classes) + " classes");
    for (const UnitLayer& layer : layers_) report_.units += layer.units;
    if (report_.units > (1 << 20)) throw Error("layers", "have more than a million units; name some of them");
    const bool labelled = source_->labelled() && classes * report_.units <= kMostClassSums;
    if (labelled)
      for (std::int64_t k = 0; k < classes; ++k) h.labels.push_back(model_.label(k));
    h.classPictures.assign(h.labels.size(), 0);
    const std::vector<ReceptiveField> fields = receptiveFields(model_.graph(), inside_.inputValue());
    for (const UnitLayer& layer : layers_) {
      LayerTally tally;
      tally.name = layer.name;
      tally.value = model_.graph().value(layer.value).name;
      for (const Layer& other : model_.layers())
        if (other.output == layer.value && other.name != layer.name) tally.aliases.push_back(other.name);
      tally.units = layer.units;
      tally.height = layer.height;
      tally.width = layer.width;
      if (layer.height * layer.width > 1) tally.field = fields[static_cast<std::size_t>(layer.value)];
      tally.prepare(h.top, h.seed, h.relevanceClass >= 0, static_cast<std::int64_t>(h.labels.size()));
      state_.layers.push_back(std::move(tally));
      h.layers.push_back(state_.layers.back());
    }
  }

  std::int64_t classCount(const at::Tensor& blank) {
    const auto& shapes = inside_.shapesFor(blank);
    const auto found = shapes.find(inside_.outputValue());
    return found != shapes.end() && found->second.shape.size() >= 2 ? found->second.shape[1] : 0;
  }

  /// The same for the same network whatever is free in memory, since the parts of a whole must be cut alike.
  std::int64_t blockSize(const at::Tensor& blank) {
    std::int64_t bytes = 1;
    for (const auto& [id, info] : inside_.shapesFor(blank))
      if (!model_.graph().value(id).data) bytes += elementCount(info.shape) * static_cast<std::int64_t>(sizeof(float));
    if (question_.relevanceClass >= 0) bytes *= 2;
    const std::int64_t size = std::clamp<std::int64_t>(kBlockBytes / bytes, 1, kMostInBlock);
    return size > 1 && !takesBatches(blank) ? 1 : size;
  }

  /// Networks exported for one picture mostly take more, but a Reshape with fixed sizes may mix them up.
  bool takesBatches(const at::Tensor& blank) {
    const auto& declared = model_.graph().value(inside_.inputValue()).shape;
    if (!declared || declared->empty() || declared->front() < 0) return true;
    const at::NoGradGuard noGradients;
    const at::Tensor one = at::sin(at::arange(blank.numel(), at::kFloat)).reshape(blank.sizes()), two = one * 0.5;
    try {
      const std::vector<at::Tensor> a = fetch(one), b = fetch(two), both = fetch(at::cat({one, two}));
      for (std::size_t i = 0; i < both.size(); ++i) {
        const at::Tensor each = at::cat({a[i], b[i]});
        if (each.sizes() != both[i].sizes() ||
            !((each - both[i]).abs().max().item<double>() <= 1e-3 * (1.0 + each.abs().max().item<double>())))
          return false;
      }
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  RunRequest requestFor(const at::Tensor& input) const {
    RunRequest request;
    request.feeds = inside_.feedsFor(input);
    for (const UnitLayer& layer : layers_) request.fetch.push_back(layer.value);
    request.cancel = cancel_;
    return request;
  }

  std::vector<at::Tensor> fetch(const at::Tensor& input) const { return inside_.executor.run(requestFor(input)); }

  void resume() {
    const fs::path checkpoint = examplesCheckpoint(file_);
    std::error_code ignored;
    if (!fs::exists(checkpoint, ignored)) return;
    ExamplesState read;
    try {
      read = readExamples(checkpoint);
    } catch (const Error& e) {
      report_.passedOver = e.what();
      return;
    }
    std::string why = read.header.differenceFrom(state_.header);
    if (why.empty() && read.header.parts != state_.header.parts) why = "is of another part";
    const auto same = [](const LayerTally& a, const LayerTally& b) { return a.value == b.value && a.units == b.units; };
    if (why.empty() && !std::ranges::equal(read.layers, state_.layers, same)) why = "was made for other layers";
    if (!why.empty()) {
      report_.passedOver = checkpoint.string() + ": " + why;
      return;
    }
    state_ = std::move(read);
    report_.resumedAt = static_cast<std::int64_t>(state_.pictures.size());
  }

  void checkpoint() {
    state_.header.pictures = static_cast<std::int64_t>(state_.pictures.size());
    writeExamples(state_, examplesCheckpoint(file_));
    saved_ = Clock::now();
  }

  void collect() {
    std::int64_t& done = state_.header.blocksDone.front();
    const std::int64_t blocks = state_.header.blocksOf(question_.shard), first = done;
    saved_ = Clock::now();
    // The next pictures are read or drawn while the network looks at these.
    std::future<Block> next;
    const auto load = [this](std::int64_t block) {
      return std::async(std::launch::async, [this, block] { return read(block * question_.shards + question_.shard); });
    };
    if (done < blocks) next = load(done);
    try {
      while (done < blocks) {
        cancel_.check();
        Block block = next.get();
        if (done + 1 < blocks) next = load(done + 1);
        progress_.report(static_cast<double>(done) / static_cast<double>(blocks), nameOf(block));
        take(block);
        ++done;
        if (std::chrono::duration<double>(Clock::now() - saved_).count() > question_.checkpointSeconds) checkpoint();
      }
    } catch (const Cancelled&) {
      if (done > first) checkpoint();
      throw;
    }
  }

  static std::string nameOf(const Block& block) {
    for (const auto& picture : block.pictures)
      if (picture) return picture->name;
    return {};
  }

  Block read(std::int64_t number) const {
    const ExamplesHeader& h = state_.header;
    Block block;
    for (std::int64_t i = 0; i < h.block && !cancel_.cancelled(); ++i) {
      const std::int64_t index = number * h.block + i;
      block.pictures.emplace_back();
      if (index >= h.total) continue;
      try {
        KnownPicture known = source_->at(index);
        const at::Tensor one = viewOf(known.input);
        if (!block.input.defined()) {
          std::vector<std::int64_t> sizes = one.sizes().vec();
          sizes.front() = h.block;
          block.input = at::zeros(sizes, at::kFloat);
        }
        block.input[i].copy_(one[0]);
        block.pictures.back() = SeenPicture{index, std::move(known.name), std::move(known.classes)};
      } catch (const Error& e) {
        block.unreadable.emplace_back(e.what());
      }
    }
    return block;
  }

  void take(const Block& block) {
    if (block.input.defined()) count(block);
    for (const std::string& text : block.unreadable)
      if (state_.header.unreadable.size() < kMostNamed) state_.header.unreadable.push_back(text);
  }

  void count(const Block& block) {
    cancel_.check();
    std::vector<at::Tensor> values, relevances(layers_.size());
    if (question_.relevanceClass < 0) {
      const at::NoGradGuard noGradients;
      values = fetch(block.input);
    } else {
      relevant(block.input, values, relevances);
    }
    // A block counts as a whole or not at all: what may fail or be cancelled comes first.
    for (std::size_t i = 0; i < layers_.size(); ++i) checkShape(values[i], i);
    cancel_.check();
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      tally(i, block, plain(values[i], i), relevances[i].defined() ? plain(relevances[i], i) : at::Tensor());
      values[i].reset();
      relevances[i].reset();
    }
    for (const auto& picture : block.pictures) {
      if (!picture) continue;
      state_.pictures.push_back(*picture);
      for (const std::int64_t k : picture->classes)
        if (k >= 0 && static_cast<std::size_t>(k) < state_.header.classPictures.size())
          ++state_.header.classPictures[static_cast<std::size_t>(k)];
    }
  }

  void relevant(const at::Tensor& input, std::vector<at::Tensor>& values, std::vector<at::Tensor>& relevances) const {
    const at::AutoGradMode gradients(true);
    RunRequest request = requestFor(input);
    for (auto& [id, tensor] : request.feeds)
      if (tensor.is_floating_point()) tensor = tensor.detach().requires_grad_(true);
    request.gradients = true;
    request.fetch.push_back(inside_.outputValue());
    std::vector<at::Tensor> fetched = inside_.executor.run(request);
    const at::Tensor scores = scoreRows(fetched.back()).select(1, question_.relevanceClass);
    fetched.pop_back();
    const std::vector<at::Tensor> slopes = gradientsOf(scores, fetched);
    for (std::size_t i = 0; i < fetched.size(); ++i) {
      values.push_back(fetched[i].detach());
      relevances[i] = values.back() * slopes[i];
    }
  }

  void checkShape(const at::Tensor& value, std::size_t layer) const {
    const UnitLayer& l = layers_[layer];
    const std::int64_t batch = state_.header.block;
    if (value.dim() < 2 || value.numel() != batch * l.units * l.height * l.width || value.size(0) != batch ||
        value.size(l.tokens ? 2 : 1) != l.units)
      throw Error(l.name, "gives another shape for several pictures: " + toString(value.sizes().vec()));
  }

  /// [B,C,places] on the CPU.
  at::Tensor plain(const at::Tensor& value, std::size_t layer) const {
    const UnitLayer& l = layers_[layer];
    at::Tensor rows = value.detach().to(at::kCPU, at::kFloat);
    if (l.tokens) rows = rows.transpose(1, 2);
    return rows.contiguous().reshape({state_.header.block, l.units, l.height * l.width});
  }

  void tally(std::size_t layer, const Block& block, const at::Tensor& values, const at::Tensor& relevances) {
    LayerTally& tally = state_.layers[layer];
    const std::int64_t units = tally.units, places = tally.height * tally.width;
    const auto* value = values.data_ptr<float>();
    const auto* relevance = relevances.defined() ? relevances.data_ptr<float>() : nullptr;
    at::parallel_for(0, units, 1 + 4096 / places, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t u = begin; u < end; ++u)
        for (std::size_t b = 0; b < block.pictures.size(); ++b) {
          if (!block.pictures[b]) continue;
          const std::int64_t at = (static_cast<std::int64_t>(b) * units + u) * places;
          UnitRow::count(tally, u, block.pictures[b]->number, value + at,
                         relevance != nullptr ? relevance + at : nullptr, places, block.pictures[b]->classes);
        }
    });
  }

  Model& model_;
  Model::Internal& inside_;
  const ExamplesQuestion& question_;
  const fs::path& file_;
  const Progress& progress_;
  const CancelToken& cancel_;
  std::unique_ptr<PictureSource> source_;
  std::vector<UnitLayer> layers_;
  ExamplesState state_;
  CollectReport report_;
  Clock::time_point start_, saved_;
};

}  // namespace

fs::path examplesCheckpoint(const fs::path& file) {
  return fs::path(file) += ".part";
}

CollectReport collectExamples(Model& model, const ExamplesQuestion& question, const fs::path& file,
                              const Progress& progress, const CancelToken& cancel) {
  return Collector(model, question, file, progress, cancel).run();
}

}  // namespace unitscope
