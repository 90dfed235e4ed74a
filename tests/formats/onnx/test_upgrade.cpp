#include <QtTest>

#include "support/onnx_text.h"
#include "support/open_bytes.h"

using namespace unitscope;

namespace {

Graph open(int opset, const std::string& body, const std::string& input = "float[2, 3, 4, 4] x") {
  return openOnnxBytes(onnxtext::model("<ir_version: 8, opset_import: [\"\" : " + std::to_string(opset) + "]> net (" +
                                       input + ") => (float[] y) {" + body + "}"));
}

const Node& only(const Graph& graph, std::string_view op) {
  const Node* found = nullptr;
  for (const Node& node : graph.nodes())
    if (node.op == op) found = &node;
  if (found == nullptr) throw Error("there is no " + std::string(op));
  return *found;
}

std::vector<std::int64_t> ints(const Graph& graph, const Node& node, std::size_t input) {
  return graph.value(node.inputs.at(input)).data.value().toInts();
}
double number(const Graph& graph, const Node& node, std::size_t input) {
  return graph.value(node.inputs.at(input)).data.value().toDoubles().at(0);
}

using Ints = std::vector<std::int64_t>;

}  // namespace

class TestUpgrade : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void attributesBecomeInputs() {
    Graph g = open(9, "y = Clip<min = -1.5, max = 6.0>(x)");
    QCOMPARE(number(g, only(g, "Clip"), 1), -1.5);
    QCOMPARE(number(g, only(g, "Clip"), 2), 6.0);
    QVERIFY(!only(g, "Clip").has("min"));
    g = open(6, "y = Clip<max = 6.0>(x)");
    QCOMPARE(only(g, "Clip").input(1), kNoValue);
    g = open(9, "y = Slice<starts = [1], ends = [3], axes = [2]>(x)");
    QVERIFY(ints(g, only(g, "Slice"), 1) == Ints({1}) && ints(g, only(g, "Slice"), 2) == Ints({3}) &&
            ints(g, only(g, "Slice"), 3) == Ints({2}));
    g = open(10, "y = Pad<mode = \"constant\", pads = [0, 0, 1, 1, 0, 0, 2, 2], value = 0.5>(x)");
    QVERIFY(ints(g, only(g, "Pad"), 1) == Ints({0, 0, 1, 1, 0, 0, 2, 2}));
    QCOMPARE(number(g, only(g, "Pad"), 2), 0.5);
    g = open(11, "y = Squeeze<axes = [0]>(x)");
    QVERIFY(ints(g, only(g, "Squeeze"), 1) == Ints({0}));
    g = open(11, "y = Unsqueeze<axes = [0, 4]>(x)");
    QVERIFY(ints(g, only(g, "Unsqueeze"), 1) == Ints({0, 4}));
    g = open(4, "y = Reshape<shape = [2, 48]>(x)");
    QVERIFY(ints(g, only(g, "Reshape"), 1) == Ints({2, 48}));
    g = open(9, "y, i = TopK<k = 2, axis = 1>(x)");
    QVERIFY(ints(g, only(g, "TopK"), 1) == Ints({2}));
    QCOMPARE(only(g, "TopK").intOr("axis", -1), 1);
  }

  void reductionsTakeTheirAxesAsInput() {
    for (const char* op : {"ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum",
                           "ReduceLogSumExp", "ReduceSumSquare", "ReduceSum"}) {
      const int last = std::string_view(op) == "ReduceSum" ? 12 : 17;
      Graph g = open(last, std::string("y = ") + op + "<axes = [2, 3], keepdims = 0>(x)");
      QVERIFY(ints(g, only(g, op), 1) == Ints({2, 3}));
      QVERIFY(!only(g, op).has("axes"));
      g = open(last, std::string("y = ") + op + "<keepdims = 0>(x)");
      QCOMPARE(only(g, op).inputs.size(), std::size_t{1});
    }
  }

  void splitSaysHowManyParts() {
    Graph g = open(11, "y, z = Split<axis = 0>(x)");
    QCOMPARE(only(g, "Split").intOr("num_outputs", 0), 2);
    g = open(11, "y, z = Split<axis = 1, split = [1, 2]>(x)");
    QVERIFY(ints(g, only(g, "Split"), 1) == Ints({1, 2}));
    QVERIFY(!only(g, "Split").has("num_outputs"));
  }

  void softmaxOfMatrices() {
    Graph g = open(11, "y = Softmax<axis = 1>(x)");  // over 3 x 4 x 4 columns
    QCOMPARE(only(g, "Flatten").intOr("axis", 0), 1);
    QCOMPARE(only(g, "Softmax").intOr("axis", 0), -1);
    QCOMPARE(g.value(only(g, "Reshape").outputs.at(0)).name, std::string("y"));
    g = open(11, "y = LogSoftmax<axis = 1>(x)", "float[2, 5] x");
    QCOMPARE(g.nodes().size(), std::size_t{1});
    QCOMPARE(only(g, "LogSoftmax").intOr("axis", 0), -1);
    g = open(11, "y = Hardmax(x)");
    QCOMPARE(g.nodes().size(), std::size_t{4});
    g = open(13, "y = Softmax<axis = 1>(x)");
    QCOMPARE(g.nodes().size(), std::size_t{1});
    QCOMPARE(only(g, "Softmax").intOr("axis", 0), 1);
    g = open(11, "f = Flatten(x)  y = Softmax<axis = 1>(f)", "float[N, 3, 4, 4] x");
    QCOMPARE(g.nodes().size(), std::size_t{2});
  }

  void upsamplingBecomesResize() {
    Graph g = open(8, "y = Upsample<mode = \"linear\", scales = [1.0, 1.0, 2.0, 2.0]>(x)");
    const Node& r = only(g, "Resize");
    QCOMPARE(r.input(1), kNoValue);
    QCOMPARE(g.value(r.inputs.at(2)).data->toDoubles().at(3), 2.0);
    QCOMPARE(r.stringOr("coordinate_transformation_mode", ""), std::string("asymmetric"));
    QCOMPARE(r.stringOr("nearest_mode", ""), std::string("floor"));
    QVERIFY(!g.value(r.inputs.at(2)).trainable);
    g = open(9, "s = Constant<value_floats = [1.0, 1.0, 2.0, 2.0]>()  y = Upsample(x, s)");
    QVERIFY(only(g, "Resize").input(2) != kNoValue);
    g = open(1, "y = Upsample<mode = \"bilinear\", height_scale = 2.0, width_scale = 3.0>(x)");
    QCOMPARE(only(g, "Resize").stringOr("mode", ""), std::string("linear"));
    QVERIFY(g.value(only(g, "Resize").inputs.at(2)).data->toDoubles() == std::vector<double>({1, 1, 2, 3}));
  }

  void resizeDropsEmptyInputs() {
    const Graph g = openOnnxBytes(onnxtext::withRaw(
        onnxtext::model("<ir_version: 8, opset_import: [\"\" : 11]> net (float[2, 3, 4, 4] x) => (float[] y) {"
                        "s = Constant<value_ints = [2, 3, 8, 8]>() y = Resize<mode = \"nearest\">(x, e, e, s) }"),
        "e", 1, {0}, ""));
    const Node& r = only(g, "Resize");
    QCOMPARE(r.input(1), kNoValue);
    QCOMPARE(r.input(2), kNoValue);
    QVERIFY(r.input(3) != kNoValue);
  }

  void normalisation() {
    const std::string inputs = "float[2, 3, 4, 4] x, float[3] s, float[3] b, float[3] m, float[3] v";
    Graph g = open(7, "y = BatchNormalization<spatial = 1>(x, s, b, m, v)", inputs);
    QVERIFY(!only(g, "BatchNormalization").has("spatial"));
    QCOMPARE(only(g, "BatchNormalization").intOr("training_mode", 0), 0);
    QVERIFY_EXCEPTION_THROWN(open(7, "y = BatchNormalization<spatial = 0>(x, s, b, m, v)", inputs), Error);
    g = open(9, "y, a, c = BatchNormalization(x, s, b, m, v)", inputs);
    QCOMPARE(only(g, "BatchNormalization").intOr("training_mode", 0), 1);
    g = open(18, "y = GroupNormalization<num_groups = 3>(x, s, b)", inputs);
    const Node& group = only(g, "GroupNormalization");
    QCOMPARE(g.node(g.value(group.input(1)).producer).op, std::string("Reshape"));
    g = open(21, "y = GroupNormalization<num_groups = 3>(x, s, b)", inputs);
    QCOMPARE(g.nodes().size(), std::size_t{1});
  }

  void dropoutIsThatOfInference() {
    Graph g = open(7, "y = Dropout<ratio = 0.25>(x)");
    QCOMPARE(number(g, only(g, "Dropout"), 1), 0.25);
    QCOMPARE(only(g, "Dropout").input(2), kNoValue);
  }

  void renamedOperatorsAndModes() {
    const std::string inputs = "float[2, 3] x, int64[1, 3] i, float[1, 3] u";
    Graph g = open(9, "y = Scatter<axis = 1>(x, i, u)", inputs);
    QCOMPARE(only(g, "ScatterElements").intOr("axis", 0), 1);
    g = open(16, "y = GridSample<mode = \"bicubic\">(x, u)", inputs);
    QCOMPARE(only(g, "GridSample").stringOr("mode", ""), std::string("cubic"));
    g = open(16, "y = GridSample(x, u)", inputs);
    QCOMPARE(only(g, "GridSample").stringOr("mode", ""), std::string("linear"));
    g = open(10, "y = RoiAlign(x, u, i)", inputs);
    QCOMPARE(only(g, "RoiAlign").stringOr("coordinate_transformation_mode", ""), std::string("output_half_pixel"));
    g = open(17, "y = DFT<axis = 2>(x)");
    QCOMPARE(number(g, only(g, "DFT"), 2), 2.0);
  }

  void broadcastingAlongAnAxis() {
    Graph g = open(6, "y = Add<broadcast = 1, axis = 1>(x, b)", "float[2, 3, 4, 4] x, float[3] b");
    const Node& add = only(g, "Add");
    const Node& unsqueeze = g.node(g.value(add.input(1)).producer);
    QVERIFY(ints(g, unsqueeze, 1) == Ints({1, 2}));
    QVERIFY(!add.has("axis") && !add.has("broadcast"));
    g = open(6, "y = Mul<broadcast = 1>(x, b)", "float[2, 3, 4, 4] x, float[4] b");
    QCOMPARE(g.nodes().size(), std::size_t{1});
    QVERIFY_EXCEPTION_THROWN(open(6, "y = Add<broadcast = 1, axis = 4>(x, b)", "float[2, 3] x, float[3] b"), Error);
    g = open(6, "y = PRelu(x, b)", "float[2, 3, 4, 4] x, float[3] b");
    QVERIFY(ints(g, g.node(g.value(only(g, "PRelu").input(1)).producer), 1) == Ints({1, 2}));
  }

  void functionsKeepTheirOwnOperatorSet() {
    const Graph g = openOnnxBytes(onnxtext::model(R"(
      <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      net (float[2, 3] x) => (float[] y) { y = local.old(x) }
      <domain: "local", opset_import: ["" : 9]> old (a) => (b) { b = Unsqueeze<axes = [1]>(a) })"));
    QVERIFY(ints(g, only(g, "Unsqueeze"), 1) == Ints({1}));
  }
};

QTEST_APPLESS_MAIN(TestUpgrade)
#include "test_upgrade.moc"
