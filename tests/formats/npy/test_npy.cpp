#include <cstring>

#include <QTemporaryDir>
#include <QtTest>

#include "formats/npy/npy.h"
#include "support/files.h"

#ifdef UNITSCOPE_HAS_RAPIDCHECK
#include <rapidcheck.h>
#endif

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

namespace {

std::string npy(const std::string& dictionary, const std::string& data, int major = 1) {
  std::string text("\x93NUMPY", 6);
  text += static_cast<char>(major);
  text += '\0';
  text += major == 1 ? raw(static_cast<std::uint16_t>(dictionary.size()))
                     : raw(static_cast<std::uint32_t>(dictionary.size()));
  return text + dictionary + data;
}

TensorData parse(const std::string& file) {
  const auto kept = std::make_shared<const std::string>(file);
  return readNpy(bytesOf(*kept), kept, "x.npy");
}

std::string floats(std::initializer_list<float> values) {
  std::string text;
  for (const float value : values) text += raw(value);
  return text;
}

constexpr DType kTypes[] = {DType::Float32, DType::Float16, DType::Float64,   DType::Int8,      DType::Int16,
                            DType::Int32,   DType::Int64,   DType::UInt8,     DType::UInt16,    DType::UInt32,
                            DType::UInt64,  DType::Bool,    DType::Complex64, DType::Complex128};

}  // namespace

