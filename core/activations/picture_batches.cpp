#include "activations/picture_batches.h"

#include <algorithm>
#include <utility>

#include "attribution/score.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kLargestBatch = 16;

std::int64_t batchFor(Model& model, const at::Tensor& input, const CancelToken& cancel) {
  Model::Internal& inner = model.internal();
  AttributionQuery query{inner.executor, input, inner.inputValue(), inner.outputValue(), 0, kNoValue, {}};
  inner.describeTo(query);
  // A cache keeps every value, as gradients do.
  return ScoreFunction(query, input, cancel).batchSize(kLargestBatch, /*gradients=*/true);
}

}  // namespace

std::int64_t forEachBatch(Model& model, const PictureSource& source, const std::string& data, std::int64_t count,
                          const Progress& progress, const CancelToken& cancel,
                          const std::function<void(const PictureBatch&)>& take) {
  if (count < 1) throw Error("count", "at least one picture is needed");
  const std::int64_t all = source.count();
  if (all == 0) throw Error(data, "has no pictures");
  const std::int64_t total = all < 0 ? count : std::min(all, count);
  std::int64_t most = 0;
  PictureBatch batch;
  std::vector<at::Tensor> rows;
  const auto flush = [&] {
    if (rows.empty()) return;
    cancel.check();
    batch.input = at::cat(rows);
    take(batch);
    batch = {};
    rows.clear();
  };
  for (std::int64_t i = 0; i < total; ++i) {
    cancel.check();
    // i * all / total, without a product that could overflow.
    KnownPicture picture = source.at(all < 0 ? i : i * (all / total) + i * (all % total) / total);
    progress.report(static_cast<double>(i) / static_cast<double>(total), picture.name);
    at::Tensor row = viewOf(picture.input).clone();
    if (row.dim() == 0 || row.size(0) != 1) throw Error(picture.name, "is not one picture");
    if (most == 0) most = batchFor(model, row, cancel);
    if (!rows.empty() && rows.front().sizes() != row.sizes()) flush();
    picture.input = {};
    picture.masks.clear();
    rows.push_back(std::move(row));
    batch.pictures.push_back(std::move(picture));
    if (static_cast<std::int64_t>(rows.size()) >= most) flush();
  }
  flush();
  return total;
}

}  // namespace unitscope
