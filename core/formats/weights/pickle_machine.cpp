#include "formats/weights/pickle_machine.h"

#include <bit>
#include <charconv>
#include <utility>

#include "formats/weights/pickle_text.h"

namespace unitscope {
namespace {

// The opcodes by the names of Python's pickletools.
enum Opcode : std::uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kFloat = 'F',
  kInt = 'I',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kLong = 'L',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinPersId = 'Q',
  kReduce = 'R',
  kString = 'S',
  kBinString = 'T',
  kShortBinString = 'U',
  kUnicode = 'V',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kDict = 'd',
  kEmptyDict = '}',
  kAppends = 'e',
  kGet = 'g',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kList = 'l',
  kEmptyList = ']',
  kPut = 'p',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kBinFloat = 'G',
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kProto = 0x80,
  kNewObj = 0x81,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8A,
  kLong4 = 0x8B,
  kShortBinUnicode = 0x8C,
  kBinUnicode8 = 0x8D,
  kBinBytes8 = 0x8E,
  kEmptySet = 0x8F,
  kAddItems = 0x90,
  kFrozenSet = 0x91,
  kNewObjEx = 0x92,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
  kByteArray8 = 0x96,
};

}  // namespace

PickleMachine::PickleMachine(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                             const PicklePolicy& policy, const std::string& subject)
    : arena_(std::make_shared<PickleArena>(std::move(owner), policy, subject)),
      calls_(arena_, policy),
      in_(bytes, subject),
      operationsLeft_(policy.maxOperations),
      subject_(subject),
      none_(arena_->make(Kind::None)),
      true_(arena_->make(Kind::Bool)),
      false_(arena_->make(Kind::Bool)) {
  true_->boolean = true;
}

PickleDocument PickleMachine::run() {
  while (step()) {
    if (--operationsLeft_ == 0) fail("it is too long");
  }
  PickleDocument document;
  document.root_ = pop();
  document.consumed_ = in_.position();
  document.arena_ = arena_;
  return document;
}

void PickleMachine::fail(const char* why) const {
  throw Error(subject_, std::string("the pickle is damaged: ") + why);
}

bool PickleMachine::step() {
  const std::uint8_t opcode = in_.u8();
  switch (opcode) {
    case kStop: return false;
    case kProto:
      if (in_.u8() > 5) throw Error(subject_, "the pickle is of a newer protocol than 5");
      return true;
    case kFrame:
      if (in_.u64() > in_.remaining()) fail("a frame is longer than the file");
      return true;
    default: break;
  }
  if (stepScalar(opcode) || stepText(opcode) || stepContainer(opcode) || stepMemo(opcode) || stepGlobal(opcode))
    return true;
  fail("it holds an operation that is not known");
}

bool PickleMachine::stepScalar(std::uint8_t opcode) {
  switch (opcode) {
    case kNone: push(none_); return true;
    case kNewTrue: push(true_); return true;
    case kNewFalse: push(false_); return true;
    case kBinInt: pushInt(in_.read<std::int32_t>()); return true;
    case kBinInt1: pushInt(in_.u8()); return true;
    case kBinInt2: pushInt(in_.u16()); return true;
    case kLong1: pushLong(in_.text(in_.u8())); return true;
    case kLong4: pushLong(in_.text(in_.u32())); return true;
    case kInt:
    case kLong: pushNumberLine(in_.line()); return true;
    case kFloat: {
      const std::string_view line = in_.line();
      PickleValue* value = arena_->make(Kind::Float);
      const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value->number);
      if (error == std::errc::invalid_argument || end != line.data() + line.size()) fail("a number is malformed");
      push(value);
      return true;
    }
    case kBinFloat: {
      PickleValue* value = arena_->make(Kind::Float);
      value->number = std::bit_cast<double>(__builtin_bswap64(in_.u64()));  // the one big-endian field
      push(value);
      return true;
    }
    default: return false;
  }
}

