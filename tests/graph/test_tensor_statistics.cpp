#include <cmath>
#include <limits>

#include <QtTest>

#include "graph/kernel_tiles.h"
#include "graph/tensor_statistics.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;

class TestTensorStatistics : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void histogram() {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto s = statisticsOf(TensorData::fromFloats({7}, {-2, -1.5, 0, 1.9F, 2, nan, 0}), 4);
    QCOMPARE(s.count, 7);
    QCOMPARE(s.notFinite, 1);
    QCOMPARE(s.zeros, 2);
    QCOMPARE(s.histogram, (std::vector<std::int64_t>{2, 0, 2, 2}));
    QVERIFY(statisticsOf(TensorData::fromFloats({1}, {1})).histogram.empty());
  }

  void oneValueAndNone() {
    const auto same = statisticsOf(TensorData::fromFloats({3}, {5, 5, 5}), 4);
    QCOMPARE(same.histogram, (std::vector<std::int64_t>{3, 0, 0, 0}));
    QCOMPARE(same.deviation, 0.0);
    const float infinite = std::numeric_limits<float>::infinity();
    const auto none = statisticsOf(TensorData::fromFloats({2}, {infinite, -infinite}), 4);
    QCOMPARE(none.notFinite, 2);
    QVERIFY(none.histogram.empty());
    QCOMPARE(none.most, 0.0);
    QCOMPARE(statisticsOf(TensorData::fromFloats({0, 3}, {}), 4).count, 0);
  }

  void widestRange() {
    // The difference of these is no finite number.
    std::vector<double> values = {-1.7e308, 0.0, 1.7e308};
    std::vector<std::byte> bytes(values.size() * sizeof(double));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    const auto s = statisticsOf(TensorData::fromBytes(DType::Float64, {3}, std::move(bytes)), 2);
    QCOMPARE(s.histogram, (std::vector<std::int64_t>{1, 2}));
  }

  void integersAndComplexNumbers() {
    const auto s = statisticsOf(TensorData::fromInts({4}, {0, 1, 2, 3}), 2);
    QCOMPARE(s.histogram, (std::vector<std::int64_t>{2, 2}));
    QCOMPARE(s.mean, 1.5);
    const auto none = statisticsOf(TensorData::fromBytes(DType::Complex64, {1}, std::vector<std::byte>(8)), 2);
    QCOMPARE(none.count, 1);
    QVERIFY(none.histogram.empty());
  }

  void kernels() {
    QVERIFY(hasKernels(TensorData::fromFloats({1, 1, 1, 2}, {1, 2})));
    QVERIFY(!hasKernels(TensorData::fromFloats({1, 2, 1, 1}, {1, 2})));
    QVERIFY(!hasKernels(TensorData::fromFloats({2}, {1, 2})));
    QVERIFY(!hasKernels(TensorData::fromFloats({0, 3, 3, 3}, {})));
    QVERIFY(!errorOf([] { kernelTiles(TensorData::fromFloats({2}, {1, 2}), 1); }).empty());

    // Colours come interleaved, scaled by the largest magnitude of those shown.
    const KernelTiles rgb =
        kernelTiles(TensorData::fromFloats({2, 3, 1, 2}, {1, 2, 3, 4, 5, -8, 100, 100, 100, 100, 100, 100}), 1);
    QVERIFY(rgb.colour);
    QCOMPARE(rgb.total, 2);
    QCOMPARE(rgb.tiles.size(), std::size_t{1});
    QCOMPARE(rgb.tiles[0], (std::vector<float>{0.125F, 0.375F, 0.625F, 0.25F, 0.5F, -1.0F}));

    const KernelTiles pairs = kernelTiles(TensorData::fromFloats({2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), 100);
    QVERIFY(!pairs.colour);
    QCOMPARE(pairs.total, 4);
    QCOMPARE(pairs.tiles.at(3), (std::vector<float>{0.875F, 1.0F}));
    QCOMPARE(kernelTiles(TensorData::fromFloats({1, 1, 1, 2}, {0, 0}), 1).tiles[0], (std::vector<float>{0, 0}));
  }
};

QTEST_APPLESS_MAIN(TestTensorStatistics)
#include "test_tensor_statistics.moc"
