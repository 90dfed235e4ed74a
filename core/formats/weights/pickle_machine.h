#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/archive/byte_cursor.h"
#include "formats/weights/pickle_arena.h"
#include "formats/weights/pickle_calls.h"

namespace unitscope {

/// The stack machine of the pickle format: builds values, calls nothing.
class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const PicklePolicy& policy,
                const std::string& subject);
  PickleDocument run();

 private:
  using Kind = PickleValue::Kind;

  /// False at STOP.
  bool step();
  bool stepScalar(std::uint8_t opcode);
  bool stepText(std::uint8_t opcode);
  bool stepContainer(std::uint8_t opcode);
  bool stepMemo(std::uint8_t opcode);
  bool stepGlobal(std::uint8_t opcode);

  [[noreturn]] void fail(const char* why) const;
  void push(PickleValue* value) { stack_.push_back(value); }
  void pushInt(std::int64_t number) { push(arena_->makeInt(number)); }
  void pushText(Kind kind, std::string_view text) { push(arena_->makeText(kind, text)); }
  void pushNumberLine(std::string_view line);
  void pushLong(std::string_view littleEndian);
  PickleValue* pop();
  PickleValue* top();
  std::size_t popMark();
  void collect(Kind kind, std::size_t from);
  void append(std::size_t from);
  void setItems(std::size_t from);
  void remember(std::uint64_t index);
  void recall(std::uint64_t index);
  std::uint64_t lineIndex();

  std::shared_ptr<PickleArena> arena_;
  PickleCalls calls_;
  ByteCursor in_;
  std::size_t operationsLeft_;
  const std::string& subject_;
  std::vector<PickleValue*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, PickleValue*> memo_;
  PickleValue* none_;
  PickleValue* true_;
  PickleValue* false_;
};

}  // namespace unitscope
