#include <cstring>

#include <QtTest>

#include "support/onnx_text.h"
#include "support/open_bytes.h"

using namespace unitscope;

namespace {

const char* const kAdd = R"(
<ir_version: 8, opset_import: ["" : 17]>
net (float[4] x) => (float[4] y) { y = Add(x, w) })";

std::string numbers(int first, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<float>(first + i);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return bytes;
}

class Case {
 public:
  std::string refusal(const std::string& location, const std::string& offset = {}, const std::string& length = {}) {
    try {
      open(location, offset, length);
    } catch (const Error& e) {
      return e.what();
    }
    return {};
  }
  Graph open(const std::string& location, const std::string& offset = {}, const std::string& length = {}) {
    const auto file = folder.write("inner/model.onnx",
                                   onnxtext::withExternal(onnxtext::model(kAdd), "w", {4}, location, offset, length));
    return openOnnx(file).graph;
  }
  Folder folder;
};

}  // namespace

class TestExternalData : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void readsOffsetAndLength() {
    Case c;
    c.folder.write("inner/w.bin", numbers(0, 8));
    const Graph graph = c.open("w.bin", "16", "16");
    QCOMPARE(graph.value(graph.find("w")).data->toDoubles().at(0), 4.0);
    const Graph start = c.open("w.bin");
    QCOMPARE(start.value(start.find("w")).data->toDoubles().at(3), 3.0);
    c.folder.write("inner/parts/w.bin", numbers(5, 4));
    const Graph below = c.open("parts/w.bin");
    QCOMPARE(below.value(below.find("w")).data->toDoubles().at(0), 5.0);
  }

  void sizesAreChecked() {
    Case c;
    c.folder.write("inner/w.bin", numbers(0, 8));
    QVERIFY(contains(c.refusal("w.bin", "17", "16"), "beyond the end"));
    QVERIFY(contains(c.refusal("w.bin", "18446744073709551615", "16"), "beyond the end"));
    QVERIFY(!c.refusal("w.bin", "99999999999999999999999", "16").empty());
    QVERIFY(!c.refusal("w.bin", "-4", "16").empty());
    QVERIFY(contains(c.refusal("w.bin", "0", "12"), "shape asks for"));
    QVERIFY(contains(c.refusal("missing.bin"), "missing.bin"));
    QVERIFY(!c.refusal("").empty());
  }

  void pathsStayInTheFolder() {
    Case c;
    const auto outside = c.folder.write("w.bin", numbers(0, 4));
    c.folder.write("inner-other/w.bin", numbers(0, 4));
    for (const std::string& location :
         {std::string("../w.bin"), std::string("parts/../../w.bin"), std::string("../inner-other/w.bin"),
          outside.string(), std::string("..\\w.bin"), std::string("w.bin\0x", 7)}) {
      const std::string why = c.refusal(location);
      QVERIFY2(!why.empty() && contains(why, "'w'"), location.c_str());
    }
    QVERIFY(contains(c.refusal("../w.bin"), "outside"));
  }

  void linksMayNotLeave() {
    Case c;
    const auto outside = c.folder.write("secret.bin", numbers(0, 4));
    c.folder.write("inner/keep.txt", "x");
    std::filesystem::create_symlink(outside, c.folder.path() / "inner" / "w.bin");
    QVERIFY(contains(c.refusal("w.bin"), "link out of"));
    std::filesystem::create_directory_symlink(c.folder.path(), c.folder.path() / "inner" / "up");
    QVERIFY(contains(c.refusal("up/secret.bin"), "link out of"));
    c.folder.write("inner/real.bin", numbers(1, 4));
    std::filesystem::create_symlink("real.bin", c.folder.path() / "inner" / "alias.bin");
    QVERIFY(c.refusal("alias.bin").empty());
  }

  void foldersAndDevicesAreNoData() {
    Case c;
    c.folder.write("inner/parts/w.bin", numbers(0, 4));
    QVERIFY(!c.refusal("parts").empty());
    QVERIFY(!c.refusal(".").empty());
    QVERIFY(!c.refusal("/dev/zero").empty());
  }
};

QTEST_APPLESS_MAIN(TestExternalData)
#include "test_external_data.moc"
