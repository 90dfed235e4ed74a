#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "formats/aten/aten_value.h"
#include "graph/graph_builder.h"
#include "runtime/error.h"

namespace unitscope::aten {

/// A rule needs a rank or size that cannot be told: another reading of the file may know it.
class UnknownSize : public Error {
 public:
  using Error::Error;
};

/// Type and size of a value as far as they can be told while the graph is written.
struct ValueInfo {
  DType dtype = DType::Float32;
  std::optional<Dims> dims;  ///< absent: unknown rank
};

/// Writes ONNX nodes and keeps track of types and sizes on the way, since ATen's rules depend on them. Sizes that are
/// known only at run time are symbols; what is computed from them becomes nodes only where it is needed.
class Emitter {
 public:
  using Attributes = GraphBuilder::Attributes;

  /// `subject` (the file) stands in messages. At most maxNodes nodes are written.
  explicit Emitter(std::string subject, std::size_t maxNodes = 400'000);

  ValueId input(std::string name, DType type, std::optional<Dims> dims);
  ValueId parameter(std::string name, TensorData data);
  ValueId constant(TensorData data);
  /// 1-D int64; equal lists share one constant.
  ValueId ints(const std::vector<std::int64_t>& values);
  /// 0-D; equal scalars share one constant.
  ValueId scalar(double value, DType type);
  void output(ValueId value, const std::string& name);
  void setScope(std::string scope) { builder_.setScope(std::move(scope)); }
  const std::string& scope() const noexcept { return builder_.scope(); }
  Graph take();

  ValueId emit(std::string_view op, std::vector<ValueId> inputs, Attributes attributes = {});
  std::vector<ValueId> emitMany(std::string_view op, std::vector<ValueId> inputs, std::size_t outputs,
                                Attributes attributes = {});
  /// An operator of the domain "unitscope".
  ValueId emitCustom(std::string_view op, std::vector<ValueId> inputs, Attributes attributes);

  DType dtype(ValueId v) const { return infos_.at(static_cast<std::size_t>(v)).dtype; }
  const std::optional<Dims>& dims(ValueId v) const { return infos_.at(static_cast<std::size_t>(v)).dims; }
  const ValueInfo& info(ValueId v) const { return infos_.at(static_cast<std::size_t>(v)); }
  /// An input whose type nothing tells: float32 until an operator says otherwise.
  ValueId untypedInput(std::string name);
  bool isUntyped(ValueId v) const { return untyped_.contains(v); }
  void setDims(ValueId v, Dims dims);
  void setDType(ValueId v, DType type) { infos_.at(static_cast<std::size_t>(v)).dtype = type; }
  /// Rank; throws Error where it is unknown.
  std::int64_t rank(ValueId v) const;
  /// `axis` counted from the front; throws Error when it lies outside (`extra`: axes that do not exist yet).
  std::int64_t axis(ValueId v, std::int64_t axis, std::int64_t extra = 0) const;
  /// Size along an axis: a number or a symbol.
  std::int64_t size(ValueId v, std::int64_t axis);
  const TensorData* data(ValueId v) const;

  /// A new symbol. `hint`: the size that the network was exported with, 0 for none; where two unequal symbols have
  /// the same hint they are taken as equal, as the exporter did.
  std::int64_t newSymbol(std::int64_t hint = 0);
  std::int64_t hint(std::int64_t n) const;
  /// An operator takes only this size where an input of the network has the symbol: the input then declares it.
  void settleInput(std::int64_t symbol, std::int64_t size);
  /// Same size, judging by symbol or by hint.
  bool sameSize(std::int64_t a, std::int64_t b) const;
  /// The size of a batch, where the network was exported with a fixed one: a leading size in the program that equals
  /// it is taken to mean it, so that the network serves other batches too.
  void setBatch(std::int64_t symbol) { batch_ = symbol; }
  std::int64_t batchOr(std::int64_t n) const { return batch_ && n > 1 && hint(*batch_) == n ? *batch_ : n; }
  std::optional<std::int64_t> batch() const { return batch_; }
  /// Sizes that the program states hold as they stand and none follows the input: for networks whose weights depend on
  /// the batch, such as StyleGAN2's, where the batch is also a number of groups.
  void takeSizesLiterally() { literal_ = true; }
  bool literal() const { return literal_; }
  /// How many parts the program takes a list apart into, where it says so right behind the operator that makes the
  /// list; 0 where it does not.
  void expectParts(std::size_t n) { expectedParts_ = n; }
  std::size_t expectedParts() const { return expectedParts_; }
  /// A symbol for a graph value: int64 or float, shape [1].
  std::int64_t symbolFor(ValueId value, std::int64_t hint = 0);
  /// Value of a number or symbol, shape [1].
  ValueId symbolValue(std::int64_t n);
  /// One result for numbers and symbols; op: "Add", "Sub", "Mul", "FloorDiv", "Mod", "Max", "Min".
  std::int64_t arithmetic(std::string_view op, std::int64_t a, std::int64_t b);
  /// 1-D int64 of numbers and symbols.
  ValueId intVector(const std::vector<std::int64_t>& values);
  /// What intVector() or ints() was made from; null for other values.
  const std::vector<std::int64_t>* knownInts(ValueId v) const;

  ValueId cast(ValueId v, DType type);

  [[noreturn]] void fail(const std::string& reason) const;
  /// Throws UnknownSize.
  [[noreturn]] void failUnknown(const std::string& reason) const;

 private:
  struct Symbol {
    ValueId value = kNoValue;   ///< once it is computed in the graph
    ValueId source = kNoValue;  ///< else: a value whose size along `axis` it is
    std::int64_t axis = 0;
    std::int64_t hint = 0;
  };
  Symbol& symbol(std::int64_t n) { return symbols_.at(static_cast<std::size_t>(n - kSymbolBase)); }
  const Symbol& symbol(std::int64_t n) const { return symbols_.at(static_cast<std::size_t>(n - kSymbolBase)); }
  void record(ValueId v, ValueInfo info);
  void sourceSymbols(ValueId v);
  std::string nodeName(std::string_view op);
  std::string inScope(const std::string& reason) const;

  GraphBuilder builder_;
  std::string subject_;
  std::size_t nodesLeft_;
  std::deque<ValueInfo> infos_;  ///< references to an element outlive the addition of others
  std::vector<Symbol> symbols_;
  std::optional<std::int64_t> batch_;
  bool literal_ = false;
  std::size_t expectedParts_ = 0;
  std::set<ValueId> untyped_;
  std::map<std::tuple<std::string, std::int64_t, std::int64_t>, std::int64_t> computed_;
  std::map<std::vector<std::int64_t>, ValueId> intConstants_;
  std::map<std::pair<double, int>, ValueId> scalars_;
  std::unordered_map<ValueId, std::vector<std::int64_t>> knownInts_;
  std::unordered_map<std::string, std::size_t> names_;
};

/// Types and sizes of a node's outputs. Sizes that cannot be told are new symbols.
std::vector<ValueInfo> inferOutputs(Emitter& e, std::string_view op, const std::vector<ValueId>& inputs,
                                    const Emitter::Attributes& attributes, std::size_t outputs);

/// Dims of two operands broadcast against each other; nothing where a rank is unknown.
std::optional<Dims> broadcastDims(Emitter& e, const std::optional<Dims>& a, const std::optional<Dims>& b);

}  // namespace unitscope::aten
