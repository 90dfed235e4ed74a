#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"
#include "attribution/relevance/channel_affine.h"
#include "attribution/relevance/channel_list.h"
#include "attribution/relevance/linear_rule.h"
#include "attribution/relevance/relevance_pass.h"
#include "attribution/score.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr const char* kComposites[] = {"epsilon", "epsilon_plus", "epsilon_plus_flat", "epsilon_alpha2_beta1",
                                       "epsilon_alpha2_beta1_flat"};

const GraphBuilder::Attributes kSame{{"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                                     {"kernel_shape", std::vector<std::int64_t>{3, 3}}};

TensorData floats(Shape shape, std::vector<float> values) {
  return TensorData::fromFloats(std::move(shape), std::move(values));
}

Net finished(GraphBuilder& b, Net net) {
  b.output(net.output, "scores");
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

/// Two convolutions, a pooling by maximum, a residual sum, an average and a dense layer, none with a bias.
Net biasless(bool residual = true) {
  GraphBuilder b;
  Net net;
  net.input = b.input("x", DType::Float32, Shape{-1, 3, 12, 12});
  ValueId x = b.op("Relu", {b.op("Conv", {net.input, b.parameter("w1", wavy({6, 3, 3, 3}, 0.1F, 0.5F))}, kSame)});
  x = b.op("MaxPool", {x},
           {{"kernel_shape", std::vector<std::int64_t>{2, 2}}, {"strides", std::vector<std::int64_t>{2, 2}}});
  const ValueId branch = b.op("Conv", {x, b.parameter("w2", wavy({6, 6, 3, 3}, 0.7F, 0.4F))}, kSame);
  net.layer = b.op("Relu", {residual ? b.op("Add", {branch, x}) : branch});
  x = b.op("Flatten", {b.op("GlobalAveragePool", {net.layer})});
  net.output = b.op("Gemm", {x, b.parameter("head", wavy({4, 6}, 0.9F, 3.0F))}, {{"transB", std::int64_t{1}}});
  return finished(b, net);
}

/// x [1,1,1,2] -> 1x1 Conv to two channels with biases -> Relu -> Flatten -> Gemm with a bias.
Net handNet() {
  GraphBuilder b;
  Net net;
  net.input = b.input("x", DType::Float32, Shape{-1, 2, 1, 1});
  net.layer = b.op("Relu", {b.op("Conv", {net.input, b.parameter("w", floats({2, 2, 1, 1}, {2, -1, 1, 3})),
                                          b.parameter("b", floats({2}, {1, -2}))})});
  net.output = b.op("Gemm",
                    {b.op("Flatten", {net.layer}), b.parameter("v", floats({2, 2}, {1, 0, 3, -4})),
                     b.parameter("c", floats({2}, {0, 5}))},
                    {{"transB", std::int64_t{1}}});
  return finished(b, net);
}

at::Tensor two(double a, double b) {
  return at::tensor({a, b}).to(at::kFloat).reshape({1, 2, 1, 1});
}

struct NormValues {
  TensorData gamma, beta, mean, variance;
};

NormValues normValues(std::int64_t channels) {
  std::vector<float> variance;
  for (std::int64_t c = 0; c < channels; ++c) variance.push_back(0.5F + 0.3F * static_cast<float>(c));
  return {wavy({channels}, 0.4F), wavy({channels}, 1.1F, 0.3F), wavy({channels}, 2.0F, 0.2F),
          floats({channels}, variance)};
}

ValueId normalized(GraphBuilder& b, ValueId x, const NormValues& n, const std::string& name) {
  return b.op("BatchNormalization", {x, b.parameter(name + ".gamma", n.gamma), b.parameter(name + ".beta", n.beta),
                                     b.parameter(name + ".mean", n.mean), b.parameter(name + ".var", n.variance)});
}

TensorData dataOf(const at::Tensor& t) {
  const at::Tensor plain = t.contiguous();
  return floats(t.sizes().vec(), {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()});
}

/// Conv, ConvTranspose in groups and Gemm, each followed by a BatchNormalization, or merged with it by hand.
Net normalizedNet(bool merged) {
  GraphBuilder b;
  Net net;
  const auto layer = [&](const char* op, ValueId x, const TensorData& weight, std::int64_t channels,
                         const GraphBuilder::Attributes& attributes, const at::Tensor& scaleShape) {
    const NormValues n = normValues(channels);
    const at::Tensor scale = tensorOf(n.gamma) / (tensorOf(n.variance) + 1e-5).sqrt();
    const at::Tensor bias = at::sin(at::arange(channels, at::kFloat));
    const std::string name = std::string(op);
    if (!merged) {
      const ValueId y =
          b.op(op, {x, b.parameter(name + ".w", weight), b.parameter(name + ".b", dataOf(bias))}, attributes);
      return normalized(b, y, n, name);
    }
    const at::Tensor shift = tensorOf(n.beta) + (bias - tensorOf(n.mean)) * scale;
    const at::Tensor w = tensorOf(weight) * scale.index({scaleShape});
    return b.op(op, {x, b.parameter(name + ".w", dataOf(w)), b.parameter(name + ".b", dataOf(shift))}, attributes);
  };
  // Which output channel each weight belongs to, in a shape that broadcasts over the weights.
  const at::Tensor ofConv = at::arange(4).reshape({4, 1, 1, 1});
  const at::Tensor ofTransposed =
      (at::arange(4).reshape({4, 1}) >= 2).to(at::kLong) * 3 + at::arange(3).reshape({1, 3});
  const at::Tensor ofGemm = at::arange(5).reshape({1, 5});
  net.input = b.input("x", DType::Float32, Shape{-1, 3, 6, 6});
  ValueId x = b.op("Relu", {layer("Conv", net.input, wavy({4, 3, 3, 3}, 0.1F, 0.5F), 4, kSame, ofConv)});
  GraphBuilder::Attributes grouped = kSame;
  grouped.emplace("group", std::int64_t{2});
  net.layer =
      b.op("Relu",
           {layer("ConvTranspose", x, wavy({4, 3, 3, 3}, 0.6F, 0.5F), 6, grouped, ofTransposed.reshape({4, 3, 1, 1}))});
  x = b.op("Flatten", {b.op("GlobalAveragePool", {net.layer})});
  net.output = layer("Gemm", x, wavy({6, 5}, 0.2F), 5, {}, ofGemm);
  return finished(b, net);
}

/// The epsilon rule everywhere, with an epsilon of 0, and averages by proportion.
RelevanceFlow byProportion(Asked& asked, const at::Tensor& x, const RelevanceStop& stop = {}) {
  const AttributionQuery query = asked.query(x);
  RelevanceRules rules;
  rules.convolution = LinearRule::Epsilon;
  rules.epsilon = 0.0;
  return propagateRelevance(ScoreFunction(query, x, {}), x, rules, stop, {}, {});
}

double sumOf(const Attribution& answer) {
  return answer.map.sum().item<double>();
}

/// An embedded network, or the one of the shared folder; null where it is not there.
std::shared_ptr<Model> trained(const QString& name) {
#ifdef UNITSCOPE_HAS_ONNX
  if (name == "resnet20") {
    const char* file = "models/resnet20-cifar10.onnx";
    return isThere(file) ? Model::open(shared(file)) : nullptr;
  }
  if (findEmbeddedModel(name.toStdString()) == nullptr) return nullptr;
  ReadModel read = readEmbeddedModel(name.toStdString());
  return Model::fromGraph(std::move(read.graph), std::move(read.card));
#else
  (void)name;
  return nullptr;
#endif
}

/// A block of a transformer over 16 tokens of 4 numbers: normalization, attention, residual sum, gated dense layer.
Net transformer() {
  GraphBuilder b;
  Net net;
  const auto weights = [&](const char* name, float seed) { return b.parameter(name, wavy({4, 4}, seed, 0.7F)); };
  net.input = b.input("x", DType::Float32, Shape{-1, 4, 4, 4});
  const ValueId tokens = b.op("Transpose", {b.op("Reshape", {net.input, b.constant({0, 4, 16})})},
                              {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  const ValueId x = b.op("LayerNormalization", {tokens, b.parameter("gamma", floats({4}, {1, 2, 1, 2}))});
  const ValueId q = b.op("MatMul", {x, weights("q", 0.1F)});
  const ValueId k =
      b.op("Transpose", {b.op("MatMul", {x, weights("k", 0.8F)})}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  const ValueId a = b.op("Softmax", {b.op("Mul", {b.op("MatMul", {q, k}), b.scalarFloat(0.5F)})});
  ValueId y = b.op("Add", {b.op("MatMul", {a, b.op("MatMul", {x, weights("v", 1.3F)})}), tokens});
  const ValueId gate = b.op("Sigmoid", {b.op("MatMul", {y, weights("g", 2.3F)})});
  net.layer = b.op("Mul", {b.op("MatMul", {y, weights("f", 2.9F)}), gate});
  y = b.op("ReduceMean", {net.layer, b.constant({1})}, {{"keepdims", std::int64_t{0}}});
  net.output = b.op("MatMul", {y, weights("head", 3.3F)});
  return finished(b, net);
}

}  // namespace

class TestRelevance : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void linearRulesByHand() {
    // Two inputs, two outputs: z = (2*1 - 1*-2 + 1, 1*1 + 3*-2 - 2) = (5, -7).
    const LinearFunction layer = [](const at::Tensor& x, const at::Tensor& w, const at::Tensor& bias) {
      const at::Tensor y = at::matmul(x, w);
      return bias.defined() ? y + bias : y;
    };
    const LinearTerms terms{at::tensor({1.0F, -2.0F}), at::tensor({2.0F, 1.0F, -1.0F, 3.0F}).reshape({2, 2}),
                            at::tensor({1.0F, -2.0F})};
    const at::Tensor r = at::tensor({10.0F, 7.0F});
    const auto through = [&](LinearRule rule, double epsilon = 0.0) {
      return throughLinear(rule, layer, terms, r, epsilon);
    };
    const auto expect = [&](LinearRule rule, double a, double b, double epsilon = 0.0) {
      const at::Tensor got = through(rule, epsilon);
      QVERIFY2(largestDifference(got, at::tensor({a, b}).to(at::kFloat)) < 1e-4,
               qPrintable(QString("%1 %2").arg(got[0].item<double>()).arg(got[1].item<double>())));
    };
    // Products: to output 0 come 2 and 2, to output 1 come 1 and -6.
    expect(LinearRule::Epsilon, 2.0 / 5 * 10 - 1.0 / 7 * 7, 2.0 / 5 * 10 + 6.0 / 7 * 7);
    // The epsilon goes away from zero on both sides.
    expect(LinearRule::Epsilon, 2.0 / 6 * 10 - 1.0 / 8 * 7, 2.0 / 6 * 10 + 6.0 / 8 * 7, 1.0);
    // Positive products with positive biases: (2 + 2 + 1), (1).
    expect(LinearRule::ZPlus, 4 + 7, 4);
    // Negative ones: none in output 0; -6 and the bias -2 in output 1.
    expect(LinearRule::Alpha2Beta1, 8 + 14, 8 - 6.0 / 8 * 7);
    expect(LinearRule::Flat, 8.5, 8.5);
    // Only the first input is positive.
    expect(LinearRule::Excitation, 17, 0);
    // No weight of the first input is negative.
    expect(LinearRule::Inhibition, 0, 0);
    // What has no input to go to is lost, not infinite.
    const at::Tensor none = throughLinear(LinearRule::Epsilon, layer, {terms.x * 0, terms.weight, {}}, r, 0.0);
    QVERIFY(largestDifference(none, at::zeros({2})) == 0.0);
  }

  void aNetworkByHand() {
    // x = (1, 2): the convolution gives (2 - 2 + 1, 1 + 6 - 2) = (1, 5), the scores (1, 3 - 20 + 5).
    Asked asked(handNet());
    const at::Tensor x = two(1, 2);
    const auto lrp = [&](const char* composite) {
      return asked.run("lrp", x, 1, {{"composite", composite}, {"epsilon", "1e-9"}});
    };
    // At the layer: 3 / -12 and -20 / -12. The convolution's products: (2, -2) and (1, 6).
    const double r0 = -0.25, r1 = 20.0 / 12;
    QVERIFY(largestDifference(lrp("epsilon").map, two(2 * r0 + r1 / 5, -2 * r0 + 6 * r1 / 5)) < 1e-4);
    QVERIFY(largestDifference(lrp("epsilon_plus").map, two(2 * r0 / 3 + r1 / 7, 6 * r1 / 7)) < 1e-4);
    QVERIFY(largestDifference(lrp("epsilon_plus_flat").map, two((r0 + r1) / 2, (r0 + r1) / 2)) < 1e-4);
    QVERIFY(largestDifference(lrp("epsilon_alpha2_beta1").map, two(2 * (2 * r0 / 3 + r1 / 7), 2 * 6 * r1 / 7 - r0)) <
            1e-4);
    const Attribution crp = asked.run("crp", x, 1, {{"composite", "epsilon_plus"}, {"channel", "0"}});
    QVERIFY(largestDifference(crp.map, two(2 * r0 / 3, 0)) < 1e-4);
    QCOMPARE(crp.channelScores.size(), std::size_t{2});
    QVERIFY(std::abs(crp.channelScores[0] - r0) < 1e-5 && std::abs(crp.channelScores[1] - r1) < 1e-5);
  }

  void nothingIsLostWithoutBiases() {
    const at::Tensor x = wavyPicture(12, 12);
    for (const bool residual : {false, true}) {
      Asked asked(biasless(residual));
      for (const char* composite : kComposites) {
        const Attribution answer = asked.run("lrp", x, 1, {{"composite", composite}});
        QCOMPARE(answer.map.sizes(), x.sizes());
        // This one loses what the average hands to places where the ReLU is off.
        if (std::string_view(composite) == "epsilon") continue;
        QVERIFY2(std::abs(sumOf(answer) - 1.0) < 2e-3, qPrintable(QString("%1 %2").arg(composite).arg(sumOf(answer))));
        QVERIFY2(answer.notes.front().starts_with("the map adds up to "), answer.notes.front().c_str());
        QCOMPARE(answer.notes.size(), std::size_t{1});
      }
    }
  }

  void withoutEpsilonItIsInputTimesGradient() {
    // In a network of ReLUs, maxima and sums without biases both are the same (Shrikumar et al. 2016).
    for (const bool residual : {false, true}) {
      Asked asked(biasless(residual));
      const at::Tensor x = wavyPicture(12, 12);
      const at::Tensor expected = asked.run("input_x_gradient", x).map / asked.score(x);
      const at::Tensor lrp = byProportion(asked, x).atInput;
      QVERIFY(largestDifference(lrp, expected) < 1e-3 * expected.abs().max().item<double>());
    }
  }

  void allChannelsTogetherAreTheWhole() {
    for (const Net& net : {biasless(), convNet()}) {
      Asked asked(net);
      const std::int64_t side = net.graph->value(net.input).shape->back();
      const at::Tensor x = wavyPicture(side, side);
      for (const char* composite : kComposites) {
        const at::Tensor whole = asked.run("lrp", x, 1, {{"composite", composite}}).map;
        const auto of = [&](const std::string& channels) {
          return asked.run("crp", x, 1, {{"composite", composite}, {"channel", channels.c_str()}});
        };
        const std::size_t channels = of("0").channelScores.size();
        const double tolerance = 1e-4 * (1.0 + whole.abs().max().item<double>());
        QVERIFY(largestDifference(of("0-" + std::to_string(channels - 1)).map, whole) < tolerance);
        at::Tensor sum = at::zeros_like(whole);
        double scores = 0.0;
        for (std::size_t c = 0; c < channels; ++c) {
          const Attribution one = of(std::to_string(c));
          sum += one.map;
          scores += one.channelScores[c];
        }
        QVERIFY2(largestDifference(sum, whole) < tolerance, composite);
        QVERIFY(largestDifference(of("0, 2").map, of("0").map + of("2").map) < tolerance);
        const bool lossless = net.graph->find("head.weight") == kNoValue;
        if (lossless) QVERIFY(std::abs(scores - 1.0) < 2e-3);
      }
    }
  }

  void theLargestChannelIsTheDefault() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    const Attribution byDefault = asked.run("crp", x);
    const auto largest = std::ranges::max_element(byDefault.channelScores) - byDefault.channelScores.begin();
    const std::string name = std::to_string(largest);
    QVERIFY(largestDifference(byDefault.map, asked.run("crp", x, 1, {{"channel", name.c_str()}}).map) == 0.0);
    QVERIFY2(byDefault.notes.front().starts_with("channel " + name + " has "), byDefault.notes.front().c_str());
    QVERIFY2(byDefault.notes.front().ends_with("%)"), byDefault.notes.front().c_str());
  }

  void channelLists() {
    const auto list = [](const char* text) { return channelsFrom(text, 20); };
    QCOMPARE(list(""), std::vector<std::int64_t>{});
    QCOMPARE(list(" 3"), std::vector<std::int64_t>{3});
    QCOMPARE(list("7, 1,3-5 ,4"), (std::vector<std::int64_t>{1, 3, 4, 5, 7}));
    for (const char* wrong : {"20", "-1", "x", "1,", ",", "5-3", "3-", "1 2", "3-20", "99999999999999999999", "1-2-3"})
      QVERIFY_EXCEPTION_THROWN(list(wrong), Error);
    Asked asked(convNet());
    QVERIFY_EXCEPTION_THROWN(asked.run("crp", wavyPicture(16, 16), 1, {{"channel", "5"}}), Error);
  }

  void mergingEqualsMergedByHand() {
    Asked apart(normalizedNet(false));
    Asked merged(normalizedNet(true));
    const at::Tensor x = wavyPicture(6, 6);
    QVERIFY(std::abs(apart.score(x) - merged.score(x)) < 1e-4);
    for (const char* composite : kComposites) {
      const at::Tensor a = apart.run("lrp", x, 1, {{"composite", composite}}).map;
      const at::Tensor m = merged.run("lrp", x, 1, {{"composite", composite}}).map;
      QVERIFY2(largestDifference(a, m) < 1e-3 * m.abs().max().item<double>(), composite);
    }
    for (const char* contrastive : {"false", "true"}) {
      const auto map = [&](Asked& asked) {
        return asked.run("excitation_backprop", x, 1, {{"contrastive", contrastive}}).map;
      };
      QVERIFY(largestDifference(map(apart), map(merged)) < 1e-5);
    }
  }

  void changedStatisticsAreMergedToo() {
    Net net = normalizedNet(false);
    Asked asked(net);
    const at::Tensor x = wavyPicture(6, 6);
    const at::Tensor before = asked.run("lrp", x).map;
    asked.executor().setParameter(net.graph->find("ConvTranspose.gamma"), at::ones({6}));
    QVERIFY(largestDifference(asked.run("lrp", x).map, before) > 1e-5);
  }

  void aNormOfItsOwnIsAConvolutionOfOnePlace() {
    const NormValues n = normValues(3);
    const auto net = [&](bool norm) {
      GraphBuilder b;
      Net made;
      made.input = b.input("x", DType::Float32, Shape{-1, 3, 6, 6});
      const at::Tensor scale = tensorOf(n.gamma) / (tensorOf(n.variance) + 1e-5).sqrt();
      const at::Tensor shift = tensorOf(n.beta) - tensorOf(n.mean) * scale;
      const ValueId pooled = b.op("AveragePool", {made.input}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
      const ValueId y =
          norm ? normalized(b, pooled, n, "n")
               : b.op("Conv",
                      {pooled, b.parameter("s", dataOf(scale.reshape({3, 1, 1, 1}))), b.parameter("t", dataOf(shift))},
                      {{"group", std::int64_t{3}}});
      made.layer = b.op("Relu", {y});
      made.output =
          b.op("Flatten",
               {b.op("GlobalAveragePool", {b.op("Conv", {made.layer, b.parameter("w", wavy({2, 3, 3, 3}, 0.3F))})})});
      return finished(b, made);
    };
    Asked withNorm(net(true));
    Asked withConv(net(false));
    const at::Tensor x = wavyPicture(6, 6);
    for (const char* composite : {"epsilon", "epsilon_plus", "epsilon_alpha2_beta1"}) {
      const at::Tensor expected = withConv.run("lrp", x, 1, {{"composite", composite}}).map;
      const at::Tensor map = withNorm.run("lrp", x, 1, {{"composite", composite}}).map;
      QVERIFY2(largestDifference(map, expected) < 1e-4 * expected.abs().max().item<double>(), composite);
    }
  }

  void twoClassesGiveTheDifference() {
    Asked asked(convNet());
    AttributionQuery query = asked.query(wavyPicture(16, 16), 1);
    query.against = 2;
    const at::Tensor both = asked.run("lrp", query).map;
    const at::Tensor expected =
        asked.run("lrp", wavyPicture(16, 16), 1).map - asked.run("lrp", wavyPicture(16, 16), 2).map;
    QVERIFY(largestDifference(both, expected) < 1e-5);
  }

  void aRegionStartsAtItsPlaces() {
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 3, 6, 6});
    net.output = net.layer = b.op("Conv", {net.input, b.parameter("w", wavy({2, 3, 1, 1}, 0.2F))});
    Asked asked(finished(b, net));
    AttributionQuery query = asked.query(wavyPicture(6, 6), 1);
    query.region = at::zeros({6, 6});
    query.region[2][3] = 1.0;
    const at::Tensor map = asked.run("lrp", query).map.sum(1)[0];
    QVERIFY(std::abs(map[2][3].item<double>() - 1.0) < 1e-3);
    QVERIFY(std::abs(map.sum().item<double>() - map[2][3].item<double>()) < 1e-6);
    QVERIFY(std::abs(sumOf(asked.run("lrp", wavyPicture(6, 6), 1)) - 1.0) < 1e-3);
  }

  void aSoftmaxAtTheEndIsPassedOver() {
    const Net plain = biasless();
    GraphBuilder b;
    b.graph() = *plain.graph;
    Net net = plain;
    net.output = b.op("Softmax", {plain.output});
    Asked probabilities(finished(b, net));
    Asked logits(plain);
    const at::Tensor x = wavyPicture(12, 12);
    QVERIFY(largestDifference(probabilities.run("lrp", x).map, logits.run("lrp", x).map) < 1e-6);
  }

  void transformersKeepTheirRelevance() {
    Asked asked(transformer());
    const at::Tensor x = wavyPicture(4, 4, 1, 4);
    const RelevanceFlow whole = byProportion(asked, x);
    QVERIFY(at::isfinite(whole.atInput).all().item<bool>());
    const double sum = whole.atInput.sum().item<double>();
    QVERIFY2(std::abs(sum - 1.0) < 1e-2, qPrintable(QString::number(sum)));
    QVERIFY(whole.byGradient.empty());
    // Channels of tokens are their numbers.
    const Attribution lrp = asked.run("lrp", x, 1, {{"composite", "epsilon"}});
    const Attribution crp = asked.run("crp", x, 1, {{"composite", "epsilon"}, {"channel", "0-3"}});
    QCOMPARE(crp.channelScores.size(), std::size_t{4});
    QVERIFY(largestDifference(crp.map, lrp.map) < 1e-4 * lrp.map.abs().max().item<double>());
  }

  void averagesByProportionOrByTheGradient() {
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 1, 1, 3});
    net.layer = b.op("Relu", {net.input});
    net.output = b.op("Flatten", {b.op("GlobalAveragePool", {net.layer})});
    Asked asked(finished(b, net));
    const at::Tensor x = at::tensor({1.0F, 3.0F, -2.0F}).reshape({1, 1, 1, 3});
    const auto lrp = [&](const char* composite) { return asked.run("lrp", x, 0, {{"composite", composite}}).map; };
    QVERIFY(largestDifference(lrp("epsilon_plus"), at::tensor({0.25F, 0.75F, 0.0F}).reshape({1, 1, 1, 3})) < 1e-5);
    QVERIFY(largestDifference(lrp("epsilon"), at::tensor({1.0F, 1.0F, 0.0F}).reshape({1, 1, 1, 3}) / 3) < 1e-5);
  }

  void operatorsWithoutARuleAreNamed() {
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 3, 4, 4});
    net.layer = b.op("Sin", {net.input});
    net.output = b.op("Flatten", {b.op("GlobalAveragePool", {net.layer})});
    Asked asked(finished(b, net));
    const Attribution answer = asked.run("lrp", wavyPicture(4, 4));
    QVERIFY2(answer.notes.back().ends_with("by the gradient: Sin"), answer.notes.back().c_str());
    // And what nothing comes through at all is an error.
    GraphBuilder c;
    net.input = c.input("x", DType::Float32, Shape{-1, 3, 4, 4});
    net.layer = kNoValue;
    net.output = c.op("Softmax", {c.op("Flatten", {net.input})});
    net.output = c.op("Gemm", {net.output, c.parameter("w", wavy({48, 2}, 0.3F))});
    Asked blocked(finished(c, net));
    QVERIFY_EXCEPTION_THROWN(blocked.run("lrp", wavyPicture(4, 4)), Error);
  }

  void excitationIsAProbability() {
    for (const Net& net : {biasless(), convNet()}) {
      Asked asked(net);
      const std::int64_t side = net.graph->value(net.input).shape->back();
      const Attribution answer = asked.run("excitation_backprop", wavyPicture(side, side));
      QCOMPARE(answer.map.size(1), std::int64_t{1});
      QVERIFY(answer.map.min().item<double>() >= 0.0);
      QVERIFY2(std::abs(sumOf(answer) - 1.0) < 1e-5, qPrintable(QString::number(sumOf(answer))));
      float sum = 0.0F;
      for (const float channel : answer.channelScores) sum += channel;
      QVERIFY(std::abs(sum - 1.0F) < 1e-5F);
    }
  }

  void contrastIsTheDifferenceOfTwoClasses() {
    // Class 1 of the second network is the opposite of class 0.
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 2, 2, 2});
    net.layer = b.op("Relu", {b.op("Conv", {net.input, b.parameter("w", wavy({3, 2, 1, 1}, 0.3F))})});
    net.output =
        b.op("Gemm",
             {b.op("Flatten", {net.layer}),
              b.parameter("v", dataOf(at::cat({tensorOf(wavy({1, 12}, 0.8F)), -tensorOf(wavy({1, 12}, 0.8F))})))},
             {{"transB", std::int64_t{1}}});
    Asked asked(finished(b, net));
    const at::Tensor x = wavyPicture(2, 2, 1, 2);
    const at::Tensor of = asked.run("excitation_backprop", x, 0).map;
    const at::Tensor opposite = asked.run("excitation_backprop", x, 1).map;
    const at::Tensor contrast = asked.run("excitation_backprop", x, 0, {{"contrastive", "true"}}).map;
    QVERIFY(contrast.max().item<double>() > 0.0);
    QVERIFY(largestDifference(contrast, (of - opposite).clamp_min(0)) < 1e-6);
  }

  void severalPicturesAtOnceGiveTheSame() {
    Asked asked(convNet());
    const at::Tensor both = wavyPicture(16, 16, 2);
    const AttributionQuery query = asked.query(both);
    const ScoreFunction score(query, both.narrow(0, 0, 1), {});
    const RelevanceRules rules = compositeRules("epsilon_plus", 1e-6);
    const RelevanceStop stop{asked.net().layer, {}, true};
    const RelevanceFlow together = propagateRelevance(score, both, rules, stop, {}, {});
    QCOMPARE(together.atLayer.sizes().vec(), (std::vector<std::int64_t>{2, 5, 8, 8}));
    QVERIFY(largestDifference(together.started, at::ones({2})) == 0.0);
    for (std::int64_t i = 0; i < 2; ++i) {
      const RelevanceFlow one = propagateRelevance(score, both.narrow(0, i, 1), rules, stop, {}, {});
      QVERIFY(largestDifference(together.atInput.narrow(0, i, 1), one.atInput) < 1e-5);
      QVERIFY(largestDifference(together.atLayer.narrow(0, i, 1), one.atLayer) < 1e-5);
      QVERIFY(std::abs(together.scores[i].item<double>() - asked.score(both.narrow(0, i, 1))) < 1e-5);
    }
  }

  void theLayerMustLieOnTheWay() {
    Asked asked(convNet());
    AttributionQuery query = asked.query(wavyPicture(16, 16));
    for (const char* id : {"crp", "excitation_backprop"}) {
      query.layer = kNoValue;
      QVERIFY_EXCEPTION_THROWN(asked.run(id, query), Error);
    }
    query.layer = asked.net().graph->find("conv1.weight");
    QVERIFY_EXCEPTION_THROWN(asked.run("crp", query), Error);
    // The ends are layers too.
    query.layer = asked.net().input;
    QVERIFY(largestDifference(asked.run("crp", query, {{"channel", "0-2"}}).map, asked.run("lrp", query).map) == 0.0);
    query.layer = asked.net().output;
    QVERIFY(largestDifference(asked.run("crp", query, {{"channel", "1"}}).map, asked.run("lrp", query).map) == 0.0);
    QVERIFY_EXCEPTION_THROWN(asked.run("excitation_backprop", query), Error);
  }

  void trainedNetworksAreInputTimesGradient_data() { trainedNetworksKeepWhatTheyStartWith_data(); }
  void trainedNetworksAreInputTimesGradient() {
    // As above, and biases change nothing in it: this finds wrongly merged normalizations and wrongly shared sums.
    QFETCH(QString, network);
    const std::shared_ptr<Model> model = trained(network);
    if (!model) QSKIP("this network is not here");
    const Shape shape = *model->graph().value(model->graph().inputs().front()).shape;
    const std::int64_t side = shape[2] > 0 ? shape[2] : 32;
    Net net;
    net.graph = std::make_shared<const Graph>(model->graph());
    net.input = net.graph->inputs().front();
    net.output = net.graph->outputs().front();
    Asked asked(net);
    const at::Tensor picture = wavyPicture(side, side, 1, shape[1]);
    const at::Tensor expected = asked.run("input_x_gradient", picture).map / asked.score(picture);
    const at::Tensor lrp = byProportion(asked, picture).atInput;
    const QString numbers = QString("correlation %1, sums %2 and %3")
                                .arg(correlation(lrp, expected), 0, 'f', 6)
                                .arg(lrp.sum().item<double>())
                                .arg(expected.sum().item<double>());
    qInfo().noquote() << numbers;
    QVERIFY2(correlation(lrp, expected) > 0.999, qPrintable(numbers));
    QVERIFY2(std::abs((lrp.norm() / expected.norm()).item<double>() - 1.0) < 1e-2, qPrintable(numbers));
  }

  void trainedNetworksKeepWhatTheyStartWith_data() {
    QTest::addColumn<QString>("network");
    for (const char* name : {"scene-classifier", "fashion-classifier", "resnet20"}) QTest::newRow(name) << name;
  }
  void trainedNetworksKeepWhatTheyStartWith() {
    QFETCH(QString, network);
    const std::shared_ptr<Model> model = trained(network);
    if (!model) QSKIP("this network is not here");
    const Shape shape = *model->graph().value(model->graph().inputs().front()).shape;
    const std::int64_t side = shape[2] > 0 ? shape[2] : 32;
    const at::Tensor picture = wavyPicture(side, side, 1, shape[1]);
    for (const MethodInfo& info : attributionMethods()) {
      if (info.id != "lrp" && info.id != "crp" && info.id != "excitation_backprop") continue;
      for (const char* composite : {"epsilon_plus", "epsilon_plus_flat", "epsilon_alpha2_beta1", "epsilon"}) {
        AttributionQuestion question;
        question.method = info.id;
        question.input = toArray(picture);
        if (info.id != "excitation_backprop") question.parameters.set(info, "composite", std::string_view(composite));
        const AttributionAnswer answer = model->attribute(question);
        const at::Tensor map = viewOf(answer.map);
        const double sum = map.sum(at::kDouble).item<double>();
        qInfo("%s %s: sum %g, largest %g, %.2f s, %s", info.id.c_str(), composite, sum, map.abs().max().item<double>(),
              answer.seconds, answer.notes.back().c_str());
        QVERIFY(at::isfinite(map).all().item<bool>());
        QVERIFY(map.abs().max().item<double>() > 0.0);
        QVERIFY2(answer.notes.back().find("by the gradient") == std::string::npos, answer.notes.back().c_str());
      }
    }
  }
};

QTEST_GUILESS_MAIN(TestRelevance)
#include "test_relevance.moc"
