#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/method.h"
#include "engine/model.h"
#include "exec/executor.h"

namespace unitscope {

/// The LibTorch side of a Model, for code of the core that needs more than plain values.
struct Model::Internal {
  Internal(Graph g, ModelCard c, const ComputeSettings& s);

  std::shared_ptr<const Graph> graph;
  ModelCard card;
  ComputeSettings settings;
  std::string format;
  std::filesystem::path file;
  std::vector<std::string> notes;
  std::vector<Layer> layers;
  Executor executor;
  MethodRegistry methods;
  std::vector<Shape> layerShapes;  ///< empty until asked for

  /// The value that takes the picture or latent, and the one that holds the scores: the card's choice, else the
  /// first. Throws Error when the graph has none.
  ValueId inputValue() const;
  ValueId outputValue() const;
  /// `input` for the card's input and zeros of the declared shape for the others.
  std::vector<std::pair<ValueId, at::Tensor>> feedsFor(const at::Tensor& input) const;
  /// Fills in what the card and the graph know of the query's input and output.
  void describeTo(AttributionQuery& query) const;
  /// The question as the methods take it: names resolved, defaults filled in. Throws Error for what does not exist.
  AttributionQuery queryFor(const AttributionQuestion& question, const CancelToken& cancel);
  /// An input of zeros in the card's size.
  at::Tensor blankInput() const;
  /// Shapes of all values for an input of this size; evaluated once for each size in a row.
  const std::unordered_map<ValueId, Executor::ValueInfo>& shapesFor(const at::Tensor& input);

  Shape describedSize;
  std::unordered_map<ValueId, Executor::ValueInfo> described;
};

/// Shares the array's memory: the array must outlive the tensor. Throws Error when shape and values disagree.
at::Tensor viewOf(const Array& array);
/// Copies to plain float32 values.
Array toArray(const at::Tensor& tensor);
/// Scores as [N,K]: places of [N,K,H,W] averaged, a lone [K] taken as one row.
at::Tensor scoreRows(const at::Tensor& output);

}  // namespace unitscope
