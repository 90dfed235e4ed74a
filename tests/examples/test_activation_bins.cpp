#include <cmath>
#include <random>

#include <QtTest>

#include "examples/activation_bins.h"
#include "examples/example_store.h"
#include "examples/unit_statistics.h"

using namespace unitscope;

/// Streaming counts against the sorted values themselves.
class TestActivationBins : public QObject {
  Q_OBJECT

  using Drawer = std::function<float(std::mt19937&)>;

  static std::vector<float> drawn(const Drawer& draw, std::size_t n) {
    std::mt19937 random(7);
    std::vector<float> values(n);
    for (float& value : values) value = draw(random);
    return values;
  }

 private Q_SLOTS:
  void keysRiseWithValues() {
    std::vector<float> values;
    for (float x = 1e-9F; x < 1e14F; x *= 1.0013F) values.insert(values.end(), {x, -x});
    values.push_back(0.0F);
    std::ranges::sort(values);
    int before = -bins::kLast;
    for (const float x : values) {
      const int key = bins::keyOf(x);
      QVERIFY(key >= before && key <= bins::kLast);
      before = key;
      if (std::abs(key) == bins::kLast) continue;
      QVERIFY(bins::lowerOf(key) <= static_cast<double>(x) && static_cast<double>(x) <= bins::upperOf(key));
      if (key != 0) QVERIFY((bins::upperOf(key) - bins::lowerOf(key)) <= std::abs(static_cast<double>(x)) / 127.999);
    }
    QCOMPARE(bins::keyOf(-0.0F), 0);
    QCOMPARE(bins::keyOf(0x1.0p-24F), 1);
  }

  void quantiles_data() {
    QTest::addColumn<int>("kind");
    for (const char* name : {"relu", "normal", "offset", "heavy", "few values", "constant", "tiny", "negative"})
      QTest::newRow(name) << static_cast<int>(std::string_view(name).size());
  }
  void quantiles() {
    const std::string name = QTest::currentDataTag();
    std::normal_distribution<float> normal;
    std::uniform_int_distribution<int> few(0, 4);
    const std::map<std::string, Drawer> drawers{
        {"relu", [&](auto& r) { return std::max(normal(r), 0.0F); }},
        {"normal", [&](auto& r) { return normal(r); }},
        {"offset", [&](auto& r) { return 100.0F + normal(r); }},
        {"heavy", [&](auto& r) { return std::exp(6.0F * normal(r)); }},
        {"few values", [&](auto& r) { return static_cast<float>(few(r)) * 0.3F; }},
        {"constant", [&](auto&) { return 3.7F; }},
        {"tiny", [&](auto& r) { return normal(r) * 1e-7F; }},
        {"negative", [&](auto& r) { return -std::abs(normal(r)) - 1.0F; }}};
    std::vector<float> values = drawn(drawers.at(name), 20000);
    ActivationBins bins;
    for (const float x : values) bins.add(x);
    const std::vector<BinCount> counts = bins.counts();
    std::ranges::sort(values);
    for (double level = 0.0; level <= 1.0; level += 0.0025) {
      const auto rank = static_cast<std::size_t>(std::max(std::ceil(level * 20000.0), 1.0));
      const double exact = values[rank - 1];
      const double found = quantileOf(counts, values.front(), values.back(), level);
      QVERIFY2(std::abs(found - exact) <= std::max(std::abs(exact) * kQuantileError, 0x1.0p-24),
               qPrintable(QStringLiteral("%1: %2 instead of %3").arg(level).arg(found).arg(exact)));
    }
    QCOMPARE(quantileOf(counts, values.front(), values.back(), 0.0), static_cast<double>(values.front()));
    QCOMPARE(quantileOf(counts, values.front(), values.back(), 1.0), static_cast<double>(values.back()));
  }

  void histogramsAreExact() {
    std::normal_distribution<float> normal;
    const std::vector<float> values = drawn([&](auto& r) { return normal(r); }, 5000);
    ActivationBins bins;
    for (const float x : values) bins.add(x);
    const auto [low, high] = std::ranges::minmax(values);
    const UnitHistogram histogram = histogramOf(bins.counts(), low, high, 40);
    QVERIFY(histogram.counts.size() > 35 && histogram.counts.size() <= 40);
    QVERIFY(std::ranges::is_sorted(histogram.edges));
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
      const bool last = i + 1 == histogram.counts.size();
      const auto inside = std::ranges::count_if(values, [&](float x) {
        const double wide = x;
        return wide >= histogram.edges[i] && (wide < histogram.edges[i + 1] || (last && wide <= high));
      });
      // Below zero a bin holds its upper end, not its lower one; none of the drawn values is one.
      QCOMPARE(histogram.counts[i], static_cast<std::uint64_t>(inside));
    }
    QCOMPARE(histogramOf(std::vector<BinCount>{{1000, 7}}, 3.0, 3.0, 40).counts, std::vector<std::uint64_t>{7});
    QVERIFY(histogramOf({}, 0.0, 0.0, 40).counts.empty());
  }

  void partsAddUp() {
    std::normal_distribution<float> normal;
    const std::vector<float> values = drawn([&](auto& r) { return normal(r); }, 3000);
    ActivationBins whole, a, b;
    for (std::size_t i = 0; i < values.size(); ++i) {
      whole.add(values[i]);
      (i % 3 == 0 ? a : b).add(values[i]);
    }
    for (const BinCount& bin : b.counts()) a.add(bin.key, bin.count);
    QVERIFY(a.counts() == whole.counts());
  }

  void manyOfOne() {
    ActivationBins bins;
    const std::uint64_t many = (std::uint64_t{5} << 32U) - 1;
    bins.add(1000, many);
    bins.add(-1000, many);
    bins.add(static_cast<float>(bins::lowerOf(1000)));
    bins.add(0, many);
    QCOMPARE(bins.counts(), (std::vector<BinCount>{{-1000, many}, {0, many}, {1000, many + 1}}));
  }
};

QTEST_GUILESS_MAIN(TestActivationBins)
#include "test_activation_bins.moc"
