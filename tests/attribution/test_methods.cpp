#include <set>

#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"
#include "attribution/score.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

const std::vector<std::string> kIds{"gradient",
                                    "input_x_gradient",
                                    "smoothgrad",
                                    "integrated_gradients",
                                    "guided_backprop",
                                    "deconvnet",
                                    "grad_cam",
                                    "grad_cam_pp",
                                    "layer_cam",
                                    "guided_grad_cam",
                                    "linear_approximation",
                                    "occlusion",
                                    "rise",
                                    "lrp",
                                    "crp",
                                    "excitation_backprop",
                                    "lime",
                                    "kernel_shap",
                                    "segment_ablation",
                                    "deeplift",
                                    "conductance",
                                    "expected_gradients",
                                    "score_cam",
                                    "xgrad_cam",
                                    "eigen_cam",
                                    "attention_rollout",
                                    "gradient_x_attention",
                                    "meaningful",
                                    "extremal"};

/// Those that need another network than the ones here; test_attention.cpp tries them.
bool needsAttention(const std::string& id) {
  return id.find("attention") != std::string::npos;
}

/// Fast settings where the defaults would take long.
std::vector<std::pair<const char*, const char*>> quick(const std::string& id) {
  if (id == "rise") return {{"masks", "70"}, {"cells", "4"}};
  if (id == "lime" || id == "kernel_shap") return {{"samples", "60"}, {"segments", "20"}};
  if (id == "occlusion") return {{"window", "5"}, {"stride", "3"}};
  if (id == "smoothgrad") return {{"samples", "9"}};
  if (id == "integrated_gradients") return {{"steps", "20"}};
  if (id == "conductance") return {{"steps", "8"}};
  if (id == "expected_gradients") return {{"samples", "9"}};
  if (id == "meaningful") return {{"steps", "3"}, {"precision", "float32"}};
  if (id == "extremal") return {{"steps", "3"}, {"precision", "float32"}};
  return {};
}

/// x [1,1,1,2] -> 1x1 Conv to two channels -> Relu -> average -> scores. Small enough to work out by hand.
Net handNet() {
  GraphBuilder b;
  Net net;
  net.input = b.input("x", DType::Float32, Shape{-1, 1, 1, 2});
  net.layer =
      b.op("Relu", {b.op("Conv", {net.input, b.parameter("w", TensorData::fromFloats({2, 1, 1, 1}, {2, -1}))})});
  const ValueId mean = b.op("Flatten", {b.op("GlobalAveragePool", {net.layer})});
  net.output = b.op("Gemm", {mean, b.parameter("v", TensorData::fromFloats({2, 2}, {1, 0, 3, -4}))},
                    {{"transB", std::int64_t{1}}});
  b.output(net.output, "scores");
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

at::Tensor two(float a, float b) {
  return at::tensor({a, b}).reshape({1, 1, 1, 2});
}

}  // namespace

