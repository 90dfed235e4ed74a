#pragma once

#include <cstdint>
#include <vector>

namespace unitscope {

/// A picture as it stands in one of a unit's lists.
struct ListedPicture {
  std::int64_t picture = -1;  ///< -1: no more
  float activation = 0.0F;    ///< at the place
  float other = 0.0F;         ///< lowest: the largest in the picture; relevant: the relevance
  std::int32_t place = 0;     ///< row * width + column
  bool operator==(const ListedPicture&) const = default;
};

/// Why a picture is in a list.
enum class ListKind { Top, Lowest, Random, Relevant };
inline constexpr int kListKinds = 4;

/// What a random choice goes by: the same for a unit and a picture in every run and part. SplitMix64's mixing (Steele
/// et al. 2014).
inline std::uint64_t lotOf(std::uint64_t seed, std::int64_t unit, std::int64_t picture) {
  const auto mixed = [](std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  };
  const std::uint64_t a = mixed(seed + 0x9E3779B97F4A7C15ULL * (static_cast<std::uint64_t>(unit) + 1));
  return mixed(a + 0x9E3779B97F4A7C15ULL * (static_cast<std::uint64_t>(picture) + 1));
}

/// The best `length` pictures of each of many units. The order is total, ties going to the lower number, so that it
/// does not matter in which order, or in which parts, pictures came.
class BestLists {
 public:
  BestLists() = default;
  BestLists(ListKind kind, std::int64_t units, std::int64_t length, std::uint64_t seed)
      : kind_(kind), length_(length), seed_(seed), entries_(static_cast<std::size_t>(units * length)) {}

  void offer(std::int64_t unit, const ListedPicture& one) {
    ListedPicture* list = entries_.data() + unit * length_;
    std::int64_t at = length_;
    while (at > 0 && (list[at - 1].picture < 0 || better(unit, one, list[at - 1]))) --at;
    if (at == length_) return;
    for (std::int64_t i = length_ - 1; i > at; --i) list[i] = list[i - 1];
    list[at] = one;
  }
  std::int64_t length() const { return length_; }
  /// [units * length]
  const std::vector<ListedPicture>& entries() const { return entries_; }
  std::vector<ListedPicture>& entries() { return entries_; }

 private:
  bool better(std::int64_t unit, const ListedPicture& a, const ListedPicture& b) const {
    switch (kind_) {
      case ListKind::Top:
        if (a.activation != b.activation) return a.activation > b.activation;
        break;
      case ListKind::Lowest:
        if (a.activation != b.activation) return a.activation < b.activation;
        if (a.other != b.other) return a.other < b.other;
        break;
      case ListKind::Random: {
        const std::uint64_t lotA = lotOf(seed_, unit, a.picture), lotB = lotOf(seed_, unit, b.picture);
        if (lotA != lotB) return lotA < lotB;
        break;
      }
      case ListKind::Relevant:
        if (a.other != b.other) return a.other > b.other;
        break;
    }
    return a.picture < b.picture;
  }

  ListKind kind_ = ListKind::Top;
  std::int64_t length_ = 0;
  std::uint64_t seed_ = 0;
  std::vector<ListedPicture> entries_;
};

}  // namespace unitscope
