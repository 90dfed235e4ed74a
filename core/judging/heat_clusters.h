#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

namespace unitscope {

/// A number of a cluster, from 0, for each row of `points` [N,D]: Lloyd's k-means from k-means++ starts, the best of
/// eight. At most N clusters.
std::vector<std::int64_t> kMeansClusters(const at::Tensor& points, std::int64_t clusters, std::uint64_t seed);

struct SpectralClusters {
  std::vector<std::int64_t> cluster;  ///< of each row
  std::int64_t count = 0;
  std::vector<double> eigenvalues;  ///< the smallest of the Laplacian; a gap behind the k-th speaks for k clusters
  /// Rows in an order in which similar ones stand together: cluster by cluster, along the second eigenvector in each.
  std::vector<std::int64_t> order;
};

/// Spectral clustering as SpRAy does it (Lapuschkin et al. 2019): the symmetric graph of the ten nearest neighbours,
/// its normalised Laplacian (Ng et al. 2002), k-means of the rows of its first eigenvectors. With `clusters` 0 the
/// largest gap among the first eigenvalues says how many, at most `most`.
SpectralClusters spectralClusters(const at::Tensor& points, std::int64_t clusters, std::int64_t most,
                                  std::uint64_t seed);

}  // namespace unitscope
