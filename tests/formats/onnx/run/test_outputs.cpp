#include <random>

#include <ATen/ATen.h>

#include <QtTest>

#include "exec/executor.h"
#include "exec/tensors.h"
#include "formats/onnx/onnx_writer.h"
#include "formats/onnx/support/onnx_text.h"
#include "formats/onnx/support/open_bytes.h"
#include "graph/graph_builder.h"

using namespace unitscope;

namespace {

at::Tensor ramp(at::IntArrayRef shape) {
  std::int64_t count = 1;
  for (const std::int64_t dim : shape) count *= dim;
  return (at::arange(count, at::kFloat).remainder(17) - 8).div(7).reshape(shape);
}

at::Tensor run(const Graph& graph, const at::Tensor& x) {
  Executor executor(std::make_shared<Graph>(graph));
  return executor.run(x, graph.outputs().at(0));
}

double worst(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() ? (a - b).abs().max().item<double>() : 1e30;
}

/// The same node written for two operator sets.
double between(int oldSet, const std::string& oldBody, int newSet, const std::string& newBody) {
  const auto make = [](int opset, const std::string& body) {
    return openOnnxBytes(onnxtext::model("<ir_version: 8, opset_import: [\"\" : " + std::to_string(opset) +
                                         "]> net (float[2, 4, 6, 6] x) => (float[] y) {" + body + "}"));
  };
  const at::Tensor x = ramp({2, 4, 6, 6});
  return worst(run(make(oldSet, oldBody), x), run(make(newSet, newBody), x));
}

}  // namespace

class TestOutputs : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void oldAndNewFormsAgree() {
    QVERIFY(between(9, "y = Clip<min = -0.5, max = 0.5>(x)", 13,
                    "a = Constant<value_float = -0.5>() b = Constant<value_float = 0.5>() y = Clip(x, a, b)") == 0);
    QVERIFY(between(9, "y = ReduceMean<axes = [2, 3]>(x)", 18,
                    "a = Constant<value_ints = [2, 3]>() y = ReduceMean(x, a)") == 0);
    QVERIFY(between(9, "y = Slice<starts = [1], ends = [5], axes = [3]>(x)", 13,
                    "s = Constant<value_ints = [1]>() e = Constant<value_ints = [5]>() a = Constant<value_ints = [3]>()"
                    "y = Slice(x, s, e, a)") == 0);
    QVERIFY(between(9, "y = Dropout<ratio = 0.9>(x)", 13, "y = Identity(x)") == 0);
    QVERIFY(between(11, "y = Softmax<axis = 2>(x)", 13,
                    "s = Constant<value_ints = [2, 4, 36]>() f = Reshape(x, s) t = Softmax<axis = 2>(f)"
                    "z = Shape(x) y = Reshape(t, z)") < 1e-7);
  }

  void oldGroupNormalisationAgrees() {
    const Graph old = openOnnxBytes(onnxtext::model(R"(<ir_version: 8, opset_import: ["" : 18]>
      net (float[2, 4, 6, 6] x) => (float[] y) { s = Constant<value_floats = [2.0, 3.0]>()
      b = Constant<value_floats = [0.5, -1.0]>() y = GroupNormalization<num_groups = 2>(x, s, b) })"));
    const at::Tensor x = ramp({2, 4, 6, 6});
    const at::Tensor grouped = x.reshape({2, 2, -1});
    const at::Tensor normal =
        ((grouped - grouped.mean(-1, true)) / (grouped.var(-1, /*unbiased=*/false, true) + 1e-5).sqrt());
    const at::Tensor scale = at::tensor({2.0F, 3.0F}).reshape({1, 2, 1});
    const at::Tensor bias = at::tensor({0.5F, -1.0F}).reshape({1, 2, 1});
    QVERIFY(worst(run(old, x), (normal * scale + bias).reshape(x.sizes())) < 1e-5);
  }

  void adaptivePoolingIsWrittenExactly() {
    for (const Shape& size : {Shape{1, 1}, Shape{3, 2}, Shape{4, 5}, Shape{6, 1}}) {
      GraphBuilder b;
      const ValueId x = b.input("x", DType::Float32, Shape{2, 4, 6, 6});
      b.output(b.custom(kUnitscopeDomain, "AdaptiveAvgPool", {x}, {{"output_size", size}}), "y");
      const Graph graph = b.take();
      const at::Tensor input = ramp({2, 4, 6, 6});
      QVERIFY(worst(run(graph, input), run(openOnnxBytes(toOnnxBytes(graph)), input)) < 1e-6);
    }
  }

  void adaptivePoolingIsWrittenForSizesThatStayOpen() {
    for (const std::optional<Shape>& declared : {std::optional<Shape>(), std::optional<Shape>(Shape{-1, 4, -1, 9})}) {
      GraphBuilder b;
      const ValueId x = b.input("x", DType::Float32, declared);
      b.output(b.custom(kUnitscopeDomain, "AdaptiveAvgPool", {x}, {{"output_size", Shape{3, 4}}}), "y");
      const Graph graph = b.take();
      const Graph again = openOnnxBytes(toOnnxBytes(graph));
      for (const Shape& size : {Shape{2, 4, 6, 9}, Shape{1, 4, 5, 9}, Shape{1, 4, 2, 9}}) {
        const at::Tensor input = ramp(size);
        QVERIFY(worst(run(graph, input), run(again, input)) < 1e-6);
      }
    }
  }

  void realNetworksSurviveWriting() {
    const std::filesystem::path models = std::filesystem::path(UNITSCOPE_SHARED_DIR) / "models";
    if (!std::filesystem::exists(models)) QSKIP("the shared folder with real networks is not here");
    int tried = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(models)) {
      if (entry.path().extension() != ".onnx") continue;
      const Graph graph = openOnnx(entry.path()).graph;
      const Folder folder;
      writeOnnx(graph, folder.path() / "again.onnx");
      const Graph again = openOnnx(folder.path() / "again.onnx").graph;
      Shape shape = graph.value(graph.inputs().at(0)).shape.value();
      for (std::int64_t& dim : shape) dim = dim < 0 ? 2 : dim;
      const at::Tensor x = ramp(shape);
      const at::Tensor before = run(graph, x);
      QVERIFY2(worst(before, run(again, x)) <= 1e-6, entry.path().c_str());
      QVERIFY(before.abs().max().item<double>() > 0);
      ++tried;
    }
    QVERIFY(tried >= 3);
  }

  void bothSqueezeNetsAgree() {
    const std::filesystem::path models = std::filesystem::path(UNITSCOPE_SHARED_DIR) / "models";
    if (!std::filesystem::exists(models)) QSKIP("the shared folder with real networks is not here");
    const at::Tensor x = ramp({1, 3, 224, 224});
    const at::Tensor a = run(openOnnx(models / "squeezenet1_0-imagenet.onnx").graph, x);
    const at::Tensor b = run(openOnnx(models / "squeezenet1_0-imagenet.dynamo.onnx").graph, x);
    QVERIFY(worst(a, b) < 1e-4);
  }
};

QTEST_APPLESS_MAIN(TestOutputs)
#include "test_outputs.moc"
