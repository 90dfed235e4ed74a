#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <QtTest>

#include "attribution/nets.h"
#include "examples/receptive_field.h"
#include "exec/executor.h"
#include "graph/graph_builder.h"

using namespace unitscope;
using test::wavy;

namespace {

using Ints = std::vector<std::int64_t>;

struct Case {
  std::shared_ptr<const Graph> graph;
  ValueId input = kNoValue, value = kNoValue;
  std::int64_t side = 0;
};

/// Weights of one sign, so that nothing cancels in the gradient.
TensorData positive(Shape shape, float seed) {
  std::vector<float> values = [&] {
    std::vector<float> v(static_cast<std::size_t>(elementCount(shape)));
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = 0.5F + 0.4F * std::sin(seed + 1.7F * static_cast<float>(i));
    return v;
  }();
  return TensorData::fromFloats(std::move(shape), std::move(values));
}

class Chain {
 public:
  explicit Chain(std::int64_t side, bool last = false) : side_(side) {
    input_ = x_ = b_.input("x", DType::Float32, last ? Shape{-1, side, side, 2} : Shape{-1, 2, side, side});
  }
  ValueId conv(ValueId x, std::int64_t kernel, std::int64_t stride, std::int64_t pad, std::int64_t dilation = 1) {
    const float seed = static_cast<float>(++count_);
    return b_.op("Conv", {x, b_.parameter("w", positive({2, 2, kernel, kernel}, seed))},
                 {{"strides", Ints{stride, stride}},
                  {"pads", Ints{pad, pad, pad, pad}},
                  {"dilations", Ints{dilation, dilation}}});
  }
  GraphBuilder& b() { return b_; }
  ValueId x() const { return x_; }
  Case done(ValueId value) {
    b_.output(value, "y");
    return {std::make_shared<const Graph>(b_.take()), input_, value, side_};
  }

 private:
  GraphBuilder b_{"chain"};
  ValueId input_ = kNoValue, x_ = kNoValue;
  std::int64_t side_ = 0;
  int count_ = 0;
};

Case named(const std::string& name) {
  Chain c(24);
  GraphBuilder& b = c.b();
  if (name == "deep") {
    ValueId x = b.op("Relu", {c.conv(c.x(), 5, 2, 2)});
    x = b.op("MaxPool", {x}, {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}});
    return c.done(c.conv(x, 3, 1, 1));
  }
  if (name == "dilated") return c.done(c.conv(c.conv(c.x(), 3, 1, 2, 2), 3, 2, 1));
  if (name == "residual") {
    const ValueId x = c.conv(c.x(), 3, 2, 1);
    return c.done(b.op("Relu", {b.op("Add", {x, c.conv(c.conv(x, 3, 1, 1), 3, 1, 1)})}));
  }
  if (name == "fire") {
    const ValueId x = c.conv(c.x(), 1, 1, 0);
    return c.done(b.op("Concat", {c.conv(x, 1, 1, 0), c.conv(x, 3, 1, 1)}, {{"axis", std::int64_t{1}}}));
  }
  if (name == "average") {
    const ValueId x = b.op("AveragePool", {c.conv(c.x(), 3, 1, 0)},
                           {{"kernel_shape", Ints{2, 4}}, {"strides", Ints{2, 3}}, {"pads", Ints{0, 1, 0, 1}}});
    return c.done(c.conv(x, 3, 1, 1));
  }
  if (name == "padded") {
    const ValueId x = b.op("Pad", {c.x(), b.constant({0, 0, 3, 1, 0, 0, 2, 0})});
    return c.done(c.conv(x, 3, 2, 0));
  }
  if (name == "transposed") {
    const ValueId x = b.op("ConvTranspose", {c.conv(c.x(), 3, 2, 1), b.parameter("t", positive({2, 2, 4, 4}, 3.0F))},
                           {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
    return c.done(c.conv(x, 3, 1, 1));
  }
  if (name == "resized") {
    const ValueId x = b.op(
        "Resize", {c.conv(c.x(), 3, 2, 1), kNoValue, b.constant(TensorData::fromFloats({4}, {1.0F, 1.0F, 2.0F, 2.0F}))},
        {{"mode", std::string("linear")}});
    return c.done(c.conv(x, 3, 1, 1));
  }
  if (name == "same") {
    const ValueId x = b.op("Conv", {c.x(), b.parameter("w", positive({2, 2, 4, 4}, 1.0F))},
                           {{"strides", Ints{2, 2}}, {"auto_pad", std::string("SAME_UPPER")}});
    return c.done(x);
  }
  Chain other(24, true);
  const ValueId x = other.b().op("Transpose", {other.x()}, {{"perm", Ints{0, 3, 1, 2}}});
  return other.done(other.conv(other.conv(x, 3, 1, 1), 3, 2, 0));
}

/// Rows and columns of the input on which a place of a channel depends.
FieldBox support(const Case& net, std::int64_t row, std::int64_t column) {
  const at::AutoGradMode gradients(true);
  Executor executor(net.graph);
  const bool last = net.graph->value(net.input).shape->back() == 2;
  const Shape shape = last ? Shape{1, net.side, net.side, 2} : Shape{1, 2, net.side, net.side};
  const at::Tensor x = (at::rand(shape) + 1.0).requires_grad_(true);
  RunRequest request;
  request.feeds = {{net.input, x}};
  request.fetch = {net.value};
  request.gradients = true;
  const at::Tensor y = executor.run(request).front().select(2, row).select(2, column).sum();
  const at::Tensor slope = torch::autograd::grad({y}, {x}).front().abs().sum(last ? 3 : 1)[0];
  const at::Tensor rows = slope.sum(1).nonzero().flatten(), columns = slope.sum(0).nonzero().flatten();
  if (rows.numel() == 0) return {};  // it sees nothing but padding
  const auto end = [](const at::Tensor& t, std::int64_t i) { return t[i].item<std::int64_t>(); };
  return {end(columns, 0), end(rows, 0), end(columns, -1) - end(columns, 0) + 1, end(rows, -1) - end(rows, 0) + 1};
}

}  // namespace

/// Fields from the graph against the gradient's support.
class TestReceptiveField : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void gradientsAgree_data() {
    QTest::addColumn<bool>("exact");
    for (const char* name : {"dilated", "residual", "fire", "average", "padded", "same", "channels last"})
      QTest::newRow(name) << true;
    // A maximum looks at one place of its window, and halves of pixels are rounded outwards.
    for (const char* name : {"deep", "transposed", "resized"}) QTest::newRow(name) << false;
  }
  void gradientsAgree() {
    QFETCH(bool, exact);
    at::manual_seed(1);
    const Case net = named(QTest::currentDataTag());
    const ReceptiveField field = receptiveField(*net.graph, net.input, net.value);
    QVERIFY(!field.whole);
    const at::Tensor y = Executor(net.graph).run(
        at::zeros(net.graph->value(net.input).shape->back() == 2 ? Shape{1, net.side, net.side, 2}
                                                                 : Shape{1, 2, net.side, net.side}),
        net.value);
    for (std::int64_t row = 0; row < y.size(2); ++row)
      for (std::int64_t column = 0; column < y.size(3); column += 1 + column / 3) {
        const FieldBox seen = support(net, row, column), box = field.box(row, column, net.side, net.side);
        if (seen.width == 0) continue;
        const auto text = QStringLiteral("place %1, %2: %3,%4 %5x%6 within %7,%8 %9x%10")
                              .arg(row)
                              .arg(column)
                              .arg(seen.x)
                              .arg(seen.y)
                              .arg(seen.width)
                              .arg(seen.height)
                              .arg(box.x)
                              .arg(box.y)
                              .arg(box.width)
                              .arg(box.height);
        QVERIFY2(seen.x >= box.x && seen.y >= box.y && seen.x + seen.width <= box.x + box.width &&
                     seen.y + seen.height <= box.y + box.height,
                 qPrintable(text));
        // Averages over a stride may leave a rim of a window unread at the picture's own rim only.
        if (exact)
          QVERIFY2(seen == box, qPrintable(text));
        else
          QVERIFY2(box.width <= seen.width + 14 && box.height <= seen.height + 14, qPrintable(text));
      }
  }

