#include <QTemporaryDir>
#include <QtTest>

#include "formats/model_reader.h"
#include "graph/layers.h"
#include "support/nvidia_pickle.h"

using namespace unitscope;
using namespace unitscope::test;
using nvidia::Members;
using nvidia::Shape2;
using nvidia::Writer;

class TestNvidiaPickle : public QObject {
  Q_OBJECT

  ModelFile open(const std::string& bytes) const {
    const std::filesystem::path file = folder_.path().toStdString() + "/net.pkl";
    writeBytes(file, bytes);
    return readModelFile(file);
  }
  void refuses(const std::string& bytes, const char* why) const {
    const std::string message = errorOf([&] { open(bytes); });
    QVERIFY2(message.find(why) != std::string::npos, message.c_str());
    QVERIFY2(message.find("net.pkl") != std::string::npos, message.c_str());
  }
  static std::vector<std::string> inputsOf(const Graph& graph) {
    std::vector<std::string> names;
    for (const ValueId id : graph.inputs()) names.push_back(graph.value(id).name);
    return names;
  }

 private Q_SLOTS:
  void opensAsANetwork() {
    const ModelFile file = open(nvidia::file(Writer().stylegan2({.classes = 3})));
    QCOMPARE(file.format, std::string("PyTorch weights (stylegan2-ada)"));
    const std::vector<std::string> wanted = {"z",
                                             "class",
                                             "truncation",
                                             "synthesis.b4.conv1.noise_const",
                                             "synthesis.b8.conv0.noise_const",
                                             "synthesis.b8.conv1.noise_const"};
    QCOMPARE(inputsOf(file.graph), wanted);
    const Graph& graph = file.graph;
    QCOMPARE(*graph.value(graph.find("w")).shape, (Shape{-1, 8}));
    QCOMPARE(*graph.value(graph.find("w_plus")).shape, (Shape{-1, 4, 8}));
    QCOMPARE(*graph.value(graph.find("image")).shape, (Shape{-1, 3, 8, 8}));
    QCOMPARE(graph.value(graph.outputs().front()).name, std::string("image"));
    const std::vector<Layer> layers = findLayers(graph);
    for (const char* name : {"mapping.embed", "mapping.fc1", "truncation", "synthesis.b4.conv1", "synthesis.b4.torgb",
                             "synthesis.b8.conv0", "synthesis.b8.conv0.affine", "synthesis.b8.torgb"})
      QVERIFY2(std::ranges::find(layers, name, &Layer::name) != layers.end(), name);
    QVERIFY(std::ranges::find(file.tensors, "synthesis.b8.conv0.weight", &NamedTensor::name) != file.tensors.end());

    QCOMPARE(open(nvidia::file(Writer().stylegan3())).format, std::string("PyTorch weights (stylegan3)"));
  }

  void takesTheAveragedGenerator() {
    using namespace pickled;
    const std::string small = Writer().stylegan2({}), large = Writer().stylegan2({.resolution = 16});
    const auto side = [&](const Members& members) {
      const ModelFile file = open(document(dict(members)));
      return (*file.graph.value(file.graph.find("image")).shape)[2];
    };
    QCOMPARE(side({{"G", small}, {"G_ema", large}}), 16);
    QCOMPARE(side({{"G_ema", large}, {"G", small}}), 16);
    QCOMPARE(side({{"G", small}, {"G_ema", none()}}), 8);
    const ModelFile alone = open(document(small));
    QVERIFY(alone.isNetwork());
  }

  void otherGlobalsAreRefusedByName() {
    using namespace pickled;
    const std::string generator = Writer().stylegan2({});
    const auto with = [&](const std::string& more) { return document(dict({{"G", generator}, {"more", more}})); };
    refuses(with(call(global("os", "system"), tuple({text("true")}))), "'os.system'");
    refuses(with(global("builtins", "eval")), "'builtins.eval'");
    refuses(with(global("torch_utils.persistence", "import_hook")), "'torch_utils.persistence.import_hook'");
    refuses(with(global("dnnlib.util", "open_url")), "'dnnlib.util.open_url'");
    QVERIFY(open(with(call(global("torch.nn.modules.container", "ModuleList"), ")"))).isNetwork());
  }

