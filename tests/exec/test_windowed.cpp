#include <cmath>
#include <random>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <QtTest>

#include "exec/windowed/region.h"
#include "exec/windowed/windowed_run.h"
#include "graph/graph_builder.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

using Attributes = GraphBuilder::Attributes;
using Ints = std::vector<std::int64_t>;

/// Small numbers of either sign that differ everywhere.
TensorData numbers(Shape shape, float seed, float scale = 0.5F, float offset = 0.0F) {
  std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = offset + scale * std::sin(seed + 2.3F * float(i));
  return TensorData::fromFloats(std::move(shape), std::move(values));
}

at::Tensor noise(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat));
}

/// Builds the network and compares windows of its picture with plain runs.
class Bed {
 public:
  explicit Bed(std::int64_t height = 21, std::int64_t width = 18, std::int64_t channels = 4)
      : x(b.input("x", DType::Float32, Shape{-1, channels, height, width})), sizes_{1, channels, height, width} {}

  ValueId conv(ValueId from, std::int64_t in, std::int64_t out, Ints kernel, Attributes attributes = {}) {
    const auto group = attributes.contains("group") ? std::get<std::int64_t>(attributes.at("group")) : 1;
    const float seed = static_cast<float>(++seed_);
    return b.op("Conv",
                {from, b.parameter("w" + std::to_string(seed_), numbers({out, in / group, kernel[0], kernel[1]}, seed)),
                 b.parameter("b" + std::to_string(seed_), numbers({out}, seed))},
                std::move(attributes));
  }
  ValueId parameter(Shape shape, float scale = 0.5F, float offset = 0.0F) {
    const float seed = static_cast<float>(++seed_);
    return b.parameter("p" + std::to_string(seed_), numbers(std::move(shape), seed, scale, offset));
  }

  void finish(ValueId output) {
    output_ = output;
    b.output(output);
    executor_ = std::make_unique<Executor>(std::make_shared<const Graph>(b.take()));
    base_ = noise(sizes_, 5);
    windowed_ = std::make_unique<WindowedRun>(*executor_, x, [this](std::int64_t count) {
      RunRequest request;
      request.feeds = {{x, base_.expand({count, -1, -1, -1})}};
      request.fetch = {output_};
      return request;
    });
  }

  /// Largest difference from plain runs, as a part of the largest value.
  double difference(const std::vector<PictureWindow>& windows, const at::Tensor& replacement) {
    const at::Tensor pictures = base_.repeat({static_cast<std::int64_t>(windows.size()), 1, 1, 1});
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const PictureWindow& w = windows[i];
      const auto item = static_cast<std::int64_t>(i);
      const auto in = [&](const at::Tensor& t) { return t.slice(1, w.top, w.bottom).slice(2, w.left, w.right); };
      in(pictures[item]).copy_(in(replacement[replacement.size(0) == 1 ? 0 : item]));
    }
    const at::Tensor plain = executor_->run(pictures, output_);
    const at::Tensor ours = windowed_->evaluate(windows, replacement);
    if (plain.sizes() != ours.sizes()) return 1e30;
    const at::Tensor finite = at::isfinite(plain);
    if (!finite.equal(at::isfinite(ours))) return 1e30;
    return ((plain - ours).abs() / plain.abs().max()).masked_fill(~finite, 0).max().item<double>();
  }

  /// Windows of many sizes, at every border and corner, each size as a batch and all in one.
  double worst() {
    const std::int64_t height = sizes_[2], width = sizes_[3];
    const at::Tensor replacement = noise(sizes_, 6);
    std::vector<PictureWindow> all;
    double largest = 0.0;
    for (const auto& [h, w] : std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 1}, {3, 2}, {5, 5}, {9, 4}}) {
      std::vector<PictureWindow> windows;
      for (std::int64_t y : {std::int64_t{0}, height / 3, height / 2, height - h - 1, height - h})
        for (std::int64_t z : {std::int64_t{0}, width / 3, width / 2 + 1, width - w})
          if (y >= 0 && z >= 0 && y + h <= height && z + w <= width) windows.push_back({y, z, y + h, z + w});
      largest = std::max(largest, difference(windows, replacement));
      all.insert(all.end(), windows.begin(), windows.end());
    }
    largest = std::max(largest, difference(all, replacement));
    largest = std::max(largest, difference({{0, 0, height, width}}, replacement));
    return std::max(largest,
                    difference({{2, 0, 3, width}, {0, 1, height, 2}}, noise({2, sizes_[1], height, width}, 7)));
  }

  WindowedRun& windowed() { return *windowed_; }

  GraphBuilder b;
  ValueId x;

 private:
  std::vector<std::int64_t> sizes_;
  int seed_ = 0;
  ValueId output_ = kNoValue;
  at::Tensor base_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<WindowedRun> windowed_;
};

