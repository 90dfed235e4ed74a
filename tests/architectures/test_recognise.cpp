#include <set>

#include <QTemporaryDir>
#include <QtTest>

#include "architectures/recognise.h"
#include "formats/model_reader.h"
#include "formats/weights/safetensors_writer.h"
#include "graph/layers.h"
#include "support/checkpoints.h"
#include "tests/architectures/random_weights.h"

using namespace unitscope;
using namespace unitscope::test;

/// The smallest architectures stand for all: what differs between them is data, not code.
class TestRecognise : public QObject {
  Q_OBJECT

  static NamedTensor& tensorNamed(std::vector<NamedTensor>& tensors, const std::string& name) {
    const auto found = std::ranges::find(tensors, name, &NamedTensor::name);
    if (found == tensors.end()) qFatal("no tensor %s", name.c_str());
    return *found;
  }
  static bool says(const std::vector<std::string>& notes, const char* text) {
    return std::ranges::any_of(notes, [&](const std::string& note) { return note.find(text) != std::string::npos; });
  }
  static void compareObstacle(const std::vector<NamedTensor>& tensors, const std::string& expected) {
    const RecognisedNetwork found = recogniseNetwork(tensors);
    QCOMPARE(QString::fromStdString(found.obstacle), QString::fromStdString(expected));
    QVERIFY(found.architecture.empty());
    QVERIFY(found.graph.nodes().empty());
  }

 private Q_SLOTS:
  void namesAreUnique() {
    std::set<std::string> names;
    for (const Architecture& architecture : knownArchitectures()) {
      QVERIFY2(names.insert(architecture.name).second, architecture.name.c_str());
      std::set<std::string> parameters;
      bool stem = false, head = false;
      for (const ParameterShape& p : parametersOf(architecture, {})) {
        QVERIFY2(parameters.insert(p.name).second, p.name.c_str());
        stem = stem || (p.name == architecture.stem + ".weight" && p.shape.at(1) == 3);
        head = head || (p.name == architecture.head + ".weight" && p.shape.at(0) == 1000);
      }
      QVERIFY2(stem && head, architecture.name.c_str());
    }
  }

