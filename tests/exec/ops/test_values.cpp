// Values of operators that are easily got wrong, worked out by hand.
#include <limits>

#include <QtTest>

#include "exec/ops/call_operator.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

at::Tensor doubles(const std::vector<double>& values) {
  return at::tensor(values, at::kDouble);
}

at::Tensor resized(const at::Tensor& x, const std::vector<double>& scales, Attributes attributes) {
  return callOne("Resize", {x, {}, at::tensor(scales, at::kFloat)}, std::move(attributes));
}

bool same(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && at::equal(a, b);
}

}  // namespace

class TestValues : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void integersDivideTowardsZero() {
    QVERIFY(same(callOne("Div", {longs({7, -7, 7, -7}), longs({2, 2, -2, -2})}), longs({3, -3, -3, 3})));
    QVERIFY(same(callOne("Mod", {longs({7, -7, 7, -7}), longs({3, 3, -3, -3})}), longs({1, 2, -2, -1})));
    QVERIFY(same(callOne("Mod", {longs({7, -7, 7, -7}), longs({3, 3, -3, -3})}, {{"fmod", std::int64_t{1}}}),
                 longs({1, -1, 1, -1})));
    QVERIFY(refusal("Mod", {waves({2}), waves({2}, 1)}).find("fmod=1") != std::string::npos);
  }

  void powersKeepTheTypeOfTheBase() {
    QVERIFY(same(callOne("Pow", {longs({2, 3}), doubles({2.5, 2.0})}), longs({5, 9})));
    QVERIFY(same(callOne("Pow", {at::tensor({2, 3}, at::kInt), longs({3, 4})}), at::tensor({8, 81}, at::kInt)));
    QCOMPARE(callOne("Pow", {waves({3}, 0, at::kFloat), doubles({2})}).scalar_type(), at::kFloat);
  }

  void bitsShiftOut() {
    const at::Tensor x = at::tensor({1, 255, 16}, at::kByte), by = at::tensor({9, 4, 2}, at::kByte);
    QVERIFY(
        same(callOne("BitShift", {x, by}, {{"direction", std::string("LEFT")}}), at::tensor({0, 240, 64}, at::kByte)));
    QVERIFY(
        same(callOne("BitShift", {x, by}, {{"direction", std::string("RIGHT")}}), at::tensor({0, 15, 4}, at::kByte)));
    QVERIFY(!refusal("BitShift", {x, by}, {{"direction", std::string("UP")}}).empty());
  }

  void roundingGoesToEven() {
    QVERIFY(near(callOne("Round", {doubles({0.5, 1.5, 2.5, -1.5})}), doubles({0, 2, 2, -2})));
    QVERIFY(near(callOne("QuantizeLinear", {doubles({0.5, 1.5, 300, -9}), doubles({1}), at::tensor({1}, at::kByte)}),
                 longs({1, 3, 255, 0})));
    QVERIFY(near(callOne("DequantizeLinear",
                         {at::tensor({1, 3}, at::kByte), at::tensor({0.5}, at::kFloat), at::tensor({1}, at::kByte)}),
                 doubles({0, 1})));
  }

  void slicesCountLikePython() {
    const at::Tensor x = at::arange(6, at::kLong);
    const auto run = [&](std::int64_t start, std::int64_t end, std::int64_t step) {
      return callOne("Slice", {x, longs({start}), longs({end}), longs({0}), longs({step})});
    };
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max(), kLeast = std::numeric_limits<std::int64_t>::min();
    QVERIFY(same(run(1, -1, 2), longs({1, 3})));
    QVERIFY(same(run(-1, kLeast, -2), longs({5, 3, 1})));
    QVERIFY(same(run(4, 0, -3), longs({4, 1})));
    QVERIFY(same(run(0, kMost, kMost), longs({0})));
    QVERIFY(same(run(kMost, kLeast, kLeast), longs({5})));
    QCOMPARE(run(3, 2, 1).numel(), std::int64_t{0});
    QCOMPARE(run(2, 3, -1).numel(), std::int64_t{0});
    QVERIFY(!refusal("Slice", {x, longs({0}), longs({1}), longs({0}), longs({0})}).empty());
    QVERIFY(!refusal("Slice", {x, longs({0}), longs({1}), longs({3})}).empty());
  }

  void paddingTakesFromTheRightSide() {
    const at::Tensor x = longs({1, 2, 3});
    const auto run = [&](const char* mode, const Ints& pads) {
      return callOne("Pad", {x, longs(pads)}, {{"mode", std::string(mode)}});
    };
    QVERIFY(same(run("constant", {1, 2}), longs({0, 1, 2, 3, 0, 0})));
    QVERIFY(same(run("reflect", {2, 1}), longs({3, 2, 1, 2, 3, 2})));
    QVERIFY(same(run("reflect", {5, 0}), longs({2, 1, 2, 3, 2, 1, 2, 3})));
    QVERIFY(same(run("edge", {1, 2}), longs({1, 1, 2, 3, 3, 3})));
    QVERIFY(same(run("wrap", {4, 1}), longs({3, 1, 2, 3, 1, 2, 3, 1})));
    QVERIFY(same(run("edge", {-1, 1}), longs({2, 3, 3})));
    QVERIFY(!refusal("Pad", {x, longs({1})}).empty());
    QVERIFY(!refusal("Pad", {x, longs({-2, -2})}, {{"mode", std::string("edge")}}).empty());
    // The kernel for planes agrees with the general way.
    const at::Tensor plane = waves({1, 2, 4, 5});
    for (const char* mode : {"reflect", "edge"}) {
      const Attributes how{{"mode", std::string(mode)}};
      const at::Tensor fast = callOne("Pad", {plane, longs({0, 0, 1, 2, 0, 0, 3, 1})}, how);
      const at::Tensor slow = callOne("Pad", {plane.unsqueeze(0), longs({0, 0, 0, 1, 2, 0, 0, 0, 3, 1})}, how);
      QVERIFY(near(fast, slow.squeeze(0)));
    }
  }

  void reshapesFollowTheirMarks() {
    const at::Tensor x = waves({2, 3, 4});
    QCOMPARE(callOne("Reshape", {x, longs({0, -1})}).sizes(), at::IntArrayRef({2, 12}));
    QVERIFY(!refusal("Reshape", {x, longs({5, -1})}).empty());
    QVERIFY(!refusal("Reshape", {x, longs({1, 1, 1, 0})}).empty());
    QVERIFY(!refusal("Squeeze", {x, longs({1})}).empty());
    QVERIFY(!refusal("Expand", {x, longs({2, 5, 4})}).empty());
    const auto parts = callAll("Split", {at::arange(7, at::kLong)}, {{"num_outputs", std::int64_t{3}}}, 3);
    QVERIFY(same(parts[0], longs({0, 1, 2})));
    QVERIFY(same(parts[2], longs({6})));
    QVERIFY(!refusal("Split", {x, longs({1, 2})}).empty());
  }

  void indicesWrapAndAreChecked() {
    const at::Tensor x = at::arange(6, at::kLong).reshape({2, 3});
    QVERIFY(
        same(callOne("Gather", {x, longs({-1, 0})}, {{"axis", std::int64_t{1}}}), longs({2, 0, 5, 3}).reshape({2, 2})));
    QVERIFY(refusal("Gather", {x, longs({2})}).find("index 2 lies outside") != std::string::npos);
    QVERIFY(refusal("Gather", {x, longs({-3})}).find("index -3") != std::string::npos);
    QVERIFY(!refusal("ScatterND", {x, longs({2}).reshape({1, 1}), longs({1, 1, 1}).reshape({1, 3})}).empty());
    QVERIFY(!refusal("ScatterND", {x, longs({1}).reshape({1, 1}), longs({1, 1}).reshape({1, 2})}).empty());
    const at::Tensor twice = longs({1, 1}).reshape({2, 1}), add = longs({1, 2, 3, 4, 5, 6}).reshape({2, 3});
    const auto scatter = [&](const char* how) {
      return callOne("ScatterND", {x, twice, add}, {{"reduction", std::string(how)}}).select(0, 1);
    };
    QVERIFY(same(scatter("add"), longs({8, 11, 14})));
    QVERIFY(same(scatter("mul"), longs({12, 40, 90})));
    QVERIFY(same(scatter("max"), longs({4, 5, 6})));
    QVERIFY(same(scatter("min"), longs({1, 2, 3})));
    QVERIFY(near(callOne("OneHot", {longs({1, -1, 7}), longs({3}), doubles({0, 2})}),
                 doubles({0, 2, 0, 0, 0, 2, 0, 0, 0}).reshape({3, 3})));
  }

  void reductionsOfNothingAndOfAll() {
    const at::Tensor empty = at::zeros({0, 2}, at::kFloat);
    QVERIFY(callOne("ReduceMax", {empty, longs({0})}).isneginf().all().item<bool>());
    QVERIFY(near(callOne("ReduceProd", {empty, longs({0})}), at::ones({1, 2})));
    QVERIFY(same(callOne("ReduceMean", {longs({3, 4})}, {{"keepdims", std::int64_t{0}}}), longs({3}).squeeze()));
    const at::Tensor x = waves({2, 2});
    QVERIFY(near(callOne("ReduceSum", {x, longs({})}, {{"noop_with_empty_axes", std::int64_t{1}}}), x));
    QVERIFY(!refusal("ReduceSum", {x, longs({0, -2})}).empty());
    QVERIFY(same(callOne("ArgMax", {longs({3, 5, 5, 1})}), longs({1})));
    QVERIFY(same(callOne("ArgMax", {longs({3, 5, 5, 1})}, {{"select_last_index", std::int64_t{1}}}), longs({2})));
    const auto top = callAll("TopK", {longs({4, 7, 4, 7}), longs({3})}, {}, 2);
    QVERIFY(same(top[0], longs({7, 7, 4})));
    QVERIFY(same(top[1], longs({1, 3, 0})));
    QVERIFY(
        same(callOne("CumSum", {longs({1, 2, 3}), longs({0})}, {{"exclusive", std::int64_t{1}}}), longs({0, 1, 3})));
  }

  void linearResizeKeepsLines() {
    const at::Tensor line = at::arange(6, at::kDouble).reshape({1, 1, 1, 6});
    const Attributes linear{{"mode", std::string("linear")}};
    // Inner places of a line twice as long lie a quarter off the old ones.
    const at::Tensor y = resized(line, {1, 1, 1, 2}, linear).flatten();
    QVERIFY(near(y.slice(0, 1, 11), at::arange(10, at::kDouble) / 2 + 0.25, 1e-6));
    Attributes corners = linear;
    corners["coordinate_transformation_mode"] = std::string("align_corners");
    QVERIFY(near(resized(line, {1, 1, 1, 2}, corners).flatten(), at::arange(12, at::kDouble) * 5 / 11, 1e-6));
    // Shrinking with antialias averages: the mean stays that of the line.
    Attributes smooth = linear;
    smooth["antialias"] = std::int64_t{1};
    QVERIFY(near(resized(line, {1, 1, 1, 0.5}, smooth).mean(), doubles({2.5}).squeeze(), 1e-6));
  }

  void kernelsOfResizeAgreeWithTheGeneralWay() {
    const at::Tensor x = waves({1, 2, 5, 7});
    for (const char* mode : {"linear", "cubic", "nearest"})
      for (const char* transform : {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"})
        for (const double scale : {2.0, 3.0}) {
          const Attributes how{{"mode", std::string(mode)},
                               {"nearest_mode", std::string("floor")},
                               {"coordinate_transformation_mode", std::string(transform)}};
          const at::Tensor fast = resized(x, {1, 1, scale, scale}, how);
          // With another axis in front LibTorch has no kernel for it.
          const at::Tensor slow = resized(x.unsqueeze(0), {1, 1, 1, scale, scale}, how).squeeze(0);
          QVERIFY2(near(fast, slow, 1e-5), (std::string(mode) + " " + transform).c_str());
        }
  }

  void nearestModesBreakTiesTheirWay() {
    const at::Tensor x = longs({1, 2, 3, 4}).reshape({1, 1, 1, 4});
    const auto run = [&](const char* nearest) {
      return resized(x, {1, 1, 1, 0.5}, {{"nearest_mode", std::string(nearest)}}).flatten();
    };
    QVERIFY(same(run("round_prefer_floor"), longs({1, 3})));
    QVERIFY(same(run("round_prefer_ceil"), longs({2, 4})));
    QVERIFY(same(run("floor"), longs({1, 3})));
    QVERIFY(same(run("ceil"), longs({2, 4})));
    QVERIFY(!refusal("Resize", {x, {}, at::tensor({1.0, 1.0, 1.0, -1.0}, at::kFloat)}).empty());
    QVERIFY(!refusal("Resize", {x}).empty());
    const Attributes larger{{"keep_aspect_ratio_policy", std::string("not_larger")}, {"axes", Ints{2, 3}}};
    const at::Tensor image = waves({1, 1, 4, 8});
    QCOMPARE(callOne("Resize", {image, {}, {}, longs({7, 8})}, larger).sizes(), at::IntArrayRef({1, 1, 4, 8}));
  }

  void attentionIsItsFormula() {
    const at::Tensor q = waves({2, 4, 3, 5}), k = waves({2, 2, 6, 5}, 1), v = waves({2, 2, 6, 5}, 2);
    const at::Tensor mask = waves({3, 6}, 3) > 0.1;
    mask.select(1, 0).fill_(true);
    const at::Tensor y = callOne("Attention", {q, k, v, mask});
    for (std::int64_t head = 0; head < 4; ++head) {
      at::Tensor scores = at::matmul(q.select(1, head), k.select(1, head / 2).transpose(1, 2)) / std::sqrt(5.0);
      scores = scores.exp() * mask;
      const at::Tensor expected = at::matmul(scores / scores.sum(-1, true), v.select(1, head / 2));
      QVERIFY(near(y.select(1, head), expected, 1e-9));
    }
    // The first query of a causal one sees the first key alone; kept keys are seen by all.
    const at::Tensor causal = callOne("Attention", {q, k, v}, {{"is_causal", std::int64_t{1}}});
    QVERIFY(near(causal.select(2, 0).select(1, 3), v.select(2, 0).select(1, 1), 1e-12));
    const auto past = callAll("Attention", {q, k, v, {}, k, v}, {}, 3);
    QCOMPARE(past[1].size(2), std::int64_t{12});
    QVERIFY(!refusal("Attention", {q, waves({2, 3, 6, 5}), waves({2, 3, 6, 5})}).empty());
  }

  void rotationKeepsLengths() {
    const at::Tensor angle = waves({4, 3}, 1), x = waves({1, 2, 4, 6});
    const at::Tensor positions = longs({3, 0, 1, 2}).reshape({1, 4});
    for (const std::int64_t interleaved : {0, 1}) {
      const at::Tensor y =
          callOne("RotaryEmbedding", {x, angle.cos(), angle.sin(), positions}, {{"interleaved", interleaved}});
      QVERIFY(near(y.pow(2).sum(-1), x.pow(2).sum(-1), 1e-9));
      const double c = angle[3][0].cos().item<double>(), s = angle[3][0].sin().item<double>();
      const at::Tensor first = x[0][0][0];
      const double a = first[0].item<double>(), b = first[interleaved != 0 ? 1 : 3].item<double>();
      QVERIFY(std::abs(y[0][0][0][0].item<double>() - (a * c - b * s)) < 1e-12);
    }
  }

  void halfPrecisionGivesHalf() {
    const at::Tensor x = waves({1, 3, 4, 4}, 0, at::kHalf), w = waves({2, 3, 3, 3}, 1, at::kHalf);
    const at::Tensor y = callOne("Conv", {x, w});
    QCOMPARE(y.scalar_type(), at::kHalf);
    QVERIFY(near(y, callOne("Conv", {x.to(at::kDouble), w.to(at::kDouble)}), 0.02));
    QCOMPARE(callOne("Cast", {x}, {{"to", std::int64_t{1}}}).scalar_type(), at::kFloat);
    QCOMPARE(callOne("Softmax", {x}).scalar_type(), at::kHalf);
  }

  void typesThatCannotBeAreNamed() {
    QVERIFY(refusal("Cast", {waves({2})}, {{"to", std::int64_t{8}}}).find("strings") != std::string::npos);
    QVERIFY(refusal("Cast", {waves({2})}, {{"to", std::int64_t{12}}}).find("unsigned") != std::string::npos);
    QVERIFY(refusal("Cast", {waves({2})}, {{"to", std::int64_t{99}}}).find("99") != std::string::npos);
    QVERIFY(refusal("Range", {doubles({0}), doubles({1}), doubles({0})}).find("no end") != std::string::npos);
    QVERIFY(!refusal("ConstantOfShape", {longs({std::int64_t{1} << 40, std::int64_t{1} << 40})}).empty());
    QVERIFY(!refusal("Dropout", {waves({2}), doubles({0.5}), at::ones({}, at::kBool)}).empty());
  }
};

QTEST_APPLESS_MAIN(TestValues)
#include "test_values.moc"
