#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "graph/graph.h"

namespace unitscope {

struct OnnxWriteOptions {
  /// Weights of more bytes than this in all go into a second file, NAME.data, beside the model (protobuf ends at
  /// 2 GiB).
  std::size_t mostInlineBytes = 1'900'000'000;
};

/// Writes a graph as an ONNX model that other programs read: the lowest operator set from 18 on that its operators
/// allow, module paths as PyTorch's exporter keeps them, weights as initialisers and constants as nodes, so that
/// reading it again gives the same layers, parameters and outputs. Operators of our own are written as ONNX ones. The
/// file appears whole or not at all. Throws Error naming the node that ONNX cannot express, or the file.
void writeOnnx(const Graph& graph, const std::filesystem::path& file, const OnnxWriteOptions& options = {});

/// The bytes of that file, weights included. Throws Error where they would exceed 2 GiB.
std::string toOnnxBytes(const Graph& graph);

}  // namespace unitscope
