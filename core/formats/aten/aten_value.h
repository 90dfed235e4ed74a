#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace unitscope::aten {

/// Sizes of a value. A dimension that the file leaves open is a symbol: a number far below every real one. Equal
/// symbols are equal sizes.
using Dims = std::vector<std::int64_t>;

inline constexpr std::int64_t kSymbolBase = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kSymbolLimit = kSymbolBase / 2;
inline constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();  ///< "to the end" in slices
constexpr bool isSymbol(std::int64_t n) noexcept {
  return n < kSymbolLimit;
}

struct TensorVariable;
using TensorRef = std::shared_ptr<TensorVariable>;
struct ScriptObject;
struct AtenValue;
using AtenList = std::vector<AtenValue>;

/// What an ATen operator takes and gives: PyTorch's IValue, with tensors standing for values of the graph and
/// integers that may be symbols. Lists are shared, as in Python.
struct AtenValue {
  enum class Kind { None, Bool, Int, Float, SymbolicFloat, String, Tensor, List, Tuple, Dict, Object };
  Kind kind = Kind::None;
  std::int64_t integer = 0;  ///< Int (maybe a symbol), Bool, the symbol of a SymbolicFloat
  double number = 0.0;
  std::string text;  ///< String; the class of a Tuple that has field names
  TensorRef tensor;
  std::shared_ptr<AtenList> items;  ///< List, Tuple; Dict: keys and values alternate
  std::shared_ptr<const ScriptObject> object;

  AtenValue() = default;
  static AtenValue ofBool(bool b) { return make(Kind::Bool, b ? 1 : 0); }
  static AtenValue ofInt(std::int64_t i) { return make(Kind::Int, i); }
  static AtenValue ofSymbolicFloat(std::int64_t symbol) { return make(Kind::SymbolicFloat, symbol); }
  static AtenValue ofFloat(double d) {
    AtenValue v = make(Kind::Float, 0);
    v.number = d;
    return v;
  }
  static AtenValue ofString(std::string s) {
    AtenValue v = make(Kind::String, 0);
    v.text = std::move(s);
    return v;
  }
  static AtenValue ofTensor(TensorRef t) {
    AtenValue v = make(Kind::Tensor, 0);
    v.tensor = std::move(t);
    return v;
  }
  static AtenValue ofList(AtenList list) { return container(Kind::List, std::move(list)); }
  static AtenValue ofTuple(AtenList list) { return container(Kind::Tuple, std::move(list)); }
  static AtenValue ofInts(const std::vector<std::int64_t>& ints) {
    AtenList list;
    for (const std::int64_t i : ints) list.push_back(ofInt(i));
    return ofList(std::move(list));
  }

  bool is(Kind k) const noexcept { return kind == k; }
  bool isNone() const noexcept { return kind == Kind::None; }
  bool isSequence() const noexcept { return kind == Kind::List || kind == Kind::Tuple; }
  /// A number or a bool, known now or only at run time.
  bool isNumber() const noexcept {
    return kind == Kind::Bool || kind == Kind::Int || kind == Kind::Float || kind == Kind::SymbolicFloat;
  }
  bool isSymbolic() const noexcept { return kind == Kind::SymbolicFloat || (kind == Kind::Int && isSymbol(integer)); }
  double asDouble() const noexcept { return kind == Kind::Float ? number : static_cast<double>(integer); }

 private:
  static AtenValue make(Kind k, std::int64_t i) {
    AtenValue v;
    v.kind = k;
    v.integer = i;
    return v;
  }
  static AtenValue container(Kind k, AtenList list) {
    AtenValue v = make(k, 0);
    v.items = std::make_shared<AtenList>(std::move(list));
    return v;
  }
};

/// "a tensor", "a list"..., for messages.
const char* kindName(const AtenValue& value) noexcept;

}  // namespace unitscope::aten
