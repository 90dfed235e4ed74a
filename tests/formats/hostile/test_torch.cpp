#include <QtTest>

#include "support/checkpoints.h"
#include "support/mutations.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

std::string sizes(const std::vector<int>& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i)
    text += (i > 0 ? R"(,{"as_int":)" : R"({"as_int":)") + std::to_string(values[i]) + "}";
  return text + "]";
}
std::string meta(const std::vector<int>& shape, const std::vector<int>& strides) {
  return R"({"dtype":7,"sizes":)" + sizes(shape) + R"(,"requires_grad":false,"device":{"type":"cpu","index":null},)" +
         R"("strides":)" + sizes(strides) + R"(,"storage_offset":{"as_int":0},"layout":7})";
}
std::string tensorArgument(const std::string& name, const std::string& value) {
  return "{\"name\":\"" + name + "\",\"arg\":{\"as_tensor\":{\"name\":\"" + value + "\"}},\"kind\":1}";
}
std::string node(const std::string& target, const std::string& inputs, const std::string& output,
                 const std::string& scope) {
  return "{\"target\":\"torch.ops.aten." + target + "\",\"inputs\":[" + inputs +
         "],\"outputs\":[{\"as_tensor\":{\"name\":\"" + output +
         "\"}}],\"metadata\":{\"nn_module_stack\":\"L__self__,,__main__.M;L__self__" + scope + "," + scope +
         ",torch.nn.modules.X\"},\"name\":\"" + output + "\"}";
}

/// conv 1x1, ReLU, mean over places, linear: as torch.export.save() of PyTorch 2.13 writes them, shortened.
ZipParts exportedParts() {
  const std::string w = meta({2, 1, 1, 1}, {1, 1, 1, 1});
  const std::string b = meta({2}, {1});
  const std::string f = meta({2, 2}, {2, 1});
  const auto place = [](const std::string& name) { return "{\"as_tensor\":{\"name\":\"" + name + "\"}}"; };
  const auto parameter = [](const std::string& name, const std::string& full) {
    return "{\"parameter\":{\"arg\":{\"name\":\"" + name + "\"},\"parameter_name\":\"" + full + "\"}}";
  };
  const std::string graph =
      "{\"inputs\":[" + place("p_w") + "," + place("p_b") + "," + place("p_f") + "," + place("x") + "],\"outputs\":[" +
      place("linear") + "],\"nodes\":[" +
      node("conv2d.default",
           tensorArgument("input", "x") + "," + tensorArgument("weight", "p_w") + "," + tensorArgument("bias", "p_b"),
           "conv2d", "conv") +
      "," + node("relu.default", tensorArgument("self", "conv2d"), "relu", "act") + "," +
      node("mean.dim", tensorArgument("self", "relu") + R"(,{"name":"dim","arg":{"as_ints":[2,3]},"kind":1})", "mean",
           "pool") +
      "," +
      node("linear.default", tensorArgument("input", "mean") + "," + tensorArgument("weight", "p_f"), "linear", "fc") +
      "],\"tensor_values\":{\"p_w\":" + w + ",\"p_b\":" + b + ",\"p_f\":" + f +
      ",\"x\":" + meta({1, 1, 2, 2}, {4, 4, 2, 1}) + ",\"conv2d\":" + meta({1, 2, 2, 2}, {8, 4, 2, 1}) +
      ",\"relu\":" + meta({1, 2, 2, 2}, {8, 4, 2, 1}) + ",\"mean\":" + meta({1, 2}, {2, 1}) +
      ",\"linear\":" + meta({1, 2}, {2, 1}) +
      R"(},"sym_int_values":{},"sym_bool_values":{},"is_single_tensor_return":false,"custom_obj_values":{}})";
  const std::string model =
      "{\"graph_module\":{\"graph\":" + graph + ",\"signature\":{\"input_specs\":[" + parameter("p_w", "conv.weight") +
      "," + parameter("p_b", "conv.bias") + "," + parameter("p_f", "fc.weight") +
      ",{\"user_input\":{\"arg\":" + place("x") + "}}],\"output_specs\":[{\"user_output\":{\"arg\":" + place("linear") +
      R"(}}]},"module_call_graph":[],"metadata":{}},"opset_version":{"aten":10},"range_constraints":{},)" +
      R"("schema_version":{"major":8,"minor":20},"verifiers":["TRAINING"],"torch_version":"2.13.0"})";
  const auto weight = [](const std::string& name, const std::string& file, const std::string& tensor) {
    return "\"" + name + "\":{\"path_name\":\"" + file +
           "\",\"is_param\":true,\"use_pickle\":false,\"tensor_meta\":" + tensor + "}";
  };
  const std::string config = "{\"config\":{" + weight("conv.weight", "weight_0", w) + "," +
                             weight("conv.bias", "weight_1", b) + "," + weight("fc.weight", "weight_2", f) + "}}";
  return {{"t/data/weights/weight_0", rawFloats({1, 2})},
          {"t/data/weights/weight_1", rawFloats({3, 4})},
          {"t/data/weights/weight_2", rawFloats({5, 6, 7, 8})},
          {"t/data/weights/model_weights_config.json", config},
          {"t/data/constants/model_constants_config.json", R"({"config":{}})"},
          {"t/models/model.json", model},
          {"t/archive_format", "pt2"},
          {"t/archive_version", "0"},
          {"t/.data/version", "6\n"},
          {"t/byteorder", "little"}};
}

