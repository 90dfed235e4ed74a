// Convolutions and poolings against plain loops over their definitions.
#include <functional>
#include <limits>

#include <QtTest>

#include "exec/ops/call_operator.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

struct Geometry {
  Ints kernel, strides, dilations, pads;  // pads: top, left, bottom, right
};

/// Calls `visit(n, c, place y, place x, tap, value or nullptr in the padding)` for every tap of every window.
template <class Visit>
void walk(const at::Tensor& x, const Geometry& g, const Ints& places, Visit visit) {
  const at::Tensor plain = x.contiguous();
  const auto a = plain.accessor<double, 4>();
  for (std::int64_t n = 0; n < x.size(0); ++n)
    for (std::int64_t c = 0; c < x.size(1); ++c)
      for (std::int64_t y = 0; y < places[0]; ++y)
        for (std::int64_t z = 0; z < places[1]; ++z)
          for (std::int64_t i = 0; i < g.kernel[0]; ++i)
            for (std::int64_t j = 0; j < g.kernel[1]; ++j) {
              const std::int64_t row = y * g.strides[0] + i * g.dilations[0] - g.pads[0];
              const std::int64_t column = z * g.strides[1] + j * g.dilations[1] - g.pads[1];
              const bool inside = row >= 0 && column >= 0 && row < x.size(2) && column < x.size(3);
              const double value = inside ? a[n][c][row][column] : 0;
              visit(n, c, y, z, i * g.kernel[1] + j, row, column, inside ? &value : nullptr);
            }
}

Ints placesOf(const at::Tensor& x, const Geometry& g) {
  Ints places;
  for (std::size_t i = 0; i < 2; ++i)
    places.push_back((x.size(static_cast<std::int64_t>(i) + 2) + g.pads[i] + g.pads[i + 2] -
                      (g.kernel[i] - 1) * g.dilations[i] - 1) /
                         g.strides[i] +
                     1);
  return places;
}

Attributes attributesOf(const Geometry& g) {
  return {{"kernel_shape", g.kernel}, {"strides", g.strides}, {"dilations", g.dilations}, {"pads", g.pads}};
}

const std::vector<Geometry> kGeometries = {
    {{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}}, {{2, 3}, {2, 1}, {1, 1}, {0, 1, 1, 2}},
    {{3, 2}, {1, 2}, {2, 1}, {2, 0, 1, 1}}, {{3, 3}, {3, 2}, {1, 2}, {2, 2, 2, 2}},
    {{1, 1}, {2, 2}, {1, 1}, {0, 0, 0, 0}}, {{2, 2}, {1, 1}, {3, 2}, {0, 0, 0, 0}}};

}  // namespace