class TestNpy : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

 private Q_SLOTS:
  void headerIsAsNumpyWritesIt() {
    const std::string header = npyHeader(DType::Float32, {1, 3, 224, 224});
    QCOMPARE(header.size() % 64, std::size_t{0});
    QCOMPARE(header.back(), '\n');
    QCOMPARE(header.substr(10, 66), std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 224, 224)"));
    QVERIFY(npyHeader(DType::Bool, {7}).find("'|b1', 'fortran_order': False, 'shape': (7,), }") != std::string::npos);
    QVERIFY(npyHeader(DType::Int64, {}).find("'shape': (), }") != std::string::npos);
  }

  void readsAllVersions() {
    for (const int version : {1, 2, 3}) {
      const TensorData t =
          parse(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n", floats({1.5F, -2}), version));
      QCOMPARE(t.shape(), (Shape{2, 1}));
      QCOMPARE(t.toDoubles(), (std::vector<double>{1.5, -2}));
    }
  }

  void readsWhatOthersWrite() {
    // Other order, other quotes, no spaces, no trailing comma, Python 2's long integers.
    const TensorData t = parse(npy("{\"shape\":(2L,),\"fortran_order\":False,\"descr\":\"<f4\"}", floats({3, 4})));
    QCOMPARE(t.toDoubles(), (std::vector<double>{3, 4}));
    QCOMPARE(parse(npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", floats({7}))).count(), 1);
    QCOMPARE(parse(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 5)}", "")).count(), 0);
  }

  void turnsFortranOrder() {
    const TensorData t =
        parse(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}", floats({1, 4, 2, 5, 3, 6})));
    QCOMPARE(t.toDoubles(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
    QCOMPARE(parse(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (0, 4611686018427387904, 8)}", "")).count(),
             0);
  }

  void turnsBigEndian() {
    const std::string data("\x3f\x80\x00\x00\xc0\x00\x00\x00", 8);
    QCOMPARE(parse(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", data)).toDoubles(),
             (std::vector<double>{1, -2}));
    const std::string ints("\x00\x01\x00\x02\x00\x03\x00\x04", 8);
    QCOMPARE(parse(npy("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2)}", ints)).toInts(),
             (std::vector<std::int64_t>{1, 3, 2, 4}));
  }

  void staysInTheMappedFile() {
    const TensorData written = TensorData::fromFloats({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
    writeNpy(path("m.npy"), written);
    const TensorData read = readNpy(path("m.npy"));
    QCOMPARE(read.toDoubles(), written.toDoubles());
#ifndef __SANITIZE_ADDRESS__  // whose builds read files onto the heap, where overruns show
    // Data start at a multiple of 64 bytes in the file, and so do mapped pages.
    QCOMPARE(reinterpret_cast<std::uintptr_t>(read.bytes().data()) % 64, std::uintptr_t{0});
#endif
  }

  void roundTrip() {
#ifdef UNITSCOPE_HAS_RAPIDCHECK
    const fs::path file = path("r.npy");
    QVERIFY(rc::check("what is written is read again", [&] {
      const DType type = *rc::gen::elementOf(std::vector<DType>(std::begin(kTypes), std::end(kTypes)));
      const auto rank = *rc::gen::inRange<std::size_t>(0, 6);
      const auto shape = *rc::gen::container<Shape>(rank, rc::gen::inRange<std::int64_t>(0, 5));
      const auto size = static_cast<std::size_t>(elementCount(shape)) * sizeOf(type);
      const auto values = *rc::gen::container<std::vector<std::uint8_t>>(size, rc::gen::arbitrary<std::uint8_t>());
      const auto bytes = std::as_bytes(std::span<const std::uint8_t>(values));
      writeNpy(file, TensorData::fromBytes(type, shape, {bytes.begin(), bytes.end()}));
      const TensorData read = readNpy(file);
      RC_ASSERT(read.dtype() == type);
      RC_ASSERT(read.shape() == shape);
      RC_ASSERT(std::equal(read.bytes().begin(), read.bytes().end(), bytes.begin(), bytes.end()));
    }));
#else
    QSKIP("RapidCheck is not installed");
#endif
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const std::string& file, const char* reason) {
      QTest::newRow(name) << QByteArray::fromStdString(file) << QString(reason);
    };
    const auto header = [&](const char* name, const char* text, const char* reason) {
      row(name, npy(text, std::string(64, '\0')), reason);
    };
    row("empty", "", "not a NumPy");
    row("other file", std::string(200, 'x'), "not a NumPy");
    row("magic only", std::string("\x93NUMPY", 6), "too early");
    row("version 9", npy("{}", "", 9), "version 9.0");
    row("header beyond file", npy("{}", "").substr(0, 8) + raw(std::uint16_t{5000}), "too early");
    row("huge header", std::string("\x93NUMPY\x02\x00", 8) + raw(std::uint32_t{0xFFFFFFF0}), "too long");
    row("short data", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "1234"), "too early");
    header("bigger than any file", "{'descr': '<f8', 'fortran_order': False, 'shape': (9000000000000000000,)}",
           "too early");
    header("overflow", "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296)}",
           "too large");
    header("number too long", "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
           "no number that fits");
    header("negative", "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "no number that fits");
    header("objects", "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "Python objects");
    header("text", "{'descr': '<U5', 'fortran_order': False, 'shape': (1,)}", "text");
    header("records", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "records");
    header("unknown type", "{'descr': '<q9', 'fortran_order': False, 'shape': (1,)}", "'<q9' is not supported");
    header("missing field", "{'descr': '<f4', 'shape': (1,)}", "missing");
    header("doubled field", "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "twice");
    header("unknown field", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", "unknown field");
    header("no dictionary", "import os", "missing");
    header("not closed", "{'descr': '<f4", "not closed");
    header("not a boolean", "{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", "neither");
    header("code after it", "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}; x", "follows");
    std::string deep = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    for (int i = 0; i < 100; ++i) deep += "1,";
    header("too many dimensions", (deep + ")}").c_str(), "too many dimensions");
  }
  void refuses() {
    QFETCH(QByteArray, file);
    QFETCH(QString, reason);
    const std::string message = errorOf([&] { parse(file.toStdString()); });
    QVERIFY2(message.find(reason.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(message.starts_with("x.npy: "), message.c_str());
  }

  void everyTruncationIsRefused() {
    const std::string whole = npyHeader(DType::Int16, {2, 3}) + std::string(12, 'v');
    QCOMPARE(parse(whole).count(), 6);
    for (std::size_t length = 0; length < whole.size(); ++length)
      QVERIFY(!errorOf([&] { parse(whole.substr(0, length)); }).empty());
  }

  void writerRefusesWhatNumpyLacks() {
    const TensorData brain = TensorData::fromBytes(DType::BFloat16, {1}, std::vector<std::byte>(2));
    const std::string message = errorOf([&] { writeNpy(path("b.npy"), brain); });
    QVERIFY2(message.find("bfloat16") != std::string::npos, message.c_str());
    QVERIFY(!fs::exists(path("b.npy")));
    QVERIFY(errorOf([&] { writeNpy(path("no/such/folder.npy"), TensorData::scalar(1.0F)); }).find("does not exist") !=
            std::string::npos);
  }

  void readsReferenceFiles() {
    const fs::path file = fs::path(UNITSCOPE_SHARED_DIR) / "reference/chelsea_input.npy";
    if (!fs::exists(file)) QSKIP("the shared reference files are not here");
    const TensorData t = readNpy(file);
    QCOMPARE(t.shape(), (Shape{1, 3, 224, 224}));
    QVERIFY(t.dtype() == DType::Float32);
  }
};

QTEST_APPLESS_MAIN(TestNpy)
#include "test_npy.moc"