  void knownNet() {
    const test::Net net = test::convNet(16);
    const ReceptiveField field = receptiveField(*net.graph, net.input, net.layer);
    QVERIFY(!field.whole);
    QCOMPARE(field.x, (FieldAxis{-3.0, 2.0, 8.0}));
    QCOMPARE(field.box(3, 3, 16, 16), (FieldBox{3, 3, 8, 8}));
    QCOMPARE(field.box(0, 7, 16, 16), (FieldBox{11, 0, 5, 5}));
    QCOMPARE(field.uncutBox(0, 7, 16, 16), (FieldBox{11, -3, 8, 8}));
    QVERIFY(receptiveField(*net.graph, net.input, net.output).whole);
    QCOMPARE(receptiveField(*net.graph, net.input, net.output).box(0, 0, 16, 16), (FieldBox{0, 0, 16, 16}));
  }

  void unknownIsWhole() {
    Chain c(8);
    GraphBuilder& b = c.b();
    const ValueId gate = b.op("Sigmoid", {b.op("GlobalAveragePool", {c.x()})});
    const ValueId gated = b.op("Mul", {c.conv(c.x(), 3, 1, 1), gate});
    const ValueId flipped = b.op("Transpose", {c.x()}, {{"perm", Ints{0, 1, 3, 2}}});
    const ValueId plain = c.conv(c.x(), 3, 1, 1);
    const Case net = c.done(gated);
    QVERIFY(receptiveField(*net.graph, net.input, gated).whole);
    QVERIFY(receptiveField(*net.graph, net.input, flipped).whole);
    QVERIFY(!receptiveField(*net.graph, net.input, plain).whole);
    QVERIFY(!receptiveField(*net.graph, net.input, net.input).whole);
    // A place that sees only padding still has a pixel to show.
    const ReceptiveField far{false, {-9.0, 1.0, 3.0}, {40.0, 1.0, 3.0}};
    QCOMPARE(far.box(0, 0, 8, 8), (FieldBox{7, 0, 1, 1}));
  }
};

QTEST_GUILESS_MAIN(TestReceptiveField)
#include "test_receptive_field.moc"
