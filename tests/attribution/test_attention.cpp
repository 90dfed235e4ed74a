#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/attention_matrices.h"
#include "attribution/attention_net.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

at::Tensor matrix(std::vector<float> values) {
  const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(values.size())));
  return at::tensor(values).reshape({side, side});
}

/// What the error says of a method on a network that it cannot explain.
QString reasonFor(const char* method, Asked& asked, const at::Tensor& input) {
  try {
    asked.run(method, input, 0);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// x [1,3,8,8] -> 2x2 patches as tokens [1,16,3] -> softmax(x x^T) x, the matrices cut into `windows`.
Net selfSimilarity(std::int64_t windows, std::int64_t keys = 16) {
  GraphBuilder b;
  Net net;
  net.input = b.input("x", DType::Float32, Shape{1, 3, 8, 8});
  ValueId x = b.op("Conv", {net.input, b.parameter("w", wavy({3, 3, 2, 2}, 0.2F))},
                   {{"strides", std::vector<std::int64_t>{2, 2}}});
  net.layer = x;
  x = b.op("Transpose", {b.op("Reshape", {x, b.constant({1, 3, 16})})}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  x = b.op("Reshape", {x, b.constant({windows, 1, 16 / windows, 3})});
  const ValueId other = b.op("Slice", {x, b.constant({0}), b.constant({keys}), b.constant({2})});
  const ValueId scores =
      b.op("MatMul", {x, b.op("Transpose", {other}, {{"perm", std::vector<std::int64_t>{0, 1, 3, 2}}})});
  x = b.op("MatMul", {b.op("Softmax", {scores}), other});
  net.output = b.op("ReduceMean", {b.op("Reshape", {x, b.constant({1, 16, 3})}), b.constant({1})},
                    {{"keepdims", std::int64_t{0}}});
  b.output(net.output);
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

}  // namespace

/// Methods that read a transformer's attention.
class TestAttention : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void layersAreChainedFromTheInput() {
    // The second layer reads what the first has mixed: row 0 takes half of token 1, which holds token 2 alone.
    const at::Tensor first = matrix({1, 0, 0, 0, 0, 1, 0, 0, 1});
    const at::Tensor second = matrix({0.5F, 0.5F, 0, 0, 1, 0, 0, 0, 1});
    QVERIFY(at::allclose(rolledOut({first, second}), matrix({0.5F, 0, 0.5F, 0, 0, 1, 0, 0, 1})));
    Attentions attentions;
    attentions.height = 1;
    attentions.width = 2;
    attentions.before = 1;
    QVERIFY(
        at::allclose(patchMap(attentions, rolledOut({first, second})), at::tensor({0.F, 0.5F}).reshape({1, 1, 1, 2})));
    // Without a class token all tokens count.
    attentions.width = 3;
    attentions.before = 0;
    QVERIFY(at::allclose(patchMap(attentions, first), at::tensor({1.F / 3, 0.F, 2.F / 3}).reshape({1, 1, 1, 3})));
  }

  void rolloutIsThatOfTheNetworksMatrices() {
    const AttentionNet net = attentionNet();
    Asked asked(net);
    const at::Tensor x = wavyPicture(8, 12);
    at::Tensor flow = at::eye(7), largest = at::eye(7);
    for (const ValueId id : net.softmaxes) {
      const at::Tensor a = asked.executor().run(x, id)[0];
      flow = at::mm(0.5 * a.mean(0) + 0.5 * at::eye(7), flow);
      const at::Tensor top = a.amax(0) + at::eye(7);
      largest = at::mm(top / top.sum(1, true), largest);
    }
    const Attribution answer = asked.run("attention_rollout", x);
    QCOMPARE(answer.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 2, 3}));
    QVERIFY(largestDifference(answer.map, flow[0].slice(0, 1).reshape({1, 1, 2, 3})) < 1e-6);
    QVERIFY(largestDifference(asked.run("attention_rollout", x, 1, {{"heads", "max"}}).map,
                              largest[0].slice(0, 1).reshape({1, 1, 2, 3})) < 1e-6);
    // The same for every class.
    QVERIFY(largestDifference(asked.run("attention_rollout", x, 3).map, answer.map) < 1e-7);
    QCOMPARE(answer.notes.front(), std::string("2 layers, 2 heads, 7 tokens"));
  }

  void gradientTimesAttentionEqualsFiniteDifferences() {
    const AttentionNet net = attentionNet();
    Asked asked(net);
    const at::Tensor x = wavyPicture(8, 12);
    at::Tensor flow = at::eye(7);
    for (const ValueId id : net.softmaxes) {
      const at::Tensor a = asked.executor().run(x, id);
      const auto scoreWith = [&](const at::Tensor& changed) {
        RunRequest request;
        request.feeds = {{net.input, x}, {id, changed}};
        request.fetch = {net.output};
        return asked.executor().run(request).front()[0][2].item<double>();
      };
      constexpr double step = 0.02;
      at::Tensor gradient = at::zeros_like(a);
      for (std::int64_t i = 0; i < a.numel(); ++i) {
        at::Tensor up = a.clone(), down = a.clone();
        up.view(-1)[i] += step;
        down.view(-1)[i] -= step;
        gradient.view(-1)[i] = (scoreWith(up) - scoreWith(down)) / (2 * step);
      }
      flow = flow + at::mm((gradient * a)[0].relu().mean(0), flow);
    }
    const at::Tensor expected = (flow - at::eye(7))[0].slice(0, 1).reshape({1, 1, 2, 3});
    const at::Tensor map = asked.run("gradient_x_attention", x, 2).map;
    QVERIFY(expected.abs().max().item<double>() > 1e-3);
    QVERIFY(largestDifference(map, expected) < 0.01 * expected.max().item<double>());
    // Another class, another map.
    const at::Tensor other = asked.run("gradient_x_attention", x, 0).map;
    QVERIFY2(correlation(map, other) < 0.999, qPrintable(QString::number(correlation(map, other))));
  }

  void oneOperatorOrManyMakeNoDifference() {
    for (const bool classToken : {true, false}) {
      Asked many(attentionNet(false, classToken)), one(attentionNet(true, classToken));
      const at::Tensor x = wavyPicture(8, 12);
      QVERIFY(std::abs(many.score(x) - one.score(x)) < 1e-5);
      for (const char* id : {"attention_rollout", "gradient_x_attention"}) {
        const at::Tensor map = many.run(id, x).map;
        QVERIFY(map.abs().max().item<double>() > 0);
        QVERIFY2(largestDifference(map, one.run(id, x).map) < 1e-5, id);
      }
    }
  }

  void networksWithoutItAreToldWhy() {
    Asked convolutions(convNet()), windows(selfSimilarity(4, 4)), across(selfSimilarity(1, 5)),
        whole(selfSimilarity(1));
    for (const char* id : {"attention_rollout", "gradient_x_attention"}) {
      QVERIFY(reasonFor(id, convolutions, wavyPicture(16, 16)).contains("no attention"));
      QVERIFY(reasonFor(id, windows, wavyPicture(8, 8)).contains("within 4 windows"));
      QVERIFY(reasonFor(id, across, wavyPicture(8, 8)).contains("one set of tokens to another"));
      QCOMPARE(whole.run(id, wavyPicture(8, 8), 0).map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 4, 4}));
      Asked asked(attentionNet());
      QVERIFY_EXCEPTION_THROWN(asked.run(id, wavyPicture(8, 12), 4), Error);
      const CancelToken cancel;
      cancel.cancel();
      QVERIFY_EXCEPTION_THROWN(asked.registry().find(id).run(asked.query(wavyPicture(8, 12)), {}, cancel), Cancelled);
    }
  }
};

QTEST_GUILESS_MAIN(TestAttention)
#include "test_attention.moc"
