#include "formats/archive/inflate.h"

#include <array>
#include <cstdint>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr int kMaxCodeBits = 15;
constexpr std::size_t kLiteralSymbols = 288;
constexpr std::size_t kDistanceSymbols = 32;

/// Canonical Huffman code, decoded bit by bit from the number of codes of each length (RFC 1951, 3.2.2). The entries
/// that are compressed are small (TorchScript's source texts), so a table-driven decoder would not pay.
class HuffmanCode {
 public:
  /// False when the lengths describe more codes than there are bit patterns.
  bool build(std::span<const std::uint8_t> lengths) {
    counts_.fill(0);
    for (const std::uint8_t length : lengths) ++counts_[length];
    counts_[0] = 0;
    int free = 1;
    std::array<std::uint16_t, kMaxCodeBits + 2> start{};
    for (int bits = 1; bits <= kMaxCodeBits; ++bits) {
      free = free * 2 - counts_[static_cast<std::size_t>(bits)];
      if (free < 0) return false;
      start[static_cast<std::size_t>(bits) + 1] =
          static_cast<std::uint16_t>(start[static_cast<std::size_t>(bits)] + counts_[static_cast<std::size_t>(bits)]);
    }
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol)
      if (lengths[symbol] != 0) symbols_[start[lengths[symbol]]++] = static_cast<std::uint16_t>(symbol);
    return true;
  }

  /// The next symbol, or -1 when the bits match no code. `nextBit` gives one bit at a time.
  template <class NextBit>
  int decode(NextBit&& nextBit) const {
    int code = 0;
    int first = 0;
    int index = 0;
    for (std::size_t bits = 1; bits <= kMaxCodeBits; ++bits) {
      code |= nextBit();
      const int count = counts_[bits];
      if (code - first < count) return symbols_[static_cast<std::size_t>(index + code - first)];
      index += count;
      first = (first + count) * 2;
      code *= 2;
    }
    return -1;
  }

 private:
  std::array<std::uint16_t, kMaxCodeBits + 1> counts_{};
  std::array<std::uint16_t, kLiteralSymbols> symbols_{};
};

class Inflater {
 public:
  Inflater(std::span<const std::byte> in, std::size_t size, const std::string& subject)
      : in_(in), size_(size), subject_(subject) {
    out_.reserve(size);
  }

  std::vector<std::byte> run() {
    bool last = false;
    while (!last) {
      last = bits(1) != 0;
      switch (bits(2)) {
        case 0: storedBlock(); break;
        case 1: fixedBlock(); break;
        case 2: dynamicBlock(); break;
        default: fail();
      }
    }
    if (out_.size() != size_) fail();
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail() const { throw Error(subject_, "its compressed data is damaged"); }

  int bit() {
    if (available_ == 0) {
      if (next_ == in_.size()) fail();
      hold_ = std::to_integer<unsigned>(in_[next_++]);
      available_ = 8;
    }
    const int value = static_cast<int>(hold_ & 1U);
    hold_ >>= 1U;
    --available_;
    return value;
  }

  std::size_t bits(int count) {
    std::size_t value = 0;
    for (int i = 0; i < count; ++i) value |= static_cast<std::size_t>(bit()) << i;
    return value;
  }

  void storedBlock() {
    available_ = 0;  // the length starts at the next whole byte
    if (in_.size() - next_ < 4) fail();
    const std::size_t length = bits(16);
    if (bits(16) != (~length & 0xFFFFU) || in_.size() - next_ < length || size_ - out_.size() < length) fail();
    const auto part = in_.subspan(next_, length);
    out_.insert(out_.end(), part.begin(), part.end());
    next_ += length;
  }

  void fixedBlock() {
    std::array<std::uint8_t, kLiteralSymbols> lengths{};
    for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    std::array<std::uint8_t, 30> distances{};
    distances.fill(5);
    HuffmanCode literal;
    HuffmanCode distance;
    if (!literal.build(lengths) || !distance.build(distances)) fail();
    compressedBlock(literal, distance);
  }

  void dynamicBlock() {
    static constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                            11, 4,  12, 3, 13, 2, 14, 1, 15};
    const std::size_t literals = bits(5) + 257;
    const std::size_t distances = bits(5) + 1;
    const std::size_t codes = bits(4) + 4;
    if (literals > 286 || distances > 30) fail();
    std::array<std::uint8_t, 19> codeLengths{};
    for (std::size_t i = 0; i < codes; ++i) codeLengths[kOrder[i]] = static_cast<std::uint8_t>(bits(3));
    HuffmanCode lengthCode;
    if (!lengthCode.build(codeLengths)) fail();

    std::array<std::uint8_t, kLiteralSymbols + kDistanceSymbols> lengths{};
    for (std::size_t i = 0; i < literals + distances;) {
      const int symbol = lengthCode.decode([this] { return bit(); });
      if (symbol < 0) fail();
      if (symbol < 16) {
        lengths[i++] = static_cast<std::uint8_t>(symbol);
        continue;
      }
      if (symbol == 16 && i == 0) fail();
      const std::uint8_t repeated = symbol == 16 ? lengths[i - 1] : 0;
      const std::size_t times = symbol == 16 ? 3 + bits(2) : symbol == 17 ? 3 + bits(3) : 11 + bits(7);
      if (times > literals + distances - i) fail();
      for (std::size_t k = 0; k < times; ++k) lengths[i++] = repeated;
    }
    HuffmanCode literal;
    HuffmanCode distance;
    const std::span<const std::uint8_t> all(lengths);
    if (!literal.build(all.first(literals)) || !distance.build(all.subspan(literals, distances))) fail();
    compressedBlock(literal, distance);
  }

  void compressedBlock(const HuffmanCode& literal, const HuffmanCode& distance) {
    const auto nextBit = [this] { return bit(); };
    while (true) {
      const int symbol = literal.decode(nextBit);
      if (symbol < 0) fail();
      if (symbol == 256) return;
      if (symbol < 256) {
        if (out_.size() == size_) fail();
        out_.push_back(static_cast<std::byte>(symbol));
        continue;
      }
      const std::size_t length = matchLength(static_cast<std::size_t>(symbol - 257));
      const int place = distance.decode(nextBit);
      if (place < 0) fail();
      const std::size_t back = matchDistance(static_cast<std::size_t>(place));
      if (back > out_.size() || length > size_ - out_.size()) fail();
      for (std::size_t i = 0; i < length; ++i) out_.push_back(out_[out_.size() - back]);
    }
  }

  // RFC 1951, 3.2.5: after the first codes, every four (two for distances) share a number of extra bits.
  std::size_t matchLength(std::size_t code) {
    if (code < 8) return code + 3;
    if (code == 28) return 258;
    if (code > 28) fail();
    const std::size_t extra = code / 4 - 1;
    return 3 + ((4 + code % 4) << extra) + bits(static_cast<int>(extra));
  }
  std::size_t matchDistance(std::size_t code) {
    if (code < 4) return code + 1;
    if (code > 29) fail();
    const std::size_t extra = code / 2 - 1;
    return 1 + ((2 + code % 2) << extra) + bits(static_cast<int>(extra));
  }

  std::span<const std::byte> in_;
  std::size_t next_ = 0;
  unsigned hold_ = 0;
  int available_ = 0;
  std::size_t size_;
  const std::string& subject_;
  std::vector<std::byte> out_;
};

}  // namespace

std::vector<std::byte> inflate(std::span<const std::byte> compressed, std::size_t size, const std::string& subject) {
  return Inflater(compressed, size, subject).run();
}

}  // namespace unitscope
