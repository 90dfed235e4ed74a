#include <cmath>
#include <numbers>

#include <QtTest>

#include "gan/latent_samples.h"
#include "gan/walk.h"
#include "support/files.h"

using namespace unitscope;
using test::dot;
using test::errorOf;

namespace {

double distance(const Array& path, std::size_t a, std::size_t b) {
  const std::size_t width = path.values.size() / static_cast<std::size_t>(path.shape.front());
  double sum = 0.0;
  for (std::size_t k = 0; k < width; ++k)
    sum +=
        std::pow(static_cast<double>(path.values[a * width + k]) - static_cast<double>(path.values[b * width + k]), 2);
  return std::sqrt(sum);
}

WalkQuestion question(bool closed) {
  WalkQuestion q;
  q.start = test::sampleArray({16}, 3);
  q.frames = 200;
  q.radius = 2.0;
  q.speed = 0.1;
  q.closed = closed;
  q.seed = 5;
  return q;
}

}  // namespace

class TestWalk : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void interpolations() {
    const Array x{{1, 2}, {2, 0}}, y{{2}, {0, 1}};
    const Array line = interpolate(x, y, 3, Interpolation::Linear);
    QCOMPARE(line.shape, (Shape{3, 2}));
    QCOMPARE(line.values, (std::vector<float>{2, 0, 1, 0.5f, 0, 1}));
    const Array arc = interpolate(x, y, 3, Interpolation::Spherical);
    const float half = static_cast<float>(1.5 * std::numbers::sqrt2 / 2.0);
    const std::vector<float> expected{2, 0, half, half, 0, 1};
    for (std::size_t i = 0; i < 6; ++i) QVERIFY(std::abs(arc.values[i] - expected[i]) < 1e-6f);
    // No angle: a straight line.
    const Array same = interpolate(x, {{2}, {4, 0}}, 3, Interpolation::Spherical);
    QCOMPARE(same.values, (std::vector<float>{2, 0, 3, 0, 4, 0}));
    // Each layer of w+ turns by itself.
    const Array plus = interpolate({{2, 2}, {1, 0, 0, 1}}, {{2, 2}, {0, 1, 1, 0}}, 3, Interpolation::Spherical);
    QCOMPARE(plus.shape, (Shape{3, 2, 2}));
    for (std::size_t i = 4; i < 8; ++i) QVERIFY(std::abs(plus.values[i] - std::sqrt(0.5f)) < 1e-6f);
    QVERIFY(!errorOf([&] { interpolate(x, {{3}, {1, 1, 1}}, 3, Interpolation::Linear); }).empty());
    QVERIFY(!errorOf([&] { interpolate(x, y, 1, Interpolation::Linear); }).empty());
  }

  void evenAndBounded_data() {
    QTest::addColumn<bool>("closed");
    QTest::newRow("open") << false;
    QTest::newRow("closed") << true;
  }
  void evenAndBounded() {
    QFETCH(bool, closed);
    const WalkQuestion q = question(closed);
    const Array path = walk(q);
    QCOMPARE(path.shape, (Shape{200, 16}));
    for (std::size_t k = 0; k < 16; ++k) QVERIFY(std::abs(path.values[k] - q.start.values[k]) < 1e-6f);
    double farthest = 0.0;
    for (std::size_t i = 0; i < 200; ++i) {
      farthest = std::max(farthest, distance(path, 0, i));
      if (i + 1 == 200 && !closed) break;
      const double step = distance(path, i, (i + 1) % 200);
      QVERIFY2(step < 1.01 * q.speed && step > 0.95 * q.speed, QByteArray::number(step));
    }
    QVERIFY(farthest <= 2.0 + 1e-5 && farthest > 1.6);
    // Smooth: from one frame to the next it turns little.
    for (std::size_t i = 0; i + 2 < 200; ++i) {
      const double bend = distance(path, i, i + 2) / (distance(path, i, i + 1) + distance(path, i + 1, i + 2));
      QVERIFY2(bend > 0.95, QByteArray::number(bend));
    }
    QCOMPARE(walk(q).values, path.values);
    WalkQuestion other = q;
    other.seed = 6;
    QVERIFY(walk(other).values != path.values);
  }

  /// A round much shorter than the radius allows stays near; a way that would fill the ball many times is refused.
  void extremes() {
    WalkQuestion q = question(true);
    q.frames = 20;
    q.speed = 0.01;
    const Array path = walk(q);
    for (std::size_t i = 0; i < 20; ++i) QVERIFY(std::abs(distance(path, i, (i + 1) % 20) - 0.01) < 0.002);
    q.speed = 1e5;
    q.radius = 1e-4;
    q.frames = 100000;
    QVERIFY(!errorOf([&] { walk(q); }).empty());
  }

  void keepsAttributes() {
    WalkQuestion q = question(true);
    q.keep = {test::sampleArray({1, 16}, 7), test::sampleArray({16}, 8), test::sampleArray({16}, 7)};
    const Array path = walk(q);
    double moved = 0.0;
    for (std::size_t i = 0; i < 200; ++i) {
      for (const Array& normal : q.keep)
        QVERIFY(std::abs(dot(&path.values[i * 16], normal.values.data(), 16) -
                         dot(q.start.values.data(), normal.values.data(), 16)) < 1e-4);
      moved = std::max(moved, distance(path, 0, i));
    }
    QVERIFY(moved > 1.0);
    q.start = {{2}, {0, 0}};
    q.keep = {{{2}, {1, 0}}, {{2}, {1, 1}}};
    QVERIFY(!errorOf([&] { walk(q); }).empty());
  }

  void alongOneDirection() {
    WalkQuestion q;
    q.start = {{3}, {1, 1, 1}};
    q.frames = 5;
    q.radius = 2.0;
    q.closed = false;
    q.along = {{1, 3}, {0, 4, 0}};
    const Array line = walk(q);
    for (std::size_t i = 0; i < 5; ++i) {
      QCOMPARE(line.values[i * 3], 1.0f);
      QVERIFY(std::abs(line.values[i * 3 + 1] - (-1.0f + static_cast<float>(i))) < 1e-6f);
    }
    q.closed = true;
    q.frames = 4;
    const Array round = walk(q);
    const float expected[] = {1, 3, 1, -1};
    for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(round.values[i * 3 + 1] - expected[i]) < 1e-6f);
    // Without what must not change: sideways of it.
    q.along = {{3}, {1, 1, 0}};
    q.keep = {{{3}, {1, 0, 0}}};
    QVERIFY(std::abs(walk(q).values[4] - 3.0f) < 1e-6f);
    q.along = {{3}, {1, 0, 0}};
    QVERIFY(!errorOf([&] { walk(q); }).empty());
  }

  void layersOfStyles() {
    WalkQuestion q = question(false);
    q.start = test::sampleArray({3, 16}, 1);
    q.layers = {1};
    const Array path = walk(q);
    QCOMPARE(path.shape, (Shape{200, 3, 16}));
    for (std::size_t i = 0; i < path.values.size(); ++i)
      if (i / 16 % 3 != 1) QCOMPARE(path.values[i], q.start.values[i % 48]);
    QVERIFY(distance(path, 0, 150) > 0.5);
    q.layers = {3};
    QVERIFY(!errorOf([&] { walk(q); }).empty());
  }

  void refusals() {
    WalkQuestion q = question(true);
    q.radius = 0.0;
    QVERIFY(!errorOf([&] { walk(q); }).empty());
    q = question(true);
    q.speed = NAN;
    QVERIFY(!errorOf([&] { walk(q); }).empty());
    q = question(true);
    q.frames = 2'000'000'000;
    QVERIFY(!errorOf([&] { walk(q); }).empty());
    q = question(true);
    q.start.values[2] = NAN;
    QVERIFY(!errorOf([&] { walk(q); }).empty());
    q = question(true);
    q.along = {{3}, {1, 2, 3}};
    QVERIFY(!errorOf([&] { walk(q); }).empty());
  }
};

QTEST_APPLESS_MAIN(TestWalk)
#include "test_walk.moc"