class TestMethods : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void registryHoldsThePublishedIds() {
    const MethodRegistry registry;
    std::vector<std::string> ids;
    for (const auto& method : registry.methods()) {
      const MethodInfo& info = method->info();
      ids.push_back(info.id);
      QVERIFY(!info.title.empty() && !info.description.empty() && !info.citation.empty());
      for (const ParameterSpec& spec : info.parameters) {
        QVERIFY(!spec.title.empty() && !spec.help.empty());
        // The default must be a value that may also be set.
        ParameterValues values;
        values.set(info, spec.id, spec.fallback);
      }
    }
    QCOMPARE(ids, kIds);
    const auto parameters = [&](const char* id) {
      std::vector<std::string> names;
      for (const ParameterSpec& spec : registry.find(id).info().parameters) names.push_back(spec.id);
      return names;
    };
    QCOMPARE(parameters("integrated_gradients"), (std::vector<std::string>{"steps", "rule", "baseline"}));
    QCOMPARE(parameters("occlusion"), (std::vector<std::string>{"window", "stride", "baseline", "incremental"}));
    QCOMPARE(parameters("rise"), (std::vector<std::string>{"masks", "cells", "p", "seed", "score"}));
    try {
      registry.find("saliency");
      QFAIL("an unknown method was found");
    } catch (const Error& error) {
      QVERIFY(QString(error.what()).contains("grad_cam_pp"));
    }
  }

  void aLinearNetworkIsExplainedExactly() {
    Asked asked(linearNet(8));
    const at::Tensor x = wavyPicture(8, 8);
    const Graph& graph = *asked.net().graph;
    const at::Tensor w = tensorOf(*graph.value(graph.find("w")).data)[1].reshape({1, 3, 8, 8});
    const double bias = tensorOf(*graph.value(graph.find("b")).data)[1].item<double>();
    for (const char* id : {"gradient", "guided_backprop", "deconvnet", "smoothgrad"})
      QVERIFY2(largestDifference(asked.run(id, x).map, w) < 1e-5, id);
    QVERIFY(largestDifference(asked.run("input_x_gradient", x).map, w * x) < 1e-5);
    QVERIFY(largestDifference(asked.run("integrated_gradients", x).map, w * x) < 1e-5);
    QVERIFY(largestDifference(asked.run("deeplift", x).map, w * x) < 1e-5);
    QCOMPARE(static_cast<float>(asked.run("integrated_gradients", x).map.sum().item<double>()),
             static_cast<float>(asked.score(x) - bias));
    // Nothing to cut here, and that is said.
    QCOMPARE(asked.run("guided_backprop", x).notes.size(), std::size_t{1});
    // Windows of one pixel: the score falls by what its three channels gave.
    const at::Tensor drops = (w * x).sum(1, true).expand({1, 3, 8, 8});
    QVERIFY(largestDifference(asked.run("occlusion", x, 1, {{"window", "1"}, {"stride", "1"}}).map, drops) < 1e-4);
  }

  void gradientEqualsFiniteDifferences() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    const at::Tensor gradient = asked.run("gradient", x, 2).map;
    QCOMPARE(gradient.sizes(), x.sizes());
    constexpr double step = 1e-2;
    for (const std::int64_t i : {0, 77, 300, 767}) {
      at::Tensor up = x.clone();
      at::Tensor down = x.clone();
      up.view(-1)[i] += step;
      down.view(-1)[i] -= step;
      const double slope = (asked.score(up, 2) - asked.score(down, 2)) / (2 * step);
      QVERIFY(std::abs(slope - gradient.flatten()[i].item<double>()) < 5e-3);
    }
  }

  void integratedGradientsAreComplete_data() {
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("baseline");
    for (const char* baseline : {"zero", "mean", "blur", "uniform", "black", "white"})
      QTest::addRow("%s", baseline) << "gausslegendre" << baseline;
  }
  void integratedGradientsAreComplete() {
    QFETCH(QString, rule);
    QFETCH(QString, baseline);
    Asked asked(convNet());
    AttributionQuery query = asked.query(wavyPicture(16, 16));
    query.black = at::full({3}, -2.0);
    query.white = at::full({3}, 2.0);
    const Attribution answer =
        asked.run("integrated_gradients", query,
                  {{"steps", "300"}, {"rule", qPrintable(rule)}, {"baseline", qPrintable(baseline)}});
    QCOMPARE(answer.notes.size(), std::size_t{1});
    const QString note = QString::fromStdString(answer.notes.front());
    QVERIFY2(note.startsWith("completeness error "), qPrintable(note));
    QVERIFY2(std::abs(note.section(' ', 2, 2).toDouble()) < 5e-3, qPrintable(note));
    if (baseline == "zero") {
      const double change = asked.score(wavyPicture(16, 16)) - asked.score(at::zeros({1, 3, 16, 16}));
      QVERIFY(std::abs(answer.map.sum().item<double>() - change) < 5e-3);
    }
  }

  void trapezoidHasCaptumsWeights() {
    Asked asked(linearNet(4));
    const at::Tensor x = wavyPicture(4, 4);
    const at::Tensor exact = asked.run("integrated_gradients", x).map;
    const at::Tensor rough = asked.run("integrated_gradients", x, 1, {{"rule", "trapezoid"}, {"steps", "10"}}).map;
    QVERIFY(largestDifference(rough, exact * 0.9) < 1e-5);
  }

  void coloursMustBeKnown() {
    Asked asked(convNet());
    QVERIFY_EXCEPTION_THROWN(asked.run("occlusion", wavyPicture(16, 16), 1, {{"baseline", "black"}}), Error);
  }

  void reluRulesByHand() {
    // x = (1, -3): channel 0 is (2, 0) after the ReLU, channel 1 is (0, 3). Class 1 weighs them 3 and -4; the average
    // halves both. The gradient at the layer is 1.5 and -2 everywhere.
    Asked asked(handNet());
    const at::Tensor x = two(1, -3);
    // Where active, times the weights 2 and -1.
    QVERIFY(largestDifference(asked.run("gradient", x).map, two(3, 2)) < 1e-6);
    // Only the positive gradient, only where active.
    QVERIFY(largestDifference(asked.run("guided_backprop", x).map, two(3, 0)) < 1e-6);
    // Only the positive gradient, wherever.
    QVERIFY(largestDifference(asked.run("deconvnet", x).map, two(3, 3)) < 1e-6);
  }

  void camsByHand() {
    Asked asked(handNet());
    const at::Tensor x = two(1, -3);
    // Grad-CAM: 1.5 (2, 0) - 2 (0, 3), cut at zero.
    const Attribution cam = asked.run("grad_cam", x);
    QVERIFY(largestDifference(cam.map, two(3, 0)) < 1e-6);
    QCOMPARE(cam.channelScores, (std::vector<float>{1.5F, -3.0F}));
    QVERIFY(largestDifference(asked.run("linear_approximation", x).map, two(3, -6)) < 1e-6);
    QVERIFY(largestDifference(asked.run("layer_cam", x).map, two(3, 0)) < 1e-6);
    // Grad-CAM++: alpha = 2.25 / (4.5 + 2 * 3.375) = 0.2 at both places, so channel 0 weighs 2 * 0.2 * 1.5.
    QVERIFY(largestDifference(asked.run("grad_cam_pp", x).map, two(1.2F, 0)) < 1e-6);
    // Guided Grad-CAM: (3, 0) * (3, 0).
    // The layer is as large as the picture, so no upsampling blurs this.
    Asked square(convNet());
    const at::Tensor picture = wavyPicture(16, 16);
    const at::Tensor guided = square.run("guided_backprop", picture).map;
    const at::Tensor small = square.run("grad_cam", picture).map;
    QVERIFY(largestDifference(square.run("guided_grad_cam", picture).map,
                              guided * small.repeat_interleave(2, 2).repeat_interleave(2, 3)) < 1e-5);
  }

  void camMapsHaveTheLayersSize() {
    Asked asked(convNet());
    for (const char* id : {"grad_cam", "grad_cam_pp", "layer_cam", "linear_approximation"}) {
      const Attribution answer = asked.run(id, wavyPicture(16, 16));
      QCOMPARE(answer.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 8, 8}));
      QCOMPARE(answer.channelScores.size(), std::size_t{5});
      QVERIFY(answer.map.abs().max().item<double>() > 0.0);
    }
  }

  void branchesAroundTheLayerStillCount() {
    // scores = average(relu(conv(x)) + x): the gradient at the layer is that of its own branch alone.
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 2, 4, 4});
    net.layer = b.op("Relu", {b.op("Conv", {net.input, b.parameter("w", wavy({2, 2, 1, 1}, 0.4F))})});
    net.output = b.op("Flatten", {b.op("GlobalAveragePool", {b.op("Mul", {net.layer, net.input})})});
    b.output(net.output);
    net.graph = std::make_shared<const Graph>(b.take());
    Asked asked(net);
    const at::Tensor x = wavyPicture(4, 4, 1, 2);
    const at::Tensor activation = asked.executor().run(x, net.layer);
    const at::Tensor expected = (activation * x).slice(1, 0, 1) / 16.0;
    QVERIFY(largestDifference(asked.run("linear_approximation", x, 0).map, expected) < 1e-6);
  }

  void occlusionCountsEveryWindow() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    const Attribution answer = asked.run("occlusion", x, 1, {{"window", "7"}, {"stride", "5"}});
    at::Tensor sum = at::zeros({16, 16});
    at::Tensor count = at::zeros({16, 16});
    const double whole = asked.score(x);
    for (const std::int64_t y : {0, 5, 10})
      for (const std::int64_t left : {0, 5, 10}) {
        at::Tensor covered = x.clone();
        covered.slice(2, y, std::min<std::int64_t>(y + 7, 16))
            .slice(3, left, std::min<std::int64_t>(left + 7, 16))
            .zero_();
        const double drop = whole - asked.score(covered);
        sum.slice(0, y, y + 7).slice(1, left, left + 7).add_(drop);
        count.slice(0, y, y + 7).slice(1, left, left + 7).add_(1);
      }
    QVERIFY(largestDifference(answer.map, (sum / count).expand({1, 3, 16, 16})) < 1e-5);
    // A window larger than the picture covers all of it once.
    const Attribution all = asked.run("occlusion", x, 1, {{"window", "100"}, {"stride", "8"}});
    const double drop = whole - asked.score(at::zeros_like(x));
    QVERIFY(largestDifference(all.map, at::full({1, 3, 16, 16}, drop)) < 1e-5);
  }

  void riseFindsWhatTheScoreIsMadeOf() {
    // The score is the sum of one corner, so masks that show it are the ones that count.
    GraphBuilder b;
    Net net;
    std::vector<float> weights(2 * 32 * 32, 0.0F);
    for (std::size_t y = 0; y < 8; ++y)
      for (std::size_t x = 0; x < 8; ++x) weights[y * 32 + x] = 0.2F;
    net.input = b.input("x", DType::Float32, Shape{-1, 1, 32, 32});
    net.output =
        b.op("Gemm", {b.op("Flatten", {net.input}), b.parameter("w", TensorData::fromFloats({2, 1024}, weights))},
             {{"transB", std::int64_t{1}}});
    b.output(net.output);
    net.graph = std::make_shared<const Graph>(b.take());
    Asked asked(net);
    for (const char* score : {"softmax", "sigmoid"}) {
      const at::Tensor map =
          asked.run("rise", at::ones({1, 1, 32, 32}), 0, {{"masks", "600"}, {"cells", "4"}, {"score", score}}).map;
      QCOMPARE(map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 32, 32}));
      const double inside = map.slice(2, 0, 8).slice(3, 0, 8).mean().item<double>();
      const double outside = map.slice(2, 16, 32).mean().item<double>();
      QVERIFY2(inside > 1.02 * outside, score);
      QVERIFY(map.min().item<double>() >= 0.0);
    }
  }

  void equalSeedsGiveEqualMaps() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    for (const char* id : {"rise", "smoothgrad"}) {
      const char* size = std::string(id) == "rise" ? "masks" : "samples";
      const auto map = [&](const char* seed) { return asked.run(id, x, 1, {{size, "40"}, {"seed", seed}}).map; };
      QVERIFY(largestDifference(map("3"), map("3")) < 1e-6);
      QVERIFY(largestDifference(map("3"), map("4")) > 1e-5);
    }
  }

  void networksForOneImageAreGivenOne() {
    Asked any(convNet(16, -1));
    Asked one(convNet(16, 1));
    const at::Tensor x = wavyPicture(16, 16);
    for (const char* id : {"occlusion", "rise", "smoothgrad", "integrated_gradients", "deeplift", "conductance",
                           "expected_gradients", "score_cam"})
      QVERIFY2(largestDifference(any.run(id, x, 1, quick(id)).map, one.run(id, x, 1, quick(id)).map) < 1e-5, id);
  }

  void everyMethodTakesSeveralImages() {
    Asked asked(convNet());
    const at::Tensor both = wavyPicture(16, 16, 2);
    for (const std::string& id : kIds) {
      if (needsAttention(id)) continue;
      const Attribution answer = asked.run(id.c_str(), both, 1, quick(id));
      QCOMPARE(answer.map.size(0), std::int64_t{2});
      QVERIFY(at::isfinite(answer.map).all().item<bool>());
      const at::Tensor second = asked.run(id.c_str(), both.narrow(0, 1, 1), 1, quick(id)).map;
      QVERIFY2(largestDifference(answer.map.narrow(0, 1, 1), second) < 1e-5, id.c_str());
    }
  }

  void channelsLastInputsGiveTheSameMaps() {
    GraphBuilder b;
    Net last;
    last.input = b.input("x", DType::Float32, Shape{-1, 16, 16, 3});
    const ValueId x = b.op("Transpose", {last.input}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
    const ValueId conv = b.op("Conv", {x, b.parameter("w", wavy({5, 3, 3, 3}, 0.1F))});
    last.layer = b.op("Relu", {conv});
    last.output = b.op("Flatten", {b.op("GlobalAveragePool", {last.layer})});
    b.output(last.output);
    last.graph = std::make_shared<const Graph>(b.take());
    Net first = last;
    first.input = x;
    Asked a(first);
    Asked z(last);
    const at::Tensor picture = wavyPicture(16, 16);
    for (const std::string& id : kIds) {
      if (needsAttention(id)) continue;
      AttributionQuery query = z.query(picture.permute({0, 2, 3, 1}).contiguous());
      query.channelsLast = true;
      const at::Tensor map = z.run(id.c_str(), query, quick(id)).map;
      QVERIFY2(largestDifference(a.run(id.c_str(), picture, 1, quick(id)).map, map) < 1e-5, id.c_str());
    }
  }

  void everyMethodReportsAndStops() {
    Asked asked(convNet());
    for (const std::string& id : kIds) {
      if (needsAttention(id)) continue;
      const AttributionMethod& method = asked.registry().find(id);
      AttributionQuery query = asked.query(wavyPicture(16, 16));
      for (const auto& [name, value] : quick(id)) query.parameters.set(method.info(), name, std::string_view(value));
      double last = 0.0;
      bool rising = true;
      const Progress progress([&](double fraction, const std::string&) {
        rising = rising && fraction >= last - 1e-9 && fraction <= 1.0 + 1e-9;
        last = fraction;
      });
      method.run(query, progress, {});
      QVERIFY2(rising, id.c_str());
      QCOMPARE(last, 1.0);
      const CancelToken cancel;
      cancel.cancel();
      QVERIFY_EXCEPTION_THROWN(method.run(query, {}, cancel), Cancelled);
    }
    // Cancelling in the middle ends a long job within one batch.
    const CancelToken cancel;
    int reports = 0;
    const Progress progress([&](double, const std::string&) {
      if (++reports == 3) cancel.cancel();
    });
    AttributionQuery query = asked.query(wavyPicture(16, 16));
    query.parameters.set(asked.registry().find("rise").info(), "masks", std::string_view("100000"));
    QVERIFY_EXCEPTION_THROWN(asked.registry().find("rise").run(query, progress, cancel), Cancelled);
    QVERIFY(reports <= 4);
  }

  void refusesWhatMakesNoSense() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    for (const std::string& id : kIds) {
      QVERIFY_EXCEPTION_THROWN(asked.run(id.c_str(), x, 4, quick(id)), Error);
      QVERIFY_EXCEPTION_THROWN(asked.run(id.c_str(), x, -1, quick(id)), Error);
      QVERIFY_EXCEPTION_THROWN(asked.run(id.c_str(), at::zeros({0, 3, 16, 16})), Error);
    }
    AttributionQuery query = asked.query(x);
    query.layer = kNoValue;
    QVERIFY_EXCEPTION_THROWN(asked.run("grad_cam", query), Error);
    query.layer = asked.net().output;
    QVERIFY_EXCEPTION_THROWN(asked.run("layer_cam", query), Error);
  }

  void scoresWithoutGradientAreNamed() {
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 3, 4, 4});
    net.output = b.op("Cast", {b.op("ArgMax", {b.op("Flatten", {net.input})}, {{"axis", std::int64_t{1}}})},
                      {{"to", std::int64_t{1}}});
    b.output(net.output);
    net.graph = std::make_shared<const Graph>(b.take());
    Asked asked(net);
    try {
      asked.run("gradient", wavyPicture(4, 4), 0);
      QFAIL("there is no gradient here");
    } catch (const Error& error) {
      QVERIFY2(QString(error.what()).contains("gradient"), error.what());
    }
  }

  void outputsWithPlacesAreAveraged() {
    GraphBuilder b;
    Net net;
    net.input = b.input("x", DType::Float32, Shape{-1, 3, 6, 6});
    net.output = b.op("Conv", {net.input, b.parameter("w", wavy({2, 3, 1, 1}, 0.2F))});
    b.output(net.output);
    net.graph = std::make_shared<const Graph>(b.take());
    Asked asked(net);
    const at::Tensor w = tensorOf(*net.graph->value(net.graph->find("w")).data)[1].reshape({1, 3, 1, 1});
    QVERIFY(largestDifference(asked.run("gradient", wavyPicture(6, 6)).map, (w / 36.0).expand({1, 3, 6, 6})) < 1e-6);
  }

  void batchesHalveWhenMemoryIsShort() {
    std::vector<std::int64_t> tried;
    std::vector<int> seen(20, 0);
    std::vector<double> fractions;
    inBatches(20, 8, Progress([&](double fraction, const std::string&) { fractions.push_back(fraction); }), {}, "work",
              [&](std::int64_t first, std::int64_t count) {
                tried.push_back(count);
                if (count > 2) throw OutOfMemory("device", "full");
                for (std::int64_t i = first; i < first + count; ++i) ++seen[static_cast<std::size_t>(i)];
              });
    QCOMPARE(tried.front(), std::int64_t{7});
    QVERIFY(std::all_of(seen.begin(), seen.end(), [](int n) { return n == 1; }));
    QVERIFY(std::is_sorted(fractions.begin(), fractions.end()));
    QCOMPARE(fractions.back(), 1.0);
    QVERIFY_EXCEPTION_THROWN(
        inBatches(3, 2, {}, {}, "", [](std::int64_t, std::int64_t) { throw OutOfMemory("device", "full"); }),
        OutOfMemory);
    QVERIFY_EXCEPTION_THROWN(inBatches(3, 2, {}, {}, "", [](std::int64_t, std::int64_t) { throw Error("other"); }),
                             Error);
  }
};

QTEST_GUILESS_MAIN(TestMethods)
#include "test_methods.moc"
