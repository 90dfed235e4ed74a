#include <cmath>
#include <set>

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "formats/npy/npy.h"
#include "graph/graph_builder.h"
#include "support/files.h"

#ifdef UNITSCOPE_HAS_ONNX
#include "formats/onnx/onnx_writer.h"
#endif

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// ONNX files that the command line writes and reads again.
class TestConvert : public QObject {
  Q_OBJECT

 private Q_SLOTS:
#ifndef UNITSCOPE_HAS_ONNX
  void refusedWithoutOnnx() {
    const Outcome outcome = command({"convert", "example", path("example.onnx")});
    QVERIFY2(outcome.status == cli::kFailed && outcome.err.find("ONNX") != std::string::npos, outcome.text());
    QVERIFY(!std::filesystem::exists(path("example.onnx")));
  }
#else
  void theExampleStaysTheSame() {
    const std::string file = path("example.onnx");
    const Outcome outcome = command({"convert", "example", file});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json before = command({"info", "example", "--json"}).json();
    const nlohmann::json after = command({"info", file, "--json"}).json();
    QCOMPARE(after.at("format").get<std::string>(), std::string("ONNX"));
    QCOMPARE(after.at("parameters").get<int>(), before.at("parameters").get<int>());
    QCOMPARE(after.at("operators").dump(), before.at("operators").dump());
    QCOMPARE(after.at("layers").dump(), before.at("layers").dump());

    std::vector<float> values(3 * 128 * 128);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.5F + 0.5F * std::sin(0.37F * static_cast<float>(i));
    writeNpy(path("x.npy"), TensorData::fromFloats({1, 3, 128, 128}, std::move(values)));
    for (const std::string& model : {std::string("example"), file})
      QCOMPARE(command({"run", model, "--input", path("x.npy"), "--out", path(model == file ? "b" : "a")}).status,
               cli::kFine);
    const std::vector<double> a = readNpy(path("a/logits.npy")).toDoubles();
    const std::vector<double> b = readNpy(path("b/logits.npy")).toDoubles();
    QCOMPARE(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) QVERIFY(std::abs(a[i] - b[i]) <= 1e-6);
  }

  void outputsOfEveryTypeAndName() {
    GraphBuilder b("outputs");
    const ValueId x = b.input("x", DType::Int64, Shape{2});
    const ValueId flags = b.input("flags", DType::Bool, Shape{2});
    b.output(b.op("Add", {x, x}), "a/b");
    b.output(b.op("Mul", {x, x}), "a_b");
    b.output(b.op("Cast", {x}, {{"to", std::int64_t{11}}}), "../../up");
    b.output(b.op("Not", {flags}), "not");
    writeOnnx(b.take(), path("outputs.onnx"));
    writeNpy(path("ints.npy"), TensorData::fromInts({2}, {3, -4}));
    writeNpy(path("flags.npy"), TensorData::fromBytes(DType::Bool, {2}, {std::byte{1}, std::byte{0}}));
    const std::string folder = path("typed");
    const Outcome outcome = command({"run", path("outputs.onnx"), "--input", "x=" + path("ints.npy"),
                                     "flags=" + path("flags.npy"), "--out", folder, "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    std::set<std::string> written;
    for (const QString& name : QDir(QString::fromStdString(folder)).entryList(QDir::Files | QDir::Hidden))
      written.insert(name.toStdString());
    QCOMPARE(written, (std::set<std::string>{"a_b.npy", "a_b_2.npy", "_._.._up.npy", "not.npy"}));
    QCOMPARE(readNpy(folder + "/a_b.npy").dtype(), DType::Int64);
    QCOMPARE(readNpy(folder + "/a_b.npy").toInts(), (std::vector<std::int64_t>{6, -8}));
    QCOMPARE(readNpy(folder + "/a_b_2.npy").toInts(), (std::vector<std::int64_t>{9, 16}));
    QCOMPARE(readNpy(folder + "/_._.._up.npy").dtype(), DType::Float64);
    QCOMPARE(readNpy(folder + "/not.npy").dtype(), DType::Bool);
    QCOMPARE(readNpy(folder + "/not.npy").toInts(), (std::vector<std::int64_t>{0, 1}));
    QCOMPARE(outcome.json().at(0).at("name").get<std::string>(), std::string("a/b"));

    const Outcome nameless = command({"run", path("outputs.onnx"), "--input", path("ints.npy"), "--out", folder});
    QVERIFY2(nameless.status == cli::kFailed && nameless.err.find("x, flags") != std::string::npos, nameless.text());
    const Outcome half = command({"run", path("outputs.onnx"), "--input", "x=" + path("ints.npy"), "--out", folder});
    QVERIFY2(half.status == cli::kFailed && half.err.find("'flags'") != std::string::npos, half.text());
  }

  void nothingIsLeftOfAFailure() {
    const Outcome nowhere = command({"convert", "example", path("nowhere/example.onnx")});
    QVERIFY2(nowhere.status == cli::kFailed && nowhere.err.find("nowhere/example.onnx") != std::string::npos,
             nowhere.text());
    test::writeBytes(path("garbage.onnx"), "these are no bytes of a network");
    const Outcome garbage = command({"convert", path("garbage.onnx"), path("out.onnx")});
    QVERIFY2(garbage.status == cli::kFailed && garbage.err.find("garbage.onnx") != std::string::npos, garbage.text());
    QVERIFY(!std::filesystem::exists(path("out.onnx")));
  }
#endif

 private:
  std::string path(const std::string& name) const {
    return (folder_.path() + "/").toStdString() + name;
  }

  QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(TestConvert)
#include "test_convert.moc"
