#include <cmath>

#include <QtTest>

#include "gan/ganspace.h"
#include "gan/latent_samples.h"
#include "support/files.h"

using namespace unitscope;
using test::dot;
using test::errorOf;
using test::sampleAt;

namespace {

/// Samples whose entries have falling spread, turned by mixing neighbours, far from the origin.
at::Tensor samples(std::int64_t count, std::int64_t width) {
  at::Tensor rows = at::empty({count, width}, at::kDouble);
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t k = 0; k < width; ++k)
      rows[i][k] = sampleAt(static_cast<int>(i), static_cast<int>(k)) * 4.0 / static_cast<double>(k + 1);
  at::Tensor mixer = at::eye(width, at::kDouble);
  for (std::int64_t k = 0; k + 1 < width; ++k) mixer[k][k + 1] = 0.5;
  return at::mm(rows, mixer) + 50.0;
}

Array arrayOf(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kFloat).contiguous();
  return {flat.sizes().vec(), {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()}};
}

at::Tensor tensorOf(const Array& array) {
  return at::tensor(array.values, at::kFloat).reshape(array.shape).to(at::kDouble);
}

/// Largest angle between two subspaces given by orthonormal rows, in degrees.
double angleBetween(const at::Tensor& a, const at::Tensor& b) {
  const double cosine = at::linalg_svdvals(at::mm(a, b.t())).min().item<double>();
  return std::acos(std::min(1.0, cosine)) * 57.29577951308232;
}

}  // namespace

class TestGanspace : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  /// Against singular values of the centred samples, by another way than ours.
  void principal_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("width");
    QTest::newRow("many samples") << 600 << 12;
    QTest::newRow("few samples") << 30 << 200;
  }
  void principal() {
    QFETCH(int, count);
    QFETCH(int, width);
    const at::Tensor rows = samples(count, width).to(at::kFloat).to(at::kDouble);
    const PrincipalComponents found = principalComponents(arrayOf(rows), 5);
    const at::Tensor centred = rows - rows.mean(0);
    const auto [u, s, v] = at::linalg_svd(centred, false);
    QCOMPARE(found.components.shape, (Shape{5, width}));
    const at::Tensor components = tensorOf(found.components);
    QVERIFY(angleBetween(components, v.narrow(0, 0, 5)) < 0.1);
    QVERIFY((at::mm(components, components.t()) - at::eye(5, at::kDouble)).abs().max().item<double>() < 1e-5);
    const double whole = (s * s).sum().item<double>();
    for (std::int64_t k = 0; k < 5; ++k) {
      const double value = s[k].item<double>();
      const auto at = static_cast<std::size_t>(k);
      QVERIFY(std::abs(found.deviations[at] / (value / std::sqrt(count - 1.0)) - 1.0) < 1e-5);
      QVERIFY(std::abs(found.explained[at] - value * value / whole) < 1e-6);
      const at::Tensor row = components[k];
      QVERIFY(row[row.abs().argmax()].item<double>() > 0.0);
    }
    QVERIFY((tensorOf(found.mean) - rows.mean(0)).abs().max().item<double>() < 1e-4);
  }

  void streamed() {
    const at::Tensor rows = samples(500, 10);
    ComponentSums sums;
    for (std::int64_t from = 0; from < 500; from += 125) sums.add(arrayOf(rows.narrow(0, from, 125)));
    QCOMPARE(sums.rows(), std::int64_t{500});
    const PrincipalComponents parts = sums.take(10), whole = principalComponents(arrayOf(rows), 10);
    for (std::size_t i = 0; i < 100; ++i)
      QVERIFY(std::abs(parts.components.values[i] - whole.components.values[i]) < 1e-5f);
    QCOMPARE(parts.deviations.size(), std::size_t{10});
    double shares = 0.0;
    for (const double share : parts.explained) shares += share;
    QVERIFY(std::abs(shares - 1.0) < 1e-9);
  }

  /// Activations that are a linear map of the latent lead back to the latent's own axes.
  void regressed() {
    const at::Tensor z = samples(300, 4) - 50.0;
    at::Tensor map = at::empty({4, 40}, at::kDouble);
    for (int i = 0; i < 4; ++i)
      for (int k = 0; k < 40; ++k) map[i][k] = sampleAt(i + 1000, k);
    const at::Tensor y = at::mm(z, map).reshape({300, 10, 2, 2});
    const RegressedComponents found = regressToLatent(arrayOf(y), arrayOf(z), 3);
    QCOMPARE(found.directions.shape, (Shape{3, 4}));
    // One deviation in latent space, sent through the map, is one deviation along the component.
    const at::Tensor sent = at::mm(tensorOf(found.directions), map);
    const at::Tensor wanted =
        tensorOf(found.activation.components) * at::tensor(found.activation.deviations, at::kDouble).unsqueeze(1);
    QVERIFY((sent - wanted).abs().max().item<double>() < 1e-3 * wanted.abs().max().item<double>());
    // More components than the map has: the rest is noise and left out.
    QCOMPARE(regressToLatent(arrayOf(y), arrayOf(z), 20).directions.shape, (Shape{4, 4}));
  }

  void asDirections() {
    const PrincipalComponents found = principalComponents(arrayOf(samples(100, 6)), 2);
    const std::vector<LatentDirection> list = directionsOf(found, "w", {0, 1});
    QCOMPARE(list.size(), std::size_t{2});
    QCOMPARE(list[0].vector.shape, Shape{6});
    const double length = std::sqrt(dot(list[0].vector.values.data(), list[0].vector.values.data(), 6));
    QVERIFY(std::abs(length - 1.0) < 1e-5);
    QCOMPARE(list[1].layers, (std::vector<std::int64_t>{0, 1}));
    QVERIFY(std::abs(list[1].to / found.deviations[1] - 2.0) < 1e-5 && list[1].from == -list[1].to);
    QCOMPARE(list[1].details.at("explained_variance"), found.explained[1]);
  }

  void refusals() {
    QVERIFY(!errorOf([] { principalComponents({{1, 3}, {1, 2, 3}}, 1); }).empty());
    QVERIFY(!errorOf([] { principalComponents({{2, 2}, {1, 2, 3, NAN}}, 1); }).empty());
    QVERIFY(!errorOf([] { principalComponents({{2, 2}, {1, 2, 3, 4}}, 0); }).empty());
    ComponentSums sums;
    sums.add({{1, 2}, {1, 2}});
    QVERIFY(!errorOf([&] { sums.add({{1, 3}, {1, 2, 3}}); }).empty());
    QVERIFY(!errorOf([&] { sums.take(1); }).empty());
    const Array same{{4, 2}, {1, 2, 1, 2, 1, 2, 1, 2}};
    QVERIFY(!errorOf([&] { regressToLatent(same, test::sampleArray({4, 2}, 0), 1); }).empty());
    QCOMPARE(principalComponents(same, 1).explained, std::vector<double>{0.0});
  }
};

QTEST_APPLESS_MAIN(TestGanspace)
#include "test_ganspace.moc"
