#include "app/cli/inputs.h"

#include <algorithm>

#include "app/cli/files.h"
#include "image/image.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

/// Rank of the network's input as its file declares it; 0 where it does not.
std::size_t inputRank(const Model& model) {
  const Graph& graph = model.graph();
  for (const ValueId id : graph.inputs()) {
    const Value& value = graph.value(id);
    if (value.name == model.card().input || graph.inputs().size() == 1) return value.shape ? value.shape->size() : 0;
  }
  return 0;
}

void forEachRow(const Model& model, const std::filesystem::path& file, const std::function<void(const Input&)>& take) {
  Array array = readNpyFloats(file);
  const std::size_t rank = inputRank(model);
  if (rank > 0 && array.shape.size() + 1 == rank) array.shape.insert(array.shape.begin(), 1);
  if (array.shape.empty() || array.values.empty()) throw Error(file.string(), "holds no tensor [N,C,H,W]");
  if (array.shape.front() == 1) {
    take({file.string(), std::move(array)});
    return;
  }
  const std::int64_t rows = array.shape.front();
  const std::size_t size = array.values.size() / static_cast<std::size_t>(rows);
  Shape shape = array.shape;
  shape.front() = 1;
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto first = array.values.begin() + static_cast<std::ptrdiff_t>(size * static_cast<std::size_t>(i));
    take({file.string() + "[" + std::to_string(i) + "]", {shape, {first, first + static_cast<std::ptrdiff_t>(size)}}});
  }
}

}  // namespace

void forEachInput(const Model& model, const InputOptions& options, Console& console,
                  const std::function<void(const Input&)>& take) {
  if (!options.npy.empty()) {
    forEachRow(model, options.npy, [&](const Input& input) {
      console.cancel().check();
      take(input);
    });
    return;
  }
  for (const std::filesystem::path& file : options.images) {
    console.cancel().check();
    take({file.string(), model.preprocess(loadImage(file))});
  }
}

std::size_t pictureCount(const InputOptions& options) {
  return options.npy.empty() ? options.images.size() : 0;
}

void appendRow(Array& all, const Array& row, const std::string& name) {
  if (all.shape.empty()) {
    all = row;
    return;
  }
  if (row.shape.size() != all.shape.size() ||
      !std::equal(row.shape.begin() + 1, row.shape.end(), all.shape.begin() + 1))
    throw Error(name, "gives the shape " + toString(row.shape) + ", which does not go with " + toString(all.shape));
  all.shape.front() += row.shape.front();
  all.values.insert(all.values.end(), row.values.begin(), row.values.end());
}

}  // namespace unitscope::cli