/// The same network as torch.jit.freeze() leaves it.
ZipParts scriptedParts() {
  using namespace pickled;
  const std::string code =
      "class M(Module):\n"
      "  __parameters__ = []\n"
      "  __buffers__ = []\n"
      "  def forward(self: __torch__.M,\n"
      "    x: Tensor) -> Tensor:\n"
      "    _0 = torch._convolution(x, CONSTANTS.c0, CONSTANTS.c1, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, False, "
      "False, True, True)\n"
      "    x0 = torch.relu(_0)\n"
      "    input = torch.mean(x0, [2, 3])\n"
      "    _1 = torch.linear(input, CONSTANTS.c2, None)\n"
      "    return _1\n";
  const std::string constants = document(tuple({tensor(storage("FloatStorage", "0", 2), 0, {2, 1, 1, 1}, {1, 1, 1, 1}),
                                                tensor(storage("FloatStorage", "1", 2), 0, {2}, {1}),
                                                tensor(storage("FloatStorage", "2", 4), 0, {2, 2}, {2, 1})}));
  return {{"t/data.pkl", document("c__torch__\nM\n)\x81}(ub")},
          {"t/code/__torch__.py", code},
          {"t/constants/0", rawFloats({1, 2})},
          {"t/constants/1", rawFloats({3, 4})},
          {"t/constants/2", rawFloats({5, 6, 7, 8})},
          {"t/constants.pkl", constants},
          {"t/version", "3\n"},
          {"t/byteorder", "little"}};
}

bool hasReader(const char* format) {
  const auto readers = makeModelReaders();
  return std::any_of(readers.begin(), readers.end(), [&](const auto& r) { return r->formatName() == format; });
}

}  // namespace

class TestHostileTorch : public QObject {
  Q_OBJECT

  static void check(const ZipParts& seed, std::uint64_t number, const char* name) {
    std::string message = errorOf([&] {
      const auto file = std::filesystem::temp_directory_path() / (std::string("whole-") + name);
      writeBytes(file, zipOf(seed));
      const ModelFile model = readModelFile(file);
      std::filesystem::remove(file);
      if (!model.isNetwork()) throw Error("it is no network");
    });
    QVERIFY2(message.empty(), message.c_str());
    const MutationResult result = openModelMutations(
        kMutations, number, [&](Mutator& m) { return mutateZip(m, seed); }, name);
    qInfo("%d opened, %d refused", result.opened, result.refused);
    QVERIFY2(result.problem.empty(), result.problem.c_str());
    QCOMPARE(result.opened + result.refused, kMutations);
    QVERIFY(result.opened > 100 && result.refused > 100);
  }

 private Q_SLOTS:
  void exported() {
    if (!hasReader("torch.export")) QSKIP("this build reads no torch.export archives");
    check(exportedParts(), 20250110, "pt2");
  }
  void scripted() {
    if (!hasReader("TorchScript")) QSKIP("this build reads no TorchScript");
    check(scriptedParts(), 20250111, "torchscript");
  }
};

QTEST_APPLESS_MAIN(TestHostileTorch)
#include "test_torch.moc"
