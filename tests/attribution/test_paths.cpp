#include <numeric>

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <QtTest>

#include "attribution/attention_net.h"
#include "attribution/nets.h"
#include "attribution/quadrature.h"
#include "attribution/random_baseline.h"
#include "attribution/rescale.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr const char* kModel = "models/squeezenet1_0-imagenet.onnx";

/// x [N,3,side,side] -> what `write` makes of it -> Flatten -> scores.
template <typename Write>
Net netOf(std::int64_t side, std::int64_t features, Write write) {
  GraphBuilder b;
  Net net;
  net.input = b.input("x", DType::Float32, Shape{1, 3, side, side});
  net.layer = write(b, net.input);
  net.output = b.op("Gemm", {b.op("Flatten", {net.layer}), b.parameter("head", wavy({4, features}, 0.9F))},
                    {{"transB", std::int64_t{1}}});
  b.output(net.output);
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

/// Sum of the map less the change of the score, as a part of that change.
double incompleteness(Asked& asked, const char* method, const at::Tensor& x, const at::Tensor& base,
                      const std::vector<std::pair<const char*, const char*>>& settings = {}) {
  const double change = asked.score(x) - asked.score(base);
  return std::abs(asked.run(method, x, 1, settings).map.sum(at::kDouble).item<double>() - change) / std::abs(change);
}

}  // namespace

