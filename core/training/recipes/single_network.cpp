#include "training/recipes/single_network.h"

#include <utility>

#include "engine/devices.h"
#include "exec/autocast.h"
#include "training/checkpoint.h"

namespace unitscope {

SingleNetworkRecipe::SingleNetworkRecipe(const TrainingOptions& options, Network network, const Adam::Options& adam)
    : options_(options), trainee_(std::move(network), deviceFrom(options.device)), adam_(trainee_, adam) {}

NamedTensors SingleNetworkRecipe::state() const {
  NamedTensors state;
  addPrefixed(state, "net.", trainee_.state());
  adam_.save(state, "adam.");
  return state;
}

void SingleNetworkRecipe::load(const NamedTensors& state) {
  trainee_.load(takePrefixed(state, "net."));
  adam_.load(state, "adam.");
}

at::Tensor SingleNetworkRecipe::forward(const at::Tensor& pictures, const std::string& output) {
  const Autocast half(trainee_.device(), options_.bfloat16);
  return trainee_.run({{"input", pictures}}, {output}).front().to(at::kFloat);
}

}  // namespace unitscope