class TestWindows : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void convolutionIsItsDefinition() {
    for (const Geometry& g : kGeometries) {
      const at::Tensor x = waves({2, 4, 7, 8}), w = waves({6, 2, g.kernel[0], g.kernel[1]}, 1), b = waves({6}, 2);
      const Ints places = placesOf(x, g);
      at::Tensor expected = b.reshape({1, 6, 1, 1}).expand({2, 6, places[0], places[1]}).contiguous();
      auto e = expected.accessor<double, 4>();
      const at::Tensor taps = w.reshape({6, 2, -1});
      const auto t = taps.accessor<double, 3>();
      walk(x, g, places, [&](auto n, auto c, auto y, auto z, auto tap, auto, auto, const double* v) {
        if (v == nullptr) return;
        const std::int64_t group = c / 2;
        for (std::int64_t o = 3 * group; o < 3 * group + 3; ++o) e[n][o][y][z] += *v * t[o][c % 2][tap];
      });
      Attributes attributes = attributesOf(g);
      attributes["group"] = std::int64_t{2};
      QVERIFY(near(callOne("Conv", {x, w, b}, attributes), expected, 1e-10));
    }
  }

  void transposedConvolutionIsTheAdjoint() {
    for (const Geometry& g : kGeometries) {
      const at::Tensor x = waves({2, 4, 7, 8}), w = waves({6, 2, g.kernel[0], g.kernel[1]}, 1);
      Attributes attributes = attributesOf(g);
      attributes["group"] = std::int64_t{2};
      const at::Tensor y = callOne("Conv", {x, w}, attributes);
      const at::Tensor v = waves(y.sizes().vec(), 3);
      attributes["output_shape"] = Ints{7, 8};
      Attributes padded = attributes;
      padded.erase("output_shape");
      Ints rest;
      for (std::size_t i = 0; i < 2; ++i)
        rest.push_back(x.size(static_cast<std::int64_t>(i) + 2) + g.pads[i] + g.pads[i + 2] -
                       (g.kernel[i] - 1) * g.dilations[i] - 1 -
                       (y.size(static_cast<std::int64_t>(i) + 2) - 1) * g.strides[i]);
      padded["output_padding"] = rest;
      const at::Tensor back = callOne("ConvTranspose", {v, w}, padded);
      QCOMPARE(back.sizes(), x.sizes());
      QVERIFY(std::abs(((y * v).sum() - (back * x).sum()).item<double>()) < 1e-9);
      QCOMPARE(callOne("ConvTranspose", {v, w}, attributes).sizes(), x.sizes());
    }
  }

  void samePaddingKeepsTheLength() {
    const at::Tensor x = at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble).reshape({1, 1, 4});
    const at::Tensor w = at::ones({1, 1, 2}, at::kDouble);
    const auto run = [&](const char* mode) {
      return callOne("Conv", {x, w}, {{"auto_pad", std::string(mode)}}).flatten();
    };
    QVERIFY(near(run("SAME_UPPER"), at::tensor({3.0, 5.0, 7.0, 4.0}, at::kDouble)));
    QVERIFY(near(run("SAME_LOWER"), at::tensor({1.0, 3.0, 5.0, 7.0}, at::kDouble)));
    QVERIFY(near(run("VALID"), at::tensor({3.0, 5.0, 7.0}, at::kDouble)));
  }

  void deformableWithoutOffsetsIsPlain() {
    const Geometry g = kGeometries[1];
    const at::Tensor x = waves({2, 4, 7, 8}), w = waves({6, 4, 2, 3}, 1), b = waves({6}, 2);
    const Ints places = placesOf(x, g);
    const at::Tensor still = at::zeros({2, 12, places[0], places[1]}, at::kDouble);
    QVERIFY(near(callOne("DeformConv", {x, w, still, b}, attributesOf(g)), callOne("Conv", {x, w, b}, attributesOf(g)),
                 1e-10));
    // A whole step down everywhere reads the next row; the mask scales.
    const at::Tensor down = still.clone().reshape({2, 6, 2, places[0], places[1]});
    down.select(2, 0).fill_(1.0);
    const at::Tensor half = at::full({2, 6, places[0], places[1]}, 0.5, at::kDouble);
    const at::Tensor shifted = at::cat({x.slice(2, 1), at::zeros({2, 4, 1, 8}, at::kDouble)}, 2);
    Geometry inner = g;
    inner.pads = {0, 0, 0, 0};
    const Ints fewer = placesOf(x, inner);
    const auto fit = [&](const at::Tensor& t) { return t.slice(-2, 0, fewer[0]).slice(-1, 0, fewer[1]).contiguous(); };
    QVERIFY(near(callOne("DeformConv", {x, w, fit(down).reshape({2, 12, fewer[0], fewer[1]}), b, fit(half)},
                         attributesOf(inner)),
                 callOne("Conv", {shifted * 0.5, w, b}, attributesOf(inner)), 1e-10));
  }

  void maximaAndTheirPlaces() {
    for (const Geometry& g : kGeometries) {
      const at::Tensor x = waves({2, 3, 7, 8});
      const Ints places = placesOf(x, g);
      at::Tensor best = at::full({2, 3, places[0], places[1]}, -std::numeric_limits<double>::infinity(), at::kDouble);
      at::Tensor where = at::zeros(best.sizes(), at::kLong);
      auto b = best.accessor<double, 4>();
      auto w = where.accessor<std::int64_t, 4>();
      walk(x, g, places, [&](auto n, auto c, auto y, auto z, auto, auto row, auto column, const double* v) {
        if (v == nullptr || *v <= b[n][c][y][z]) return;
        b[n][c][y][z] = *v;
        w[n][c][y][z] = ((n * 3 + c) * 7 + row) * 8 + column;
      });
      const auto out = callAll("MaxPool", {x}, attributesOf(g), 2);
      QVERIFY(near(out[0], best));
      QVERIFY(at::equal(out[1], where));
      QVERIFY(near(x.flatten().index_select(0, out[1].flatten()), best.flatten()));
    }
  }

  void averagesCountWhatTheyShould() {
    for (const Geometry& g : kGeometries)
      for (const bool withPadding : {false, true}) {
        const at::Tensor x = waves({2, 3, 7, 8});
        const Ints places = placesOf(x, g);
        at::Tensor sum = at::zeros({2, 3, places[0], places[1]}, at::kDouble), count = at::zeros_like(sum);
        auto s = sum.accessor<double, 4>();
        auto k = count.accessor<double, 4>();
        walk(x, g, places, [&](auto n, auto c, auto y, auto z, auto, auto, auto, const double* v) {
          if (v != nullptr) s[n][c][y][z] += *v;
          if (v != nullptr || withPadding) k[n][c][y][z] += 1;
        });
        Attributes attributes = attributesOf(g);
        attributes["count_include_pad"] = std::int64_t{withPadding ? 1 : 0};
        QVERIFY(near(callOne("AveragePool", {x}, attributes), sum / count.clamp_min(1), 1e-10));
      }
  }

  void ceilModeAddsAnIncompleteWindow() {
    const at::Tensor x = at::tensor({1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, at::kDouble).reshape({1, 1, 6});
    const Attributes shape{{"kernel_shape", Ints{3}}, {"strides", Ints{2}}, {"ceil_mode", std::int64_t{1}}};
    QVERIFY(near(callOne("MaxPool", {x}, shape).flatten(), at::tensor({3.0, 5.0, 6.0}, at::kDouble)));
    QVERIFY(near(callOne("AveragePool", {x}, shape).flatten(), at::tensor({2.0, 4.0, 5.5}, at::kDouble)));
    // A window that would begin in the padding at the end does not count.
    const Attributes late{
        {"kernel_shape", Ints{1}}, {"strides", Ints{4}}, {"pads", Ints{0, 1}}, {"ceil_mode", std::int64_t{1}}};
    QCOMPARE(callOne("MaxPool", {at::ones({1, 1, 4}, at::kDouble)}, late).size(2), std::int64_t{1});
  }

  void unpoolingPutsMaximaBack() {
    const at::Tensor x = waves({1, 2, 4, 4});
    const Attributes shape{{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}};
    const auto pooled = callAll("MaxPool", {x}, shape, 2);
    const at::Tensor back = callOne("MaxUnpool", {pooled[0], pooled[1]}, shape);
    QVERIFY(near(back.sum(), pooled[0].sum(), 1e-12));
    QVERIFY((back == x).logical_or(back == 0).all().item<bool>());
    QCOMPARE((back != 0).sum().item<std::int64_t>(), std::int64_t{8});
  }

  void integersPoolExactly() {
    const at::Tensor x = at::arange(16, at::kByte).reshape({1, 1, 4, 4});
    const at::Tensor y = callOne("MaxPool", {x}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
    QCOMPARE(y.scalar_type(), at::kByte);
    QVERIFY(near(y.flatten(), longs({5, 7, 13, 15})));
  }

  void regionsReadTheirPlace() {
    // On a plane that rises evenly, the mean of a box is the value in its middle.
    const at::Tensor plane =
        (at::arange(8, at::kDouble).unsqueeze(1) * 10 + at::arange(8, at::kDouble)).reshape({1, 1, 8, 8});
    const at::Tensor box = at::tensor({2.0, 1.0, 6.0, 5.0}, at::kDouble).reshape({1, 4});
    const Attributes shape{{"output_height", std::int64_t{2}}, {"output_width", std::int64_t{2}}};
    const at::Tensor y = callOne("RoiAlign", {plane, box, longs({0})}, shape).flatten();
    // Cells are 2 by 2 and centred at rows 1.5 and 3.5, columns 2.5 and 4.5 (half a pixel off the corners).
    QVERIFY(near(y, at::tensor({17.5, 19.5, 37.5, 39.5}, at::kDouble), 1e-9));
    Attributes old = shape;
    old["coordinate_transformation_mode"] = std::string("output_half_pixel");
    QVERIFY(near(callOne("RoiAlign", {plane, box, longs({0})}, old).flatten(),
                 at::tensor({23.0, 25.0, 43.0, 45.0}, at::kDouble), 1e-9));
    const at::Tensor roi = at::tensor({0.0, 2.0, 1.0, 5.0, 4.0}, at::kDouble).reshape({1, 5});
    QVERIFY(
        near(callOne("MaxRoiPool", {plane, roi}, {{"pooled_shape", Ints{2, 2}}}).flatten(), longs({23, 25, 43, 45})));
  }

  void suppressionKeepsTheBest() {
    const at::Tensor boxes =
        at::tensor({0.0, 0.0, 1.0, 1.0, 0.0, 0.1, 1.0, 1.1, 0.0, 10.0, 1.0, 11.0}, at::kFloat).reshape({1, 3, 4});
    const at::Tensor scores = at::tensor({0.8, 0.9, 0.7}, at::kFloat).reshape({1, 1, 3});
    const auto run = [&](double overlap, double least) {
      return callOne("NonMaxSuppression",
                     {boxes, scores, longs({5}), at::tensor({overlap}, at::kFloat), at::tensor({least}, at::kFloat)});
    };
    QVERIFY(near(run(0.5, 0.0), longs({0, 0, 1, 0, 0, 2}).reshape({2, 3})));
    QVERIFY(near(run(0.95, 0.0), longs({0, 0, 1, 0, 0, 0, 0, 0, 2}).reshape({3, 3})));
    QVERIFY(near(run(0.5, 0.75), longs({0, 0, 1}).reshape({1, 3})));
  }

  void mistakesAreNamed() {
    const at::Tensor x = waves({1, 2, 4, 4}), w = waves({3, 2, 3, 3});
    const auto says = [](const std::string& message, const char* part) {
      return message.starts_with("Conv 'n'") && message.find(part) != std::string::npos;
    };
    QVERIFY(says(refusal("Conv", {x, w}, {{"strides", Ints{0, 1}}}), "strides contains 0"));
    QVERIFY(says(refusal("Conv", {x, w}, {{"pads", Ints{1, 1}}}), "pads has 2 entries where 4"));
    QVERIFY(says(refusal("Conv", {x, w}, {{"kernel_shape", Ints{5, 5}}}), "does not agree"));
    QVERIFY(says(refusal("Conv", {x, w}, {{"auto_pad", std::string("SOME")}}), "auto_pad is 'SOME'"));
    QVERIFY(says(refusal("Conv", {x, w}, {{"dilations", Ints{std::int64_t{1} << 40, 1}}}), "dilations contains"));
    QVERIFY(says(refusal("Conv", {x}), "input 1 is missing"));
    QVERIFY(says(refusal("Conv", {x, waves({3, 5, 3, 3})}), "channels"));
    QVERIFY(!refusal("MaxPool", {x}, {{"kernel_shape", Ints{9, 9}}}).empty());
    QVERIFY(!refusal("MaxPool", {x}).empty());
    QVERIFY(!refusal("RoiAlign", {x, waves({1, 4}), longs({1})}).empty());
  }
};

QTEST_APPLESS_MAIN(TestWindows)
#include "test_windows.moc"
