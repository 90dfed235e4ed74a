#include "exec/ops/window.h"

#include <algorithm>
#include <string>

namespace unitscope::ops {
namespace {

// Far beyond any picture, and small enough that products of two such numbers fit.
constexpr std::int64_t kLargest = std::int64_t{1} << 30;

void check(const OpCall& call, const Ints& list, std::size_t count, std::int64_t least, const char* name) {
  if (list.size() != count)
    call.fail(std::string(name) + " has " + std::to_string(list.size()) + " entries where " + std::to_string(count) +
              " are needed");
  for (const std::int64_t v : list)
    if (v < least || v > kLargest) call.fail(std::string(name) + " contains " + std::to_string(v));
}

}  // namespace

bool Window::dilated() const {
  return std::ranges::any_of(dilations, [](std::int64_t d) { return d != 1; });
}

Ints Window::padding() const {
  Ints list;
  for (std::size_t i = kernel.size(); i-- > 0;) {
    list.push_back(begin[i]);
    list.push_back(end[i]);
  }
  return list;
}

Window readWindow(const OpCall& call, at::IntArrayRef sizes, Ints kernel) {
  if (sizes.size() < 3) call.fail("the input needs batch, channel and at least one more axis");
  const std::size_t axes = sizes.size() - 2;
  Window w;
  w.kernel = call.node.intsOr("kernel_shape", kernel);
  if (w.kernel.empty()) call.fail("the attribute kernel_shape is missing");
  if (!kernel.empty() && w.kernel != kernel) call.fail("kernel_shape does not agree with the weights");
  w.strides = call.node.intsOr("strides", Ints(axes, 1));
  w.dilations = call.node.intsOr("dilations", Ints(axes, 1));
  check(call, w.kernel, axes, 1, "kernel_shape");
  check(call, w.strides, axes, 1, "strides");
  check(call, w.dilations, axes, 1, "dilations");
  const std::string mode = call.node.stringOr("auto_pad", "NOTSET");
  w.begin.assign(axes, 0);
  w.end.assign(axes, 0);
  if (mode == "NOTSET" || mode.empty()) {
    const Ints pads = call.node.intsOr("pads", Ints(2 * axes, 0));
    check(call, pads, 2 * axes, -kLargest, "pads");
    std::copy_n(pads.begin(), axes, w.begin.begin());
    std::copy_n(pads.begin() + static_cast<std::ptrdiff_t>(axes), axes, w.end.begin());
  } else if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    for (std::size_t i = 0; i < axes; ++i) {
      const std::int64_t length = sizes[i + 2];
      const std::int64_t places = (length + w.strides[i] - 1) / w.strides[i];
      const std::int64_t total = std::max<std::int64_t>(0, (places - 1) * w.strides[i] + w.extent(i) - length);
      const std::int64_t less = total / 2;
      w.begin[i] = mode == "SAME_UPPER" ? less : total - less;
      w.end[i] = total - w.begin[i];
    }
  } else if (mode != "VALID") {
    call.fail("auto_pad is '" + mode + "', known are NOTSET, VALID, SAME_UPPER and SAME_LOWER");
  }
  return w;
}

std::int64_t placesOf(const OpCall& call, const Window& w, std::size_t axis, std::int64_t length, bool ceil) {
  const std::int64_t room = length + w.begin[axis] + w.end[axis] - w.extent(axis);
  const std::int64_t stride = w.strides[axis];
  if (room < 0 && !ceil) call.fail("the window is larger than the padded input");
  std::int64_t places = (ceil ? (room + stride - 1) / stride : room / stride) + 1;
  if (ceil && (places - 1) * stride >= length + w.begin[axis]) --places;
  if (places < 1) call.fail("the window is larger than the padded input");
  return places;
}

}  // namespace unitscope::ops
