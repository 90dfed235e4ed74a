#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/aten/emitter.h"
#include "formats/aten/tensor_variable.h"

namespace unitscope::aten {

/// Where rules write: the graph and the tensors' memory.
struct AtenContext {
  explicit AtenContext(std::string subject) : emitter(std::move(subject)), memory(emitter) {}
  AtenContext(const AtenContext&) = delete;
  AtenContext& operator=(const AtenContext&) = delete;

  Emitter emitter;
  TensorMemory memory;
};

/// An argument as a file gives it: by position, or by name.
struct AtenArgument {
  std::string name;  ///< empty: by position
  AtenValue value;
};

/// One call of an ATen operator, its arguments in the order of the rule's signature; what was left out is None.
class AtenCall {
 public:
  AtenCall(AtenContext& context, std::string op, AtenList arguments)
      : e(context.emitter), memory(context.memory), op_(std::move(op)), arguments_(std::move(arguments)) {}

  Emitter& e;
  TensorMemory& memory;

  const std::string& op() const noexcept { return op_; }
  const AtenValue& argument(std::size_t i) const;
  bool given(std::size_t i) const { return i < arguments_.size() && !arguments_[i].isNone(); }

  /// A tensor's value now; a number becomes a scalar.
  ValueId tensor(std::size_t i) const { return toTensor(argument(i)); }
  /// kNoValue where it is None.
  ValueId tensorOrNone(std::size_t i) const { return given(i) ? tensor(i) : kNoValue; }
  std::vector<ValueId> tensors(std::size_t i) const;
  const TensorRef& variable(std::size_t i) const;
  /// A number or a symbol.
  std::int64_t integer(std::size_t i) const { return toInteger(argument(i)); }
  std::int64_t integer(std::size_t i, std::int64_t fallback) const { return given(i) ? integer(i) : fallback; }
  /// An integer that must be known now.
  std::int64_t knownInteger(std::size_t i) const;
  std::int64_t knownInteger(std::size_t i, std::int64_t fallback) const {
    return given(i) ? knownInteger(i) : fallback;
  }
  /// A list of numbers and symbols; one integer counts as a list.
  std::vector<std::int64_t> ints(std::size_t i) const;
  std::vector<std::int64_t> knownInts(std::size_t i) const;
  /// A list of `count` integers; empty lists and None give the fallback, one integer is repeated.
  std::vector<std::int64_t> perAxis(std::size_t i, std::size_t count, std::int64_t fallback) const;
  double number(std::size_t i) const;
  double number(std::size_t i, double fallback) const { return given(i) ? number(i) : fallback; }
  bool flag(std::size_t i, bool fallback = false) const;
  const std::string& text(std::size_t i) const;
  /// A dtype argument (PyTorch's number of it).
  std::optional<DType> dtypeOrNone(std::size_t i) const;

  ValueId toTensor(const AtenValue& value) const;
  std::int64_t toInteger(const AtenValue& value) const;

  /// Argument i as whole-number indices. An input of the network whose type the file does not tell holds them.
  ValueId indices(std::size_t i) const;

  AtenValue result(ValueId value) const { return AtenValue::ofTensor(memory.fresh(value)); }
  AtenValue results(const std::vector<ValueId>& values, bool tuple) const;
  /// A view of argument i.
  AtenValue view(std::size_t i, ViewStep step) const;

  ValueId emit(std::string_view op, std::vector<ValueId> inputs, Emitter::Attributes attributes = {}) const {
    return e.emit(op, std::move(inputs), std::move(attributes));
  }
  [[noreturn]] void fail(const std::string& reason) const;
  /// Throws UnknownSize.
  [[noreturn]] void failUnknown(const std::string& reason) const;

 private:
  std::string op_;
  AtenList arguments_;
};

using AtenRule = std::function<AtenValue(AtenCall&)>;

/// How ATen's operators are written with ONNX's. One table for torch.export and TorchScript.
class AtenTable {
 public:
  /// Adds an operator under one or more names (separated by spaces). The signature lists its parameters as
  /// "name:kind" ("self/input:kind" where overloads disagree), kinds being t tensor (or a number), T tensor only, N
  /// number only, l list of tensors, i integer, I integers, F
  /// numbers, n number, b bool, s string, * anything; a trailing ? allows
  /// None, and whatever follows may be left out. Of several rules with one name the first whose signature fits is used.
  void add(std::string_view names, std::string_view signature, AtenRule rule);

  /// Translates one call. In-place operators ("relu_") without a rule of their own are the plain operator and a write
  /// to their first argument. Throws Error naming an operator that is unknown or whose arguments fit no rule.
  AtenValue call(AtenContext& context, std::string_view op, const std::vector<AtenArgument>& arguments) const;
  bool knows(std::string_view op) const;
  std::vector<std::string> names() const;

 private:
  struct Parameter {
    std::string name;
    char kind = '*';
    bool optional = false;
  };
  struct Entry {
    std::vector<Parameter> parameters;
    AtenRule rule;
  };
  static std::optional<AtenList> bind(const Entry& entry, const std::vector<AtenArgument>& arguments);
  AtenValue callPlain(AtenContext& context, const std::vector<Entry>& entries, std::string_view op,
                      const std::vector<AtenArgument>& arguments) const;

  std::map<std::string, std::vector<Entry>, std::less<>> entries_;
};

/// Every operator of this build.
const AtenTable& atenTable();

/// PyTorch's number of a dtype ("6" is float32) and back; nothing for types without a counterpart.
std::optional<DType> dtypeFromTorch(std::int64_t code) noexcept;
std::int64_t dtypeToTorch(DType type) noexcept;

/// Families of rules, one a file.
void addActivationRules(AtenTable& table);
void addArithmeticRules(AtenTable& table);
void addScalarRules(AtenTable& table);
void addConvolutionRules(AtenTable& table);
void addCreationRules(AtenTable& table);
void addIndexingRules(AtenTable& table);
void addLinearRules(AtenTable& table);
void addNormalizationRules(AtenTable& table);
void addPoolingRules(AtenTable& table);
void addReductionRules(AtenTable& table);
void addResamplingRules(AtenTable& table);
void addShapeRules(AtenTable& table);
void addTransformerRules(AtenTable& table);
void addViewRules(AtenTable& table);

/// Type of the result of an operator on a and b (tensors win over scalars of the same kind, as in PyTorch).
DType promotedType(const AtenCall& call, const AtenValue& a, const AtenValue& b);

/// A reshape of x to sizes that may hold symbols and one -1, written so that it serves other batch sizes too.
ValueId reshapeTo(Emitter& e, ValueId x, std::vector<std::int64_t> target);
/// x broadcast to these sizes (-1: as it is).
ValueId expandTo(Emitter& e, ValueId x, std::vector<std::int64_t> target);
/// x[start:end:step] along an axis.
ValueId sliceAxis(Emitter& e, ValueId x, std::int64_t axis, std::int64_t start, std::int64_t end,
                  std::int64_t step = 1);
/// x with its axes in this order.
ValueId permuted(Emitter& e, ValueId x, std::vector<std::int64_t> order);

}  // namespace unitscope::aten
