#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <QtTest>

#include "exec/executor.h"
#include "exec/tensors.h"
#include "graph/graph_builder.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

TensorData weights(Shape shape, float seed) {
  std::vector<float> values(static_cast<std::size_t>(elementCount(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(seed + 1.7F * static_cast<float>(i));
  return TensorData::fromFloats(std::move(shape), std::move(values));
}

/// conv1 -> bn -> relu -> conv2 -> relu -> global average -> logits, with a branch that adds conv1's output to itself.
struct SmallNet {
  ValueId x, conv1, norm, relu1, conv2, relu2, logits, weight1;
  std::shared_ptr<const Graph> graph;
};

SmallNet smallNet() {
  SmallNet net;
  GraphBuilder b("small");
  net.x = b.input("x", DType::Float32, Shape{-1, 3, 8, 8});
  const GraphBuilder::Attributes same{{"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                                      {"kernel_shape", std::vector<std::int64_t>{3, 3}}};
  b.setScope("conv1");
  net.weight1 = b.parameter("conv1.weight", weights({4, 3, 3, 3}, 0.1F));
  net.conv1 = b.op("Conv", {net.x, net.weight1, b.parameter("conv1.bias", weights({4}, 0.5F))}, same);
  b.setScope("bn1");
  net.norm = b.op("BatchNormalization",
                  {net.conv1, b.parameter("bn1.weight", weights({4}, 1.0F)),
                   b.parameter("bn1.bias", weights({4}, 2.0F)), b.parameter("bn1.running_mean", weights({4}, 3.0F)),
                   b.parameter("bn1.running_var", TensorData::fromFloats({4}, {0.5F, 1.0F, 2.0F, 0.1F}))});
  b.setScope("relu1");
  net.relu1 = b.op("Relu", {net.norm});
  b.setScope("conv2");
  net.conv2 = b.op("Conv", {net.relu1, b.parameter("conv2.weight", weights({5, 4, 3, 3}, 0.7F))}, same);
  b.setScope("relu2");
  net.relu2 = b.op("Relu", {net.conv2});
  b.setScope("head");
  net.logits = b.op("Flatten", {b.op("GlobalAveragePool", {net.relu2})});
  b.output(net.logits, "logits");
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

at::Tensor picture(std::int64_t batch = 2) {
  return at::sin(at::arange(batch * 3 * 8 * 8, at::kFloat)).reshape({batch, 3, 8, 8});
}

bool close(const at::Tensor& a, const at::Tensor& b, double tolerance = 1e-5) {
  return a.sizes() == b.sizes() && (a - b).abs().max().item<double>() <= tolerance;
}

RunRequest request(const SmallNet& net, const at::Tensor& x, std::vector<ValueId> fetch) {
  RunRequest r;
  r.feeds = {{net.x, x}};
  r.fetch = std::move(fetch);
  return r;
}

}  // namespace

class TestExecutor : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void fusedEqualsNodeByNode() {
    const SmallNet net = smallNet();
    Executor fused(net.graph);
    ExecutorOptions plainOptions;
    plainOptions.optimise = false;
    plainOptions.layout = MemoryLayout::Contiguous;
    Executor plain(net.graph, plainOptions);
    const at::Tensor a = fused.run(picture(), net.logits);
    const at::Tensor b = plain.run(picture(), net.logits);
    QVERIFY(a.abs().max().item<double>() > 1e-3);
    QVERIFY(close(a, b));
  }

  void layoutsAgree() {
    const SmallNet net = smallNet();
    ExecutorOptions options;
    options.layout = MemoryLayout::ChannelsLast;
    Executor last(net.graph, options);
    options.layout = MemoryLayout::Contiguous;
    Executor first(net.graph, options);
    QVERIFY(close(last.run(picture(), net.relu2), first.run(picture(), net.relu2)));
  }

  void tapsSeeInnerValues() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    const auto values = executor.run(request(net, picture(), {net.conv1, net.norm, net.relu1, net.logits}));
    QVERIFY(close(values[2], at::relu(values[1])));
    const at::Tensor w = executor.parameter(net.weight1);
    QVERIFY(close(values[0], at::conv2d(picture(), w, executor.parameter(net.graph->find("conv1.bias")), 1, 1)));
    QVERIFY(close(values[3], executor.run(picture(), net.logits)));
  }

  void computesOnlyWhatIsAsked() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    RunCache cache;
    RunRequest r = request(net, picture(), {net.relu1});
    r.cache = &cache;
    executor.run(r);
    QCOMPARE(cache.nodesEvaluated(), std::size_t{3});
    // A value fed in the middle cuts off what lies before it: no picture is needed.
    RunRequest middle;
    middle.feeds = {{net.relu1, at::ones({1, 4, 8, 8})}};
    middle.fetch = {net.logits};
    QCOMPARE(executor.run(middle).front().sizes(), at::IntArrayRef({1, 5}));
    RunRequest missing;
    missing.fetch = {net.logits};
    QVERIFY_EXCEPTION_THROWN(executor.run(missing), Error);
  }

  void editsReachWhatFollows() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    RunRequest r = request(net, picture(), {net.relu1, net.conv2});
    r.edits = {{net.relu1, Edit::Kind::Scale, 0.0, {}, {1, 3}, std::nullopt, 1}};
    const auto values = executor.run(r);
    QCOMPARE(values[0].select(1, 1).abs().max().item<float>(), 0.0F);
    QVERIFY(values[0].select(1, 0).abs().max().item<float>() > 0.0F);
    const at::Tensor kept = executor.run(picture(), net.relu1).clone();
    kept.select(1, 1).zero_();
    kept.select(1, 3).zero_();
    QVERIFY(close(values[1], at::conv2d(kept, executor.parameter(net.graph->find("conv2.weight")), {}, 1, 1)));
  }

  void editsOfRegionsAndKinds() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    RunRequest r = request(net, picture(1), {net.relu1});
    const at::Tensor before = executor.run(r).front();
    r.edits = {{net.relu1, Edit::Kind::Set, 2.5, {}, {2}, Region{1, 2, 4, 5}, 1}};
    at::Tensor expected = before.clone();
    expected.select(1, 2).slice(1, 1, 4).slice(2, 2, 5).fill_(2.5);
    QVERIFY(close(executor.run(r).front(), expected, 0.0));
    r.edits = {{net.relu1, Edit::Kind::Add, 1.0, {}, {}, std::nullopt, 1},
               {net.relu1, Edit::Kind::Scale, 2.0, {}, {}, std::nullopt, 1}};
    QVERIFY(close(executor.run(r).front(), (before + 1.0) * 2.0));
    r.edits = {{net.relu1, Edit::Kind::Mask, 3.0, at::zeros({1, 1, 8, 8}), {}, std::nullopt, 1}};
    QVERIFY(close(executor.run(r).front(), at::full_like(before, 3.0)));
    r.edits = {{net.relu1, Edit::Kind::Scale, 0.0, {}, {9}, std::nullopt, 1}};
    QVERIFY_EXCEPTION_THROWN(executor.run(r), Error);
  }

  void editsOfWeights() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    const at::Tensor usual = executor.run(picture(), net.logits);
    RunRequest r = request(net, picture(), {net.conv1});
    r.edits = {{net.weight1, Edit::Kind::Scale, 0.0, {}, {}, std::nullopt, 0}};
    const at::Tensor out = executor.run(r).front();
    QVERIFY(close(out, executor.parameter(net.graph->find("conv1.bias")).reshape({1, 4, 1, 1}).expand_as(out)));
    r = request(net, picture(), {net.logits});
    r.edits = {{net.weight1, Edit::Kind::Scale, 0.0, {}, {}, std::nullopt, 0}};
    QVERIFY(!close(executor.run(r).front(), usual, 1e-4));
    QVERIFY(close(executor.run(picture(), net.logits), usual));
  }

  /// What is computed from constants alone is kept, but not when one of them is fed.
  void fedConstantsAreNotFolded() {
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{2});
    const ValueId noise = b.constant(TensorData::fromFloats({2}, {1.0F, 2.0F}));
    const ValueId scaled = b.op("Mul", {noise, b.parameter("strength", TensorData::fromFloats({1}, {10.0F}))});
    const ValueId y = b.op("Add", {x, scaled});
    b.output(y);
    Executor executor(std::make_shared<const Graph>(b.take()));
    const at::Tensor zeros = at::zeros({2});
    const at::Tensor usual = at::tensor({10.0F, 20.0F});
    QVERIFY(close(executor.run(zeros, y), usual));
    RunRequest r;
    r.fetch = {y};
    r.feeds = {{x, zeros}, {noise, at::ones({2})}};
    QVERIFY(close(executor.run(r).front(), at::full({2}, 10.0F)));
    r.feeds = {{x, zeros}, {scaled, at::ones({2})}};
    QVERIFY(close(executor.run(r).front(), at::ones({2})));
    QVERIFY(close(executor.run(zeros, y), usual));
  }

  void fedWeightsTakeEffectInFusedRuns() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    const at::Tensor usual = executor.run(picture(), net.logits);
    RunRequest r = request(net, picture(), {net.logits});
    r.feeds.emplace_back(net.weight1, at::zeros({4, 3, 3, 3}));
    RunRequest edited = request(net, picture(), {net.logits});
    edited.edits = {{net.weight1, Edit::Kind::Scale, 0.0, {}, {}, std::nullopt, 0}};
    QVERIFY(close(executor.run(r).front(), executor.run(edited).front()));
    QVERIFY(!close(executor.run(r).front(), usual, 1e-4));
  }

  void replacedWeightsTakeEffectInFusedRuns() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    const at::Tensor before = executor.run(picture(), net.logits);
    executor.setParameter(net.weight1, at::zeros({4, 3, 3, 3}));
    const at::Tensor changed = executor.run(picture(), net.logits);
    QVERIFY(!close(before, changed, 1e-4));
    QVERIFY_EXCEPTION_THROWN(executor.setParameter(net.weight1, at::zeros({4, 3, 5, 5})), Error);
    executor.resetParameter(net.weight1);
    QVERIFY(close(before, executor.run(picture(), net.logits)));
  }

  void prefixIsReused() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    RunCache cache;
    RunRequest r = request(net, picture(), {net.logits});
    r.cache = &cache;
    const at::Tensor plain = executor.run(r).front();
    const std::size_t whole = cache.nodesEvaluated();
    QCOMPARE(whole, net.graph->nodes().size());
    for (const double amount : {0.0, 2.0, 0.5}) {
      r.edits = {{net.relu1, Edit::Kind::Scale, amount, {}, {0, 2}, std::nullopt, 1}};
      const at::Tensor reused = executor.run(r).front();
      // conv2, relu2, pool, flatten: nothing before the edited value, nor that value's own node.
      QCOMPARE(cache.nodesEvaluated(), std::size_t{4});
      RunRequest fresh = r;
      fresh.cache = nullptr;
      QVERIFY(close(reused, executor.run(fresh).front()));
    }
    r.edits.clear();
    QVERIFY(close(executor.run(r).front(), plain));
    QCOMPARE(cache.nodesEvaluated(), std::size_t{4});
    executor.run(r);
    QCOMPARE(cache.nodesEvaluated(), std::size_t{0});
    r.feeds = {{net.x, picture() * 2.0}};
    QVERIFY(!close(executor.run(r).front(), plain, 1e-4));
    QVERIFY(cache.bytes() > 0);
  }

  void gradientsMatchFiniteDifferences() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    const at::Tensor x = picture(1).to(at::kFloat).requires_grad_(true);
    RunRequest r = request(net, x, {net.logits});
    r.gradients = true;
    const at::Tensor score = executor.run(r).front().select(1, 2).sum();
    const at::Tensor gradient = torch::autograd::grad({score}, {x}).front();
    const at::Tensor step = at::cos(at::arange(192, at::kFloat)).reshape_as(x) * 1e-2;
    const auto scoreAt = [&](const at::Tensor& t) {
      return executor.run(t, net.logits).select(1, 2).sum().item<double>();
    };
    const double numeric = (scoreAt(x.detach() + step) - scoreAt(x.detach() - step)) / 2.0;
    const double analytic = (gradient * step).sum().item<double>();
    QVERIFY(std::abs(numeric - analytic) < 1e-3 * std::max(1.0, std::abs(numeric)));
  }

  void reluRulesFollowTheirDefinitions() {
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{1, 4});
    const ValueId y = b.op("Mul", {b.op("Relu", {x}), b.constant(TensorData::fromFloats({1, 4}, {1, -1, 1, -1}))});
    b.output(y);
    Executor executor(std::make_shared<const Graph>(b.take()));
    const auto gradientBy = [&](ReluRule rule) {
      const at::Tensor in = at::tensor({2.0F, 2.0F, -2.0F, -2.0F}).reshape({1, 4}).requires_grad_(true);
      RunRequest r;
      r.feeds = {{x, in}};
      r.fetch = {y};
      r.gradients = true;
      r.relu = rule;
      return torch::autograd::grad({executor.run(r).front().sum()}, {in}).front();
    };
    QVERIFY(close(gradientBy(ReluRule::Standard), at::tensor({1.0F, -1.0F, 0.0F, 0.0F}).reshape({1, 4}), 0));
    QVERIFY(close(gradientBy(ReluRule::Guided), at::tensor({1.0F, 0.0F, 0.0F, 0.0F}).reshape({1, 4}), 0));
    QVERIFY(close(gradientBy(ReluRule::Deconvnet), at::tensor({1.0F, 0.0F, 1.0F, 0.0F}).reshape({1, 4}), 0));
  }

  void overridesReplaceNodes() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    RunRequest r = request(net, picture(), {net.relu2});
    r.override = [](const OpCall& call) -> std::optional<std::vector<at::Tensor>> {
      if (call.node.op != "Relu") return std::nullopt;
      return std::vector<at::Tensor>{at::zeros_like(call.in(0))};
    };
    QCOMPARE(executor.run(r).front().abs().max().item<float>(), 0.0F);
  }

  void bfloat16StaysNear() {
    const SmallNet net = smallNet();
    ExecutorOptions options;
    options.precision = Precision::BFloat16;
    Executor half(net.graph, options);
    Executor full(net.graph);
    const at::Tensor a = half.run(picture(), net.logits);
    const at::Tensor b = full.run(picture(), net.logits);
    QCOMPARE(a.scalar_type(), at::kFloat);
    QVERIFY((a - b).abs().max().item<double>() < 0.03 * b.abs().max().item<double>());
    QVERIFY(!close(a, b, 0.0));
  }

  void cancelStopsBetweenNodes() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    RunRequest r = request(net, picture(), {net.logits});
    r.cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(executor.run(r), Cancelled);
  }

  void mistakesNameTheNode() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    try {
      executor.run(at::ones({1, 7, 8, 8}), net.logits);
      QFAIL("a picture of 7 channels was accepted");
    } catch (const Error& e) {
      QVERIFY2(e.subject().find("conv1") != std::string::npos, e.what());
      QVERIFY(e.reason().find('\n') == std::string::npos);
    }
  }

  void describesShapes() {
    const SmallNet net = smallNet();
    Executor executor(net.graph);
    const auto infos = executor.describe({{net.x, picture(1)}});
    QCOMPARE(infos.at(net.relu1).shape, (Shape{1, 4, 8, 8}));
    QCOMPARE(infos.at(net.logits).shape, (Shape{1, 5}));
  }

  void unknownOperatorsAreNamed() {
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{1});
    const ValueId y = b.op("NoSuchOperator", {x});
    b.output(y);
    const Graph graph = b.take();
    QCOMPARE(unknownOperators(graph), std::vector<std::string>{"NoSuchOperator"});
    Executor executor(std::make_shared<const Graph>(graph));
    QVERIFY_EXCEPTION_THROWN(executor.run(at::ones({1}), y), Error);
  }
};

QTEST_APPLESS_MAIN(TestExecutor)
#include "test_executor.moc"
