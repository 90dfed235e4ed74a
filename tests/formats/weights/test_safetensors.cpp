#include <QTemporaryDir>
#include <QtTest>

#include "formats/model_reader.h"
#include "support/checkpoints.h"

#ifdef UNITSCOPE_HAS_RAPIDCHECK
#include <rapidcheck.h>
#endif

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

namespace {

constexpr std::pair<const char*, DType> kTypes[] = {
    {"F32", DType::Float32}, {"F16", DType::Float16},  {"BF16", DType::BFloat16}, {"F64", DType::Float64},
    {"I8", DType::Int8},     {"I16", DType::Int16},    {"I32", DType::Int32},     {"I64", DType::Int64},
    {"U8", DType::UInt8},    {"U16", DType::UInt16},   {"U32", DType::UInt32},    {"U64", DType::UInt64},
    {"BOOL", DType::Bool},   {"C64", DType::Complex64}};

}  // namespace

class TestSafetensors : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  ModelFile read(const std::string& bytes) const {
    const fs::path file = fs::path(folder_.path().toStdString()) / "weights.bin";
    writeBytes(file, bytes);
    return readModelFile(file);
  }

 private Q_SLOTS:
  void readsTensors() {
    const ModelFile file =
        read(safetensorsFile(R"({"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]},)"
                             R"("a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
                             R"("e":{"dtype":"F32","shape":[0,4],"data_offsets":[16,16]}}   )",
                             rawFloats({1.5F, -2}) + raw(std::int64_t{7})));
    QCOMPARE(file.format, std::string("safetensors"));
    QCOMPARE(file.tensors.size(), std::size_t{3});
    QCOMPARE(file.tensors[0].name, std::string("a"));
    QCOMPARE(file.tensors[0].data.toDoubles(), (std::vector<double>{1.5, -2}));
    QCOMPARE(file.tensors[1].data.toInts(), (std::vector<std::int64_t>{7}));
    QCOMPARE(file.tensors[2].data.count(), 0);
  }

  void unknownElementTypesAreLeftOut() {
    const ModelFile file = read(safetensorsFile(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                                                R"("q":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[4,6]}})",
                                                std::string(6, '\0')));
    QCOMPARE(file.tensors.size(), std::size_t{1});
    QCOMPARE(file.notes.size(), std::size_t{1});
    QVERIFY2(file.notes[0].find("q (F8_E4M3)") != std::string::npos, file.notes[0].c_str());
  }

  void roundTrip() {
#ifdef UNITSCOPE_HAS_RAPIDCHECK
    QVERIFY(rc::check("tensors of every type and shape come back", [&] {
      const auto count = *rc::gen::inRange<std::size_t>(1, 6);
      std::string header = "{";
      std::string data;
      std::vector<std::tuple<DType, Shape, std::string>> wanted;
      for (std::size_t i = 0; i < count; ++i) {
        const auto& [name, type] = kTypes[*rc::gen::inRange<std::size_t>(0, std::size(kTypes))];
        const auto rank = *rc::gen::inRange<std::size_t>(0, 5);
        const auto shape = *rc::gen::container<Shape>(rank, rc::gen::inRange<std::int64_t>(0, 5));
        const auto size = static_cast<std::size_t>(elementCount(shape)) * sizeOf(type);
        const auto bytes = *rc::gen::container<std::string>(size, rc::gen::arbitrary<char>());
        header += (i > 0 ? ",\"t" : "\"t") + std::to_string(i) + "\":{\"dtype\":\"" + name + "\",\"shape\":[";
        for (std::size_t d = 0; d < shape.size(); ++d) header += (d > 0 ? "," : "") + std::to_string(shape[d]);
        header +=
            "],\"data_offsets\":[" + std::to_string(data.size()) + "," + std::to_string(data.size() + size) + "]}";
        data += bytes;
        wanted.emplace_back(type, shape, bytes);
      }
      const ModelFile file = read(safetensorsFile(header + "}", data));
      RC_ASSERT(file.tensors.size() == count);
      for (const NamedTensor& t : file.tensors) {
        const auto& [type, shape, bytes] = wanted.at(static_cast<std::size_t>(t.name.at(1) - '0'));
        RC_ASSERT(t.data.dtype() == type);
        RC_ASSERT(t.data.shape() == shape);
        RC_ASSERT(
            std::equal(t.data.bytes().begin(), t.data.bytes().end(), bytesOf(bytes).begin(), bytesOf(bytes).end()));
      }
    }));
#else
    QSKIP("RapidCheck is not installed");
#endif
  }

  void refuses_data() {
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const std::string& header, const std::string& data, const char* reason) {
      QTest::newRow(name) << QByteArray::fromStdString(safetensorsFile(header, data)) << QString(reason);
    };
    const auto one = [&](const char* name, const char* description, const char* reason) {
      row(name, "{\"a\":" + std::string(description) + "}", std::string(8, '\0'), reason);
    };
    one("size and shape differ", R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})", "does not match");
    one("outside", R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]})", "outside the file");
    one("backwards", R"({"dtype":"F32","shape":[1],"data_offsets":[8,4]})", "outside the file");
    one("huge shape", R"({"dtype":"F32","shape":[9000000000000000000,3],"data_offsets":[0,8]})", "too large");
    one("shape beyond 63 bits", R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]})", "shape");
    one("negative shape", R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})", "shape");
    one("fraction", R"({"dtype":"F32","shape":[2.0],"data_offsets":[0,8]})", "shape");
    one("negative offset", R"({"dtype":"F32","shape":[2],"data_offsets":[-1,8]})", "data_offsets");
    one("one offset", R"({"dtype":"F32","shape":[2],"data_offsets":[0]})", "data_offsets");
    one("offsets that overflow", R"({"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551616]})",
        "data_offsets");
    one("no dtype", R"({"shape":[2],"data_offsets":[0,8]})", "dtype");
    one("dtype is a number", R"({"dtype":1,"shape":[2],"data_offsets":[0,8]})", "dtype");
    one("not an object", "[1,2]", "description");
    one("too deep", R"([[[[[[[[1]]]]]]]])", "too deep");
    one("gap before", R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})", "gap");
    one("gap after", R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})", "do not fill");
    row("overlap",
        R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
        std::string(8, '\0'), "overlaps");
    row("doubled name",
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
        std::string(8, '\0'), "two tensors are named 'a'");
    row("not JSON", "{\"a\": nonsense", "", "not valid JSON");
    row("no tensors", "{\"__metadata__\":{}}", "", "neither a network nor weights");
    QTest::newRow("header beyond the file")
        << QByteArray::fromStdString(raw(std::uint64_t{90000000}) + "{\"a\":{}}") << QString("too early");
    std::string dims;
    for (int i = 0; i < 70; ++i) dims += "1,";
    row("many dimensions", R"({"a":{"dtype":"U8","shape":[)" + dims + R"(1],"data_offsets":[0,1]}})", "x", "shape");
  }
  void refuses() {
    QFETCH(QByteArray, file);
    QFETCH(QString, reason);
    const std::string message = errorOf([&] { read(file.toStdString()); });
    QVERIFY2(message.find(reason.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(message.find("weights.bin") != std::string::npos, message.c_str());
  }

  void everyTruncationIsRefused() {
    const std::string whole =
        safetensorsFile(R"({"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}})", rawFloats({1, 2}));
    for (std::size_t length = 0; length < whole.size(); ++length)
      QVERIFY(!errorOf([&] { read(whole.substr(0, length)); }).empty());
  }
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
