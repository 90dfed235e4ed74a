#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/tensor_data.h"

namespace unitscope {

/// A PyTorch storage as a pickle refers to it: a flat block of elements kept elsewhere (an archive's entry, the end
/// of a stream), found by its key.
struct PickleStorage {
  std::string key;
  DType dtype = DType::Undefined;  ///< Undefined for an untyped storage, whose count is in bytes
  std::int64_t count = 0;          ///< elements, as the pickle claims
  /// The part of it that is meant, in elements; PyTorch before 0.4 could save a storage as a part of another.
  struct Part {
    std::int64_t offset = 0;
    std::int64_t count = 0;
  };
  std::optional<Part> part;  ///< nothing: the whole
  /// Its bytes where the pickle itself holds them, valid while the document is.
  std::optional<std::span<const std::byte>> held;
};

/// A strided view of a storage. Nothing of it is checked against the storage yet: makeTensor() does that.
struct PickleTensor {
  PickleStorage storage;
  DType dtype = DType::Undefined;
  std::int64_t offset = 0;  ///< elements
  Shape shape;
  Shape strides;  ///< elements, as many as the shape has
};

/// A value of a pickle: plain data and nothing that runs. Values live in their PickleDocument and refer to each other
/// by pointer; a value may be referred to more than once, never by itself (see readPickle for the bounds that make
/// recursion over values safe).
struct PickleValue {
  enum class Kind {
    None,
    Bool,
    Int,
    BigInt,  ///< beyond 64 bits: `text` holds its little-endian bytes
    Float,
    String,  ///< UTF-8 as written, not validated
    Bytes,
    List,
    Tuple,  ///< torch.Size too
    Set,
    Dict,    ///< OrderedDict too: keys and values alternate in `items`
    Global,  ///< an allowed name that was not called, such as torch.float32
    Object,  ///< an inert object: `text` is its class or function, `items` the arguments, `state` what BUILD set
    Storage,
    Tensor,
    Array,  ///< NumPy array or scalar
  };

  Kind kind = Kind::None;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0.0;
  std::string_view text;                       ///< String, Bytes, BigInt; the dotted name of a Global or Object
  std::vector<const PickleValue*> items;       ///< List, Tuple, Set, Dict, and the arguments of an Object
  const PickleValue* state = nullptr;          ///< Object: may stay null
  std::shared_ptr<const PickleTensor> tensor;  ///< Tensor; of a Storage only `storage` is set
  std::shared_ptr<const TensorData> array;     ///< Array; read it through PickleDocument::array()

  bool is(Kind wanted) const noexcept { return kind == wanted; }
  bool isNone() const noexcept { return kind == Kind::None; }
  /// Contents when they have that type (a Bool counts as a number); nothing otherwise.
  std::optional<std::int64_t> asInt() const noexcept;
  std::optional<double> asFloat() const noexcept;
  std::optional<std::string_view> asString() const noexcept;
  /// Entries of a Dict.
  std::size_t entryCount() const noexcept { return kind == Kind::Dict ? items.size() / 2 : 0; }
  const PickleValue& key(std::size_t i) const { return *items.at(2 * i); }
  const PickleValue& value(std::size_t i) const { return *items.at(2 * i + 1); }
  /// The value under a string key of a Dict, or of an Object whose state is a Dict; null when absent. Of doubled keys
  /// the last counts, as in Python.
  const PickleValue* find(std::string_view wanted) const noexcept;
};

/// What one kind of file may hold beyond plain data. Containers, numbers, strings, tensors and NumPy arrays are
/// always read; other globals only if the policy allows them, and even then nothing is run.
struct PicklePolicy {
  /// Whether a global outside the built-in list becomes an inert Object when called or instantiated.
  std::function<bool(std::string_view global)> allowInert;
  std::size_t maxValues = 2'000'000;
  std::size_t maxOperations = 20'000'000;
  std::size_t maxOwnedBytes = 512U << 20U;  ///< what must be copied: unescaped strings, transposed arrays
  std::size_t maxDepth = 200;               ///< of nesting
  /// Storages that the pickle may hold as streams of PyTorch's old format (torch.storage._load_from_bytes, what
  /// pickling a tensor without torch.save gives). Such a stream holds one storage and no other stream.
  std::size_t maxHeldStorages = 0;
};

/// State dicts and checkpoints: nothing but the built-in list.
PicklePolicy weightsPicklePolicy();
/// Networks that NVIDIA's StyleGAN code pickles: their modules, and those of torch.nn, are inert objects.
PicklePolicy nvidiaPicklePolicy();
/// TorchScript archives: objects of `__torch__.` classes are inert.
PicklePolicy torchScriptPicklePolicy();

/// A pickle that was read, with everything that its values refer to. Copies share it.
class PickleDocument {
 public:
  const PickleValue& root() const noexcept { return *root_; }
  /// Bytes of the input that the pickle took; another may follow.
  std::size_t consumed() const noexcept { return consumed_; }
  /// The data of an Array, keeping the document alive where it is not a copy.
  TensorData array(const PickleValue& value) const;
  /// Keeps values and texts alive.
  std::shared_ptr<const void> owner() const noexcept { return arena_; }

 private:
  friend class PickleMachine;
  const PickleValue* root_ = nullptr;
  std::size_t consumed_ = 0;
  std::shared_ptr<const void> arena_;
};

/// Reads a pickle (protocols 0 to 5) as data, without ever calling what it names. The values that come out form no
/// cycle, nest at most policy.maxDepth deep and have at most 20 million nodes when written out as a tree, so that
/// plain recursion over them is safe. `owner` keeps `bytes` alive: strings are views into them. Throws Error with
/// `subject` for a damaged pickle, a global that is not allowed (by name) or an exceeded bound.
PickleDocument readPickle(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                          const PicklePolicy& policy, const std::string& subject);

}  // namespace unitscope
