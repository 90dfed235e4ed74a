#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats/aten/archive_tensors.h"
#include "formats/aten/aten_call.h"
#include "formats/aten/script_ast.h"
#include "runtime/progress.h"

namespace unitscope::aten {

/// A module or another object of a TorchScript archive: its data, its class, and where it stands in the network.
struct ScriptObject {
  const PickleValue* data = nullptr;  ///< null for a function, which `className` names
  std::string className;              ///< "__torch__.torchvision.models.squeezenet.Fire"
  std::string path;                   ///< "features.12"; empty for the network itself
};

/// What a TorchScript archive does not say, as assumed for one reading of it.
struct ScriptReading {
  std::optional<std::size_t> inputRank;  ///< of every input; absent: as the operators tell
  bool oneAtATime = false;               ///< the batch is 1, and stated sizes hold as they stand
};

/// Follows the program in a TorchScript archive once and writes what it computes as a Graph. It knows the operators of
/// the ATen table and the plumbing around them; sizes may stay open, but what decides which way the program goes must
/// be known. Steps and nesting are bounded.
class ScriptProgram {
 public:
  ScriptProgram(ArchiveTensors& tensors, ScriptReading reading);

  Graph translate(const CancelToken& cancel);

 private:
  using Frame = std::unordered_map<std::string, AtenValue>;
  struct Outcome {
    bool returned = false;
    AtenValue value;
  };
  struct Depth;

  // Definitions.
  const ScriptFile& file(const std::string& module);
  const ScriptFunction* findFunction(const std::string& qualified);
  const ScriptClass* findClass(const std::string& qualified);

  // Statements and expressions.
  Outcome runBlock(const std::vector<ScriptStatement>& block, Frame& frame);
  Outcome runStatement(const ScriptStatement& s, Frame& frame);
  Outcome runFor(const ScriptStatement& s, Frame& frame);
  void assign(const ScriptStatement& s, Frame& frame);
  AtenValue evaluate(const ScriptExpr& e, Frame& frame);
  AtenValue evaluateAttribute(const ScriptExpr& e, Frame& frame);
  AtenValue evaluateBinary(const ScriptExpr& e, Frame& frame);
  AtenValue evaluateIndex(const ScriptExpr& e, Frame& frame);
  AtenValue evaluateCall(const ScriptExpr& e, Frame& frame);
  AtenValue evaluateName(const std::string& name, const Frame& frame);
  std::vector<AtenArgument> arguments(const ScriptExpr& call, Frame& frame);
  bool truth(const AtenValue& value);
  AtenValue compareIdentity(const AtenValue& a, const AtenValue& b, bool negated) const;

  // Calls.
  AtenValue callQualified(const std::string& name, const ScriptExpr& call, Frame& frame);
  AtenValue callBuiltin(const std::string& name, const ScriptExpr& call, Frame& frame, bool& known);
  AtenValue callOperator(const std::string& op, std::vector<AtenArgument> given);
  AtenValue callPrimitive(const std::string& op, std::vector<AtenArgument> given);
  bool callOnLists(const std::string& op, const std::vector<AtenArgument>& given, AtenValue& result);
  AtenValue callFunction(const ScriptFunction& function, std::vector<AtenArgument> given);
  AtenValue callMethod(const std::shared_ptr<const ScriptObject>& object, const std::string& method,
                       std::vector<AtenArgument> given);

  // Data.
  AtenValue attribute(const ScriptObject& object, const std::string& name);
  AtenValue fromPickle(const PickleValue& value, const std::string& path, const std::string& folder);
  AtenValue constant(const std::string& name);
  AtenValue item(const AtenValue& container, const AtenValue& index);
  void addOutputs(const AtenValue& result);

  [[noreturn]] void fail(const std::string& reason) const { context_.emitter.fail(reason); }

  ArchiveTensors& tensors_;
  std::string subject_;
  ScriptReading reading_;
  AtenContext context_;
  PickleDocument data_;
  PickleDocument constants_;
  bool hasConstants_ = false;
  std::map<std::string, ScriptFile> files_;
  std::unordered_map<const PickleValue*, AtenValue> loaded_;
  CancelToken cancel_;
  std::size_t stepsLeft_ = 5'000'000;
  int depth_ = 0;
  std::size_t wantedParts_ = 0;  ///< into which the statement takes apart what its expression gives
};

/// The dotted name of an expression that is written as "torch.foo": "torch.foo"; empty for other expressions.
std::string qualifiedName(const ScriptExpr& e);

}  // namespace unitscope::aten
