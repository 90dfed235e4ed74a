#pragma once

#include <filesystem>
#include <memory>

#include "formats/onnx/onnx_file.h"
#include "graph/graph.h"
#include "runtime/progress.h"

namespace unitscope::onnxfile {

/// Operator sets and IR that the reader knows.
inline constexpr int kNewestOpset = 24;
inline constexpr int kOldestIr = 3;
inline constexpr int kNewestIr = 13;

/// The operator set of ONNX's own domain that a model is written for (1 where it names none).
int declaredOpset(const onnx::ModelProto& model);

/// Translates a parsed model to a Graph of kCanonicalOpset: functions inlined, constants taken out of nodes, weights
/// told from constants. `folder` is where external data may lie. Throws Error naming the node or tensor.
Graph importGraph(const std::shared_ptr<const OnnxFile>& file, const std::filesystem::path& folder,
                  const CancelToken& cancel);

}  // namespace unitscope::onnxfile
