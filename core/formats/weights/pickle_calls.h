#pragma once

#include <memory>
#include <string_view>

#include "formats/weights/pickle_arena.h"

namespace unitscope {

/// What becomes of the globals that pickles name: each allowed one has a meaning as data. Nothing is ever run.
class PickleCalls {
 public:
  PickleCalls(std::shared_ptr<PickleArena> arena, const PicklePolicy& policy)
      : arena_(std::move(arena)), policy_(policy), heldLeft_(policy.maxHeldStorages) {}

  /// A Global for an allowed name; throws Error for every other.
  PickleValue* global(std::string_view module, std::string_view name);
  /// The result of calling a Global with a tuple of arguments (REDUCE, NEWOBJ).
  PickleValue* call(const PickleValue& callee, const PickleValue& arguments);
  /// Sets an object's state (BUILD).
  void build(PickleValue& object, const PickleValue& state);
  /// What a persistent id stands for: a storage.
  PickleValue* persistent(const PickleValue& id);

 private:
  [[noreturn]] void refuse(std::string_view global) const;
  [[noreturn]] void malformed(std::string_view what) const;
  const PickleValue& argument(const PickleValue& arguments, std::size_t i, PickleValue::Kind kind,
                              std::string_view callee) const;
  Shape shape(const PickleValue& value, std::string_view what) const;
  PickleValue* rebuildTensor(const PickleValue& arguments, std::string_view callee, bool typed);
  PickleValue* orderedDict(const PickleValue& arguments);
  PickleValue* sequence(const PickleValue& arguments, PickleValue::Kind kind, std::string_view callee);
  PickleValue* encoded(const PickleValue& arguments);
  PickleValue* heldStorage(const PickleValue& arguments, std::string_view callee);
  PickleValue* numpyScalar(const PickleValue& arguments);
  void buildArray(PickleValue& object, const PickleValue& state);

  std::shared_ptr<PickleArena> arena_;
  const PicklePolicy& policy_;
  std::size_t heldLeft_;
};

}  // namespace unitscope
