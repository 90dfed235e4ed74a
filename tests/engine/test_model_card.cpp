#include <fstream>
#include <limits>
#include <random>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/model_card.h"
#include "graph/graph_builder.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

TensorData zeros(Shape shape) {
  std::vector<float> values(static_cast<std::size_t>(elementCount(shape)), 0.0F);
  return TensorData::fromFloats(std::move(shape), std::move(values));
}

/// input -> Conv to `classes` channels -> average -> flatten (-> softmax).
Graph classifier(std::optional<Shape> input, std::int64_t channels, std::int64_t classes, bool softmax = false) {
  GraphBuilder b;
  ValueId x = b.input("pixels", DType::Float32, std::move(input));
  x = b.op("Conv", {x, b.parameter("w", zeros({classes, channels, 1, 1}))});
  x = b.op("Flatten", {b.op("GlobalAveragePool", {x})});
  if (softmax) x = b.op("Softmax", {x}, {{"axis", std::int64_t{1}}});
  b.output(x, "scores");
  return b.take();
}

ModelCard guess(const Graph& graph) {
  return findCard("/nowhere/network.onnx", graph);
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "thing " + std::to_string(i) + "\n";
  return text;
}

bool mentions(const ModelCard& card, const QString& word) {
  for (const std::string& text : card.guesses)
    if (QString::fromStdString(text).contains(word)) return true;
  return false;
}

}  // namespace

