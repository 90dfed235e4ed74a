#include <QTemporaryDir>
#include <QtTest>

#include "data/idx_file.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

namespace {

std::string bigEndian(std::uint32_t v) {
  return {static_cast<char>(v >> 24), static_cast<char>(v >> 16 & 0xFF), static_cast<char>(v >> 8 & 0xFF),
          static_cast<char>(v & 0xFF)};
}

std::string idx(std::initializer_list<std::uint32_t> shape, const std::string& data, char type = 8) {
  std::string text{0, 0, type, static_cast<char>(shape.size())};
  for (const std::uint32_t size : shape) text += bigEndian(size);
  return text + data;
}

}  // namespace

class TestIdxFile : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  fs::path path(const std::string& name) const { return fs::path(folder_.path().toStdString()) / name; }
  fs::path written(const std::string& name, const std::string& bytes) const {
    writeBytes(path(name), bytes);
    return path(name);
  }
  QByteArray refusal(const std::string& bytes) const {
    const fs::path file = written("bad", bytes);
    return QByteArray::fromStdString(errorOf([&] { readIdxFile(file); }));
  }

 private Q_SLOTS:
  void readsShapesAndValues() {
    const IdxFile file = readIdxFile(written("a", idx({2, 1, 3}, "abcdef")));
    QCOMPARE(file.shape, (std::vector<std::int64_t>{2, 1, 3}));
    QCOMPARE(std::string(file.values.begin(), file.values.end()), std::string("abcdef"));
  }

  /// Compressed by Qt, which uses zlib: header and trailer are added here (RFC 1952).
  void readsGzip() {
    const std::string plain = idx({300}, std::string(300, 'x'));
    const QByteArray zlib = qCompress(QByteArray::fromStdString(plain)).mid(4);
    std::uint32_t crc = ~0u;
    for (const char c : plain) {
      crc ^= static_cast<unsigned char>(c);
      for (int k = 0; k < 8; ++k) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    const std::string deflated = zlib.mid(2, zlib.size() - 6).toStdString();
    std::string gzip("\x1f\x8b\x08\x08\0\0\0\0\0\x03name\0", 15);
    gzip += deflated + raw(static_cast<std::uint32_t>(~crc)) + raw(static_cast<std::uint32_t>(plain.size()));
    QCOMPARE(readIdxFile(written("b.gz", gzip)).values.size(), std::size_t{300});

    QVERIFY(refusal(gzip.substr(0, 17)).contains("gzip"));
    std::string damaged = gzip;
    damaged[damaged.size() - 6] ^= 1;
    QVERIFY(refusal(damaged).contains("checksum"));
    std::string bomb = gzip;
    bomb.replace(bomb.size() - 4, 4, raw(std::uint32_t{0x7FFFFFFF}));
    QVERIFY(refusal(bomb).contains("impossible"));
  }

  void hostileFilesAreRefused() {
    QVERIFY(refusal("").contains("not an IDX file"));
    QVERIFY(refusal("PK\x03\x04 something else").contains("not an IDX file"));
    QVERIFY(refusal(idx({4}, "abcd", 0x0D)).contains("unsigned bytes"));
    QVERIFY(refusal(idx({}, "")).contains("header"));
    QVERIFY(refusal(idx({1, 1, 1, 1, 1}, "a")).contains("header"));
    QVERIFY(refusal(idx({5}, "abcd")).contains("should hold 5"));
    QVERIFY(refusal(idx({3}, "abcd")).contains("should hold 3"));
    QVERIFY(refusal(idx({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, "abcd")).contains("impossible"));
    QVERIFY(refusal(std::string("\0\0\x08\x03\0\0", 6)).contains("header"));
    QVERIFY(QByteArray::fromStdString(errorOf([&] { readIdxFile(path("absent")); })).contains("absent"));
  }

  void picturesAndLabelsFitTogether() {
    written("train-images-idx3-ubyte", idx({2, 2, 2}, "abcdefgh"));
    written("train-labels-idx1-ubyte", idx({2}, std::string("\x03\x07", 2)));
    const LabelledPictures pictures = readMnistLike(folder_.path().toStdString(), "train");
    QCOMPARE(pictures.count(), 2);
    QCOMPARE(pictures.width, 2);
    QCOMPARE(int(pictures.labels[1]), 7);

    written("train-labels-idx1-ubyte", idx({3}, "abc"));
    const auto read = [&](const char* prefix) {
      return QByteArray::fromStdString(errorOf([&] { readMnistLike(folder_.path().toStdString(), prefix); }));
    };
    QVERIFY(read("train").contains("3 labels for 2 pictures"));
    QVERIFY(read("t10k").contains("no such file"));
    written("train-images-idx3-ubyte", idx({8}, "abcdefgh"));
    QVERIFY(read("train").contains("[N,H,W]"));
  }

  void readsFashionMnist() {
    const fs::path folder = "/usr/share/datasets/fashion-mnist";
    if (!fs::exists(folder)) QSKIP("Fashion-MNIST is not installed (Debian: dataset-fashion-mnist)");
    const LabelledPictures test = readMnistLike(folder, "t10k");
    QCOMPARE(test.count(), 10000);
    QCOMPARE(test.width, 28);
    std::array<int, 10> counts{};
    for (const std::uint8_t label : test.labels) ++counts.at(label);
    for (const int count : counts) QCOMPARE(count, 1000);
  }
};

QTEST_GUILESS_MAIN(TestIdxFile)
#include "test_idx_file.moc"
