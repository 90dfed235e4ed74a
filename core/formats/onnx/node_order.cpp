#include "formats/onnx/node_order.h"

#include <functional>
#include <string_view>
#include <unordered_map>

#include <queue>

#include "runtime/error.h"

namespace unitscope::onnxfile {

std::vector<int> evaluationOrder(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes) {
  std::unordered_map<std::string_view, int> writer;
  for (int n = 0; n < nodes.size(); ++n)
    for (const std::string& name : nodes[n].output())
      if (!name.empty()) writer.emplace(name, n);

  std::vector<std::vector<int>> readers(static_cast<std::size_t>(nodes.size()));
  std::vector<int> waits(static_cast<std::size_t>(nodes.size()), 0);
  for (int n = 0; n < nodes.size(); ++n)
    for (const std::string& name : nodes[n].input()) {
      const auto found = writer.find(name);
      if (name.empty() || found == writer.end()) continue;
      readers[static_cast<std::size_t>(found->second)].push_back(n);
      ++waits[static_cast<std::size_t>(n)];
    }

  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int n = 0; n < nodes.size(); ++n)
    if (waits[static_cast<std::size_t>(n)] == 0) ready.push(n);
  std::vector<int> order;
  order.reserve(static_cast<std::size_t>(nodes.size()));
  while (!ready.empty()) {
    const int n = ready.top();
    ready.pop();
    order.push_back(n);
    for (const int reader : readers[static_cast<std::size_t>(n)])
      if (--waits[static_cast<std::size_t>(reader)] == 0) ready.push(reader);
  }
  if (order.size() != static_cast<std::size_t>(nodes.size())) throw Error("its nodes depend on each other in a circle");
  return order;
}

}  // namespace unitscope::onnxfile
