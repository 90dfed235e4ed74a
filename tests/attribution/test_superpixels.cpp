#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"
#include "attribution/superpixels/coalitions.h"
#include "attribution/superpixels/linear_fit.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

/// Rectangles: rows x columns of them.
at::Tensor tiles(std::int64_t side, std::int64_t rows, std::int64_t columns) {
  const at::Tensor down = at::arange(side, at::kLong).mul(rows).div(side, "floor").unsqueeze(1);
  const at::Tensor across = at::arange(side, at::kLong).mul(columns).div(side, "floor").unsqueeze(0);
  return down * columns + across;
}

/// One number a segment, from a map that gives each pixel its segment's.
at::Tensor perSegment(const at::Tensor& map, const at::Tensor& segments) {
  const std::int64_t count = segments.max().item<std::int64_t>() + 1;
  at::Tensor values = at::zeros({count}, at::kDouble);
  for (std::int64_t s = 0; s < count; ++s) {
    const at::Tensor inside = map[0][0].masked_select(segments.eq(s)).to(at::kDouble);
    if ((inside - inside[0]).abs().max().item<double>() != 0.0) throw Error("map", "varies inside a segment");
    values[s] = inside[0];
  }
  return values;
}

/// What each segment gives to a linear network's score of class 1.
at::Tensor contributions(Asked& asked, const at::Tensor& x, const at::Tensor& segments) {
  const Graph& graph = *asked.net().graph;
  const at::Tensor w = tensorOf(*graph.value(graph.find("w")).data)[1].reshape(x.sizes());
  const std::int64_t count = segments.max().item<std::int64_t>() + 1;
  return at::zeros({count}, at::kDouble).index_add(0, segments.flatten(), (w * x).sum(1).flatten().to(at::kDouble));
}

bool noted(const Attribution& answer, const char* text) {
  return std::ranges::any_of(answer.notes, [&](const std::string& note) { return note.find(text) != note.npos; });
}

std::vector<std::pair<const char*, const char*>> few(const char* id) {
  if (std::string(id) == "segment_ablation") return {};
  return {{"samples", "200"}};
}

}  // namespace