bool PickleMachine::stepText(std::uint8_t opcode) {
  switch (opcode) {
    case kString: pushText(Kind::String, arena_->keep(unquotePython(in_.line(), subject_))); return true;
    case kUnicode: pushText(Kind::String, arena_->keep(unescapeUnicode(in_.line(), subject_))); return true;
    case kBinString: pushText(Kind::String, in_.text(in_.u32())); return true;
    case kShortBinString: pushText(Kind::String, in_.text(in_.u8())); return true;
    case kShortBinUnicode: pushText(Kind::String, in_.text(in_.u8())); return true;
    case kBinUnicode: pushText(Kind::String, in_.text(in_.u32())); return true;
    case kBinUnicode8: pushText(Kind::String, in_.text(in_.u64())); return true;
    case kShortBinBytes: pushText(Kind::Bytes, in_.text(in_.u8())); return true;
    case kBinBytes: pushText(Kind::Bytes, in_.text(in_.u32())); return true;
    case kBinBytes8:
    case kByteArray8: pushText(Kind::Bytes, in_.text(in_.u64())); return true;
    default: return false;
  }
}

bool PickleMachine::stepContainer(std::uint8_t opcode) {
  switch (opcode) {
    case kMark: marks_.push_back(stack_.size()); return true;
    case kPop: {
      // As in Python, a mark on top is what is popped.
      if (!marks_.empty() && marks_.back() == stack_.size())
        marks_.pop_back();
      else
        pop();
      return true;
    }
    case kPopMark: stack_.resize(popMark()); return true;
    case kDup: push(top()); return true;
    case kEmptyTuple: push(arena_->make(Kind::Tuple)); return true;
    case kEmptyList: push(arena_->make(Kind::List)); return true;
    case kEmptyDict: push(arena_->make(Kind::Dict)); return true;
    case kEmptySet: push(arena_->make(Kind::Set)); return true;
    case kTuple1:
    case kTuple2:
    case kTuple3: {
      const std::size_t count = static_cast<std::size_t>(opcode - kTuple1) + 1;
      if (stack_.size() < count) fail("its stack is empty");
      collect(Kind::Tuple, stack_.size() - count);
      return true;
    }
    case kTuple: collect(Kind::Tuple, popMark()); return true;
    case kList: collect(Kind::List, popMark()); return true;
    case kFrozenSet: collect(Kind::Set, popMark()); return true;
    case kDict: {
      const std::size_t from = popMark();
      stack_.insert(stack_.begin() + static_cast<std::ptrdiff_t>(from), arena_->make(Kind::Dict));
      setItems(from + 1);
      return true;
    }
    case kAppend:
      if (stack_.empty()) fail("its stack is empty");
      append(stack_.size() - 1);
      return true;
    case kAppends:
    case kAddItems: append(popMark()); return true;
    case kSetItem:
      if (stack_.size() < 2) fail("its stack is empty");
      setItems(stack_.size() - 2);
      return true;
    case kSetItems: setItems(popMark()); return true;
    default: return false;
  }
}

bool PickleMachine::stepMemo(std::uint8_t opcode) {
  switch (opcode) {
    case kPut: remember(lineIndex()); return true;
    case kBinPut: remember(in_.u8()); return true;
    case kLongBinPut: remember(in_.u32()); return true;
    case kMemoize: remember(memo_.size()); return true;
    case kGet: recall(lineIndex()); return true;
    case kBinGet: recall(in_.u8()); return true;
    case kLongBinGet: recall(in_.u32()); return true;
    default: return false;
  }
}

