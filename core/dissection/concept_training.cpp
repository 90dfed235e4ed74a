#include "dissection/concept_training.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <ATen/CPUGeneratorImpl.h>

namespace unitscope {
namespace {

constexpr double kMostPlaces = 300'000.0, kMostBytes = 512.0 * 1024 * 1024;
constexpr double kMomentum = 0.9;
/// The published rate belongs to a loss summed over the pixels of Broden's masks; ours is a mean.
constexpr double kPixelsSummed = 112.0 * 112.0;

struct Span {
  std::int64_t begin = 0, end = 0;
};

/// Pixels of a plane under a place of a map: at least one.
Span under(std::int64_t place, std::int64_t places, std::int64_t pixels) {
  const std::int64_t begin = place * pixels / places;
  return {begin, std::max(begin + 1, (place + 1) * pixels / places)};
}

}  // namespace

std::vector<bool> validationPictures(std::int64_t count, double share, std::uint64_t seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::mt19937_64 random(seed);
  std::ranges::shuffle(order, random);
  std::vector<bool> aside(order.size(), false);
  const std::int64_t most = std::max<std::int64_t>(count - 1, 0);
  const auto wanted = std::clamp<std::int64_t>(static_cast<std::int64_t>(share * static_cast<double>(count) + 0.5),
                                               std::min<std::int64_t>(1, most), most);
  for (std::int64_t i = 0; i < wanted; ++i) aside[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = true;
  return aside;
}

TrainingPlaces::TrainingPlaces(const MapSize& size, std::int64_t pictures, std::vector<std::size_t> concepts,
                               std::size_t known)
    : size_(size), column_(known, -1), concepts_(static_cast<std::int64_t>(concepts.size())) {
  for (std::size_t k = 0; k < concepts.size(); ++k) column_[concepts[k]] = static_cast<std::int64_t>(k);
  const double all = static_cast<double>(size.places() * pictures);
  const double bytes = static_cast<double>(size.units) + 4.0 * static_cast<double>(concepts_);
  const double most = std::max(1.0, std::min(kMostPlaces, kMostBytes / bytes));
  stride_ = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(all / most)), 1, size.places());
  while (stride_ > 1 && std::gcd(stride_, size.width) != 1) ++stride_;
  const std::int64_t rows = (size.places() / stride_ + 1) * pictures;
  firing_ = at::zeros({rows, size.units}, at::kByte);
  targets_ = at::zeros({rows, concepts_}, at::kFloat);
}

void TrainingPlaces::add(const at::Tensor& firing, const ConceptPicture& picture, std::int64_t number, int planeHeight,
                         int planeWidth) {
  const at::Tensor rows = firing.flatten(1).t().contiguous();
  const auto* from = rows.data_ptr<std::uint8_t>();
  auto* units = firing_.data_ptr<std::uint8_t>();
  auto* targets = targets_.data_ptr<float>();
  for (std::int64_t place = number % stride_; place < size_.places() && rows_ < firing_.size(0); place += stride_) {
    std::copy_n(from + place * size_.units, size_.units, units + rows_ * size_.units);
    const Span y = under(place / size_.width, size_.height, planeHeight);
    const Span x = under(place % size_.width, size_.width, planeWidth);
    const float one = 1.0F / static_cast<float>((y.end - y.begin) * (x.end - x.begin));
    float* row = targets + rows_ * concepts_;
    for (const auto& plane : picture.planes)
      for (std::int64_t i = y.begin; i < y.end; ++i)
        for (std::int64_t j = x.begin; j < x.end; ++j) {
          const std::uint16_t label = plane[static_cast<std::size_t>(i * planeWidth + j)];
          if (label < column_.size() && column_[label] >= 0) row[column_[label]] += one;
        }
    ++rows_;
  }
  ++pictures_;
}

void TrainingPlaces::finish() {
  firing_ = firing_.narrow(0, 0, rows_);
  targets_ = targets_.narrow(0, 0, rows_);
}

double TrainingPlaces::placesPerPicture() const {
  return static_cast<double>(rows_) / static_cast<double>(std::max<std::int64_t>(pictures_, 1));
}

LinearMasks trainMasks(const TrainingPlaces& places, const Net2VecQuestion& question, std::int64_t subsets,
                       const at::Tensor& allowed, const Progress& progress, const CancelToken& cancel) {
  const at::NoGradGuard noGradients;
  const std::int64_t rows = places.firing().size(0), units = places.firing().size(1);
  const std::int64_t vectors = places.targets().size(1) * subsets;
  LinearMasks masks{at::zeros({vectors, units}), at::zeros({vectors})};
  at::Tensor pull = at::zeros_like(masks.weights), pullOfBias = at::zeros_like(masks.biases);
  // Pixels with and without the concept weigh one half each.
  const at::Tensor share = places.targets().mean(0).clamp(1e-6, 1.0 - 1e-6).repeat({subsets});
  const at::Tensor with = 0.5 / share, without = 0.5 / (1.0 - share);
  const auto batch = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(static_cast<double>(question.batch) * places.placesPerPicture()), 1, rows);
  const double rate = question.rate * kPixelsSummed;
  auto random = at::detail::createCPUGenerator(question.seed);
  for (int epoch = 0; epoch < question.epochs; ++epoch) {
    const at::Tensor order = at::randperm(rows, random, at::kLong);
    for (std::int64_t first = 0; first < rows; first += batch) {
      cancel.check();
      const at::Tensor chosen = order.narrow(0, first, std::min(batch, rows - first));
      const at::Tensor x = places.firing().index_select(0, chosen).to(at::kFloat);
      const at::Tensor t = places.targets().index_select(0, chosen).repeat({1, subsets});
      const at::Tensor p = at::addmm(masks.biases, x, masks.weights.t()).sigmoid_();
      // Derivative of the weighted cross-entropy by the sum before the sigmoid.
      const at::Tensor error = (p * (1.0 - t) * without - (1.0 - p) * t * with) / static_cast<double>(x.size(0));
      at::Tensor slope = at::mm(error.t(), x);
      if (allowed.defined()) slope.mul_(allowed);
      pull.mul_(kMomentum).add_(slope);
      pullOfBias.mul_(kMomentum).add_(error.sum(0));
      masks.weights.sub_(pull, rate);
      masks.biases.sub_(pullOfBias, rate);
    }
    progress.report(static_cast<double>(epoch + 1) / question.epochs,
                    "Epoch " + std::to_string(epoch + 1) + " of " + std::to_string(question.epochs));
  }
  return masks;
}

}  // namespace unitscope
