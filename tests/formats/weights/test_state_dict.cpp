#include <QTemporaryDir>
#include <QtTest>

#include "formats/model_reader.h"
#include "formats/weights/state_dict.h"
#include "support/checkpoints.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

class TestStateDict : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  const std::vector<float> six_ = {1, 2, 3, 4, 5, 6};

  ModelFile read(const std::string& bytes) const {
    const fs::path file = fs::path(folder_.path().toStdString()) / "model.pth";
    writeBytes(file, bytes);
    return readModelFile(file);
  }
  /// A zip checkpoint with two float storages of six.
  std::string zip(const std::string& root) const { return zipCheckpoint(root, {rawFloats(six_), rawFloats(six_)}); }
  static std::string weight() {
    using namespace pickled;
    return tensor(storage("FloatStorage", "0", 6), 0, {2, 3}, {3, 1});
  }
  static bool notes(const ModelFile& file, const char* text) {
    return std::any_of(file.notes.begin(), file.notes.end(),
                       [&](const std::string& note) { return note.find(text) != std::string::npos; });
  }

  void checkSmall(const ModelFile& file) {
    QCOMPARE(file.format, std::string("PyTorch weights"));
    QVERIFY(!file.isNetwork());
    QCOMPARE(file.tensors.size(), std::size_t{2});
    QCOMPARE(file.tensors[0].name, std::string("w"));
    QCOMPARE(file.tensors[0].data.shape(), (Shape{2, 3}));
    QCOMPARE(file.tensors[0].data.toDoubles(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
    QCOMPARE(file.tensors[1].name, std::string("b.t"));
    QCOMPARE(file.tensors[1].data.toDoubles(), (std::vector<double>{1, 4, 2, 5, 3, 6}));
  }

 private Q_SLOTS:
  void zipArchive() { checkSmall(read(zip(smallState()))); }

  void oldStream() {
    const ModelFile file = read(streamCheckpoint(smallState(pickled::none()), {six_, six_}));
    checkSmall(file);
    QVERIFY(notes(file, "older than 1.6"));
  }

  void partsOfStorages() {
    // As PyTorch before 0.4 wrote storages that share their memory.
    using namespace pickled;
    const auto part = [](std::int32_t offset, std::int32_t count) {
      return storage("FloatStorage", "0", 6, tuple({text("part"), integer(offset), integer(count)}));
    };
    const ModelFile file = read(streamCheckpoint(
        dict({{"a", tensor(part(0, 2), 0, {2}, {1})}, {"b", tensor(part(2, 4), 1, {3}, {1})}}), {six_}));
    QCOMPARE(file.tensors.size(), std::size_t{2});
    QCOMPARE(file.tensors[0].data.toDoubles(), (std::vector<double>{1, 2}));
    QCOMPARE(file.tensors[1].data.toDoubles(), (std::vector<double>{4, 5, 6}));
  }

  void wrappersAreTakenOff() {
    using namespace pickled;
    const std::string weights = dict({{"module.a.weight", weight()}, {"module.a.bias", weight()}});
    const ModelFile file = read(zip(
        dict({{"epoch", integer(3)}, {"state_dict", weights}, {"optimizer", dict({{"state", list({weight()})}})}})));
    QCOMPARE(file.tensors.size(), std::size_t{2});
    QCOMPARE(file.tensors[0].name, std::string("a.weight"));
    QVERIFY(notes(file, "'state_dict'"));
    QVERIFY(notes(file, "epoch, optimizer"));
    QVERIFY(notes(file, "'module.'"));
  }

  void nestedDictionariesAreFlattened() {
    using namespace pickled;
    const ModelFile file =
        read(zip(dict({{"g", dict({{"w", weight()}})}, {"d", dict({{"layers", list({weight(), weight()})}})}})));
    std::vector<std::string> names;
    for (const NamedTensor& t : file.tensors) names.push_back(t.name);
    QCOMPARE(names, (std::vector<std::string>{"g.w", "d.layers.0", "d.layers.1"}));
  }

  void oneTensorAlone() {
    const ModelFile file = read(zip(weight()));
    QCOMPARE(file.tensors.size(), std::size_t{1});
    QCOMPARE(file.tensors[0].name, std::string("tensor"));
  }

  void sharedPartsDoNotExplode() {
    // Each of 60 dictionaries holds the one before twice: 2^60 paths, refused rather than walked.
    std::string code = "}" + pickled::text("w") + weight() + "sq" + '\0';
    for (char i = 1; i < 60; ++i) {
      const std::string before = std::string("h") + static_cast<char>(i - 1);
      code += "}" + pickled::text("a") + before + "s" + pickled::text("b") + before + "sq" + i;
    }
    QVERIFY(!errorOf([&] { read(zip(code)); }).empty());
  }

  void refuses_data() {
    using namespace pickled;
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const std::string& file, const char* reason) {
      QTest::newRow(name) << QByteArray::fromStdString(file) << QString(reason);
    };
    const std::string float6 = storage("FloatStorage", "0", 6);
    row("code", zip(call(global("os", "system"), tuple({text("true")}))), "'os.system'");
    row("module", zip(call(global("torch.nn.modules.conv", "Conv2d"), ")")), "whole Python module");
    row("outside its storage", zip(dict({{"w", tensor(float6, 1, {2, 3}, {3, 1})}})), "lies outside its storage");
    row("negative offset", zip(dict({{"w", tensor(float6, -1, {2, 3}, {3, 1})}})), "lies outside its storage");
    row("negative size", zip(dict({{"w", tensor(float6, 0, {-2, 3}, {3, 1})}})), "unknown dimension");
    row("negative stride", zip(dict({{"w", tensor(float6, 5, {6}, {-1})}})), "negative strides");
    row("expanded for ever", zip(dict({{"w", tensor(float6, 0, {2000000000, 2000000000}, {0, 0})}})),
        "too much memory");
    row("missing storage", zip(dict({{"w", tensor(storage("FloatStorage", "7", 6), 0, {6}, {1})}})),
        "storage '7' is missing");
    row("short storage", zip(dict({{"w", tensor(storage("FloatStorage", "0", 7), 0, {6}, {1})}})), "shorter");
    row("path as key", zip(dict({{"w", tensor(storage("FloatStorage", "../data.pkl", 1), 0, {1}, {1})}})), "missing");
    row("quantised", zip(dict({{"w", tensor(storage("QInt8Storage", "0", 6), 0, {6}, {1})}})), "QInt8Storage");
    row("no weights", zip(dict({{"epoch", integer(3)}})), "no weights");
    const auto part = [&](std::int32_t offset, std::int32_t count) {
      return streamCheckpoint(smallState(tuple({text("9"), integer(offset), integer(count)})), {six_, six_});
    };
    row("part behind its storage", part(1, 6), "lies outside it");
    row("part before its storage", part(-1, 6), "lies outside it");
    row("part of negative size", part(0, -1), "lies outside it");
    row("part too small for its tensor", part(0, 5), "lies outside its storage");
    row("part without a size", streamCheckpoint(smallState(tuple({text("9"), integer(0)})), {six_, six_}), "'storage'");
    row("big-endian stream", streamCheckpoint(smallState(none()), {six_, six_}, false), "big-endian");
    const std::string stream = streamCheckpoint(smallState(none()), {six_, six_});
    row("stream without its end", stream.substr(0, stream.size() - 1), "too early");
    row("stream without storages", streamCheckpoint(smallState(none()), {}), "missing");
    ZipWriter big;
    big.add("m/data.pkl", document(smallState()));
    big.add("m/byteorder", "big");
    row("big-endian zip", big.finish(), "big-endian");
    std::string wrong = zip(smallState());
    wrong[wrong.find("FloatStorage")] = 'f';
    row("checksum", wrong, "checksum");
    row("plain pickle", document(smallState()), "not in the file");
    row("pickle of a list", document(list({integer(1)})), "no weights");
  }
  void refuses() {
    QFETCH(QByteArray, file);
    QFETCH(QString, reason);
    const std::string message = errorOf([&] { read(file.toStdString()); });
    QVERIFY2(message.find(reason.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(message.find("model.pth") != std::string::npos, message.c_str());
  }

  void everyTruncationIsRefused() {
    for (const std::string& whole : {zip(smallState()), streamCheckpoint(smallState(pickled::none()), {six_, six_})})
      for (std::size_t length = 0; length < whole.size(); ++length)
        QVERIFY2(!errorOf([&] { read(whole.substr(0, length)); }).empty(), qPrintable(QString::number(length)));
  }

  void readsSharedCheckpoint() {
    const fs::path models = fs::path(UNITSCOPE_SHARED_DIR) / "models";
    if (!fs::exists(models)) QSKIP("the shared models are not here");
    const ModelFile weights = readModelFile(models / "squeezenet1_0-imagenet.pth");
    const ModelFile other = readModelFile(models / "squeezenet1_0-imagenet.safetensors");
    QCOMPARE(weights.tensors.size(), std::size_t{52});
    QCOMPARE(other.tensors.size(), weights.tensors.size());
    for (const NamedTensor& t : weights.tensors) {
      const auto same = std::find_if(other.tensors.begin(), other.tensors.end(),
                                     [&](const NamedTensor& o) { return o.name == t.name; });
      QVERIFY2(same != other.tensors.end(), t.name.c_str());
      QCOMPARE(same->data.shape(), t.data.shape());
      QVERIFY2(std::equal(same->data.bytes().begin(), same->data.bytes().end(), t.data.bytes().begin(),
                          t.data.bytes().end()),
               t.name.c_str());
    }
  }
};

QTEST_APPLESS_MAIN(TestStateDict)
#include "test_state_dict.moc"
