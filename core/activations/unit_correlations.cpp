#include "activations/unit_correlations.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include <ATen/ATen.h>

#include "activations/layer_form.h"
#include "activations/picture_batches.h"
#include "engine/devices.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostUnits = 8192;

/// Means and covariance of rows that come in batches (Chan, Golub & LeVeque 1979).
class StreamingCovariance {
 public:
  void add(const at::Tensor& rows) {
    const double n = static_cast<double>(rows.size(0));
    const at::Tensor mean = rows.mean(0);
    const at::Tensor centred = rows - mean;
    const at::Tensor products = at::mm(centred.t(), centred);
    if (!products_.defined()) {
      count_ = n;
      mean_ = mean;
      products_ = products;
      return;
    }
    const at::Tensor away = mean - mean_;
    const double both = count_ + n;
    products_.add_(products).add_(at::outer(away, away), count_ * n / both);
    mean_ = mean_ + away * (n / both);
    count_ = both;
  }

  std::vector<double> mean() const { return plain(mean_); }
  std::vector<double> covariance() const { return plain(products_ / count_); }

 private:
  static std::vector<double> plain(const at::Tensor& tensor) {
    const at::Tensor values = tensor.contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
  }

  double count_ = 0.0;
  at::Tensor mean_, products_;
};

}  // namespace

double UnitCorrelations::correlation(std::int64_t a, std::int64_t b) const {
  for (const std::int64_t unit : {a, b})
    if (unit < 0 || unit >= units())
      throw Error(layer, "has no unit " + std::to_string(unit) + "; they go from 0 to " + std::to_string(units() - 1));
  const auto at = [&](std::int64_t i, std::int64_t j) { return covariance[static_cast<std::size_t>(i * units() + j)]; };
  const double spread = std::sqrt(at(a, a) * at(b, b));
  return spread > 0.0 ? std::clamp(at(a, b) / spread, -1.0, 1.0) : 0.0;
}

std::vector<CorrelatedUnit> UnitCorrelations::mostCorrelated(std::int64_t unit, std::int64_t n) const {
  std::vector<CorrelatedUnit> others;
  for (std::int64_t other = 0; other < units(); ++other)
    if (other != unit) others.push_back({other, correlation(unit, other)});
  std::ranges::stable_sort(
      others, [](const CorrelatedUnit& a, const CorrelatedUnit& b) { return a.correlation > b.correlation; });
  if (static_cast<std::int64_t>(others.size()) > n)
    others.resize(static_cast<std::size_t>(std::max<std::int64_t>(n, 0)));
  return others;
}

UnitCorrelations correlateUnits(Model& model, const CorrelationsQuestion& question, const Progress& progress,
                                const CancelToken& cancel) {
  prepareComputeThread(model.settings());
  Model::Internal& inner = model.internal();
  const ValueId layer = unitLayer(inner, question.layer);
  const std::unique_ptr<PictureSource> source = openPictures(question.data, model, question.seed);
  StreamingCovariance sums;
  UnitCorrelations result;
  result.layer = question.layer;
  const at::NoGradGuard noGradients;
  result.pictures =
      forEachBatch(model, *source, question.data, question.count, progress, cancel, [&](const PictureBatch& batch) {
        const at::Tensor value = layerValue(inner, batch.input, layer, cancel);
        const LayerForm form = layerForm(value.sizes(), question.layer);
        if (form.units > kMostUnits)
          throw Error(question.layer,
                      "has more than " + std::to_string(kMostUnits) + " units, too many to compare all with all");
        sums.add(form.maps(value).mean(at::IntArrayRef{2, 3}).to(at::kCPU, at::kDouble));
      });
  result.means = sums.mean();
  result.covariance = sums.covariance();
  progress.report(1.0);
  return result;
}

}  // namespace unitscope
