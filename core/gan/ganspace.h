#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/direction.h"
#include "runtime/progress.h"

namespace unitscope {

struct PrincipalComponents {
  Array mean;                      ///< [D]
  Array components;                ///< [K,D] unit length, largest entry positive, by falling variance
  std::vector<double> deviations;  ///< standard deviation along each
  std::vector<double> explained;   ///< share of the whole variance
  std::int64_t rows = 0;
};

/// Adds up mean and covariance in double precision while rows come in, so that a million samples need no memory. For D
/// up to 8,192.
class ComponentSums {
 public:
  ComponentSums();
  ~ComponentSums();
  ComponentSums(ComponentSums&&) noexcept;
  ComponentSums& operator=(ComponentSums&&) noexcept;

  /// [n,D] (further axes count as D). Throws Error for other widths than before and for numbers that are not finite.
  void add(const Array& rows);
  std::int64_t rows() const;
  /// The `count` largest components (at most D and rows - 1). Throws Error for fewer than two rows.
  PrincipalComponents take(std::int64_t count) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Of rows that are all there, [N,...]: by covariance, or by the rows' inner products where there are fewer rows than
/// numbers in one (activations). Throws Error as ComponentSums, and where both exceed 8,192.
PrincipalComponents principalComponents(const Array& rows, std::int64_t count);

/// For networks without w (GANSpace, Harkonen et al. 2020, section 2.2): components of an early activation [N,...], and
/// the latent directions that produce them, fitted by least squares to the samples' coordinates.
struct RegressedComponents {
  PrincipalComponents activation;
  Array directions;  ///< [K,D] change of the latent for one standard deviation along each component
  Array latentMean;  ///< [D]
};
/// `latents` [N,D]. Throws Error as principalComponents() and for fewer samples than components.
RegressedComponents regressToLatent(const Array& activations, const Array& latents, std::int64_t count);

/// As directions for sliders: unit vectors that go from -2 to 2 standard deviations.
std::vector<LatentDirection> directionsOf(const PrincipalComponents& found, const std::string& space,
                                          const std::vector<std::int64_t>& layers = {});
std::vector<LatentDirection> directionsOf(const RegressedComponents& found, const std::string& space);

}  // namespace unitscope
