#include "exec/edit.h"

#include "runtime/error.h"

namespace unitscope {
namespace {

at::Tensor changed(const Edit& edit, const at::Tensor& x) {
  const at::Tensor operand = edit.tensor.defined() ? edit.tensor.to(x.device(), x.scalar_type()) : at::Tensor();
  switch (edit.kind) {
    case Edit::Kind::Scale: return operand.defined() ? x * operand : x * edit.amount;
    case Edit::Kind::Add: return operand.defined() ? x + operand : x + edit.amount;
    case Edit::Kind::Set: return operand.defined() ? operand.expand_as(x) : at::full_like(x, edit.amount);
    case Edit::Kind::Mask:
      if (!operand.defined()) throw Error("a mask edit needs a mask");
      return edit.amount == 0.0 ? x * operand : x * operand + (1.0 - operand) * edit.amount;
  }
  return x;
}

}  // namespace

at::Tensor applyEdit(const Edit& edit, const at::Tensor& x) {
  const bool everywhere = edit.channels.empty() && !edit.region;
  const at::Tensor edited = changed(edit, x);
  if (everywhere) return edited;

  // Where the edit does not reach, x passes untouched: choose by a boolean mask, so that gradients are exact too.
  at::Tensor chosen = at::ones({1}, at::dtype(at::kBool).device(x.device()));
  if (!edit.channels.empty()) {
    const std::int64_t axis = edit.channelAxis < 0 ? edit.channelAxis + x.dim() : edit.channelAxis;
    if (axis < 0 || axis >= x.dim()) throw Error("this value has no channel axis " + std::to_string(edit.channelAxis));
    at::Tensor flags = at::zeros({x.size(axis)}, at::kBool);
    auto* flag = flags.data_ptr<bool>();
    for (const std::int64_t c : edit.channels) {
      if (c < 0 || c >= x.size(axis))
        throw Error("channel " + std::to_string(c) + " lies outside 0.." + std::to_string(x.size(axis) - 1));
      flag[c] = true;
    }
    std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
    shape[static_cast<std::size_t>(axis)] = x.size(axis);
    chosen = flags.to(x.device()).reshape(shape);
  }
  if (edit.region) {
    if (x.dim() < 3) throw Error("this value has no places, so an edit cannot be limited to a region");
    const Region& r = *edit.region;
    const std::int64_t height = x.size(-2);
    const std::int64_t width = x.size(-1);
    if (r.y0 < 0 || r.x0 < 0 || r.y1 > height || r.x1 > width || r.y0 >= r.y1 || r.x0 >= r.x1)
      throw Error("the region lies outside the map of " + std::to_string(height) + " x " + std::to_string(width));
    at::Tensor inside = at::zeros({height, width}, at::dtype(at::kBool).device(x.device()));
    inside.slice(0, r.y0, r.y1).slice(1, r.x0, r.x1).fill_(true);
    chosen = at::logical_and(chosen, inside);
  }
  return at::where(chosen, edited, x);
}

bool sameEdit(const Edit& a, const Edit& b) {
  return a.value == b.value && a.kind == b.kind && a.amount == b.amount && a.channels == b.channels &&
         a.region == b.region && a.channelAxis == b.channelAxis && a.tensor.is_same(b.tensor);
}

}  // namespace unitscope