class TestSuperpixels : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aLinearNetworkIsExplainedExactly() {
    Asked asked(linearNet(12));
    AttributionQuery query = asked.query(wavyPicture(12, 12));
    query.segments = tiles(12, 4, 4);
    const at::Tensor exact = contributions(asked, query.input, query.segments);
    for (const char* id : {"kernel_shap", "segment_ablation"}) {
      const Attribution answer = asked.run(id, query, few(id));
      QCOMPARE(answer.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 12, 12}));
      const double off = largestDifference(perSegment(answer.map, query.segments), exact);
      QVERIFY2(off < 1e-4, qPrintable(QString("%1: %2").arg(id).arg(off)));
    }
    // 200 of 65534 coalitions: exact all the same, since nothing interacts.
    QVERIFY(noted(asked.run("kernel_shap", query, {{"samples", "200"}}), "estimates"));
  }

  void kernelShapIsTheShapleyValue() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    AttributionQuery query = asked.query(x);
    query.segments = tiles(16, 2, 4);
    constexpr std::int64_t players = 8;
    std::vector<double> score;
    for (std::int64_t set = 0; set < (1 << players); ++set) {
      at::Tensor present = at::zeros({players}, at::kFloat);
      for (std::int64_t i = 0; i < players; ++i) present[i] = static_cast<float>((set >> i) & 1);
      score.push_back(asked.score(x * present.index_select(0, query.segments.flatten()).reshape({16, 16})));
    }
    at::Tensor exact = at::zeros({players}, at::kDouble);
    for (std::int64_t i = 0; i < players; ++i)
      for (std::size_t set = 0; set < score.size(); ++set) {
        if ((set >> i & 1U) != 0) continue;
        const int size = __builtin_popcountll(set);
        // size! (players - size - 1)! / players!
        const double orders = std::tgamma(size + 1) * std::tgamma(players - size) / std::tgamma(players + 1);
        exact[i] += orders * (score[set | (std::size_t{1} << i)] - score[set]);
      }
    const Attribution answer = asked.run("kernel_shap", query, {{"samples", "256"}});
    const at::Tensor values = perSegment(answer.map, query.segments);
    const double off = largestDifference(values, exact);
    QVERIFY2(off < 1e-6, qPrintable(QString::number(off)));
    QVERIFY(noted(answer, "exact"));
    QVERIFY(std::abs(values.sum().item<double>() - (score.back() - score.front())) < 1e-6);
    // Samples come near, and nearer the more there are; they sum to the same.
    const auto sampled = [&](const char* samples) {
      const at::Tensor some = perSegment(asked.run("kernel_shap", query, {{"samples", samples}}).map, query.segments);
      if (std::abs(some.sum().item<double>() - (score.back() - score.front())) > 1e-6) return 1e30;
      return largestDifference(some, exact) / exact.abs().max().item<double>();
    };
    QVERIFY2(sampled("120") < 0.1, qPrintable(QString::number(sampled("120"))));
    QVERIFY2(sampled("40") < 0.5, qPrintable(QString::number(sampled("40"))));
  }

  void coalitionsFollowTheShapleyKernel() {
    const Coalitions all = shapleyCoalitions(6, 64, 0);
    QVERIFY(all.all);
    QCOMPARE(all.present.sizes().vec(), (std::vector<std::int64_t>{62, 6}));
    for (std::int64_t i = 0; i < 62; ++i) {
      const auto size = all.present[i].sum().item<std::int64_t>();
      const double ways = size == 3 ? 20 : size == 2 || size == 4 ? 15 : 6;
      double total = 0.0;
      for (int s = 1; s < 6; ++s) total += 1.0 / (s * (6 - s));
      QVERIFY(std::abs(all.weights[i].item<double>() - 1.0 / static_cast<double>(size * (6 - size)) / ways / total) <
              1e-12);
    }
    for (const std::int64_t players : {2, 3, 7, 12, 500}) {
      const Coalitions some = shapleyCoalitions(players, 300, 5);
      const at::Tensor sizes = some.present.sum(1);
      QVERIFY(sizes.min().item<std::int64_t>() > 0 && sizes.max().item<std::int64_t>() < players);
      QVERIFY(some.present.size(0) <= 300);
      QVERIFY(std::abs(some.weights.sum().item<double>() - 1.0) < 1e-9);
      QCOMPARE(std::get<0>(at::unique_dim(some.present.to(at::kLong), 0)).size(0), some.present.size(0));
      QVERIFY(at::equal(some.present, shapleyCoalitions(players, 300, 5).present));
      // Of 12, single ones and their complements are tried in full.
      if (players == 12) QCOMPARE(sizes.eq(1).sum().item<std::int64_t>(), std::int64_t{12});
      if (players == 12) QCOMPARE(sizes.eq(11).sum().item<std::int64_t>(), std::int64_t{12});
      if (players == 500) QVERIFY(!at::equal(some.present, shapleyCoalitions(players, 300, 6).present));
    }
  }

  void fitsByHand() {
    // y = 2 + 3 a - b on all four corners; without a penalty the fit is exact.
    const at::Tensor x = at::tensor({0, 0, 0, 1, 1, 0, 1, 1}, at::kDouble).reshape({4, 2});
    const at::Tensor y = at::tensor({2, 1, 5, 4}, at::kDouble);
    const at::Tensor weights = at::tensor({1, 2, 3, 4}, at::kDouble);
    const LinearFit exact = ridgeFit(x, y, weights, 0.0);
    QVERIFY(largestDifference(exact.coefficients, at::tensor({3, -1}, at::kDouble)) < 1e-12);
    QVERIFY(std::abs(exact.intercept - 2.0) < 1e-12 && std::abs(exact.r2 - 1.0) < 1e-12);
    // One feature, equal weights: slope sum(xy)/(sum(xx) + alpha) about the means.
    const LinearFit shrunk = ridgeFit(at::tensor({0, 1}, at::kDouble).reshape({2, 1}), at::tensor({0, 1}, at::kDouble),
                                      at::ones({2}, at::kDouble), 1.0);
    QVERIFY(std::abs(shrunk.coefficients[0].item<double>() - 0.5 / 1.5) < 1e-12);
    QVERIFY(std::abs(shrunk.intercept - (0.5 - 0.5 / 3.0)) < 1e-12);
    QVERIFY(std::abs(shrunk.r2 - (1.0 - 4.0 / 9.0)) < 1e-12);
    // Nothing is known of the second and third: they share what is left.
    const at::Tensor one = at::tensor({1, 0, 0}, at::kDouble).reshape({1, 3});
    const at::Tensor shared = leastSquaresOfSum(one, at::tensor({5}, at::kDouble), at::ones({1}, at::kDouble), 7.0);
    QVERIFY(largestDifference(shared, at::tensor({5, 1, 1}, at::kDouble)) < 1e-9);
  }

  void limeRanksAsALinearNetworkWeighs() {
    Asked asked(linearNet(12));
    AttributionQuery query = asked.query(wavyPicture(12, 12));
    query.segments = tiles(12, 3, 4);
    const at::Tensor exact = contributions(asked, query.input, query.segments);
    const Attribution answer = asked.run("lime", query, {{"score", "logit"}});
    const at::Tensor values = perSegment(answer.map, query.segments);
    QVERIFY(at::equal(values.argsort(), exact.argsort()));
    // The ridge shrinks a little.
    QVERIFY(correlation(values, exact) > 0.999);
    QVERIFY(noted(answer, "R2"));
    // The probability bends the line, not what speaks for and against.
    const at::Tensor bent = perSegment(asked.run("lime", query).map, query.segments);
    QVERIFY2(correlation(bent, exact) > 0.5, qPrintable(QString::number(correlation(bent, exact))));
  }

  void whatSpeaksMostIsShown() {
    Asked asked(linearNet(12));
    AttributionQuery query = asked.query(wavyPicture(12, 12));
    query.segments = tiles(12, 4, 4);
    const at::Tensor exact = contributions(asked, query.input, query.segments);
    const Attribution answer = asked.run("kernel_shap", query, few("kernel_shap"));
    QCOMPARE(answer.pictures.size(), std::size_t{1});
    QVERIFY(answer.pictures[0].title.find("5 segments") != std::string::npos);
    const at::Tensor best = std::get<1>(exact.topk(5));
    at::Tensor expected = at::zeros_like(query.input);
    for (std::int64_t i = 0; i < 5; ++i) expected = at::where(query.segments.eq(best[i]), query.input, expected);
    QVERIFY(largestDifference(answer.pictures[0].picture, expected) == 0.0);
  }

  void baselinesStandForWhatIsHidden() {
    Asked asked(linearNet(8));
    AttributionQuery query = asked.query(wavyPicture(8, 8));
    query.segments = tiles(8, 2, 2);
    query.black = at::full({3}, -2.0);
    query.white = at::full({3}, 2.0);
    const at::Tensor above = contributions(asked, query.input + 2.0, query.segments);
    for (const char* id : {"kernel_shap", "segment_ablation"})
      QVERIFY2(largestDifference(perSegment(asked.run(id, query, {{"baseline", "black"}}).map, query.segments), above) <
                   1e-4,
               id);
  }

  void givenSegmentsAreHonoured() {
    Asked asked(convNet());
    AttributionQuery query = asked.query(wavyPicture(16, 16));
    for (const char* id : {"lime", "kernel_shap", "segment_ablation"}) {
      // Gaps between the numbers change nothing.
      query.segments = tiles(16, 2, 2);
      const Attribution plain = asked.run(id, query, few(id));
      QVERIFY2(noted(plain, "4 segments given"), id);
      query.segments = query.segments * 7 + 3;
      QVERIFY2(largestDifference(asked.run(id, query, few(id)).map, plain.map) < 1e-5, id);
      // One segment is the whole picture.
      query.segments = at::zeros({16, 16}, at::kLong);
      const at::Tensor map = asked.run(id, query, few(id)).map;
      QVERIFY2((map - map[0][0][0][0]).abs().max().item<double>() == 0.0, id);
      for (const at::Tensor& wrong :
           {at::zeros({16, 15}, at::kLong), at::zeros({16}, at::kLong), at::full({16, 16}, -1, at::kLong)}) {
        query.segments = wrong;
        QVERIFY_EXCEPTION_THROWN(asked.run(id, query, few(id)), Error);
      }
      query.segments = at::zeros({12, 16}, at::kLong);
      try {
        asked.run(id, query, few(id));
        QFAIL("segments of another size were taken");
      } catch (const Error& error) {
        QVERIFY2(QString(error.what()).contains("[12, 16]"), error.what());
      }
    }
  }

  void segmentsAreFoundWhereNoneAreGiven() {
    for (const std::int64_t channels : {1, 2, 3}) {
      Asked asked(linearNet(28, channels));
      AttributionQuery query = asked.query(wavyPicture(28, 28, 1, channels));
      if (channels == 3) {
        query.black = at::full({3}, -1.0);
        query.white = at::full({3}, 1.0);
      }
      const Attribution answer = asked.run("segment_ablation", query, {{"segments", "30"}});
      QVERIFY(noted(answer, "segments by SLIC") || noted(answer, "squares"));
      const auto found = std::get<0>(at::_unique2(answer.map)).numel();
      QVERIFY2(found >= 15 && found <= 45, qPrintable(QString::number(found)));
    }
    // A picture of one colour has no range of values.
    Asked asked(linearNet(28, 3));
    const Attribution flat = asked.run("segment_ablation", at::ones({1, 3, 28, 28}), 1, {{"segments", "9"}});
    QVERIFY(at::isfinite(flat.map).all().item<bool>());
  }

  void whatIsThereSoFarIsShown() {
    Asked asked(convNet());
    for (const char* id : {"lime", "kernel_shap", "segment_ablation"}) {
      AttributionQuery query = asked.query(wavyPicture(16, 16));
      query.segments = tiles(16, 16, 16);
      int seen = 0;
      query.preview = [&](const Attribution& soFar) {
        ++seen;
        QCOMPARE(soFar.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 16, 16}));
        QVERIFY(at::isfinite(soFar.map).all().item<bool>());
      };
      const at::Tensor map = asked.run(id, query, few(id)).map;
      QVERIFY2(seen >= 3 && seen <= 8, id);
      query.preview = {};
      QVERIFY2(largestDifference(map, asked.run(id, query, few(id)).map) < 1e-5, id);
    }
  }

  void equalSeedsGiveEqualMaps() {
    Asked asked(convNet());
    AttributionQuery query = asked.query(wavyPicture(16, 16));
    query.segments = tiles(16, 4, 4);
    for (const char* id : {"lime", "kernel_shap"}) {
      const auto map = [&](const char* seed) { return asked.run(id, query, {{"samples", "100"}, {"seed", seed}}).map; };
      QVERIFY(largestDifference(map("3"), map("3")) < 1e-6);
      QVERIFY(largestDifference(map("3"), map("4")) > 1e-5);
    }
  }
};

QTEST_GUILESS_MAIN(TestSuperpixels)
#include "test_superpixels.moc"
