#include "gan/ganspace.h"

#include <algorithm>
#include <cmath>

#include "gan/latent_rows.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// A symmetric matrix of this side takes half a GiB in double precision.
constexpr std::int64_t kMostWidth = 8192;
/// Deviations below this share of the largest are what float32 makes of nothing.
constexpr double kNoise = 1e-5;

void checkCount(std::int64_t count) {
  if (count < 1) throw Error("components", "at least one must be asked for");
}

/// From eigenvectors in rows and variances, both by falling variance.
PrincipalComponents packed(const at::Tensor& mean, const at::Tensor& vectors, const at::Tensor& variances, double whole,
                           std::int64_t rows) {
  PrincipalComponents found{plainArray(mean), plainArray(withFixedSigns(vectors)), {}, {}, rows};
  for (std::int64_t k = 0; k < variances.size(0); ++k) {
    const double variance = std::max(0.0, variances[k].item<double>());
    found.deviations.push_back(std::sqrt(variance));
    found.explained.push_back(whole > 0.0 ? variance / whole : 0.0);
  }
  return found;
}

/// Largest `count` of eigenpairs that come in rising order: values [count], vectors [count,D].
std::pair<at::Tensor, at::Tensor> largest(const at::Tensor& symmetric, std::int64_t count) {
  const auto [values, vectors] = at::linalg_eigh(symmetric);
  const std::int64_t first = values.size(0) - count;
  return {values.narrow(0, first, count).flip(0), vectors.narrow(1, first, count).flip(1).t().contiguous()};
}

PrincipalComponents byInnerProducts(const at::Tensor& rows, std::int64_t count) {
  const at::Tensor mean = rows.mean(0), centred = rows - mean;
  const double degrees = static_cast<double>(rows.size(0) - 1);
  const at::Tensor products = at::mm(centred, centred.t()) / degrees;
  const double whole = products.diagonal().sum().item<double>();
  const auto [values, weights] = largest(products, std::min(count, rows.size(0) - 1));
  at::Tensor vectors = at::mm(weights, centred);
  vectors = vectors / vectors.norm(2, 1, true).clamp_min(1e-300);
  return packed(mean, vectors, values, whole, rows.size(0));
}

}  // namespace

struct ComponentSums::State {
  std::int64_t rows = 0;
  at::Tensor shift;  ///< first row: sums of squares about a place nearby lose no digits
  at::Tensor sum, products;
};

ComponentSums::ComponentSums() : state_(std::make_unique<State>()) {}
ComponentSums::~ComponentSums() = default;
ComponentSums::ComponentSums(ComponentSums&&) noexcept = default;
ComponentSums& ComponentSums::operator=(ComponentSums&&) noexcept = default;

std::int64_t ComponentSums::rows() const {
  return state_->rows;
}

void ComponentSums::add(const Array& array) {
  State& s = *state_;
  at::Tensor rows = rowsOf(array, "samples");
  if (rows.size(1) > kMostWidth)
    throw Error("samples", "have " + std::to_string(rows.size(1)) + " numbers each; 8,192 are the most");
  if (s.rows == 0) {
    s.shift = rows[0].clone();
    s.sum = at::zeros({rows.size(1)}, at::kDouble);
    s.products = at::zeros({rows.size(1), rows.size(1)}, at::kDouble);
  }
  if (rows.size(1) != s.sum.size(0)) throw Error("samples", "have other sizes than those before");
  rows = rows - s.shift;
  s.sum += rows.sum(0);
  s.products.addmm_(rows.t(), rows);
  s.rows += rows.size(0);
}

PrincipalComponents ComponentSums::take(std::int64_t count) const {
  checkCount(count);
  const State& s = *state_;
  if (s.rows < 2) throw Error("samples", "at least two are needed");
  const double n = static_cast<double>(s.rows);
  const at::Tensor mean = s.sum / n;
  const at::Tensor covariance = (s.products - at::ger(s.sum, mean)) / (n - 1.0);
  const double whole = covariance.diagonal().sum().item<double>();
  const auto [values, vectors] = largest(covariance, std::min({count, covariance.size(0), s.rows - 1}));
  return packed(mean + s.shift, vectors, values, whole, s.rows);
}

