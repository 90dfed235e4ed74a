#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "formats/aten/emitter.h"

namespace unitscope::aten {

/// The memory that tensors of PyTorch share: which value of the graph it holds at this point of the program.
struct TensorStorage {
  ValueId value = kNoValue;
  std::uint64_t version = 0;
  bool uncertain = false;                            ///< a write elsewhere may or may not have changed it
  std::vector<std::weak_ptr<TensorStorage>> copies;  ///< PyTorch made these a copy or a view, depending on strides
};

/// One step from a tensor to a part or another shape of it.
struct ViewStep {
  std::string name;  ///< of the operator, for messages
  /// The view of a value.
  std::function<ValueId(ValueId base)> apply;
  /// The base after the view of it became `part`; absent where that cannot be written.
  std::function<ValueId(ValueId base, ValueId part)> write;
};

/// A tensor as a program sees it: some memory, through a chain of views.
struct TensorVariable {
  std::shared_ptr<TensorStorage> storage;
  std::vector<ViewStep> views;
  ValueId value = kNoValue;  ///< as of `version` of the storage
  std::uint64_t version = 0;
};

/// Turns programs that overwrite tensors into a graph whose values never change. Every write makes a new value; reading
/// a tensor later, through whatever view, gives the newest one. What cannot be told for sure is refused.
class TensorMemory {
 public:
  explicit TensorMemory(Emitter& emitter) : emitter_(emitter) {}

  /// A tensor of its own.
  TensorRef fresh(ValueId value) const;
  /// The value of a tensor at this point. Throws Error where that is uncertain.
  ValueId read(const TensorRef& tensor) const;
  /// A view that shares memory with `base` and now has the value `result`.
  TensorRef view(const TensorRef& base, ViewStep step, ValueId result) const;
  /// The same memory under another name.
  TensorRef alias(const TensorRef& base) const { return std::make_shared<TensorVariable>(*base); }
  /// A tensor that is a view or a copy of `base`, which depends on strides that are not known here.
  TensorRef viewOrCopy(const TensorRef& base, ValueId result) const;
  /// Overwrites a tensor; `value` has its type and size. Throws Error for views that cannot be written through.
  void write(const TensorRef& tensor, ValueId value) const;

 private:
  Emitter& emitter_;
};

}  // namespace unitscope::aten
