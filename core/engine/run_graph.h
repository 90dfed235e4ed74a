#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/model.h"
#include "formats/model_reader.h"

namespace unitscope {

/// Feeds any network and returns all its outputs, each with its own name, shape and type; nothing is preprocessed.
/// An input's name may be empty where the network has one input to feed. Inputs that carry a value of their own need
/// not be fed. Throws Error naming the input for unknown, missing and doubly given ones, and for tensors whose type,
/// rank or sizes the network does not take. On the thread that computes, like everything of Model.
std::vector<NamedTensor> runGraph(Model& model, const std::vector<NamedTensor>& inputs, const CancelToken& cancel = {});

}  // namespace unitscope
