#include <QtTest>

#include "formats/aten/export_program.h"
#include "tests/formats/aten/archives.h"

using namespace unitscope;
using namespace unitscope::test;

class TestExport : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void modulePathsComeFromTheInnermostModule() {
    QCOMPARE(
        aten::scopeOfModuleStack("L__self__,,Net;L__self__features,features,Seq;L__self__features.12,features.12,Fire"),
        std::string("features.12"));
    QCOMPARE(aten::scopeOfModuleStack("L__self__,,Net"), std::string());
    QCOMPARE(aten::scopeOfModuleStack("k,layer1.0.relu@1,torch.nn.ReLU"), std::string("layer1.0.relu"));
    QCOMPARE(aten::scopeOfModuleStack(""), std::string());
  }

  void programsAreFollowed() {
    ExportText text;
    text.nodes =
        "[" +
        exportNode("aten.add_.Tensor", {{"self", asTensor("x")}, {"other", R"({"as_float": 1.5})"}}, "a", "first") +
        ", " + exportNode("aten.mul.Tensor", {{"self", asTensor("x")}, {"other", asTensor("a")}}, "y", "second") + "]";
    const QTemporaryDir folder;
    const ModelFile model = openBytes(folder, exportArchive(text));
    QCOMPARE(model.format, std::string("torch.export"));
    const at::Tensor x = at::arange(6, at::kFloat).reshape({2, 3});
    // The program adds in place, so both factors are x + 1.5.
    QVERIFY(at::equal(runModel(model, x), (x + 1.5) * (x + 1.5)));
    QCOMPARE(model.graph.nodes().front().scope, std::string("first"));
    QCOMPARE(model.graph.value(model.graph.outputs().front()).name, std::string("output"));
    QVERIFY(!model.notes.empty());
  }

  void fixedBatchesServeOthers() {
    ExportText text;
    text.values = R"("x": {"dtype": 7, "sizes": [{"as_int": 2}, {"as_int": 6}, {"as_int": 4}]})";
    text.nodes =
        "[" +
        exportNode("aten.view.default", {{"self", asTensor("x")}, {"size", R"({"as_ints": [2, 3, 2, 4]})"}}, "a") +
        ", " +
        exportNode("aten.permute.default", {{"self", asTensor("a")}, {"dims", R"({"as_ints": [0, 2, 1, 3]})"}}, "b") +
        ", " +
        exportNode("aten.reshape.default", {{"self", asTensor("b")}, {"shape", R"({"as_ints": [4, 12]})"}}, "y") + "]";
    const QTemporaryDir folder;
    const ModelFile model = openBytes(folder, exportArchive(text));
    for (const std::int64_t batch : {1, 2, 5}) {
      const at::Tensor x = at::arange(batch * 24, at::kFloat).reshape({batch, 6, 4});
      QVERIFY(at::equal(runModel(model, x), x.view({batch, 3, 2, 4}).permute({0, 2, 1, 3}).reshape({batch * 2, 12})));
    }
  }

  void weightsMadeFromTheInputFixTheBatch() {
    // As in StyleGAN2: each picture has a kernel of its own, so the batch is a number of groups.
    ExportText text;
    text.values = R"("x": {"dtype": 7, "sizes": [{"as_int": 2}, {"as_int": 4}, {"as_int": 3}, {"as_int": 3}]})";
    const auto ints = [](const char* list) { return std::string(R"({"as_ints": )") + list + "}"; };
    text.nodes =
        "[" +
        exportNode("aten.mean.dim",
                   {{"self", asTensor("x")}, {"dim", ints("[2, 3]")}, {"keepdim", R"({"as_bool": true})"}}, "w") +
        ", " + exportNode("aten.reshape.default", {{"self", asTensor("x")}, {"shape", ints("[1, 8, 3, 3]")}}, "p") +
        ", " +
        exportNode("aten.conv2d.default",
                   {{"input", asTensor("p")},
                    {"weight", asTensor("w")},
                    {"bias", R"({"as_none": true})"},
                    {"stride", ints("[1, 1]")},
                    {"padding", ints("[0, 0]")},
                    {"dilation", ints("[1, 1]")},
                    {"groups", R"({"as_int": 2})"}},
                   "y") +
        "]";
    const QTemporaryDir folder;
    const ModelFile model = openBytes(folder, exportArchive(text));
    QVERIFY(model.graph.value(model.graph.inputs().front()).shape == Shape({2, 4, 3, 3}));
    QVERIFY(std::ranges::any_of(
        model.notes, [](const std::string& note) { return note.find("exactly [2, 4, 3, 3]") != std::string::npos; }));
    const at::Tensor x = at::sin(at::arange(72, at::kFloat)).reshape({2, 4, 3, 3});
    const at::Tensor wanted = (x * x.mean({2, 3}, true)).sum(1).unsqueeze(0);
    QVERIFY((runModel(model, x) - wanted).abs().max().item<double>() < 1e-5);
  }

  void sizesThatContradictTheFileAreRefused() {
    ExportText text;
    text.values += R"(, "y": {"dtype": 7, "sizes": [{"as_int": 2}, {"as_int": 4}]})";
    text.nodes = "[" + exportNode("aten.relu.default", {{"self", asTensor("x")}}, "y") + "]";
    const QTemporaryDir folder;
    QVERIFY(errorOf([&] { openBytes(folder, exportArchive(text)); }).find("size") != std::string::npos);
  }

  void refusalsNameTheirReason() {
    const QTemporaryDir folder;
    const auto messageFor = [&](const std::string& bytes) { return errorOf([&] { openBytes(folder, bytes); }); };
    const auto program = [](const std::string& target) {
      ExportText text;
      text.nodes = "[" + exportNode(target, {{"self", asTensor("x")}}, "y") + "]";
      return exportArchive(text);
    };
    QVERIFY(messageFor(program("aten.no_such_thing.default")).find("no_such_thing") != std::string::npos);
    QVERIFY(messageFor(program("higher_order.cond")).find("control flow") != std::string::npos);
    QVERIFY(messageFor(program("torchvision.nms.default")).find("torchvision.nms") != std::string::npos);
    ExportText plain;
    plain.nodes = "[" + exportNode("aten.relu.default", {{"self", asTensor("x")}}, "y") + "]";
    QCOMPARE(messageFor(exportArchive(plain)), std::string());
    QVERIFY(messageFor(exportArchive(plain, {"data/aotinductor/model/model.wrapper.so"})).find("AOTInductor") !=
            std::string::npos);
    plain.major = 9;
    QVERIFY(messageFor(exportArchive(plain)).find("version 9") != std::string::npos);
    plain.major = 7;
    QVERIFY(messageFor(exportArchive(plain)).find("export it again") != std::string::npos);
    plain.major = 8;
    plain.output = "z";
    QVERIFY(messageFor(exportArchive(plain)).find("'z'") != std::string::npos);
    ZipWriter early;
    early.add("serialized_exported_program.json", "{}");
    early.add("version", "1");
    QVERIFY(messageFor(early.finish()).find("export it again") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestExport)
#include "test_export.moc"
