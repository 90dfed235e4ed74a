#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"
#include "judging/heat_clusters.h"

using namespace unitscope;
using namespace unitscope::test;

/// Groups of heatmaps that are told apart by eye.
class TestHeatClusters : public QObject {
  Q_OBJECT

  /// Three groups of `each` points round corners of a square, with wavy offsets.
  static at::Tensor groups(std::int64_t each) {
    const at::Tensor noise = wavyPicture(3 * each, 2, 1, 1).reshape({3 * each, 2}).to(at::kDouble) * 0.4;
    const at::Tensor corners = at::tensor({0.0, 0.0, 9.0, 0.0, 0.0, 9.0}, at::kDouble).reshape({3, 2});
    return noise + corners.repeat_interleave(each, 0);
  }

  static bool separates(const std::vector<std::int64_t>& labels, std::size_t each) {
    for (std::size_t i = 0; i < labels.size(); ++i)
      for (std::size_t j = 0; j < labels.size(); ++j)
        if ((labels[i] == labels[j]) != (i / each == j / each)) return false;
    return true;
  }

 private Q_SLOTS:
  void kMeans() {
    const std::vector<std::int64_t> labels = kMeansClusters(groups(15), 3, 1);
    QCOMPARE(labels.size(), std::size_t{45});
    QVERIFY(separates(labels, 15));
    QCOMPARE(kMeansClusters(groups(15), 3, 1), labels);
    QCOMPARE(kMeansClusters(at::ones({4, 2}), 9, 1).size(), std::size_t{4});
    QVERIFY(kMeansClusters(at::zeros({0, 2}), 2, 1).empty());
  }

  void spectralFindsTheNumberItself() {
    const SpectralClusters found = spectralClusters(groups(15), 0, 6, 1);
    QCOMPARE(found.count, std::int64_t{3});
    QVERIFY(separates(found.cluster, 15));
    // Three pieces that do not hang together have three zeros.
    QVERIFY(found.eigenvalues[2] < 1e-9 && found.eigenvalues[3] > 1e-3);
    std::vector<std::int64_t> order = found.order;
    for (std::size_t i = 1; i < order.size(); ++i)
      QVERIFY(found.cluster[static_cast<std::size_t>(order[i - 1])] <=
              found.cluster[static_cast<std::size_t>(order[i])]);
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size(); ++i) QCOMPARE(order[i], static_cast<std::int64_t>(i));
  }

  void fewPoints() {
    for (const std::int64_t n : {0, 1, 2, 3, 4}) {
      const SpectralClusters found = spectralClusters(at::ones({n, 3}), 0, 6, 1);
      QCOMPARE(found.cluster.size(), static_cast<std::size_t>(n));
      QCOMPARE(found.order.size(), static_cast<std::size_t>(n));
    }
  }
};

QTEST_GUILESS_MAIN(TestHeatClusters)
#include "test_heat_clusters.moc"
