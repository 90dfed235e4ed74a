#include <cmath>
#include <filesystem>
#include <numeric>
#include <thread>

#include <QTemporaryDir>
#include <QtTest>

#include "formats/hdf5/hdf5_file.h"
#include "support/files.h"
#include "support/h5py.h"

using namespace unitscope;
using test::errorOf;

namespace fs = std::filesystem;

/// HDF5 written, read back by us and by h5py, and files that are not what they should be.
class TestHdf5File : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  fs::path path(const char* name) const { return folder_.filePath(name).toStdString(); }

  static std::vector<double> ramp(std::size_t n) {
    std::vector<double> values(n);
    std::iota(values.begin(), values.end(), 0.5);
    return values;
  }

  fs::path sample(const char* name) const {
    Hdf5Writer out(path(name));
    out.attribute("/", "kind", std::string("a sample, größer"));
    out.attribute("/", "count", std::int64_t{-7});
    out.attribute("/", "half", 0.5);
    out.attribute("/", "nothing", std::string());
    out.write("/deep/in/values", ramp(600), {100, 6});
    out.write("/bytes", std::vector<std::uint8_t>{1, 2, 255});
    out.write("/shorts", std::vector<std::int16_t>{-5, 5});
    out.write("/empty", std::vector<float>{}, {0, 4});
    out.write("/texts", std::vector<std::string>{"one", "", "drei größte"});
    out.write("/none", std::vector<std::string>{});
    out.save();
    return path(name);
  }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    if (!hasHdf5()) {
      QVERIFY(!errorOf([] { Hdf5Writer("x.h5"); }).empty());
      QVERIFY(!errorOf([] { Hdf5Reader::open("x.h5"); }).empty());
      QSKIP("this build has no HDF5");
    }
  }

  void comesBack() {
    const Hdf5Reader in = Hdf5Reader::open(sample("a.h5"));
    QCOMPARE(in.text("/", "kind"), std::string("a sample, größer"));
    QCOMPARE(in.text("/", "nothing"), std::string());
    QCOMPARE(in.integer("/", "count"), std::int64_t{-7});
    QCOMPARE(in.number("/", "half"), 0.5);
    QCOMPARE(in.read<double>("/deep/in/values", {100, 6}), ramp(600));
    QCOMPARE(in.read<std::uint8_t>("/bytes", {3}), (std::vector<std::uint8_t>{1, 2, 255}));
    QCOMPARE(in.read<std::int64_t>("/shorts", {2}), (std::vector<std::int64_t>{-5, 5}));
    QVERIFY(in.read<float>("/empty", {0, 4}).empty());
    QCOMPARE(in.texts("/texts", 0, 3), (std::vector<std::string>{"one", "", "drei größte"}));
    QCOMPARE(in.texts("/texts", 2, 1), (std::vector<std::string>{"drei größte"}));
    QVERIFY(in.texts("/none", 0, 0).empty());
    QCOMPARE(in.shape("/deep/in/values"), (Hdf5Shape{100, 6}));
    QVERIFY(in.has("/deep/in") && in.has("/deep/in/values") && !in.has("/deep/out") && !in.has("/x/y"));
    const std::vector<double> rows = in.rows<double>("/deep/in/values", {100, 6}, 40, 2);
    QCOMPARE(rows.size(), std::size_t{12});
    QCOMPARE(rows.front(), 240.5);
  }

  void sameContentsSameFile() { QVERIFY(test::readBytes(sample("b.h5")) == test::readBytes(sample("c.h5"))); }

  void otherExpectationsAreErrors() {
    const Hdf5Reader in = Hdf5Reader::open(sample("a.h5"));
    const auto wrong = [&](auto&& action) {
      const std::string text = errorOf(action);
      return text.find("a.h5") != std::string::npos;
    };
    QVERIFY(wrong([&] { in.read<double>("/deep/in/values", {6, 100}); }));
    QVERIFY(wrong([&] { in.read<double>("/deep/in/values", {600}); }));
    QVERIFY(wrong([&] { in.read<std::int64_t>("/deep/in/values", {100, 6}); }));
    QVERIFY(wrong([&] { in.read<double>("/bytes", {3}); }));
    QVERIFY(wrong([&] { in.read<double>("/deep/in", {3}); }));
    QVERIFY(wrong([&] { in.read<double>("/absent", {3}); }));
    QVERIFY(wrong([&] { in.rows<double>("/deep/in/values", {100, 6}, 99, 2); }));
    QVERIFY(wrong([&] { in.rows<double>("/deep/in/values", {100, 6}, UINT64_MAX, 2); }));
    QVERIFY(wrong([&] { in.texts("/texts", 3, 1); }));
    QVERIFY(wrong([&] { in.texts("/bytes", 0, 1); }));
    QVERIFY(wrong([&] { in.integer("/", "kind"); }));
    QVERIFY(wrong([&] { in.text("/", "count"); }));
    QVERIFY(wrong([&] { in.integer("/", "absent"); }));
    QVERIFY(wrong([&] { in.integer("/absent", "count"); }));
    {
      Hdf5Writer out(path("unsaved.h5"));
      QVERIFY(!errorOf([&] { out.write("/x", ramp(5), {2, 3}); }).empty());
      QVERIFY(!errorOf([&] { out.write("/a", ramp(5)), out.write("/a", ramp(5)); }).empty());
    }
    QVERIFY(errorOf([&] { Hdf5Writer(path("no/such/folder.h5")); }).find("folder.h5") != std::string::npos);
    // What was not saved leaves nothing behind.
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path().toStdString()))
      QVERIFY2(entry.path().filename().string().find("unsaved") == std::string::npos, entry.path().c_str());
  }

  void damagedFiles() {
    QVERIFY(errorOf([&] { Hdf5Reader::open(path("absent.h5")); }).find("absent.h5") != std::string::npos);
    QVERIFY(!errorOf([&] { Hdf5Reader::open(folder_.path().toStdString()); }).empty());
    test::writeBytes(path("text.h5"), "this is no HDF5 file");
    QVERIFY(!errorOf([&] { Hdf5Reader::open(path("text.h5")); }).empty());
    const std::string whole = test::readBytes(sample("a.h5"));
    const auto readAll = [&](const fs::path& file) {
      return errorOf([&] {
        const Hdf5Reader in = Hdf5Reader::open(file);
        (void)in.read<double>("/deep/in/values", {100, 6});
        (void)in.texts("/texts", 0, 3);
        (void)in.text("/", "kind");
      });
    };
    QVERIFY(readAll(path("a.h5")).empty());
    for (std::size_t length = 0; length < whole.size(); length += 1 + whole.size() / 97) {
      test::writeBytes(path("cut.h5"), whole.substr(0, length));
      QVERIFY(!readAll(path("cut.h5")).empty());
    }
    // Whatever a changed byte does, it does not change the values without a word.
    for (std::size_t at = 0; at < whole.size(); at += 13) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x41);
      test::writeBytes(path("changed.h5"), bytes);
      std::vector<double> values;
      if (errorOf([&] {
            values = Hdf5Reader::open(path("changed.h5")).read<double>("/deep/in/values", {100, 6});
          }).empty())
        QVERIFY(values == ramp(600));
    }
  }

  void severalThreads() {
    const fs::path file = sample("a.h5");
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          if (t == 0) {
            Hdf5Writer out(path("other thread.h5"));
            out.write("/deep/in/values", ramp(600), {100, 6});
            out.save();
            ++right;
            continue;
          }
          const Hdf5Reader in = Hdf5Reader::open(file);
          right += in.read<double>("/deep/in/values", {100, 6}) == ramp(600);
        }
      });
    for (std::thread& thread : threads) thread.join();
    QCOMPARE(right.load(), 60);
  }

  void h5pyAgreesAndForges() {
    const auto python = test::pythonWithH5py();
    if (!python) QSKIP("no Python with h5py (UNITSCOPE_PYTHON names one)");
    const QString read = test::runPython(*python, QStringLiteral(R"(
import h5py, sys
f = h5py.File(sys.argv[1])
assert f.attrs['kind'].decode() == 'a sample, größer', f.attrs['kind']
assert f.attrs['count'] == -7 and f.attrs['half'] == 0.5
assert (f['deep/in/values'][()].ravel() == [i + 0.5 for i in range(600)]).all()
assert [t.decode() for t in f['texts'][()]] == ['one', '', 'drei größte'], f['texts'][()]
print('fine'))"),
                                         {QString::fromStdString(sample("a.h5").string())});
    QCOMPARE(read.trimmed(), QStringLiteral("fine"));
    test::writeBytes(path("secret.bin"), std::string(48, 'x'));
    const QString forged = test::runPython(*python, QStringLiteral(R"(
import h5py, numpy, sys
d = sys.argv[1] + '/'
with h5py.File(d + 'other.h5', 'w') as f: f['values'] = numpy.zeros(6)
with h5py.File(d + 'forged.h5', 'w') as f:
    f['outside'] = h5py.ExternalLink('other.h5', '/values')
    f['soft'] = h5py.SoftLink('/real')
    f['real'] = numpy.zeros(6)
    f.create_dataset('huge', (1 << 40, 1 << 20), 'f8', chunks=(1, 1024))
    f.create_dataset('block', (1 << 30,), 'f8', chunks=(1 << 28,))
    f.create_dataset('text', (3,), dtype=h5py.string_dtype())
    f.create_dataset('pair', (3,), dtype=[('a', 'f8'), ('b', 'i4')])
    f.create_dataset('scalar', (), 'f8')
    f.create_dataset('raw', (6,), 'f8', external=[(d + 'secret.bin', 0, 48)])
    v = h5py.VirtualLayout((6,), 'f8'); v[:] = h5py.VirtualSource(d + 'other.h5', 'values', (6,))
    f.create_virtual_dataset('virtual', v)
    f.create_dataset('lzf', data=numpy.zeros(6), chunks=(6,), compression='lzf')
    f.attrs['array'] = numpy.zeros(4)
    f.attrs['variable'] = 'text'
print('fine'))"),
                                           {folder_.path()});
    QCOMPARE(forged.trimmed(), QStringLiteral("fine"));
    const Hdf5Reader in = Hdf5Reader::open(path("forged.h5"));
    QCOMPARE(in.read<double>("/real", {6}).size(), std::size_t{6});
    for (const char* name : {"/outside", "/soft", "/raw", "/virtual", "/lzf", "/pair"})
      QVERIFY2(!errorOf([&] { in.read<double>(name, {6}); }).empty(), name);
    QVERIFY(errorOf([&] {
              in.read<double>("/huge", {std::uint64_t{1} << 40U, 1U << 20U});
            }).find("too large") != std::string::npos);
    QVERIFY(!errorOf([&] { in.rows<double>("/block", {1U << 30U}, 0, 1); }).empty());
    QVERIFY(!errorOf([&] { in.texts("/text", 0, 3); }).empty());
    QVERIFY(!errorOf([&] { in.read<double>("/scalar", {1}); }).empty());
    QVERIFY(!errorOf([&] { in.shape("/scalar"); }).empty());
    QVERIFY(!errorOf([&] { in.number("/", "array"); }).empty());
    QVERIFY(!errorOf([&] { in.text("/", "variable"); }).empty());
  }
};

QTEST_GUILESS_MAIN(TestHdf5File)
#include "test_hdf5_file.moc"
