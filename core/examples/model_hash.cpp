#include <cstring>
#include <span>
#include <string_view>

#include "engine/model.h"
#include "examples/example_store.h"

namespace unitscope {
namespace {

/// Fowler-Noll-Vo's way of mixing, eight bytes at a time: to tell networks apart, not against forgery.
class Mix {
 public:
  void add(std::uint64_t word) { state_ = (state_ ^ word ^ (word >> 32U)) * 0x100000001B3ULL; }
  void add(std::span<const std::byte> bytes) {
    add(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + i, std::min(sizeof word, bytes.size() - i));
      add(word);
    }
  }
  void add(std::string_view text) { add(std::as_bytes(std::span(text.data(), text.size()))); }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325ULL;
};

}  // namespace

std::string examplesModelHash(const Model& model) {
  const Graph& graph = model.graph();
  Mix mix;
  for (const Node& node : graph.nodes()) {
    mix.add(node.op);
    for (const ValueId v : node.inputs) mix.add(static_cast<std::uint64_t>(v));
    for (const ValueId v : node.outputs) mix.add(static_cast<std::uint64_t>(v));
    for (const auto& [name, value] : node.attributes) {
      mix.add(name);
      if (const auto* whole = std::get_if<std::int64_t>(&value)) mix.add(static_cast<std::uint64_t>(*whole));
      if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value))
        mix.add(std::as_bytes(std::span(list->data(), list->size())));
      if (const auto* real = std::get_if<double>(&value)) mix.add(std::as_bytes(std::span(real, 1)));
      if (const auto* text = std::get_if<std::string>(&value)) mix.add(*text);
    }
  }
  for (const Value& value : graph.values())
    if (value.data) mix.add(value.data->bytes());
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(mix.value() >> static_cast<unsigned>(shift)) & 15U];
  return text;
}

}  // namespace unitscope