Attributes with(Ints kernel, Ints strides, Ints pads, Attributes more = {}) {
  more["kernel_shape"] = std::move(kernel);
  more["strides"] = std::move(strides);
  more["pads"] = std::move(pads);
  return more;
}

constexpr double kExact = 1e-5;

#define COMPARE_WINDOWS(bed)                                      \
  do {                                                            \
    const double worst = (bed).worst();                           \
    QVERIFY2(worst < kExact, qPrintable(QString::number(worst))); \
    QVERIFY((bed).windowed().local());                            \
  } while (false)

}  // namespace

class TestWindowed : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void spansStayInside() {
    const Span span = fitted({{-2, 1}, {3, 5}, {8, 12}}, 10);
    QCOMPARE(span.size, std::int64_t{5});
    QCOMPARE(span.start, (Ints{0, 3, 5}));
    QCOMPARE(fitted({{0, 30}}, 10).size, std::int64_t{10});
  }

  void reachOfAConvolution() {
    // Kernel 3, stride 2, padding 1: output o reads 2o-1 .. 2o+1.
    const Reach reach{3, 2, 1, 1};
    const Span changed{{4, 5}, 1};
    const Span outputs = outputsOf(changed, reach, 10);
    QCOMPARE(outputs.start, (Ints{2, 2}));
    QCOMPARE(outputs.size, std::int64_t{2});
    QCOMPARE(inputsOf(outputs, reach).start, (Ints{3, 3}));
    QCOMPARE(inputsOf(outputs, reach).size, std::int64_t{5});
  }

  void gatheringTakesThePatchAndFills() {
    const at::Tensor base = at::arange(2 * 4 * 5, at::kFloat).reshape({1, 2, 4, 5});
    const Patch patch{{{{1, 0}, 2}, {{1, 3}, 2}}, -at::ones({2, 2, 2, 2})};
    const BatchRegion region{{{-1, 1}, 4}, {{0, 2}, 4}};
    at::Tensor expected = at::full({2, 2, 4, 4}, 7.0);
    for (const std::int64_t item : {0, 1}) {
      at::Tensor whole = at::constant_pad_nd(base[0], {3, 3, 3, 3}, 7.0);
      const auto y = patch.region.y.start[std::size_t(item)], x = patch.region.x.start[std::size_t(item)];
      whole.slice(1, y + 3, y + 5).slice(2, x + 3, x + 5).fill_(-1);
      const auto top = region.y.start[std::size_t(item)] + 3, left = region.x.start[std::size_t(item)] + 3;
      expected[item].copy_(whole.slice(1, top, top + 4).slice(2, left, left + 4));
    }
    QVERIFY(gather(base, &patch, region, 7.0).equal(expected));
    // The form for other devices, by way of another type.
    const Patch wide{patch.region, patch.values.to(at::kDouble)};
    QVERIFY(gather(base.to(at::kDouble), &wide, region, 7.0).equal(expected.to(at::kDouble)));
  }

  void convolutions_data() {
    QTest::addColumn<QList<int>>("kernel");
    QTest::addColumn<QList<int>>("strides");
    QTest::addColumn<QList<int>>("pads");
    QTest::addColumn<QList<int>>("dilations");
    QTest::addColumn<int>("group");
    QTest::newRow("plain") << QList{3, 3} << QList{1, 1} << QList{1, 1, 1, 1} << QList{1, 1} << 1;
    QTest::newRow("1x1") << QList{1, 1} << QList{1, 1} << QList{0, 0, 0, 0} << QList{1, 1} << 1;
    QTest::newRow("1x1 stride 2") << QList{1, 1} << QList{2, 2} << QList{0, 0, 0, 0} << QList{1, 1} << 1;
    QTest::newRow("stride longer than kernel") << QList{2, 1} << QList{3, 3} << QList{0, 0, 0, 0} << QList{1, 1} << 1;
    QTest::newRow("stem") << QList{7, 7} << QList{2, 2} << QList{3, 3, 3, 3} << QList{1, 1} << 1;
    QTest::newRow("stride 3, groups") << QList{3, 5} << QList{3, 2} << QList{1, 2, 1, 2} << QList{1, 1} << 2;
    QTest::newRow("depthwise") << QList{3, 3} << QList{1, 2} << QList{1, 1, 1, 1} << QList{1, 1} << 4;
    QTest::newRow("dilated") << QList{3, 3} << QList{1, 1} << QList{2, 3, 2, 3} << QList{2, 3} << 1;
    QTest::newRow("uneven padding") << QList{4, 3} << QList{2, 1} << QList{0, 2, 3, 0} << QList{1, 1} << 1;
  }
  void convolutions() {
    const auto list = [](const QVariant& v) {
      Ints ints;
      for (const int i : v.value<QList<int>>()) ints.push_back(i);
      return ints;
    };
    QFETCH(QList<int>, kernel);
    QFETCH(QList<int>, strides);
    QFETCH(QList<int>, pads);
    QFETCH(QList<int>, dilations);
    QFETCH(int, group);
    const auto ints = [&](const QList<int>& l) { return list(QVariant::fromValue(l)); };
    Bed bed;
    bed.finish(bed.conv(bed.x, 4, 8, ints(kernel),
                        with(ints(kernel), ints(strides), ints(pads),
                             {{"dilations", ints(dilations)}, {"group", std::int64_t{group}}})));
    COMPARE_WINDOWS(bed);
  }

  void paddingByName() {
    for (const char* mode : {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
      Bed bed;
      bed.finish(bed.conv(bed.x, 4, 3, {4, 4}, {{"auto_pad", std::string(mode)}, {"strides", Ints{2, 2}}}));
      COMPARE_WINDOWS(bed);
    }
  }

  void pooling_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<int>("ceil");
    QTest::addColumn<int>("countPadding");
    QTest::addColumn<QList<int>>("pads");
    for (const char* op : {"MaxPool", "AveragePool", "LpPool"})
      for (const int ceil : {0, 1})
        for (const int count : {0, 1}) {
          if (count == 1 && QString(op) != "AveragePool") continue;
          QTest::addRow("%s ceil %d count %d", op, ceil, count) << op << ceil << count << QList{0, 0, 0, 0};
          QTest::addRow("%s ceil %d count %d padded", op, ceil, count) << op << ceil << count << QList{1, 1, 1, 1};
          QTest::addRow("%s ceil %d count %d uneven", op, ceil, count) << op << ceil << count << QList{0, 2, 1, 1};
        }
  }
  void pooling() {
    QFETCH(QString, op);
    QFETCH(int, ceil);
    QFETCH(int, countPadding);
    QFETCH(QList<int>, pads);
    for (const Ints& strides : {Ints{1, 1}, Ints{2, 2}, Ints{3, 2}}) {
      Bed bed(22, 17);
      Attributes attributes = with({3, 3}, strides, Ints(pads.begin(), pads.end()));
      attributes["ceil_mode"] = std::int64_t{ceil};
      if (op == "AveragePool") attributes["count_include_pad"] = std::int64_t{countPadding};
      bed.finish(bed.b.op(op.toStdString(), {bed.x}, attributes));
      COMPARE_WINDOWS(bed);
    }
  }

  void dilatedPooling() {
    for (const char* op : {"MaxPool", "AveragePool"}) {
      Bed bed;
      bed.finish(bed.b.op(op, {bed.x}, with({3, 2}, {1, 2}, {1, 1, 1, 1}, {{"dilations", Ints{2, 3}}})));
      COMPARE_WINDOWS(bed);
    }
  }

  void placesAndChannels_data() {
    QTest::addColumn<QString>("op");
    for (const char* op : {"Relu", "Sigmoid", "Tanh", "HardSwish", "Gelu", "LeakyRelu", "Identity", "Dropout", "Clip",
                           "PRelu", "LRN", "Softmax", "LogSoftmax", "LpNormalization", "BatchNormalization", "Pad",
                           "constant map", "constant row", "constant channels"})
      QTest::newRow(op) << op;
  }
  void placesAndChannels() {
    QFETCH(QString, op);
    Bed bed;
    GraphBuilder& b = bed.b;
    const ValueId x = bed.conv(bed.x, 4, 5, {3, 3}, with({3, 3}, {1, 1}, {1, 1, 1, 1}));
    const std::string name = op.toStdString();
    ValueId y = kNoValue;
    if (op == "Clip") {
      y = b.op(name, {x, b.scalarFloat(-0.5F), b.scalarFloat(0.7F)});
    } else if (op == "PRelu") {
      y = b.op(name, {x, bed.parameter({5, 1, 1})});
    } else if (op == "LRN") {
      y = b.op(name, {x}, {{"size", std::int64_t{3}}, {"alpha", 0.5}});
    } else if (op == "Softmax" || op == "LogSoftmax" || op == "LpNormalization") {
      y = b.op(name, {x}, {{"axis", std::int64_t{1}}});
    } else if (op == "BatchNormalization") {
      y = b.op(name, {x, bed.parameter({5}), bed.parameter({5}), bed.parameter({5}), bed.parameter({5}, 0.2F, 1.0F)});
    } else if (op == "Pad") {
      y = b.op(name, {x, b.constant({0, 0, 2, 1, 0, 0, 0, 3}), b.scalarFloat(0.25F)});
    } else if (op == "constant map") {
      y = b.op("Mul", {bed.parameter({1, 1, 21, 18}), x});
    } else if (op == "constant row") {
      y = b.op("Sub", {x, bed.parameter({18})});
    } else if (op == "constant channels") {
      y = b.op("Div", {b.op("Add", {x, bed.parameter({1, 5, 1, 1})}), b.scalarFloat(3.0F)});
    } else {
      y = b.op(name, {x});
    }
    bed.finish(b.op("Relu", {bed.conv(y, 5, 3, {2, 2}, {})}));
    COMPARE_WINDOWS(bed);
  }

  void fusedChains() {
    for (const bool askInside : {false, true})
      for (const bool biased : {false, true}) {
        Bed bed;
        std::vector<ValueId> inputs{bed.x, bed.parameter({5, 4, 3, 3})};
        if (biased) inputs.push_back(bed.parameter({5}));
        const ValueId conv = bed.b.op("Conv", inputs, with({3, 3}, {2, 2}, {1, 1, 1, 1}));
        const ValueId norm = bed.b.op("BatchNormalization", {conv, bed.parameter({5}), bed.parameter({5}),
                                                             bed.parameter({5}), bed.parameter({5}, 0.2F, 1.0F)});
        const ValueId relu = bed.b.op("Relu", {norm});
        bed.finish(askInside ? norm : relu);
        COMPARE_WINDOWS(bed);
      }
  }

  void branchesMeet() {
    for (const char* join : {"Concat", "Sum", "Max", "Mean"}) {
      Bed bed(30, 33);
      const ValueId squeeze = bed.b.op("Relu", {bed.conv(bed.x, 4, 4, {1, 1})});
      const ValueId near = bed.b.op("Relu", {bed.conv(squeeze, 4, 4, {1, 1})});
      const ValueId far = bed.b.op("Relu", {bed.conv(squeeze, 4, 4, {5, 5}, with({5, 5}, {1, 1}, {2, 2, 2, 2}))});
      const std::string op(join);
      const ValueId both =
          bed.b.op(op, {far, near, bed.x}, op == "Concat" ? Attributes{{"axis", std::int64_t{1}}} : Attributes{});
      bed.finish(both);
      COMPARE_WINDOWS(bed);
    }
  }

  void residualsAndHeads_data() {
    QTest::addColumn<QString>("head");
    for (const char* head : {"average", "mean", "mean of axes", "flatten", "gate", "map"}) QTest::newRow(head) << head;
  }
  void residualsAndHeads() {
    QFETCH(QString, head);
    Bed bed(32, 32);
    GraphBuilder& b = bed.b;
    const auto same = [](std::int64_t stride) { return with({3, 3}, {stride, stride}, {1, 1, 1, 1}); };
    ValueId x = b.op("Relu", {bed.conv(bed.x, 4, 6, {3, 3}, same(1))});
    ValueId inner = b.op("Relu", {bed.conv(x, 6, 8, {3, 3}, same(2))});
    inner = bed.conv(inner, 8, 8, {3, 3}, same(1));
    const ValueId shortcut = bed.conv(x, 6, 8, {1, 1}, with({1, 1}, {2, 2}, {0, 0, 0, 0}));
    x = b.op("Relu", {b.op("Add", {inner, shortcut})});
    const ValueId weight = bed.parameter({5, head == "flatten" ? 8 * 16 * 16 : 8});
    const auto classes = [&](ValueId v) { return b.op("Gemm", {v, weight}, {{"transB", std::int64_t{1}}}); };
    if (head == "average") bed.finish(classes(b.op("Flatten", {b.op("GlobalAveragePool", {x})})));
    if (head == "mean") bed.finish(b.op("GlobalAveragePool", {x}));
    if (head == "mean of axes")
      bed.finish(classes(b.op("ReduceMean", {x, b.constant({-1, -2})}, {{"keepdims", std::int64_t{0}}})));
    if (head == "flatten") bed.finish(classes(b.op("Flatten", {x})));
    if (head == "gate") {
      const ValueId gate = b.op("Sigmoid", {bed.conv(b.op("GlobalAveragePool", {x}), 8, 8, {1, 1})});
      bed.finish(bed.conv(b.op("Mul", {x, gate}), 8, 3, {3, 3}, same(1)));
    }
    if (head == "map") bed.finish(x);
    COMPARE_WINDOWS(bed);
  }

  void whatIsNotLocalIsRunWhole() {
    Bed bed(12, 12);
    bed.finish(
        bed.b.op("Gemm", {bed.b.op("Flatten", {bed.x}), bed.parameter({3, 576})}, {{"transB", std::int64_t{1}}}));
    QVERIFY(!bed.windowed().local());
    QVERIFY(bed.worst() < kExact);
    Bed rows(12, 12);
    rows.finish(rows.b.op("Relu", {rows.b.op("Softmax", {rows.x}, {{"axis", std::int64_t{-1}}})}));
    QVERIFY(rows.worst() < kExact);
  }

  /// Random graphs of convolutions, pools, activations and joins. Seeded: a failure names its seed.
  void anyGraph() {
    for (int seed = 0; seed < 60; ++seed) {
      std::mt19937 random(static_cast<unsigned>(seed));
      const auto draw = [&](int first, int last) {
        return std::int64_t(first + int(random() % unsigned(last - first + 1)));
      };
      Bed bed(draw(13, 34), draw(13, 34));
      struct Map {
        ValueId value;
        std::int64_t level, channels;
      };
      std::vector<Map> maps{{bed.x, 0, 4}};
      for (std::int64_t n = draw(2, 7); n > 0; --n) {
        const Map from = maps[random() % maps.size()];
        const std::int64_t k = draw(1, 2) * 2 - 1, d = draw(1, 2);
        switch (random() % 6) {
          case 0:
          case 1: {
            const std::int64_t pad = (k - 1) * d / 2, channels = 4 * draw(1, 2);
            maps.push_back(
                {bed.b.op("Relu", {bed.conv(from.value, from.channels, channels, {k, k},
                                            with({k, k}, {1, 1}, {pad, pad, pad, pad},
                                                 {{"dilations", Ints{d, d}}, {"group", draw(0, 1) * 3 + 1}}))}),
                 from.level, channels});
            break;
          }
          case 2:
            if (from.level < 2)
              maps.push_back({bed.b.op("MaxPool", {from.value},
                                       with({3, 3}, {2, 2}, {0, 0, 0, 0}, {{"ceil_mode", std::int64_t{1}}})),
                              from.level + 1, from.channels});
            break;
          case 3:
            maps.push_back(
                {bed.b.op("AveragePool", {from.value}, with({3, 3}, {1, 1}, {1, 1, 1, 1})), from.level, from.channels});
            break;
          default:
            for (const Map& other : maps)
              if (other.level == from.level && other.value != from.value) {
                const bool add = other.channels == from.channels && random() % 2 == 0;
                maps.push_back({add ? bed.b.op("Add", {from.value, other.value})
                                    : bed.b.op("Concat", {from.value, other.value}, {{"axis", std::int64_t{1}}}),
                                from.level, add ? from.channels : from.channels + other.channels});
                break;
              }
        }
      }
      const ValueId last = maps.back().value;
      if (last == bed.x) continue;
      bed.finish(random() % 2 == 0 ? bed.b.op("GlobalAveragePool", {last}) : last);
      const double worst = bed.worst();
      QVERIFY2(worst < kExact, qPrintable(QString("seed %1: %2").arg(seed).arg(worst)));
    }
  }

  void orderPutsLikeWindowsTogether() {
    Bed bed;
    bed.finish(bed.conv(bed.x, 4, 2, {3, 3}, with({3, 3}, {2, 2}, {1, 1, 1, 1})));
    const std::vector<std::size_t> order =
        bed.windowed().order({{0, 0, 4, 4}, {1, 0, 5, 4}, {2, 0, 6, 4}, {0, 0, 3, 4}});
    QCOMPARE(order, (std::vector<std::size_t>{3, 0, 2, 1}));
    QVERIFY(bed.windowed().bytes() >= 4u * 21 * 18 * sizeof(float));
  }

  void windowsMustFit() {
    Bed bed;
    bed.finish(bed.conv(bed.x, 4, 2, {3, 3}));
    const at::Tensor picture = noise({1, 4, 21, 18}, 1);
    for (const PictureWindow& w :
         {PictureWindow{-1, 0, 2, 2}, {0, 0, 22, 2}, {3, 3, 3, 5}, {0, 17, 1, 19}, {5, 5, 4, 6}})
      QVERIFY_EXCEPTION_THROWN(bed.windowed().evaluate({w}, picture), Error);
    QVERIFY_EXCEPTION_THROWN(bed.windowed().evaluate({{0, 0, 1, 1}}, noise({1, 4, 20, 18}, 1)), Error);
    QVERIFY_EXCEPTION_THROWN(bed.windowed().evaluate({{0, 0, 1, 1}}, noise({2, 4, 21, 18}, 1)), Error);
  }
};

QTEST_GUILESS_MAIN(TestWindowed)
#include "test_windowed.moc"