bool PickleMachine::stepGlobal(std::uint8_t opcode) {
  switch (opcode) {
    case kGlobal: {
      const std::string_view module = in_.line();
      push(calls_.global(module, in_.line()));
      return true;
    }
    case kStackGlobal: {
      const PickleValue* name = pop();
      const PickleValue* module = pop();
      if (!name->is(Kind::String) || !module->is(Kind::String)) fail("a global has no name");
      push(calls_.global(module->text, name->text));
      return true;
    }
    case kReduce:
    case kNewObj: {
      const PickleValue* arguments = pop();
      push(calls_.call(*pop(), *arguments));
      return true;
    }
    case kNewObjEx: {
      const PickleValue* keywords = pop();
      const PickleValue* arguments = pop();
      if (!keywords->is(Kind::Dict) || !keywords->items.empty()) fail("an object is made from keywords");
      push(calls_.call(*pop(), *arguments));
      return true;
    }
    case kBuild: {
      const PickleValue* state = pop();
      calls_.build(*top(), *state);
      return true;
    }
    case kBinPersId: push(calls_.persistent(*pop())); return true;
    default: return false;
  }
}

PickleValue* PickleMachine::top() {
  if (stack_.empty() || (!marks_.empty() && marks_.back() == stack_.size())) fail("its stack is empty");
  return stack_.back();
}

PickleValue* PickleMachine::pop() {
  PickleValue* value = top();
  stack_.pop_back();
  return value;
}

std::size_t PickleMachine::popMark() {
  if (marks_.empty()) fail("a mark is missing");
  const std::size_t mark = marks_.back();
  marks_.pop_back();
  if (mark > stack_.size()) fail("a mark is misplaced");
  return mark;
}

void PickleMachine::collect(Kind kind, std::size_t from) {
  PickleValue* value = arena_->make(kind);
  value->items.assign(stack_.begin() + static_cast<std::ptrdiff_t>(from), stack_.end());
  stack_.resize(from);
  push(value);
}

void PickleMachine::append(std::size_t from) {
  if (from == 0) fail("its stack is empty");
  PickleValue* target = stack_[from - 1];
  if (target->is(Kind::Object)) {  // a list subclass
    if (target->state == nullptr) target->state = arena_->make(Kind::List);
    target = const_cast<PickleValue*>(target->state);
  }
  if (!target->is(Kind::List) && !target->is(Kind::Set)) fail("it appends to what is no list");
  target->items.insert(target->items.end(), stack_.begin() + static_cast<std::ptrdiff_t>(from), stack_.end());
  stack_.resize(from);
}

void PickleMachine::setItems(std::size_t from) {
  if (from == 0 || (stack_.size() - from) % 2 != 0) fail("a dictionary has a key without a value");
  PickleValue* target = stack_[from - 1];
  if (target->is(Kind::Object)) {  // a dict subclass
    if (target->state == nullptr) target->state = arena_->make(Kind::Dict);
    target = const_cast<PickleValue*>(target->state);
  }
  if (!target->is(Kind::Dict)) fail("it sets items of what is no dictionary");
  target->items.insert(target->items.end(), stack_.begin() + static_cast<std::ptrdiff_t>(from), stack_.end());
  stack_.resize(from);
}

void PickleMachine::remember(std::uint64_t index) {
  memo_[index] = top();
}

void PickleMachine::recall(std::uint64_t index) {
  const auto found = memo_.find(index);
  if (found == memo_.end()) fail("it refers to a value that it has not made");
  push(found->second);
}

std::uint64_t PickleMachine::lineIndex() {
  const std::string_view line = in_.line();
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), index);
  if (error != std::errc() || end != line.data() + line.size()) fail("a number is malformed");
  return index;
}

void PickleMachine::pushNumberLine(std::string_view line) {
  if (line == "00") return push(false_);
  if (line == "01") return push(true_);
  if (line.ends_with('L')) line.remove_suffix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc() || end != line.data() + line.size()) fail("a number is malformed");
  pushInt(number);
}

void PickleMachine::pushLong(std::string_view littleEndian) {
  if (littleEndian.size() > 8) return pushText(Kind::BigInt, littleEndian);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < littleEndian.size(); ++i)
    number |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(littleEndian[i])) << (8 * i);
  if (!littleEndian.empty() && littleEndian.size() < 8 && (littleEndian.back() & 0x80) != 0)
    number |= ~0ULL << (8 * littleEndian.size());
  pushInt(static_cast<std::int64_t>(number));
}

}  // namespace unitscope