PrincipalComponents principalComponents(const Array& array, std::int64_t count) {
  checkCount(count);
  const at::Tensor rows = rowsOf(array, "samples");
  if (rows.size(0) < 2) throw Error("samples", "at least two are needed");
  if (rows.size(1) > rows.size(0) && rows.size(0) <= kMostWidth) return byInnerProducts(rows, count);
  ComponentSums sums;
  sums.add(array);
  return sums.take(count);
}

RegressedComponents regressToLatent(const Array& activations, const Array& latents, std::int64_t count) {
  const at::Tensor codes = rowsOf(latents, "latents"), rows = rowsOf(activations, "activations");
  if (codes.size(0) != rows.size(0)) throw Error("activations", "are not as many as the latents");
  RegressedComponents found;
  found.activation = principalComponents(activations, count);
  std::int64_t kept = 0;
  for (const double deviation : found.activation.deviations)
    kept += deviation > kNoise * found.activation.deviations.front() && deviation > 0.0 ? 1 : 0;
  if (kept == 0) throw Error("activations", "are the same for all samples");
  if (rows.size(0) <= kept) throw Error("samples", "must be more than the components");
  // Coordinates in standard deviations; being uncorrelated, the least squares fall apart into one for each.
  const at::Tensor mean = vectorOf(found.activation.mean, "mean");
  const at::Tensor components = rowsOf(found.activation.components, "components").narrow(0, 0, kept);
  const at::Tensor deviations = at::tensor(found.activation.deviations, at::kDouble).narrow(0, 0, kept);
  const at::Tensor coordinates = at::mm(rows - mean, components.t()) / deviations;
  const at::Tensor latentMean = codes.mean(0);
  const at::Tensor normal = at::mm(coordinates.t(), coordinates);
  found.directions = plainArray(at::linalg_solve(normal, at::mm(coordinates.t(), codes - latentMean)));
  found.latentMean = plainArray(latentMean);
  found.activation.components = plainArray(components);
  found.activation.deviations.resize(static_cast<std::size_t>(kept));
  found.activation.explained.resize(static_cast<std::size_t>(kept));
  return found;
}

namespace {

LatentDirection component(const PrincipalComponents& found, std::size_t k, const at::Tensor& vector,
                          const std::string& space) {
  LatentDirection direction;
  direction.name = "Component " + std::to_string(k + 1);
  direction.source = "ganspace";
  direction.space = space;
  const double length = vector.norm().item<double>();
  direction.vector = plainArray(vector / std::max(length, 1e-300));
  direction.from = -2.0 * length;
  direction.to = 2.0 * length;
  direction.details = {{"deviation", found.deviations[k]}, {"explained_variance", found.explained[k]}};
  return direction;
}

}  // namespace

std::vector<LatentDirection> directionsOf(const PrincipalComponents& found, const std::string& space,
                                          const std::vector<std::int64_t>& layers) {
  std::vector<LatentDirection> directions;
  const at::Tensor components = rowsOf(found.components, "components");
  for (std::size_t k = 0; k < found.deviations.size(); ++k) {
    directions.push_back(component(found, k, components[static_cast<std::int64_t>(k)] * found.deviations[k], space));
    directions.back().layers = layers;
  }
  return directions;
}

std::vector<LatentDirection> directionsOf(const RegressedComponents& found, const std::string& space) {
  std::vector<LatentDirection> directions;
  const at::Tensor vectors = rowsOf(found.directions, "directions");
  for (std::size_t k = 0; k < found.activation.deviations.size(); ++k)
    directions.push_back(component(found.activation, k, vectors[static_cast<std::int64_t>(k)], space));
  return directions;
}

}  // namespace unitscope
