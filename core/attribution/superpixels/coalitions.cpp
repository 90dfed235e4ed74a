#include "attribution/superpixels/coalitions.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <unordered_map>
#include <utility>
#include <vector>

namespace unitscope {
namespace {

using Set = std::vector<bool>;

// Draws that only repeat earlier ones are given up at this multiple of the samples.
constexpr std::int64_t kMostDraws = 4;

double choose(std::int64_t n, std::int64_t k) {
  double ways = 1.0;
  for (std::int64_t i = 1; i <= k; ++i) ways *= static_cast<double>(n - k + i) / static_cast<double>(i);
  return ways;
}

Set complement(Set set) {
  set.flip();
  return set;
}

/// Collects sets, adding up the weights of equal ones.
class Collection {
 public:
  explicit Collection(std::int64_t players) : players_(players) {}

  std::int64_t size() const { return static_cast<std::int64_t>(sets_.size()); }
  void add(const Set& set, double weight) {
    const auto [place, fresh] = places_.try_emplace(set, sets_.size());
    if (!fresh) {
      weights_[place->second] += weight;
      return;
    }
    sets_.push_back(set);
    weights_.push_back(weight);
  }
  /// All sets of this size, each with the weight. Sizes are small or the number of players is.
  void addEvery(std::int64_t size, double weight) {
    std::vector<std::int64_t> chosen(static_cast<std::size_t>(size));
    std::iota(chosen.begin(), chosen.end(), 0);
    while (true) {
      Set set(static_cast<std::size_t>(players_), false);
      for (const std::int64_t player : chosen) set[static_cast<std::size_t>(player)] = true;
      add(set, weight);
      std::int64_t last = size - 1;
      while (last >= 0 && chosen[static_cast<std::size_t>(last)] == players_ - size + last) --last;
      if (last < 0) return;
      ++chosen[static_cast<std::size_t>(last)];
      for (auto i = static_cast<std::size_t>(last) + 1; i < chosen.size(); ++i) chosen[i] = chosen[i - 1] + 1;
    }
  }
  /// Scales the weights of the sets from `first` on to this sum.
  void scale(std::int64_t first, double sum) {
    const auto from = weights_.begin() + first;
    const double now = std::accumulate(from, weights_.end(), 0.0);
    std::for_each(from, weights_.end(), [&](double& weight) { weight *= sum / now; });
  }
  Coalitions take(bool all) const {
    Coalitions coalitions{at::zeros({size(), players_}, at::kBool), at::tensor(weights_, at::kDouble), all};
    bool* to = coalitions.present.data_ptr<bool>();
    for (const Set& set : sets_) to = std::copy(set.begin(), set.end(), to);
    return coalitions;
  }

 private:
  std::int64_t players_;
  std::vector<Set> sets_;
  std::vector<double> weights_;
  std::unordered_map<Set, std::size_t> places_;
};

/// Random sets. The standard's distributions differ between libraries, its engines do not.
class Draw {
 public:
  explicit Draw(std::int64_t seed) : engine_(static_cast<std::uint64_t>(seed)) {}

  /// Index of a weight, by the weights.
  std::size_t among(const std::vector<double>& weights) {
    double rest =
        static_cast<double>(engine_() >> 11U) * 0x1p-53 * std::accumulate(weights.begin(), weights.end(), 0.0);
    for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
      rest -= weights[i];
      if (rest < 0.0) return i;
    }
    return weights.size() - 1;
  }
  Set setOf(std::int64_t size, std::vector<std::size_t>& players) {
    Set set(players.size(), false);
    for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
      std::swap(players[i], players[i + engine_() % (players.size() - i)]);
      set[players[i]] = true;
    }
    return set;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace

Coalitions shapleyCoalitions(std::int64_t players, std::int64_t samples, std::int64_t seed) {
  // Weight of all coalitions of a size together; a size stands for its complement's too.
  const std::int64_t sizes = players / 2;
  const auto paired = [&](std::int64_t size) { return 2 * size != players; };
  std::vector<double> weights;
  for (std::int64_t size = 1; size <= sizes; ++size)
    weights.push_back((paired(size) ? 2.0 : 1.0) / static_cast<double>(size * (players - size)));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;

  Collection collection(players);
  const auto setsOf = [&](std::int64_t size) { return (paired(size) ? 2.0 : 1.0) * choose(players, size); };
  const bool all = std::exp2(static_cast<double>(players)) - 2.0 <= static_cast<double>(samples);
  double left = 1.0;
  std::int64_t size = 1;
  for (; size <= sizes; ++size) {
    const double weight = weights[static_cast<std::size_t>(size - 1)];
    // A size is worth enumerating where sampling would be expected to meet each of its coalitions.
    const auto budget = static_cast<double>(samples - collection.size());
    if (!all && budget * weight / left < setsOf(size) * (1.0 - 1e-8)) break;
    collection.addEvery(size, weight / setsOf(size));
    if (paired(size)) collection.addEvery(players - size, weight / setsOf(size));
    left -= weight;
  }
  if (size > sizes) return collection.take(true);

  const std::int64_t enumerated = collection.size();
  const std::vector<double> others(weights.begin() + (size - 1), weights.end());
  std::vector<std::size_t> order(static_cast<std::size_t>(players));
  std::iota(order.begin(), order.end(), std::size_t{0});
  Draw draw(seed);
  const std::int64_t mostDraws = kMostDraws * samples;
  for (std::int64_t i = 0; i < mostDraws && (collection.size() < samples || collection.size() == enumerated); ++i) {
    const Set set = draw.setOf(size + static_cast<std::int64_t>(draw.among(others)), order);
    collection.add(set, 1.0);
    if (collection.size() < samples) collection.add(complement(set), 1.0);
  }
  if (collection.size() > enumerated) collection.scale(enumerated, left);
  return collection.take(false);
}

}  // namespace unitscope
