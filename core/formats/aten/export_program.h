#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/aten/aten_call.h"
#include "formats/aten/export_weights.h"
#include "runtime/progress.h"

namespace unitscope::aten {

/// How the sizes that a program states are understood.
enum class StatedSizes {
  Open,    ///< where they equal those of the input's batch they follow it, so that other batches work
  Literal  ///< they hold as they stand
};

/// Follows the program of a torch.export archive node by node and writes it as a Graph.
class ExportProgram {
 public:
  /// `document`: models/NAME.json, kept alive by the caller.
  ExportProgram(const Json& document, ExportWeights& weights, std::string subject, StatedSizes sizes);

  Graph translate(const CancelToken& cancel);
  /// What a user should know about how it was read.
  const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  using Environment = std::unordered_map<std::string, AtenValue>;

  void readSignature(const Json& graphModule);
  void addInput(const Json& argument);
  std::optional<Dims> inputDims(const Json& meta, DType type);
  std::int64_t inputSize(const Json& size);
  void runGraph(const Json& graph, Environment& environment, int depth, const CancelToken& cancel);
  void runNode(const Json& node, const Json& graph, Environment& environment, int depth, const CancelToken& cancel);
  void runNested(const std::string& target, const Json& node, Environment& environment, int depth,
                 const CancelToken& cancel);
  AtenValue convert(const Json& argument, Environment& environment);
  AtenValue lookUp(const std::string& name, Environment& environment);
  void bind(const Json& outputs, const AtenValue& result, const Json& graph, Environment& environment);
  void bindOne(const Json& output, const AtenValue& result, const Json& graph, Environment& environment);
  void checkSizes(const std::string& name, const AtenValue& value, const Json& graph);
  void addOutputs(const Json& graphModule, Environment& environment);
  std::vector<std::string> outputNames(const Json& graphModule, std::size_t count) const;

  const Json& document_;
  ExportWeights& weights_;
  std::string subject_;
  AtenContext context_;
  std::map<std::string, std::string> weightOf_;  ///< argument -> weight
  std::map<std::string, AtenValue> loaded_;      ///< weights in use
  std::map<std::string, AtenValue> inputs_;
  std::map<std::string, std::int64_t> symbols_;
  std::vector<std::string> notes_;
  bool symbolic_ = false;
};

/// Dotted path of the innermost module in a node's nn_module_stack.
std::string scopeOfModuleStack(std::string_view stack);

}  // namespace unitscope::aten