/// Methods that compare the picture with baselines: DeepLIFT, conductance, expected gradients.
class TestPaths : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void quadratureIntegratesPolynomials() {
    // Gauss and Legendre's n places are exact up to degree 2n - 1.
    for (const std::int64_t n : {1, 2, 5}) {
      const Quadrature rule = gaussLegendre(n);
      double sum = 0.0;
      for (std::size_t i = 0; i < rule.places.size(); ++i)
        sum += rule.weights[i] * std::pow(rule.places[i], 2.0 * static_cast<double>(n) - 1.0);
      QVERIFY(std::abs(sum - 1.0 / (2.0 * static_cast<double>(n))) < 1e-6);
      QVERIFY(std::ranges::is_sorted(rule.places));
    }
    const Quadrature rule = trapezoid(5);
    QCOMPARE(rule.places, (std::vector<float>{0.0F, 0.25F, 0.5F, 0.75F, 1.0F}));
    QVERIFY(std::abs(std::accumulate(rule.weights.begin(), rule.weights.end(), 0.0) - 0.8) < 1e-6);
  }

  void deepLiftByHand() {
    // relu(2 a - b - 1) against a = b = 0.
    // of 5.
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{1, 2, 1, 1});
    const ValueId z = b.op("Conv", {net.input, b.parameter("w", TensorData::fromFloats({1, 2, 1, 1}, {2, -1})),
                                    b.parameter("b", TensorData::fromFloats({1}, {-1}))});
    net.layer = b.op("Relu", {z});
    net.output = b.op("Flatten", {net.layer});
    b.output(net.output);
    net.graph = std::make_shared<const Graph>(b.take());
    Asked asked(net);
    const auto two = [](float p, float q) { return at::tensor({p, q}).reshape({1, 2, 1, 1}); };
    // With its bias the unit goes from -1 to 4, its output from 0 to 4: the multiplier is 4/5.
    QVERIFY(largestDifference(asked.run("deeplift", two(3, 1), 0).map, two(4.8F, -0.8F)) < 1e-6);
    QVERIFY(largestDifference(asked.run("deeplift", two(1, 5), 0).map, two(0, 0)) < 1e-6);
    // The gradient is 2 and -1 where the unit is active, and does not see the bias.
    QVERIFY(largestDifference(asked.run("input_x_gradient", two(3, 1), 0).map, two(6, -1)) < 1e-6);
  }

  void deepLiftIsComplete_data() {
    QTest::addColumn<int>("net");
    const std::vector<const char*> names{"ReLU and max-pooling", "element-wise", "products", "quotients", "attention",
                                         "padded pooling",       "softmax"};
    for (std::size_t i = 0; i < names.size(); ++i) QTest::newRow(names[i]) << static_cast<int>(i);
  }
  void deepLiftIsComplete() {
    QFETCH(int, net);
    const auto pooling = [](GraphBuilder& b, ValueId x) {
      x = b.op("MaxPool", {x},
               {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                {"strides", std::vector<std::int64_t>{2, 2}},
                {"pads", std::vector<std::int64_t>{1, 1, 1, 0}},
                {"ceil_mode", std::int64_t{1}}});
      return b.op("Concat", {b.op("GlobalMaxPool", {x}), b.op("ReduceMax", {x, b.constant({2, 3})})},
                  {{"axis", std::int64_t{1}}});
    };
    const auto elementwise = [](GraphBuilder& b, ValueId x) {
      std::vector<ValueId> made;
      for (const char* op : {"LeakyRelu", "Tanh", "Gelu", "Erf", "Sigmoid", "HardSwish", "Softplus", "Mish", "Elu"})
        made.push_back(b.op(op, {x}));
      made.push_back(b.op("Clip", {x, b.scalarFloat(-0.5F), b.scalarFloat(0.3F)}));
      made.push_back(b.op("Pow", {b.op("Max", {x, b.scalarFloat(0.2F)}), b.scalarFloat(2.0F)}));
      return b.op("Concat", made, {{"axis", std::int64_t{1}}});
    };
    const auto products = [](GraphBuilder& b, ValueId x) {
      const ValueId gate = b.op("Sigmoid", {b.op("GlobalAveragePool", {x})});
      return b.op("MatMul", {b.op("Mul", {x, gate}), b.op("Mul", {x, b.op("Sigmoid", {x})})});
    };
    const auto quotients = [](GraphBuilder& b, ValueId x) {
      return b.op("Div", {x, b.op("Sqrt", {b.op("Add", {b.op("Mul", {x, x}), b.scalarFloat(0.3F)})})});
    };
    const auto soft = [](GraphBuilder& b, ValueId x) {
      x = b.op("Mul", {x, b.scalarFloat(40.0F)});
      return b.op("Add", {b.op("Softmax", {x}, {{"axis", std::int64_t{1}}}), b.op("LogSoftmax", {x})});
    };
    Net made;
    switch (net) {
      case 0: made = convNet(); break;
      case 1: made = netOf(6, 1188, elementwise); break;
      case 2: made = netOf(6, 108, products); break;
      case 3: made = netOf(6, 108, quotients); break;
      case 4: made = attentionNet(); break;
      case 5: made = netOf(6, 6, pooling); break;
      default: made = netOf(6, 108, soft); break;
    }
    Asked asked(made);
    const Shape shape = *made.graph->value(made.input).shape;
    const at::Tensor x = wavyPicture(shape[2], shape[3]) + 0.1;
    const double missing = incompleteness(asked, "deeplift", x, at::zeros_like(x), {{"rules", "complete"}});
    QVERIFY2(missing < 1e-3, qPrintable(QString::number(missing)));
    const at::Tensor mean = x.mean(at::IntArrayRef{2, 3}, true).expand_as(x).contiguous();
    const double other = incompleteness(asked, "deeplift", x, mean, {{"baseline", "mean"}, {"rules", "complete"}});
    QVERIFY2(other < 1e-3, qPrintable(QString::number(other)));
    QCOMPARE(asked.run("deeplift", x).notes.size(), std::size_t{1});
  }

  void maximaThatMoveCountAtBothPlaces() {
    // max(a, b) from (2, 0) to (0, 5): the rise of 3 is the second place's, which alone reaches the new maximum.
    const auto two = [](float p, float q) { return at::tensor({p, q}).reshape({1, 1, 1, 2}); };
    const auto lifted = [&](const at::Tensor& now, const at::Tensor& before) {
      return largest({now, before}, [](const at::Tensor& t) { return t.amax({3}); });
    };
    const at::Tensor up = two(0, 5).requires_grad_(true);
    lifted(up, two(2, 0)).now.sum().backward();
    QVERIFY(largestDifference(up.grad() * (two(0, 5) - two(2, 0)), two(0, 3)) < 1e-6);
    const at::Tensor down = two(1, 0).requires_grad_(true);
    lifted(down, two(0, 4)).now.sum().backward();
    QVERIFY(largestDifference(down.grad() * (two(1, 0) - two(0, 4)), two(0, -3)) < 1e-6);
  }

  void sharedMaximaMayCountOnce() {
    // Windows of two over (1, 5, 2): the middle is the maximum of both.
    const at::Tensor x = at::tensor({1.F, 5.F, 2.F}).reshape({1, 1, 1, 3}).requires_grad_(true);
    const auto contributions = [&](SharedMaximum shared) {
      const auto pool = [](const at::Tensor& t) { return at::max_pool2d(t, {1, 2}, {1, 1}); };
      const at::Tensor weights = at::tensor({10.F, 1.F});
      const at::Tensor y = largest({x, at::zeros_like(x)}, pool, shared).now;
      return (torch::autograd::grad({(y * weights).sum()}, {x}).front() * x).detach().flatten();
    };
    QVERIFY(largestDifference(contributions(SharedMaximum::All), at::tensor({0.F, 55.F, 0.F})) < 1e-5);
    QVERIFY(largestDifference(contributions(SharedMaximum::Last), at::tensor({0.F, 5.F, 0.F})) < 1e-5);
  }

  void deepLiftNamesWhatHasNoRule() {
    Asked asked(netOf(6, 108, [](GraphBuilder& b, ValueId x) {
      return b.op("InstanceNormalization", {x, b.parameter("s", wavy({3}, 0.4F)), b.parameter("t", wavy({3}, 0.8F))});
    }));
    const Attribution answer = asked.run("deeplift", wavyPicture(6, 6));
    QCOMPARE(answer.notes.size(), std::size_t{2});
    QVERIFY(answer.notes.back().find("InstanceNormalization (1)") != std::string::npos);
  }

  void conductanceOfALinearHead() {
    // Behind the layer everything is linear, so each unit conducts its own change times its weight.
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    const ValueId layer = asked.net().layer;
    const Attribution answer = asked.run("conductance", x, 1, {{"steps", "7"}});
    const at::Tensor change = asked.executor().run(x, layer) - asked.executor().run(at::zeros_like(x), layer);
    const Graph& graph = *asked.net().graph;
    const at::Tensor weights = tensorOf(*graph.value(graph.find("head.weight")).data)[1].reshape({1, 5, 1, 1});
    QVERIFY(largestDifference(answer.map, change * weights / 64.0) < 1e-5);
    QCOMPARE(answer.channelScores.size(), std::size_t{5});
    QVERIFY(std::abs(answer.channelScores[2] - answer.map.select(1, 2).sum().item<float>()) < 1e-4F);
  }

  void conductanceSumsToTheChange() {
    Net net = convNet();
    for (const Node& node : net.graph->nodes())
      if (node.op == "MaxPool") net.layer = node.outputs.front();
    Asked asked(net);
    const at::Tensor x = wavyPicture(16, 16);
    const double coarse = incompleteness(asked, "conductance", x, at::zeros_like(x), {{"steps", "4"}});
    const double fine = incompleteness(asked, "conductance", x, at::zeros_like(x), {{"steps", "400"}});
    QVERIFY2(fine < 1e-2 && fine < 0.1 * coarse, qPrintable(QString("%1 and %2").arg(coarse).arg(fine)));
    const at::Tensor black = at::full_like(x, -0.3);
    AttributionQuery query = asked.query(x);
    query.black = at::full({3}, -0.3);
    const double change = asked.score(x) - asked.score(black);
    const Attribution answer = asked.run("conductance", query, {{"steps", "200"}, {"baseline", "black"}});
    QVERIFY(std::abs(answer.map.sum().item<double>() - change) < 5e-3 * std::abs(change));
  }

  void branchesAroundTheLayerFollowThePath() {
    // score = mean(relu(w x) x): the layer's share is the integral of t x d(relu(w x t)), half the score.
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 2, 4, 4});
    net.layer = b.op("Relu", {b.op("Conv", {net.input, b.parameter("w", wavy({2, 2, 1, 1}, 0.4F))})});
    net.output = b.op("Flatten", {b.op("GlobalAveragePool", {b.op("Mul", {net.layer, net.input})})});
    b.output(net.output);
    net.graph = std::make_shared<const Graph>(b.take());
    Asked asked(net);
    const at::Tensor x = wavyPicture(4, 4, 1, 2);
    const double score = asked.score(x, 0);
    QVERIFY(std::abs(asked.run("conductance", x, 0).map.sum().item<double>() - 0.5 * score) < 1e-3 * std::abs(score));
  }

  void expectedGradientsOfALinearNetwork() {
    // Whatever the baselines are, a linear network's map is w times the mean difference, and complete.
    Asked asked(linearNet(12));
    const at::Tensor x = wavyPicture(12, 12);
    const Graph& graph = *asked.net().graph;
    const at::Tensor w = tensorOf(*graph.value(graph.find("w")).data)[1].reshape({1, 3, 12, 12});
    for (const char* kind : {"mixed", "shuffled", "colour", "blur"}) {
      const AttributionQuery query = asked.query(x);
      const ScoreFunction score(query, x, {});
      at::Tensor mean = at::zeros_like(x);
      for (std::int64_t i = 0; i < 20; ++i) mean += randomBaseline(score, kind, 3, i) / 20.0;
      const Attribution answer =
          asked.run("expected_gradients", x, 1, {{"samples", "20"}, {"seed", "3"}, {"baselines", kind}});
      QVERIFY2(largestDifference(answer.map, w * (x - mean)) < 1e-5, kind);
    }
  }

  void randomBaselinesAreWhatTheySay() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    AttributionQuery query = asked.query(x);
    query.black = at::tensor({-1.F, -2.F, -3.F});
    query.white = at::tensor({1.F, 0.F, -2.5F});
    const ScoreFunction score(query, x, {});
    for (std::int64_t i = 0; i < 12; ++i) {
      const at::Tensor colour = randomBaseline(score, "colour", 0, i);
      QVERIFY(largestDifference(colour, colour.slice(2, 0, 1).slice(3, 0, 1).expand_as(colour)) == 0.0);
      const at::Tensor values = colour.select(2, 0).select(2, 0)[0];
      QVERIFY((values >= query.black).all().item<bool>() && (values <= query.white).all().item<bool>());
      const at::Tensor blur = randomBaseline(score, "blur", 0, i);
      QVERIFY(blur.var().item<double>() < x.var().item<double>());
      const at::Tensor shuffled = randomBaseline(score, "shuffled", 0, i);
      QCOMPARE(shuffled.sizes(), x.sizes());
      QVERIFY(largestDifference(shuffled, x) > 0.1);
      // Every value is one of the picture's.
      QVERIFY(at::isin(shuffled, x).all().item<bool>());
      QVERIFY(largestDifference(shuffled, randomBaseline(score, "shuffled", 0, i)) == 0.0);
      QVERIFY(largestDifference(shuffled, randomBaseline(score, "shuffled", 1, i)) > 0.1);
    }
    // Mixed takes the three kinds in turn.
    QVERIFY(largestDifference(randomBaseline(score, "mixed", 0, 4), randomBaseline(score, "colour", 0, 4)) == 0.0);
  }

  void agreesWithCaptum_data() {
    QTest::addColumn<QString>("photo");
    QTest::addColumn<int>("target");
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("file");
    for (const auto& [photo, target] : {std::pair{"chelsea", 285}, std::pair{"coffee", 967}}) {
      QTest::addRow("%s deeplift", photo) << photo << target << "deeplift"
                                          << "deeplift_zero";
      // Slow, so one photo is enough.
      if (target != 285) continue;
      QTest::addRow("%s conductance", photo) << photo << target << "conductance"
                                             << "layer_conductance_features12";
    }
  }
  void agreesWithCaptum() {
    UNITSCOPE_NEED(kModel);
    QFETCH(QString, photo);
    QFETCH(int, target);
    QFETCH(QString, method);
    QFETCH(QString, file);
    const std::shared_ptr<Model> model = Model::open(shared(kModel));
    const std::string stem = "reference/" + photo.toStdString() + "_";
    AttributionQuestion question;
    question.method = method.toStdString();
    question.input = arrayFrom(stem + "input.npy");
    question.target = target;
    const AttributionAnswer answer = model->attribute(question);
    const Array expected = arrayFrom(stem + file.toStdString() + ".npy");
    QCOMPARE(answer.map.shape, expected.shape);
    if (method == "deeplift") {
      // The reference leaves out part of the change at max-poolings; complete rules leave out nothing.
      ParameterValues complete;
      for (const MethodInfo& info : attributionMethods())
        if (info.id == "deeplift") complete.set(info, "rules", std::string_view("complete"));
      AttributionQuestion other = question;
      other.parameters = complete;
      const AttributionAnswer whole = model->attribute(other);
      const auto scoreOf = [&](const Array& input) { return viewOf(model->scores(input))[0][target].item<double>(); };
      Array zeros = question.input;
      std::ranges::fill(zeros.values, 0.0F);
      const double change = scoreOf(question.input) - scoreOf(zeros);
      const double sum = viewOf(whole.map).sum(at::kDouble).item<double>();
      QVERIFY2(std::abs(sum - change) < 1e-4 * std::abs(change), whole.notes.front().c_str());
    }
    const double agreement = correlation(viewOf(answer.map), viewOf(expected));
    qInfo().noquote() << "correlation" << agreement << "in" << answer.seconds << "s;" << answer.notes.front().c_str();
    QVERIFY2(agreement > 0.99, qPrintable(QString::number(agreement)));
  }
};

QTEST_GUILESS_MAIN(TestPaths)
#include "test_paths.moc"
