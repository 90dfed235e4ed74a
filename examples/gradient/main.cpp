// Opens a network in any format that Unitscope reads and differentiates its largest score with respect to the input.
#include <exception>
#include <iostream>
#include <memory>

#include <ATen/ATen.h>

#include "exec/executor.h"
#include "formats/model_reader.h"

int main(int argc, char** argv) try {
  if (argc != 2) return std::cerr << "usage: gradient MODEL\n", 2;
  auto graph = std::make_shared<const unitscope::Graph>(unitscope::readModelFile(argv[1]).graph);
  unitscope::Executor network(graph);
  unitscope::Shape shape = graph->value(graph->inputs().at(0)).shape.value();
  for (auto& size : shape) size = size < 0 ? 1 : size;

  const at::Tensor input = at::randn(shape).requires_grad_(true);
  unitscope::RunRequest request;
  request.feeds = {{graph->inputs()[0], input}};
  request.fetch = {graph->outputs().at(0)};
  request.gradients = true;
  const at::Tensor score = network.run(request)[0].max();
  score.backward();
  std::cout << "largest score " << score.item<float>() << ", norm of its gradient " << input.grad().norm().item<float>()
            << '\n';
} catch (const std::exception& error) {
  return std::cerr << error.what() << '\n', 1;
}
