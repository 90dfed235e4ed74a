#include <ATen/ATen.h>

#include <QtTest>

#include "activations/unit_switchboard.h"
#include "attribution/nets.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "exec/run_cache.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

double difference(const Array& a, const Array& b) {
  return largestDifference(viewOf(a), viewOf(b));
}

/// The scores with edits, without anything kept.
Array fresh(Model& model, const Array& input, std::vector<Edit> edits) {
  RunRequest request;
  request.feeds = model.internal().feedsFor(viewOf(input));
  request.fetch = {model.internal().outputValue()};
  request.edits = std::move(edits);
  return toArray(scoreRows(model.internal().executor.run(request).front()));
}

ValueId valueOf(Model& model, const char* layer) {
  return resolveLayer(model.graph(), model.layers(), layer);
}

/// Tokens [1,5,6]: a class token and four places.
std::shared_ptr<Model> tokenNet() {
  GraphBuilder b("tokens");
  const ValueId x = b.input("x", DType::Float32, Shape{1, 5, 6});
  b.setScope("mix");
  const ValueId mixed = b.op("MatMul", {x, b.parameter("mix.weight", wavy({6, 8}, 0.2F))});
  b.setScope("head");
  const ValueId mean = b.op("ReduceMean", {mixed, b.constant({1})}, {{"keepdims", std::int64_t{0}}});
  b.output(b.op("MatMul", {mean, b.parameter("head.weight", wavy({8, 3}, 0.4F))}), "scores");
  return Model::fromGraph(b.take(), {});
}

}  // namespace

/// Units switched off and turned up: the same scores as a whole run with the edits, with less work.
class TestSwitches : public QObject {
  Q_OBJECT

  std::shared_ptr<Model> model_;
  Array input_;

  UnitSwitchboard board() { return {model_, input_}; }

 private Q_SLOTS:
  void init() {
    model_ = Model::fromGraph(*convNet(16).graph, {});
    input_ = toArray(wavyPicture(16, 16));
  }

  void sameAsAWholeRun() {
    UnitSwitchboard switches = board();
    const Array plain = switches.scores();
    QVERIFY(difference(plain, model_->scores(input_)) < 1e-5);
    const ValueId relu1 = valueOf(*model_, "relu1"), relu2 = valueOf(*model_, "relu2");

    switches.scale("relu2", {1, 3}, 0.0);
    const Edit off{relu2, Edit::Kind::Scale, 0.0, {}, {1, 3}, {}, 1};
    QVERIFY(difference(switches.scores(), fresh(*model_, input_, {off})) < 1e-5);
    QVERIFY(difference(switches.scores(), plain) > 1e-3);

    switches.scale("relu1", {0, 5}, 3.0);
    const Edit up{relu1, Edit::Kind::Scale, 3.0, {}, {0, 5}, {}, 1};
    QVERIFY(difference(switches.scores(), fresh(*model_, input_, {up, off})) < 1e-5);

    switches.hold("relu1", {2}, 0.7);
    const Edit held{relu1, Edit::Kind::Set, 0.7, {}, {2}, {}, 1};
    QVERIFY(difference(switches.scores(), fresh(*model_, input_, {up, held, off})) < 1e-5);
    QCOMPARE(switches.switches().size(), std::size_t{3});

    // Replaced, then released one by one.
    switches.scale("relu1", {2}, 1.0);
    switches.scale("relu2", {1}, 1.0);
    const Edit last{relu2, Edit::Kind::Scale, 0.0, {}, {3}, {}, 1};
    QVERIFY(difference(switches.scores(), fresh(*model_, input_, {up, last})) < 1e-5);
    switches.clear();
    QVERIFY(switches.switches().empty());
    QVERIFY(difference(switches.scores(), plain) == 0.0);
    QVERIFY(difference(switches.unchanged(), plain) == 0.0);
  }

  void onlyWhatLiesBehindIsComputed() {
    UnitSwitchboard switches = board();
    static_cast<void>(switches.scores());
    const std::size_t whole = switches.nodesEvaluated();
    QCOMPARE(whole, model_->graph().nodes().size());
    switches.scale("relu2", {0}, 0.0);
    static_cast<void>(switches.scores());
    QCOMPARE(switches.nodesEvaluated(), std::size_t{3});  // pooling, flattening, the last layer
    static_cast<void>(switches.scores());
    QCOMPARE(switches.nodesEvaluated(), std::size_t{0});
    switches.scale("relu1", {0}, 2.0);
    static_cast<void>(switches.scores());
    QVERIFY(switches.nodesEvaluated() < whole && switches.nodesEvaluated() > 3);
    QVERIFY(switches.bytes() > 0);
  }

