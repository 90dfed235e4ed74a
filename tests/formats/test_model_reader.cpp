#include <QTemporaryDir>
#include <QtTest>

#include "formats/model_reader.h"
#include "support/checkpoints.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;
using namespace std::string_literals;

class TestModelReader : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

 private Q_SLOTS:
  void saysWhatAPathIs() {
    QVERIFY(errorOf([&] { readModelFile(path("none.onnx")); }).find("no such file") != std::string::npos);
    QVERIFY(errorOf([&] { readModelFile(folder_.path().toStdString()); }).find("folder, not a model") !=
            std::string::npos);
    fs::create_directory(path("saved"));
    writeBytes(path("saved/saved_model.pb"), "x");
    QVERIFY(errorOf([&] { readModelFile(path("saved")); }).find("SavedModel") != std::string::npos);
    QVERIFY(errorOf([&] { readModelFile("/dev/zero"); }).find("device") != std::string::npos);
  }

  void saysWhatAFileLooksLike_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const std::string& file, const char* reason) {
      QTest::newRow(name) << QByteArray::fromStdString(file) << QString(reason);
    };
    const std::string filler(64, '\x7f');
    const auto zipOf = [](const std::vector<const char*>& names) {
      ZipWriter zip;
      for (const char* name : names) zip.add(name, "contents");
      return zip.finish();
    };
    row("empty", "", "the file is empty");
    row("picture", "\x89PNG\r\n\x1a\n"s + filler, "a picture");
    row("photo", "\xff\xd8\xff\xe0"s + filler, "a picture");
    row("array", "\x93NUMPY\1\0"s + filler, "--input-npy");
    row("HDF5", "\x89HDF\r\n\x1a\n"s + filler, "HDF5");
    row("TensorFlow Lite", "\x1c\0\0\0TFL3"s + filler, "TensorFlow Lite");
    row("SavedModel", "\x08\x01\x12\x05"s + filler, "SavedModel");
    row("git lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS");
    row("web page", "<!DOCTYPE html><html>404</html>", "web page");
    row("JSON", "{\"a\": 1}", "JSON");
    row("OpenVINO", "<?xml version=\"1.0\"?>\n<net name=\"x\" version=\"11\">", "OpenVINO");
    row("Caffe", "name: \"net\"\nlayer {\n  name: \"conv\"\n}", "Caffe");
    row("text", "hello there", "text file");
    row("gzip", "\x1f\x8b\x08"s + filler, "gzip");
    row("program",
        "\x7f"
        "ELF"s +
            filler,
        "program");
    row("zeros", std::string(500, '\0'), "zeros");
    row("noise", "\xde\xad\xbe\xef"s + filler + "\x01\x02"s, "no known format");
    row("zip of arrays", zipOf({"a.npy", "b.npy"}), ".npz");
    row("Keras", zipOf({"config.json", "model.weights.h5", "metadata.json"}), "Keras");
    row("zip of a model", zipOf({"x/readme.txt", "x/net.onnx"}), "model inside");
    row("office document", zipOf({"[Content_Types].xml", "word/document.xml"}), "'[Content_Types].xml'");
    row("damaged zip", zipOf({"a", "b"}).substr(0, 60), "damaged or incomplete");
    row("module", pickled::document(pickled::call(pickled::global("torch.nn.modules.container", "Sequential"), ")")),
        "whole Python module");
    std::string tar(512, '\0');
    tar.replace(257, 5, "ustar");
    row("tar", "a"s + tar.substr(1), "tar archive");
  }
  void saysWhatAFileLooksLike() {
    QFETCH(QByteArray, file);
    QFETCH(QString, reason);
    writeBytes(path("unknown.bin"), file.toStdString());
    const std::string message = errorOf([&] { readModelFile(path("unknown.bin")); });
    QVERIFY2(message.find(reason.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(message.starts_with(path("unknown.bin").string()), message.c_str());
  }

  void namesDoNotMatter() {
    writeBytes(path("picture.png"), zipCheckpoint(smallState(), {std::string(24, '\0'), std::string(24, '\0')}));
    QCOMPARE(readModelFile(path("picture.png")).format, std::string("PyTorch weights"));
  }

  void stopsWhenCancelled() {
    writeBytes(path("w.pth"), zipCheckpoint(smallState(), {std::string(24, '\0'), std::string(24, '\0')}));
    const CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(readModelFile(path("w.pth"), cancel), Cancelled);
  }

  void opensEverySharedModel() {
    const fs::path models = fs::path(UNITSCOPE_SHARED_DIR) / "models";
    if (!fs::exists(models)) QSKIP("the shared models are not here");
    int opened = 0;
    for (const auto& entry : fs::directory_iterator(models)) {
      const std::string ending = entry.path().extension().string();
      if (ending != ".safetensors" && ending != ".pth") continue;
      const ModelFile file = readModelFile(entry.path());
      QVERIFY(!file.tensors.empty());
      ++opened;
    }
    QVERIFY(opened >= 2);
  }
};

QTEST_APPLESS_MAIN(TestModelReader)
#include "test_model_reader.moc"