  /// Published numbers of parameters (torchvision's documentation), without running statistics.
  void countsAreThePublishedOnes_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<qint64>("count");
    const std::vector<std::pair<const char*, qint64>> published = {
        {"alexnet", 61100840},           {"vgg11", 132863336},
        {"vgg11_bn", 132868840},         {"vgg13", 133047848},
        {"vgg13_bn", 133053736},         {"vgg16", 138357544},
        {"vgg16_bn", 138365992},         {"vgg19", 143667240},
        {"vgg19_bn", 143678248},         {"resnet18", 11689512},
        {"resnet34", 21797672},          {"resnet50", 25557032},
        {"resnet101", 44549160},         {"resnet152", 60192808},
        {"resnext50_32x4d", 25028904},   {"resnext101_32x8d", 88791336},
        {"resnext101_64x4d", 83455272},  {"wide_resnet50_2", 68883240},
        {"wide_resnet101_2", 126886696}, {"squeezenet1_0", 1248424},
        {"squeezenet1_1", 1235496},      {"densenet121", 7978856},
        {"densenet161", 28681000},       {"densenet169", 14149480},
        {"densenet201", 20013928},       {"googlenet", 6624904},
        {"mobilenet_v2", 3504872}};
    QCOMPARE(published.size(), knownArchitectures().size());
    for (const auto& [name, count] : published) QTest::newRow(name) << QString(name) << count;
  }
  void countsAreThePublishedOnes() {
    QFETCH(QString, name);
    QFETCH(qint64, count);
    qint64 sum = 0;
    for (const ParameterShape& p : parametersOf(architectureNamed(name.toStdString()), {}))
      if (p.name.find("running_") == std::string::npos) sum += elementCount(p.shape);
    QCOMPARE(sum, count);
  }

  void sharesTheWeights() {
    const std::vector<NamedTensor> tensors = someWeights("squeezenet1_1");
    const RecognisedNetwork found = recogniseNetwork(tensors);
    QCOMPARE(found.architecture, std::string("squeezenet1_1"));
    QVERIFY2(found.obstacle.empty(), found.obstacle.c_str());
    QCOMPARE(found.graph.value(found.graph.outputs().front()).shape, (Shape{-1, 1000}));
    for (const NamedTensor& tensor : tensors) {
      const ValueId id = found.graph.find(tensor.name);
      QVERIFY2(id != kNoValue, tensor.name.c_str());
      QVERIFY(found.graph.value(id).trainable);
      QCOMPARE(found.graph.value(id).data->bytes().data(), tensor.data.bytes().data());
    }
  }

  void tellsRelativesApart_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"squeezenet1_0", "squeezenet1_1", "resnet18", "resnet34", "resnet50", "resnext50_32x4d",
                             "densenet121", "googlenet", "mobilenet_v2"})
      QTest::newRow(name) << QString(name);
  }
  void tellsRelativesApart() {
    QFETCH(QString, name);
    QCOMPARE(recogniseNetwork(someWeights(name.toStdString())).architecture, name.toStdString());
  }

  void layersAreTheModules() {
    const RecognisedNetwork found = recogniseNetwork(someWeights("resnet18"));
    const std::vector<Layer> layers = findLayers(found.graph);
    const auto layer = [&](const std::string& name) {
      return std::ranges::find_if(layers, [&](const Layer& l) { return l.name == name; });
    };
    for (const char* name : {"conv1", "bn1", "relu", "maxpool", "layer1", "layer1.0", "layer1.0.conv1",
                             "layer2.0.downsample.0", "layer4.1.relu_1", "avgpool", "Flatten", "fc"})
      QVERIFY2(layer(name) != layers.end(), name);
    QCOMPARE(layer("layer2.0.downsample.0")->op, std::string("Conv"));
    QCOMPARE(layer("fc")->output, found.graph.find("logits"));
    QCOMPARE(layer("layer4")->output, layer("layer4.1.relu_1")->output);
  }

  void prefixes_data() {
    QTest::addColumn<QString>("prefix");
    for (const char* prefix : {"module.", "model.", "backbone.", "model.backbone.", "module.encoder_q.", "net.module."})
      QTest::newRow(prefix) << QString(prefix);
  }
  void prefixes() {
    QFETCH(QString, prefix);
    for (const char* name : {"squeezenet1_1", "resnet18"}) {
      const RecognisedNetwork found = recogniseNetwork(someWeights(name, {}, prefix.toStdString()));
      QCOMPARE(found.architecture, std::string(name));
      QVERIFY(found.graph.find("conv1.weight") != kNoValue || found.graph.find("features.0.weight") != kNoValue);
      QVERIFY(says(found.notes, prefix.toUtf8().constData()));
    }
  }

  void theWeightsAmongOthers() {
    // The averaged copy comes first in the file, and still the plain one is taken.
    std::vector<NamedTensor> tensors = someWeights("squeezenet1_1", {.classes = 7}, "ema.");
    for (NamedTensor& t : someWeights("squeezenet1_1", {.classes = 5}, "state_dict.")) tensors.push_back(std::move(t));
    tensors.push_back({"criterion.weight", someTensor({5}, 0)});
    const RecognisedNetwork found = recogniseNetwork(tensors);
    QCOMPARE(found.architecture, std::string("squeezenet1_1"));
    QVERIFY(says(found.notes, "5 classes"));
    QVERIFY(says(found.notes, "53 other tensors are left aside"));
  }

  void headsAndStemsOfAnySize() {
    for (const char* name : {"squeezenet1_0", "resnet18", "mobilenet_v2", "densenet121"}) {
      const RecognisedNetwork found = recogniseNetwork(someWeights(name, {.channels = 1, .classes = 2}));
      QCOMPARE(found.architecture, std::string(name));
      QCOMPARE(found.graph.value(found.graph.inputs().front()).shape, (Shape{-1, 1, -1, -1}));
      QVERIFY(says(found.notes, "2 classes and 1 input channel"));
    }
  }

  void headsInASequential() {
    std::vector<NamedTensor> tensors = someWeights("resnet18", {.classes = 4});
    tensorNamed(tensors, "fc.weight").name = "fc.1.weight";
    tensorNamed(tensors, "fc.bias").name = "fc.1.bias";
    const RecognisedNetwork found = recogniseNetwork(tensors);
    QCOMPARE(found.architecture, std::string("resnet18"));
    QVERIFY(says(found.notes, "4 classes"));
    // Two layers have something between them that the file does not tell.
    tensors.push_back({"fc.3.weight", someTensor({2, 4}, 0)});
    tensors.push_back({"fc.3.bias", someTensor({2}, 0)});
    QVERIFY(recogniseNetwork(tensors).obstacle.find("'fc.weight' is missing") != std::string::npos);
  }

  void whatOnlyTrainingNeedsIsLeftAside() {
    std::vector<NamedTensor> tensors = someWeights("googlenet", {.classes = 9});
    tensors.push_back({"aux1.conv.conv.weight", someTensor({128, 512, 1, 1}, 0)});
    tensors.push_back({"aux2.fc2.weight", someTensor({9, 1024}, 0)});
    tensors.push_back({"conv1.bn.num_batches_tracked", TensorData::scalar(std::int64_t{3})});
    const RecognisedNetwork found = recogniseNetwork(tensors);
    QCOMPARE(found.architecture, std::string("googlenet"));
    QVERIFY(says(found.notes, "only training uses it: 2 tensors"));
  }

  void oldSpellingOfDenseNets() {
    std::vector<NamedTensor> tensors = someWeights("densenet121", {.classes = 3});
    for (NamedTensor& tensor : tensors)
      if (tensor.name.find("denselayer") != std::string::npos)
        for (const char* part : {".norm", ".conv"}) {
          const std::size_t at = tensor.name.find(part);
          if (at != std::string::npos) tensor.name.insert(at + 5, ".");
        }
    QVERIFY(std::ranges::any_of(
        tensors, [](const auto& t) { return t.name == "features.denseblock1.denselayer1.norm.1.weight"; }));
    QCOMPARE(recogniseNetwork(tensors).architecture, std::string("densenet121"));
  }

  void otherFloatsAreConverted() {
    std::vector<NamedTensor> tensors = someWeights("squeezenet1_1", {.classes = 2});
    const TensorData& bias = tensorNamed(tensors, "features.0.bias").data;
    // 1.5 in each of the three types.
    const auto filled = [&](DType type, const std::string& element) {
      std::string bytes;
      for (std::int64_t i = 0; i < bias.count(); ++i) bytes += element;
      const auto span = bytesOf(bytes);
      return TensorData::fromBytes(type, bias.shape(), {span.begin(), span.end()});
    };
    for (const auto& [type, element] :
         {std::pair(DType::Float16, std::string("\x00\x3e", 2)), std::pair(DType::BFloat16, std::string("\xc0\x3f", 2)),
          std::pair(DType::Float64, raw(1.5))}) {
      tensorNamed(tensors, "features.0.bias").data = filled(type, element);
      const RecognisedNetwork found = recogniseNetwork(tensors);
      QCOMPARE(found.architecture, std::string("squeezenet1_1"));
      const TensorData& made = *found.graph.value(found.graph.find("features.0.bias")).data;
      QCOMPARE(made.dtype(), DType::Float32);
      QCOMPARE(made.toDoubles(), std::vector<double>(64, 1.5));
      QVERIFY(says(found.notes, "converted from"));
    }
    tensorNamed(tensors, "features.0.bias").data = filled(DType::Int8, "\x01");
    const std::string obstacle = recogniseNetwork(tensors).obstacle;
    QVERIFY2(obstacle.find("features.0.bias: is made of int8") != std::string::npos, obstacle.c_str());
  }

  void namesWhatIsWrong() {
    std::vector<NamedTensor> tensors = someWeights("resnet18");
    std::erase_if(tensors, [](const NamedTensor& t) { return t.name == "layer2.0.bn2.running_var"; });
    compareObstacle(tensors,
                    "they resemble those of resnet18, but 'layer2.0.bn2.running_var' is missing (expected with the "
                    "shape [128])");

    tensors = someWeights("resnet18");
    tensorNamed(tensors, "conv1.weight").data = someTensor({64, 3, 3, 3}, 0);
    compareObstacle(tensors,
                    "they resemble those of resnet18, but 'conv1.weight' has the shape [64, 3, 3, 3] where "
                    "[64, 3, 7, 7] is expected");

    // Squeeze-and-excitation: the rest fits, but the network computes something else.
    tensors = someWeights("resnet18");
    tensors.push_back({"layer1.0.se.fc1.weight", someTensor({4, 64, 1, 1}, 0)});
    tensors.push_back({"layer1.0.se.fc2.weight", someTensor({64, 4, 1, 1}, 0)});
    compareObstacle(tensors,
                    "they resemble those of resnet18, but it has no place for 'layer1.0.se.fc1.weight', and 1 more "
                    "differ");

    tensors = someWeights("resnet18");
    std::erase_if(tensors, [](const NamedTensor& t) { return t.name.starts_with("fc."); });
    QVERIFY(recogniseNetwork(tensors).obstacle.find("'fc.weight' is missing") != std::string::npos);
    QVERIFY(errorOf([&] { buildWithWeights(architectureNamed("resnet18"), tensors); }).find("'fc.weight' is missing") !=
            std::string::npos);
  }

  void strangersAreLeftAlone() {
    QVERIFY(recogniseNetwork({}).obstacle.empty());
    const std::vector<NamedTensor> stranger = {{"conv1.weight", someTensor({64, 3, 7, 7}, 0)},
                                               {"fc.weight", someTensor({10, 512}, 0)}};
    const RecognisedNetwork found = recogniseNetwork(stranger);
    QVERIFY(found.architecture.empty());
    QVERIFY2(found.obstacle.empty(), found.obstacle.c_str());
    const std::vector<NamedTensor> odd = {{"conv1.weight", TensorData::scalar(1.0f)}, {"", TensorData::scalar(1.0f)}};
    QVERIFY(recogniseNetwork(odd).architecture.empty());
  }

  void damagedListsNeverThrow() {
    const std::vector<NamedTensor> whole = someWeights("squeezenet1_1", {.classes = 3});
    std::mt19937_64 random(20260101);
    for (int i = 0; i < 300; ++i) {
      std::vector<NamedTensor> tensors = whole;
      const std::size_t victims = 1 + random() % 4;
      for (std::size_t v = 0; v < victims; ++v) {
        const std::size_t at = random() % tensors.size();
        switch (random() % 5) {
          case 0: tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(at)); break;
          case 1: tensors[at].name += "x"; break;
          case 2: tensors[at].data = TensorData::fromFloats({0, 3}, {}); break;
          case 3: tensors[at].data = someTensor({3, 2, 1, 1}, at); break;
          default: tensors.push_back({"module." + tensors[at].name, tensors[at].data});
        }
      }
      const RecognisedNetwork found = recogniseNetwork(tensors);
      QVERIFY(found.architecture.empty());  // none of the damages leaves a network that fits
      found.graph.check();
    }
  }

  void filesOpenAsNetworks() {
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("model.safetensors").toStdString();
    std::vector<NamedTensor> tensors = someWeights("resnet18", {.classes = 10}, "model.");
    writeSafetensors(tensors, file);
    const ModelFile read = readModelFile(file);
    QCOMPARE(read.format, std::string("safetensors (resnet18)"));
    QVERIFY(read.isNetwork());
    QCOMPARE(read.tensors.size(), tensors.size());
    QVERIFY(says(read.notes, "resnet18, with 10 classes"));

    tensors.pop_back();
    writeSafetensors(tensors, file);
    const ModelFile part = readModelFile(file);
    QCOMPARE(part.format, std::string("safetensors"));
    QVERIFY(!part.isNetwork());
    QVERIFY2(part.obstacle.find("'fc.bias' is missing") != std::string::npos, part.obstacle.c_str());
  }

  void bothKindsOfCheckpointsOpen() {
    // The pickles are written by hand; storages are numbered as the tensors are.
    std::vector<std::pair<std::string, std::string>> entries;
    std::vector<std::string> zipped;
    std::vector<std::vector<float>> streamed;
    for (const NamedTensor& t : someWeights("squeezenet1_1", {.classes = 4})) {
      std::vector<std::int32_t> shape(t.data.shape().begin(), t.data.shape().end());
      std::vector<std::int32_t> strides(shape.size(), 1);
      for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
      const auto count = static_cast<std::int32_t>(t.data.count());
      entries.emplace_back(t.name, pickled::tensor(pickled::storage("FloatStorage", std::to_string(entries.size()),
                                                                    count, pickled::none()),
                                                   0, shape, strides));
      const std::vector<double> values = t.data.toDoubles();
      streamed.emplace_back(values.begin(), values.end());
      zipped.push_back(rawFloats(streamed.back()));
    }
    const std::string root =
        pickled::dict({{"epoch", pickled::integer(4)}, {"model_state_dict", pickled::dict(entries)}});
    const QTemporaryDir folder;
    const std::filesystem::path file = folder.filePath("checkpoint.pth").toStdString();
    for (const std::string& bytes : {zipCheckpoint(root, zipped), streamCheckpoint(root, streamed)}) {
      writeBytes(file, bytes);
      const ModelFile read = readModelFile(file);
      QCOMPARE(read.format, std::string("PyTorch weights (squeezenet1_1)"));
      QVERIFY(says(read.notes, "'model_state_dict'"));
      const TensorData& head = *read.graph.value(read.graph.find("classifier.1.bias")).data;
      QCOMPARE(head.shape(), (Shape{4}));
    }
  }
};

QTEST_APPLESS_MAIN(TestRecognise)
#include "test_recognise.moc"