class TestModelCard : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void roundTrip() {
    ModelCard card;
    card.title = "A \"quoted\" näme";
    card.task = ModelCard::Task::Segmenter;
    card.input = "x";
    card.channels = 1;
    card.height = 28;
    card.width = 30;
    card.resizeTo = 32;
    card.resize = ModelCard::Resize::Stretch;
    card.bgr = true;
    card.channelsLast = true;
    card.scale = 1.0 / 127.5;
    card.mean = {0.1307};
    card.std = {0.3081};
    card.output = "y";
    card.outputIsProbability = true;
    card.labelsFile = "labels.txt";
    card.labels = {"a", "", "c"};
    card.guessed = false;
    card.guesses = {"one"};
    QVERIFY(cardFromJson(toJson(card), "card") == card);
    QVERIFY(cardFromJson(toJson(ModelCard{}), "card") == ModelCard{});
  }

  void missingMembersTakeDefaultsAndCountAsConfirmed() {
    const ModelCard card = cardFromJson("{\"height\": 64, \"unknown\": [1, {\"a\": 2}], \"mean\": null}", "card");
    QCOMPARE(card.height, 64);
    QCOMPARE(card.width, ModelCard{}.width);
    QCOMPARE(card.mean, ModelCard{}.mean);
    QVERIFY(!card.guessed);
  }

  void namesThatAreNotUtf8AreWritten() {
    ModelCard card;
    card.title = "bad \xff byte";
    QVERIFY(QString::fromStdString(cardFromJson(toJson(card), "card").title).startsWith("bad "));
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const QByteArray& json, const char* reason) {
      QTest::newRow(name) << json << reason;
    };
    row("empty", "", "JSON");
    row("cut", "{\"height\": 2", "JSON");
    row("list", "[]", "object");
    row("number", "7", "object");
    row("zero height", "{\"height\": 0}", "height");
    row("negative width", "{\"width\": -5}", "width");
    row("huge height", "{\"height\": 100000000000000000000}", "height");
    row("unsigned height", "{\"height\": 18446744073709551615}", "height");
    row("fraction", "{\"height\": 2.5}", "height");
    row("text height", "{\"height\": \"224\"}", "height");
    row("channels 2", "{\"channels\": 2}", "channels");
    row("channels 4", "{\"channels\": 4}", "channels");
    row("resize_to", "{\"resize_to\": 99999}", "resize_to");
    row("scale zero", "{\"scale\": 0}", "scale");
    row("scale huge", "{\"scale\": 1e300}", "scale");
    row("scale infinite", "{\"scale\": 1e999}", "");
    row("std zero", "{\"std\": [0.2, 0, 0.2]}", "std");
    row("std negative", "{\"std\": [-1]}", "std");
    row("many means", "{\"mean\": [1,2,3,4,5]}", "mean");
    row("mean text", "{\"mean\": [\"a\"]}", "mean");
    row("mean object", "{\"mean\": {}}", "mean");
    row("task", "{\"task\": \"oracle\"}", "classifier, generator");
    row("task type", "{\"task\": 3}", "task");
    row("resize", "{\"resize\": \"no\"}", "stretch");
    row("flag", "{\"bgr\": 1}", "bgr");
    row("labels", "{\"labels\": [1, 2]}", "labels");
    row("labels object", "{\"labels\": {\"0\": \"a\"}}", "labels");
    row("version", "{\"version\": 2}", "newer");
    row("long", "{\"title\": \"" + QByteArray(5000, 'x') + "\"}", "title");
    row("deep", QByteArray(100000, '['), "nested");
    row("deep objects", QByteArray("{\"a\":").repeated(5000), "nested");
  }
  void refuses() {
    QFETCH(QByteArray, json);
    QFETCH(QString, reason);
    try {
      cardFromJson(json.toStdString(), "the card");
      QFAIL("it was accepted");
    } catch (const Error& error) {
      QCOMPARE(error.subject(), std::string("the card"));
      QVERIFY2(QString::fromStdString(error.reason()).contains(reason), error.what());
    }
  }

  void survivesMutations() {
    ModelCard card;
    card.labels = {"cat", "dog"};
    const std::string whole = toJson(card);
    std::mt19937 random(7);
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
      std::string text = whole;
      if (i % 2 == 0) text.resize(random() % text.size());
      for (int k = 0; k < 3 && !text.empty(); ++k) text[random() % text.size()] = static_cast<char>(random() % 256);
      try {
        const ModelCard read = cardFromJson(text, "card");
        QVERIFY(read.height >= 1 && read.width >= 1 && read.scale != 0.0);
        QVERIFY(read.channels == 1 || read.channels == 3);
        for (const double deviation : read.std) QVERIFY(deviation > 0.0);
      } catch (const Error&) {
        ++refused;
      }
    }
    QVERIFY(refused > 1500);
  }

  void guessesImageNet() {
    const ModelCard card = guess(classifier(Shape{-1, 3, 224, 224}, 3, 1000));
    QVERIFY(card.guessed);
    QCOMPARE(card.task, ModelCard::Task::Classifier);
    QCOMPARE(card.input, std::string("pixels"));
    QCOMPARE(card.output, std::string("scores"));
    QCOMPARE(card.title, std::string("network"));
    QCOMPARE(card.height, 224);
    QCOMPARE(card.resizeTo, 256);
    QCOMPARE(card.resize, ModelCard::Resize::ShortSideThenCrop);
    QCOMPARE(card.mean, (std::vector<double>{0.485, 0.456, 0.406}));
    QCOMPARE(card.std, (std::vector<double>{0.229, 0.224, 0.225}));
    QVERIFY(!card.outputIsProbability);
    QVERIFY(mentions(card, "1000 classes"));
  }

  void guessesOtherSizes() {
    const ModelCard cifar = guess(classifier(Shape{-1, 3, 32, 32}, 3, 10));
    QCOMPARE(cifar.height, 32);
    QCOMPARE(cifar.resizeTo, 32);
    QVERIFY(mentions(cifar, "CIFAR"));
    QCOMPARE(cifar.mean.front(), 0.4914);
    const ModelCard mnist = guess(classifier(Shape{1, 1, 28, 28}, 1, 10));
    QCOMPARE(mnist.channels, 1);
    QCOMPARE(mnist.mean, std::vector<double>{0.1307});
    const ModelCard inception = guess(classifier(Shape{-1, 3, 299, 299}, 3, 1000));
    QCOMPARE(inception.resizeTo, 342);
    const ModelCard wide = guess(classifier(Shape{-1, 3, 240, 320}, 3, 5));
    QCOMPARE(wide.width, 320);
    QCOMPARE(wide.resize, ModelCard::Resize::Stretch);
    const ModelCard open = guess(classifier(Shape{-1, 3, -1, -1}, 3, 1000));
    QCOMPARE(open.height, 224);
    QVERIFY(mentions(open, "any size"));
    const ModelCard unknown = guess(classifier(std::nullopt, 3, 1000));
    QCOMPARE(unknown.width, 224);
    QCOMPARE(unknown.task, ModelCard::Task::Classifier);
    const ModelCard background = guess(classifier(Shape{-1, 3, 224, 224}, 3, 1001));
    QCOMPARE(background.mean, (std::vector<double>{0.5, 0.5, 0.5}));
    // A file that claims a side of 2^40 must not make the card claim it too.
    const ModelCard hostile = guess(classifier(Shape{1, 3, std::int64_t{1} << 40, 8}, 3, 10));
    QVERIFY(hostile.height >= 1 && hostile.height <= 16384);
  }

  void guessesChannelsLast() {
    GraphBuilder b;
    const ValueId x = b.input("image", DType::Float32, Shape{-1, 96, 96, 3});
    const ValueId t = b.op("Transpose", {x}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}});
    b.output(b.op("Flatten", {b.op("GlobalAveragePool", {t})}));
    const ModelCard card = guess(b.take());
    QVERIFY(card.channelsLast);
    QCOMPARE(card.height, 96);
    QCOMPARE(card.channels, 3);
  }

  void guessesSoftmaxAndOwnNormalisation() {
    QVERIFY(guess(classifier(Shape{-1, 3, 64, 64}, 3, 4, true)).outputIsProbability);
    GraphBuilder b;
    const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, 64, 64});
    const ValueId y = b.op("Sub", {x, b.constant(TensorData::fromFloats({1, 3, 1, 1}, {0.4F, 0.4F, 0.4F}))});
    b.output(b.op("Flatten", {b.op("GlobalAveragePool", {y})}));
    const ModelCard card = guess(b.take());
    QCOMPARE(card.mean, (std::vector<double>{0, 0, 0}));
    QCOMPARE(card.std, (std::vector<double>{1, 1, 1}));
  }

  void guessesTasks() {
    {
      GraphBuilder b;
      const ValueId x = b.input("x", DType::Float32, Shape{-1, 3, 64, 64});
      const ValueId y = b.op("Conv", {x, b.parameter("w", zeros({21, 3, 1, 1}))});
      b.graph().value(y).shape = Shape{-1, 21, 64, 64};
      b.output(y);
      QCOMPARE(guess(b.take()).task, ModelCard::Task::Segmenter);
    }
    {
      GraphBuilder b;
      const ValueId z = b.input("z", DType::Float32, Shape{-1, 100, 1, 1});
      const ValueId y = b.op("ConvTranspose", {z, b.parameter("w", zeros({100, 3, 4, 4}))});
      b.graph().value(y).shape = Shape{-1, 3, 4, 4};
      b.output(y);
      const ModelCard card = guess(b.take());
      QCOMPARE(card.task, ModelCard::Task::Generator);
      QCOMPARE(card.mean.front(), 0.0);
    }
    {
      GraphBuilder b;
      const ValueId x = b.input("x", DType::Float32, Shape{-1, 40});
      b.output(b.op("Relu", {x}));
      QCOMPARE(guess(b.take()).task, ModelCard::Task::Features);
    }
    QVERIFY(!guess(Graph()).guesses.empty());
  }

  void labelsBesideTheModel() {
    const QTemporaryDir folder;
    const std::filesystem::path base = folder.path().toStdString();
    const Graph ten = classifier(Shape{-1, 3, 64, 64}, 3, 10);
    QVERIFY(findCard(base / "net.onnx", ten).labels.empty());
    write(base / "labels.txt", lines(10));
    QCOMPARE(findCard(base / "net.onnx", ten).labels[3], std::string("thing 3"));
    QCOMPARE(findCard(base / "net.onnx", ten).labelsFile, std::string("labels.txt"));
    // A name of the model's own comes first, and the wrong number of lines is no list for this network.
    write(base / "net_labels.txt", lines(9));
    const ModelCard card = findCard(base / "net.onnx", ten);
    QCOMPARE(card.labelsFile, std::string("labels.txt"));
    QVERIFY(mentions(card, "net_labels.txt"));
    write(base / "net_labels.txt", "n02124075 Egyptian cat\r\nnot an id\n" + lines(8));
    QCOMPARE(findCard(base / "net.onnx", ten).labels[0], std::string("Egyptian cat"));
    QCOMPARE(findCard(base / "net.onnx", ten).labels[1], std::string("not an id"));
    write(base / "imagenet_labels.txt", lines(1000));
    QCOMPARE(findCard(base / "big.onnx", classifier(Shape{-1, 3, 224, 224}, 3, 1000)).labelsFile,
             std::string("imagenet_labels.txt"));
    const ModelCard assumed = findCard(base / "else" / "big.onnx", classifier(Shape{-1, 3, 224, 224}, 3, 1000));
    QCOMPARE(assumed.labels.size(), std::size_t{1000});
    QCOMPARE(assumed.labels[285], std::string("Egyptian cat"));
    QVERIFY(assumed.labelsFile.empty() && mentions(assumed, "ImageNet's names"));
  }

  void savedCardIsFound() {
    const QTemporaryDir folder;
    const std::filesystem::path model = std::filesystem::path(folder.path().toStdString()) / "net.onnx";
    const Graph graph = classifier(Shape{-1, 3, 64, 64}, 3, 3);
    ModelCard card = findCard(model, graph);
    card.guessed = false;
    card.title = "Mine";
    card.labels = {"a", "b", "c"};
    saveCard(card, cardPathFor(model));
    QVERIFY(findCard(model, graph) == card);
    card.title = "Mine, again";
    saveCard(card, cardPathFor(model));
    QCOMPARE(findCard(model, graph).title, std::string("Mine, again"));
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    QVERIFY_EXCEPTION_THROWN(saveCard(card, model.parent_path() / "missing" / "x.card.json"), Error);
  }

  void aBrokenCardLeavesAGuess() {
    const QTemporaryDir folder;
    const std::filesystem::path model = std::filesystem::path(folder.path().toStdString()) / "net.onnx";
    write(cardPathFor(model), "{\"height\": -1}");
    const ModelCard card = findCard(model, classifier(Shape{-1, 3, 64, 64}, 3, 3));
    QVERIFY(card.guessed);
    QCOMPARE(card.height, 64);
    QVERIFY(mentions(card, "card was not used"));
  }

  void aCardsLabelsFileIsRead() {
    const QTemporaryDir folder;
    const std::filesystem::path model = std::filesystem::path(folder.path().toStdString()) / "net.onnx";
    const Graph graph = classifier(Shape{-1, 3, 64, 64}, 3, 2);
    write(cardPathFor(model), "{\"labels_file\": \"names.txt\", \"labels\": [\"old\"]}");
    QCOMPARE(findCard(model, graph).labels, std::vector<std::string>{"old"});
    QVERIFY(mentions(findCard(model, graph), "names.txt"));
    write(model.parent_path() / "names.txt", "\xEF\xBB\xBFone\ntwo\n\n");
    QCOMPARE(findCard(model, graph).labels, (std::vector<std::string>{"one", "two"}));
    QCOMPARE(findCard(model, graph).input, std::string("pixels"));
    write(cardPathFor(model), "{\"labels_file\": \"/dev/zero\"}");
    QVERIFY(findCard(model, graph).labels.empty());
  }

  void labelsAreRefusedWhenTheyAreNone() {
    const QTemporaryDir folder;
    const std::filesystem::path file = std::filesystem::path(folder.path().toStdString()) / "labels.txt";
    QVERIFY_EXCEPTION_THROWN(readLabels(file), Error);
    QVERIFY_EXCEPTION_THROWN(readLabels(file.parent_path()), Error);
    write(file, "");
    QVERIFY_EXCEPTION_THROWN(readLabels(file), Error);
    write(file, std::string("a\0b\n", 4));
    QVERIFY_EXCEPTION_THROWN(readLabels(file), Error);
    write(file, std::string(10000, 'x'));
    QVERIFY_EXCEPTION_THROWN(readLabels(file), Error);
    write(file, "a\n\nc");
    QCOMPARE(readLabels(file), (std::vector<std::string>{"a", "", "c"}));
  }
};

QTEST_GUILESS_MAIN(TestModelCard)
#include "test_model_card.moc"
