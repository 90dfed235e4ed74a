#include "gan/artifact_units.h"

#include <algorithm>
#include <cmath>

#include "activations/layer_form.h"
#include "attribution/score.h"
#include "gan/sample_runs.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// How much of each place of a layer is marked, [N,h,w] double.
at::Tensor markedPlaces(const ArtifactQuestion& question, std::int64_t rows, std::int64_t height, std::int64_t width) {
  at::Tensor marked = at::zeros({rows, height, width}, at::kDouble);
  const auto checked = [&](std::int64_t row) {
    if (row < 0 || row >= rows)
      throw Error("bad samples",
                  "there is no sample " + std::to_string(row) + "; they go from 0 to " + std::to_string(rows - 1));
    return row;
  };
  for (const std::int64_t row : question.bad) marked[checked(row)].fill_(1.0);
  for (const ArtifactQuestion::Region& region : question.regions) {
    at::Tensor mask = viewOf(region.mask);
    if (mask.dim() != 2 || mask.numel() == 0 || !mask.isfinite().all().item<bool>())
      throw Error("bad regions", "are given as [h,w] of numbers from 0 to 1");
    mask = mask.clamp(0.0, 1.0).unsqueeze(0).unsqueeze(0);
    if (mask.size(2) != height || mask.size(3) != width)
      // A thin stroke counts for what it covers of a coarse layer's place.
      mask = mask.size(2) >= height && mask.size(3) >= width
                 ? at::adaptive_avg_pool2d(mask, {height, width})
                 : at::upsample_bilinear2d(mask, {height, width}, /*align_corners=*/false);
    at::Tensor place = marked[checked(region.row)];
    place.copy_(at::max(place, mask[0][0].to(at::kDouble)));
  }
  return marked;
}

}  // namespace

std::vector<ArtifactUnit> rankArtifactUnits(Generator& generator, const ArtifactQuestion& question,
                                            const Progress& progress, const CancelToken& cancel) {
  Model::Internal& inner = generator.internal().inner();
  const ValueId value = unitLayer(inner, question.layer);
  const std::int64_t rows = rowsOf(question.samples);
  const at::Tensor one = runSamples(generator, question.samples, {value}, 0, 1, cancel).front();
  const LayerForm form = layerForm(one.sizes(), question.layer);
  const at::NoGradGuard noGradients;
  const at::Tensor marked = markedPlaces(question, rows, form.height, form.width);
  const double there = marked.sum().item<double>(), all = static_cast<double>(marked.numel());
  if (!(there > 0.0)) throw Error("bad samples", "none is marked: mark samples, or regions in them");
  if (!(all - there > 0.0)) throw Error("bad samples", "all are marked: leave some that are good");

  // Sums over marked places, all places, and squares.
  at::Tensor inside = at::zeros({form.units}, at::kDouble), total = at::zeros_like(inside),
             squares = at::zeros_like(inside);
  inBatches(rows, sampleBatch(generator, one.numel()), progress, cancel, "Comparing units of " + question.layer,
            [&](std::int64_t first, std::int64_t count) {
              const at::Tensor maps =
                  form.maps(runSamples(generator, question.samples, {value}, first, count, cancel).front())
                      .to(at::kCPU, at::kDouble);
              inside += (maps * marked.narrow(0, first, count).unsqueeze(1)).sum({0, 2, 3});
              total += maps.sum({0, 2, 3});
              squares += maps.square().sum({0, 2, 3});
            });
  std::vector<ArtifactUnit> units;
  for (std::int64_t u = 0; u < form.units; ++u) {
    ArtifactUnit unit;
    unit.unit = u;
    const double sum = total[u].item<double>(), mean = sum / all;
    unit.there = inside[u].item<double>() / there;
    unit.elsewhere = (sum - inside[u].item<double>()) / (all - there);
    const double deviation = std::sqrt(std::max(0.0, squares[u].item<double>() / all - mean * mean));
    // Rounding leaves constant units a little deviation.
    if (deviation > 1e-6 * std::max(1.0, std::abs(mean))) unit.score = (unit.there - unit.elsewhere) / deviation;
    if (!std::isfinite(unit.score)) unit.score = 0.0;
    units.push_back(unit);
  }
  std::ranges::stable_sort(units, [](const ArtifactUnit& a, const ArtifactUnit& b) { return a.score > b.score; });
  return units;
}

UnitEdit ablationOf(const std::string& layer, const std::vector<ArtifactUnit>& ranked, std::int64_t count) {
  UnitEdit edit;
  edit.change.layer = layer;
  edit.change.kind = UnitSwitch::Kind::Scale;
  edit.change.amount = 0.0;
  for (const ArtifactUnit& unit : ranked) {
    if (static_cast<std::int64_t>(edit.change.units.size()) >= count) break;
    edit.change.units.push_back(unit.unit);
  }
  return edit;
}

}  // namespace unitscope