  void streamsHoldOneStorageAndNoStream() {
    using namespace pickled;
    const std::string inner = streamCheckpoint(storage("FloatStorage", "0", 1), {{1.0f}});
    const auto with = [&](const std::string& stream) {
      return document(dict({{"G", Writer().stylegan2({})}, {"x", nvidia::heldStorage({}, stream)}}));
    };
    QVERIFY(open(with(inner)).isNetwork());
    refuses(with(streamCheckpoint(nvidia::heldStorage({1.0f}), {})), "'torch.storage._load_from_bytes'");
    refuses(with(streamCheckpoint(call(global("os", "system"), ")"), {})), "'os.system'");
    refuses(with(streamCheckpoint(integer(1), {})), "_load_from_bytes");
    refuses(with("no stream"), "damaged");
    refuses(with(inner.substr(0, inner.size() - 1)), "ends too early");
    std::vector<std::string> many(3000, integer(1));
    refuses(with(streamCheckpoint(list(many), {})), "too many");
    // Weights as torch.save writes them need no such thing.
    const std::string weights = zipCheckpoint(dict({{"x", nvidia::heldStorage({1.0f})}}), {});
    refuses(weights, "'torch.storage._load_from_bytes'");
  }

  void whatIsNoGeneratorIsNamed() {
    using namespace pickled;
    refuses(nvidia::file(Writer().stylegan2({}), "D2"), "no generator");
    refuses(nvidia::file(nvidia::module("Discriminator", {}, {}, {}, {})), "'Discriminator'");
    refuses(nvidia::file(nvidia::module("Generator", {}, {}, {}, {})), "mapping");
    refuses(nvidia::file(nvidia::persistent("Generator", none())), "not stored as a module");
    // With a parameter that has no place in it the network would compute something else.
    std::string more = Writer().stylegan2({});
    const std::size_t at = more.find(text("noise_strength"));
    more.replace(at, text("noise_strength").size(), text("noise_strengthen"));
    refuses(nvidia::file(more), "noise_strength");
  }

  void sizesAreBounded() {
    using namespace pickled;
    const auto two = [](const char* setting, const std::string& value) {
      return nvidia::file(Writer().stylegan2({.synthesisExtras = {{setting, value}}}));
    };
    refuses(two("img_resolution", integer(1 << 30)), "img_resolution");
    refuses(two("img_resolution", nvidia::number(1e300)), "img_resolution");
    refuses(two("img_resolution", nvidia::number(std::nan(""))), "img_resolution");
    refuses(two("img_resolution", text("8")), "img_resolution");
    refuses(two("img_resolution", integer(16)), "synthesis.b16");
    const auto input = [](const char* setting, const std::string& value) {
      return nvidia::file(Writer().stylegan3({{setting, value}}));
    };
    refuses(input("size", integer(1 << 20)), "size");
    refuses(input("size", nvidia::number(-1)), "size");
    refuses(input("size", ints({10, 10, 10})), "size");
    refuses(input("sampling_rate", integer(0)), "sampling rate");
    refuses(input("bandwidth", integer(9)), "bandwidth");
    const auto layer = [](const char* setting, const std::string& value) {
      return nvidia::file(Writer().stylegan3({}, {{setting, value}}));
    };
    refuses(layer("padding", ints({1 << 20, 0, 0, 0})), "padding");
    refuses(layer("padding", ints({4000, 4000, 4000, 4000})), "another size");
    refuses(layer("padding", ints({-100, 0, 0, 0})), "impossible size");
    refuses(layer("up_factor", integer(1000)), "up_factor");
    refuses(layer("down_factor", integer(0)), "down_factor");
    refuses(layer("out_size", integer(9)), "another size");
  }

 private:
  QTemporaryDir folder_;
};

QTEST_APPLESS_MAIN(TestNvidiaPickle)
#include "test_nvidia_pickle.moc"
