#pragma once

#include <deque>
#include <string>
#include <utility>

#include "formats/weights/pickle.h"
#include "runtime/error.h"

namespace unitscope {

/// A value with what the bounds check remembers of it.
struct PickleNode : PickleValue {
  enum class Visit : std::uint8_t { Not, Entered, Done };
  mutable Visit visit = Visit::Not;
  mutable std::uint16_t height = 0;
  mutable std::uint32_t nodes = 0;  ///< when written out as a tree
};

/// Owns the values of one pickle and what had to be copied for them, within the policy's bounds. Nothing is freed
/// before all of it is, so values may refer to each other freely.
class PickleArena {
 public:
  PickleArena(std::shared_ptr<const void> source, const PicklePolicy& policy, std::string subject)
      : source_(std::move(source)), maxValues_(policy.maxValues), budget_(policy.maxOwnedBytes), subject_(subject) {}

  PickleValue* make(PickleValue::Kind kind) {
    if (nodes_.size() >= maxValues_) throw Error(subject_, "the pickle holds too many values");
    PickleNode& node = nodes_.emplace_back();
    node.kind = kind;
    return &node;
  }
  PickleValue* makeText(PickleValue::Kind kind, std::string_view text) {
    PickleValue* value = make(kind);
    value->text = text;
    return value;
  }
  PickleValue* makeInt(std::int64_t number) {
    PickleValue* value = make(PickleValue::Kind::Int);
    value->integer = number;
    return value;
  }
  /// Keeps a text that is not a part of the input.
  std::string_view keep(std::string text) {
    charge(text.size());
    return texts_.emplace_back(std::move(text));
  }
  /// To be called before `bytes` are copied for the document.
  void charge(std::size_t bytes) {
    if (bytes > budget_) throw Error(subject_, "the pickle needs too much memory");
    budget_ -= bytes;
  }
  const std::string& subject() const noexcept { return subject_; }

 private:
  std::shared_ptr<const void> source_;
  std::size_t maxValues_;
  std::size_t budget_;
  std::string subject_;
  std::deque<PickleNode> nodes_;
  std::deque<std::string> texts_;
};

}  // namespace unitscope
