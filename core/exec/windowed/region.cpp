#include "exec/windowed/region.h"

#include <algorithm>
#include <cstring>

#include <ATen/Parallel.h>

namespace unitscope {
namespace {

// Floats that one thread should copy at least.
constexpr std::int64_t kGrain = 16384;

std::int64_t floorDivide(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

std::int64_t ceilDivide(std::int64_t a, std::int64_t b) {
  return -floorDivide(-a, b);
}

/// The part of [from, from + size) that lies in [first, first + length).
struct Overlap {
  Overlap(std::int64_t from, std::int64_t size, std::int64_t first, std::int64_t length)
      : begin(std::max(from, first)), end(std::min(from + size, first + length)) {}
  bool any() const { return begin < end; }
  std::int64_t count() const { return end - begin; }
  std::int64_t begin, end;
};

/// Row by row in channels-last order, where a row of places is one piece of memory.
at::Tensor gatherRows(const at::Tensor& base, const Patch* patch, const BatchRegion& region, float fill) {
  const auto batch = static_cast<std::int64_t>(region.y.start.size());
  const std::int64_t channels = base.size(1), height = base.size(2), width = base.size(3);
  const std::int64_t rows = region.y.size, columns = region.x.size;
  at::Tensor out = at::empty({batch, channels, rows, columns}, base.options(), at::MemoryFormat::ChannelsLast);
  const at::Tensor source = base.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor changed = patch != nullptr ? patch->values.contiguous(at::MemoryFormat::ChannelsLast) : at::Tensor();
  const float* from = source.data_ptr<float>();
  const float* over = patch != nullptr ? changed.data_ptr<float>() : nullptr;
  float* to = out.data_ptr<float>();
  const auto bytes = [channels](std::int64_t places) {
    return static_cast<std::size_t>(places * channels) * sizeof(float);
  };
  const auto copyRow = [&](std::int64_t item, std::int64_t row) {
    const auto i = static_cast<std::size_t>(item);
    const std::int64_t y = region.y.start[i] + row, left = region.x.start[i];
    float* target = to + (item * rows + row) * columns * channels;
    const Overlap inside(left, columns, 0, width);
    if (y < 0 || y >= height || !inside.any()) {
      std::fill_n(target, columns * channels, fill);
      return;
    }
    std::fill_n(target, (inside.begin - left) * channels, fill);
    std::fill_n(target + (inside.end - left) * channels, (left + columns - inside.end) * channels, fill);
    std::memcpy(target + (inside.begin - left) * channels, from + (y * width + inside.begin) * channels,
                bytes(inside.count()));
    if (over == nullptr) return;
    const BatchRegion& at = patch->region;
    const std::int64_t patchRow = y - at.y.start[i], patchLeft = at.x.start[i];
    const Overlap both(left, columns, patchLeft, at.x.size);
    if (patchRow < 0 || patchRow >= at.y.size || !both.any()) return;
    std::memcpy(target + (both.begin - left) * channels,
                over + ((item * at.y.size + patchRow) * at.x.size + both.begin - patchLeft) * channels,
                bytes(both.count()));
  };
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, columns * channels));
  at::parallel_for(0, batch * rows, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) copyRow(r / rows, r % rows);
  });
  return out;
}

/// The same by slices, for whatever device and type.
at::Tensor gatherSlices(const at::Tensor& base, const Patch* patch, const BatchRegion& region, double fill) {
  const auto batch = static_cast<std::int64_t>(region.y.start.size());
  const std::int64_t rows = region.y.size, columns = region.x.size;
  at::Tensor out = at::full({batch, base.size(1), rows, columns}, fill, base.options());
  for (std::int64_t item = 0; item < batch; ++item) {
    const auto i = static_cast<std::size_t>(item);
    const std::int64_t top = region.y.start[i], left = region.x.start[i];
    const auto put = [&](const at::Tensor& map, std::int64_t y, std::int64_t x) {
      const Overlap down(top, rows, y, map.size(1)), across(left, columns, x, map.size(2));
      if (!down.any() || !across.any()) return;
      out[item]
          .slice(1, down.begin - top, down.end - top)
          .slice(2, across.begin - left, across.end - left)
          .copy_(map.slice(1, down.begin - y, down.end - y).slice(2, across.begin - x, across.end - x));
    };
    put(base[0], 0, 0);
    if (patch != nullptr) put(patch->values[item], patch->region.y.start[i], patch->region.x.start[i]);
  }
  return out;
}

}  // namespace

Span fitted(const std::vector<Range>& ranges, std::int64_t length) {
  Span span;
  for (const Range& range : ranges) span.size = std::max(span.size, range.last - range.first + 1);
  span.size = std::min(span.size, length);
  span.start.reserve(ranges.size());
  for (const Range& range : ranges) span.start.push_back(std::clamp<std::int64_t>(range.first, 0, length - span.size));
  return span;
}

Span outputsOf(const Span& changed, const Reach& reach, std::int64_t length) {
  std::vector<Range> ranges;
  ranges.reserve(changed.start.size());
  for (const std::int64_t start : changed.start) {
    const std::int64_t first = ceilDivide(start + reach.begin - reach.extent() + 1, reach.stride);
    const std::int64_t last = floorDivide(start + changed.size - 1 + reach.begin, reach.stride);
    Range range{std::clamp<std::int64_t>(first, 0, length - 1), std::clamp<std::int64_t>(last, 0, length - 1)};
    // A change that strides skip touches no output; one place stands for it.
    range.last = std::max(range.first, range.last);
    ranges.push_back(range);
  }
  return fitted(ranges, length);
}

Span inputsOf(const Span& outputs, const Reach& reach) {
  Span span;
  span.size = (outputs.size - 1) * reach.stride + reach.extent();
  span.start.reserve(outputs.start.size());
  for (const std::int64_t start : outputs.start) span.start.push_back(start * reach.stride - reach.begin);
  return span;
}

Span united(const Span& a, const Span& b, std::int64_t length) {
  std::vector<Range> ranges;
  ranges.reserve(a.start.size());
  for (std::size_t i = 0; i < a.start.size(); ++i)
    ranges.push_back({std::min(a.start[i], b.start[i]), std::max(a.start[i] + a.size, b.start[i] + b.size) - 1});
  return fitted(ranges, length);
}

Span wholeSpan(std::int64_t count, std::int64_t length) {
  return {std::vector<std::int64_t>(static_cast<std::size_t>(count), 0), length};
}

at::MemoryFormat layoutOfWindows(const at::Device& device) {
  return device.is_cpu() ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

at::Tensor gather(const at::Tensor& base, const Patch* patch, const BatchRegion& region, double fill) {
  if (patch != nullptr && patch->region == region) return patch->values;
  if (base.device().is_cpu() && base.scalar_type() == at::kFloat)
    return gatherRows(base, patch, region, static_cast<float>(fill));
  return gatherSlices(base, patch, region, fill);
}

}  // namespace unitscope
