#include <random>

#include <QtTest>

#include "support/onnx_text.h"
#include "support/open_bytes.h"

using namespace unitscope;

namespace {

const char* const kAdd = R"(
<ir_version: 8, opset_import: ["" : 17]>
net (float[4] x) => (float[4] y) { y = Add(x, w) })";

std::string floats(std::size_t count) {
  return std::string(count * 4, '\0');
}

std::string node(const std::string& body, int opset = 17) {
  return onnxtext::model("<ir_version: 8, opset_import: [\"\" : " + std::to_string(opset) +
                         "]> net (float[4] x) => (float[4] y) {" + body + "}");
}

}  // namespace

class TestHostile : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void refusesByName_data() {
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("name");
    QTest::newRow("sequence") << "s = SequenceConstruct(x)  y = ConcatFromSequence<axis = 0>(s)"
                              << "SequenceConstruct";
    QTest::newRow("optional") << "s = Optional(x)  y = OptionalGetElement(s)"
                              << "Optional";
    QTest::newRow("text") << "y = StringNormalizer(x)"
                          << "StringNormalizer";
    QTest::newRow("loop") << "y = Loop(x)"
                          << "Loop";
    QTest::newRow("if") << "y = If(x)"
                        << "If";
    QTest::newRow("unknown value") << "y = Relu(z)"
                                   << "Relu";
    QTest::newRow("set twice") << "y = Relu(x)  y = Tanh(x)"
                               << "Tanh";
    QTest::newRow("circle") << "a = Relu(b)  b = Tanh(a)  y = Add(a, b)"
                            << "circle";
    QTest::newRow("no output") << "z = Relu(x)"
                               << "'y'";
  }
  void refusesByName() {
    QFETCH(const QString, body);
    QFETCH(const QString, name);
    const std::string why = refusalOf(node(body.toStdString()));
    QVERIFY2(contains(why, name.toStdString()), why.c_str());
    QVERIFY2(contains(why, "model.onnx"), why.c_str());
  }

  void refusesOtherVersions() {
    QVERIFY(contains(refusalOf(node("y = Relu(x)", 99)), "operator set 99"));
    const std::string old =
        onnxtext::model("<ir_version: 2, opset_import: [\"\" : 7]> net (float[4] x) => (float[4] y) { y = Relu(x) }");
    QVERIFY(contains(refusalOf(old), "IR"));
  }

  void refusesSequenceInputs() {
    const std::string why = refusalOf(onnxtext::withSequenceInput(node("y = Relu(x)"), 0));
    QVERIFY2(contains(why, "sequence") && contains(why, "Relu"), why.c_str());
  }

  void refusesTensorsThatDoNotFit() {
    const std::string base = onnxtext::model(kAdd);
    QVERIFY(refusalOf(onnxtext::withRaw(base, "w", 1, {4}, floats(4))).empty());
    for (const auto& shape : std::vector<std::vector<std::int64_t>>{
             {5}, {-4}, {3}, {std::int64_t{1} << 62, 4}, {std::int64_t{1} << 32, std::int64_t{1} << 32}}) {
      const std::string why = refusalOf(onnxtext::withRaw(base, "w", 1, shape, floats(4)));
      QVERIFY2(contains(why, "'w'"), why.c_str());
    }
    QVERIFY(contains(refusalOf(onnxtext::withRaw(base, "w", 8, {4}, floats(4))), "string"));
    QVERIFY(contains(refusalOf(onnxtext::withRaw(base, "w", 17, {4}, floats(1))), "float8"));
    QVERIFY(contains(refusalOf(onnxtext::withRaw(base, "w", 0, {4}, floats(4))), "'w'"));
    QVERIFY(!refusalOf(onnxtext::withRaw(base, "w", 1, std::vector<std::int64_t>(1000, 1), floats(1))).empty());
  }

  void boolsAreZeroOrOne() {
    const Graph graph = openOnnxBytes(onnxtext::withRaw(
        onnxtext::model("<ir_version: 8, opset_import: [\"\" : 17]> net (bool[3] x) => (bool[3] y) { y = And(x, w) }"),
        "w", 9, {3}, std::string("\x00\x07\x01", 3)));
    const auto bytes = graph.value(graph.find("w")).data->bytes();
    QVERIFY(bytes[0] == std::byte{0} && bytes[1] == std::byte{1} && bytes[2] == std::byte{1});
  }

  void functionsMayNotGrowWithoutEnd() {
    std::string text = R"(<ir_version: 8, opset_import: ["" : 17, "f" : 1]>
      net (float[4] x) => (float[4] y) { y = f.f0(x) })";
    for (int i = 0; i < 30; ++i) {
      const std::string next = "f.f" + std::to_string(i + 1);
      text += "<domain: \"f\", opset_import: [\"\" : 17, \"f\" : 1]> f" + std::to_string(i) +
              " (a) => (b) { c = " + next + "(a)  d = " + next + "(c)  e = " + next + "(d)  b = " + next + "(e) }";
    }
    text += R"(<domain: "f", opset_import: ["" : 17]> f30 (a) => (b) { b = Relu(a) })";
    QVERIFY(contains(refusalOf(onnxtext::model(text)), "more nodes"));
  }

  void functionsMayNotCallThemselves() {
    const std::string why = refusalOf(onnxtext::model(R"(
      <ir_version: 8, opset_import: ["" : 17, "f" : 1]>
      net (float[4] x) => (float[4] y) { y = f.self(x) }
      <domain: "f", opset_import: ["" : 17, "f" : 1]> self (a) => (b) { b = f.self(a) })"));
    QVERIFY2(contains(why, "too deeply"), why.c_str());
  }

  void deepNestingIsRefused() {
    QVERIFY(!refusalOf(onnxtext::withDeepNesting(node("y = Relu(x)"), 3)).empty());
    QVERIFY(!refusalOf(onnxtext::withDeepNesting(node("y = Relu(x)"), 20000)).empty());
  }

  void everyTruncationIsAnError() {
    const std::string bytes = onnxtext::withRaw(onnxtext::model(kAdd), "w", 1, {4}, floats(4));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      try {
        openOnnxBytes(bytes.substr(0, length));
      } catch (const Error&) {
      }
    }
    QVERIFY(contains(refusalOf(bytes.substr(0, bytes.size() - 12)), "cut off"));
  }

  /// Whatever a flipped byte does, it ends in a graph that checks or in an Error.
  void mutationsNeverEscape() {
    const std::string whole = onnxtext::withRaw(onnxtext::model(R"(
      <ir_version: 7, opset_import: ["" : 9, "f" : 1]>
      net (float[1, 4, 2, 2] x) => (float[4, 2] y)
      { c = Clip<min = 0.0, max = 6.0>(x)  s = Softmax<axis = 1>(c)  u = Upsample<mode = "nearest">(s, w)
        p = Pad<pads = [0, 0, 0, 0, 0, 0, 1, 1], value = 0.5>(u)  t, i = TopK<k = 1>(p)  q = f.g(t)
        y = Slice<starts = [0], ends = [1], axes = [0]>(q) }
      <domain: "f", opset_import: ["" : 9]> g (a) => (b) { b = Squeeze<axes = [0]>(a) })"),
                                                "w", 1, {4}, floats(4));
    QVERIFY2(refusalOf(whole).empty(), refusalOf(whole).c_str());
    std::mt19937 random(7);
    int opened = 0;
    for (int round = 0; round < 3000; ++round) {
      std::string bytes = whole;
      const int changes = 1 + static_cast<int>(random() % 3);
      for (int c = 0; c < changes; ++c) bytes[random() % bytes.size()] = static_cast<char>(random());
      try {
        openOnnxBytes(bytes).check();
        ++opened;
      } catch (const Error&) {
      }
    }
    QVERIFY(opened > 0);
  }
};

QTEST_APPLESS_MAIN(TestHostile)
#include "test_hostile.moc"
