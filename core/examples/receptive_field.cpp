#include "examples/receptive_field.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>

#include "examples/field_steps.h"

namespace unitscope {
namespace {

struct Cut {
  std::int64_t start = 0, size = 0;
};

Cut uncut(const FieldAxis& axis, std::int64_t place) {
  // Twice a step's rounding is far below a pixel, and far above what doubles lose.
  constexpr double kSlack = 1e-6;
  const double first = axis.start + static_cast<double>(place) * axis.stride;
  const auto start = static_cast<std::int64_t>(std::floor(first + kSlack));
  const auto end = static_cast<std::int64_t>(std::ceil(first + axis.size - kSlack));
  return {start, std::max<std::int64_t>(end - start, 1)};
}

/// At least a pixel of the picture, also for a place that sees only padding.
Cut cut(Cut c, std::int64_t length) {
  const std::int64_t start = std::clamp<std::int64_t>(c.start, 0, length - 1);
  const std::int64_t end = std::clamp<std::int64_t>(c.start + c.size, start + 1, length);
  return {start, end - start};
}

bool isPicture(const Value& value) {
  return !value.shape || value.shape->size() == 4;
}

}  // namespace

FieldBox ReceptiveField::uncutBox(std::int64_t row, std::int64_t column, std::int64_t height,
                                  std::int64_t width) const {
  if (whole) return {0, 0, width, height};
  const Cut down = uncut(y, row), across = uncut(x, column);
  return {across.start, down.start, across.size, down.size};
}

FieldBox ReceptiveField::box(std::int64_t row, std::int64_t column, std::int64_t height, std::int64_t width) const {
  const FieldBox b = uncutBox(row, column, height, width);
  if (height < 1 || width < 1) return {};
  const Cut down = cut({b.y, b.height}, height), across = cut({b.x, b.width}, width);
  return {across.start, down.start, across.size, down.size};
}

std::vector<ReceptiveField> receptiveFields(const Graph& graph, ValueId input) {
  // Nothing: the value does not depend on the picture.
  std::vector<std::optional<ReceptiveField>> fields(graph.values().size());
  ReceptiveField own;
  own.whole = !isPicture(graph.value(input));
  fields[static_cast<std::size_t>(input)] = own;
  for (const Node& node : graph.nodes()) {
    bool depends = false;
    for (const ValueId v : node.inputs) depends = depends || (v != kNoValue && fields[static_cast<std::size_t>(v)]);
    if (!depends) continue;
    const std::optional<ReceptiveField> field = fieldBehind(graph, node, fields);
    for (const ValueId v : node.outputs)
      if (v != kNoValue) fields[static_cast<std::size_t>(v)] = field.value_or(ReceptiveField{});
  }
  std::vector<ReceptiveField> known(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i]) known[i] = *fields[i];
  return known;
}

ReceptiveField receptiveField(const Graph& graph, ValueId input, ValueId value) {
  return receptiveFields(graph, input).at(static_cast<std::size_t>(value));
}

}  // namespace unitscope