  void activationsFollow() {
    UnitSwitchboard switches = board();
    const Array before = switches.activations("relu2");
    QCOMPARE(before.shape, (Shape{5, 8, 8}));
    switches.hold("relu2", {4}, 0.25);
    const Array after = switches.activations("relu2");
    QVERIFY(at::equal(viewOf(after).narrow(0, 0, 4), viewOf(before).narrow(0, 0, 4)));
    QVERIFY((viewOf(after)[4] == 0.25).all().item<bool>());
    switches.clear();
    QVERIFY(difference(switches.activations("relu2"), before) == 0.0);
    // From another layer's switch.
    switches.scale("relu1", {0, 1, 2, 3, 4, 5}, 0.0);
    QVERIFY(difference(switches.activations("relu2"), before) > 1e-3);
  }

  void allAtOnce() {
    UnitSwitchboard switches = board();
    switches.scale("relu1", {1}, 0.0);
    switches.setAll({{"relu2", {0}, UnitSwitch::Kind::Scale, 5.0}, {"relu2", {1}, UnitSwitch::Kind::Scale, 1.0}});
    QCOMPARE(switches.switches().size(), std::size_t{1});
    QCOMPARE(switches.switches().front().layer, std::string("relu2"));
    QCOMPARE(switches.switches().front().amount, 5.0);
    QVERIFY_EXCEPTION_THROWN(switches.setAll({{"relu1", {0}, {}, 0.0}, {"relu1", {99}, {}, 0.0}}), Error);
    QCOMPARE(switches.switches().front().layer, std::string("relu2"));
  }

  void tokensAndVectors() {
    const std::shared_ptr<Model> model = tokenNet();
    const Array input = toArray(wavyPicture(5, 6, 1, 1)[0]);
    UnitSwitchboard switches(model, input);
    const Array plain = switches.scores();
    const Array maps = switches.activations("mix");
    QCOMPARE(maps.shape, (Shape{8, 2, 2}));
    switches.scale("mix", {7}, 0.0);
    const Edit off{valueOf(*model, "mix"), Edit::Kind::Scale, 0.0, {}, {7}, {}, 2};
    QVERIFY(difference(switches.scores(), fresh(*model, input, {off})) < 1e-5);
    QVERIFY(difference(switches.scores(), plain) > 1e-4);
    switches.clear();
    switches.hold("scores", {2}, 9.0);
    QCOMPARE(switches.scores().values[2], 9.0F);
  }

  void mistakesLeaveEverythingAsItWas() {
    UnitSwitchboard switches = board();
    switches.scale("relu2", {0}, 0.0);
    const Array before = switches.scores();
    QVERIFY_EXCEPTION_THROWN(switches.scale("nowhere", {0}, 0.0), Error);
    QVERIFY_EXCEPTION_THROWN(switches.scale("relu2", {1, 5}, 0.0), Error);
    QVERIFY_EXCEPTION_THROWN(switches.scale("relu2", {-1}, 0.0), Error);
    QVERIFY_EXCEPTION_THROWN(switches.scale("relu2", {1}, std::nan("")), Error);
    QVERIFY_EXCEPTION_THROWN(switches.scale("conv2.weight", {1}, 0.0), Error);
    QVERIFY_EXCEPTION_THROWN(UnitSwitchboard(model_, toArray(wavyPicture(16, 16, 2))), Error);
    QVERIFY(difference(switches.scores(), before) == 0.0);

    CancelToken cancel;
    cancel.cancel();
    switches.scale("relu1", {0}, 0.0);
    QVERIFY_EXCEPTION_THROWN(switches.scores(cancel), Cancelled);
    const Edit off2{valueOf(*model_, "relu2"), Edit::Kind::Scale, 0.0, {}, {0}, {}, 1};
    const Edit off1{valueOf(*model_, "relu1"), Edit::Kind::Scale, 0.0, {}, {0}, {}, 1};
    QVERIFY(difference(switches.scores(), fresh(*model_, input_, {off1, off2})) < 1e-5);
  }

  /// The last third of SqueezeNet: most of the work lies before it. `unitscope bench edit/last_third` takes the
  /// time.
  void squeezeNet() {
    UNITSCOPE_NEED("models/squeezenet1_0-imagenet.onnx");
    const auto model = Model::open(shared("models/squeezenet1_0-imagenet.onnx"));
    const Array input = arrayFrom("reference/chelsea_input.npy");
    UnitSwitchboard switches(model, input);
    static_cast<void>(switches.scores());
    const std::size_t whole = switches.nodesEvaluated();
    for (const char* layer : {"features.9", "features.10", "features.12"}) {
      const Array before = switches.scores();
      switches.scale(layer, {7}, 5.0);
      QVERIFY(difference(switches.scores(), before) > 0.0);
      qInfo("%s: %zu of %zu nodes", layer, switches.nodesEvaluated(), whole);
      QVERIFY(switches.nodesEvaluated() < whole * 0.4);
      switches.clear();
      static_cast<void>(switches.scores());
    }
  }
};

QTEST_GUILESS_MAIN(TestSwitches)
#include "test_switches.moc"
