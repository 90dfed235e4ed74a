#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

#include "runtime/atomic_file.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

class TestAtomicFile : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
  std::ptrdiff_t filesInside() const {
    return std::distance(fs::directory_iterator(folder_.path().toStdString()), fs::directory_iterator{});
  }

 private Q_SLOTS:
  void init() {
    QVERIFY(folder_.isValid());
    for (const auto& entry : fs::directory_iterator(folder_.path().toStdString())) fs::remove_all(entry.path());
  }

  void writesWhole() {
    AtomicFile out(path("a.bin"));
    out.write("header");
    out.write(" and the rest");
    QCOMPARE(out.size(), std::uint64_t{19});
    out.writeAt(0, bytesOf("HEAD"));
    QVERIFY(!fs::exists(path("a.bin")));
    out.commit();
    QCOMPARE(readBytes(path("a.bin")), std::string("HEADer and the rest"));
    QCOMPARE(filesInside(), 1);
    QVERIFY(errorOf([&] { out.commit(); }).find("already") != std::string::npos);
  }

  void refusesToOverwriteWhatIsNotThere() {
    AtomicFile out(path("a.bin"));
    out.write("abc");
    QVERIFY(!errorOf([&] { out.writeAt(2, bytesOf("xy")); }).empty());
    QVERIFY(!errorOf([&] { out.writeAt(~std::uint64_t{0}, bytesOf("x")); }).empty());
  }

  void leavesNothingWithoutCommit() {
    writeBytes(path("kept.txt"), "old");
    {
      AtomicFile out(path("kept.txt"));
      out.write("half of the n");
    }
    QCOMPARE(readBytes(path("kept.txt")), std::string("old"));
    QCOMPARE(filesInside(), 1);
  }

  void keepsPermissionsAndLinks() {
    writeBytes(path("real.txt"), "old");
    QCOMPARE(::chmod(path("real.txt").c_str(), 0640), 0);
    fs::create_symlink("real.txt", path("link.txt"));
    writeFileAtomically(path("link.txt"), "new");
    QVERIFY(fs::is_symlink(path("link.txt")));
    QCOMPARE(readBytes(path("real.txt")), std::string("new"));
    QCOMPARE(static_cast<int>(fs::status(path("real.txt")).permissions()), 0640);
    QCOMPARE(filesInside(), 2);
  }

  void writesThroughLinkToNothing() {
    fs::create_symlink("later.txt", path("link.txt"));
    writeFileAtomically(path("link.txt"), "new");
    QCOMPARE(readBytes(path("later.txt")), std::string("new"));
  }

  void acceptsLongNames() {
    const std::string name(250, 'n');
    writeFileAtomically(path(name.c_str()), "x");
    QCOMPARE(readBytes(path(name.c_str())), std::string("x"));
    QVERIFY(errorOf([&] { writeFileAtomically(path(std::string(300, 'n').c_str()), "x"); }).find("too long") !=
            std::string::npos);
  }

  void saysWhatIsWrong() {
    fs::create_directory(path("folder"));
    QVERIFY(errorOf([&] { AtomicFile out(path("folder")); }).find("folder of this name") != std::string::npos);
    QVERIFY(errorOf([&] { AtomicFile out(path("none/a.txt")); }).find("folder does not exist") != std::string::npos);
    QVERIFY(errorOf([&] { AtomicFile out(fs::path("/dev/null")); }).find("device") != std::string::npos);
    QVERIFY(errorOf([&] { AtomicFile out(fs::path{}); }).find("not a name") != std::string::npos);
    QVERIFY(errorOf([&] { AtomicFile out(path("folder/")); }).find("not a name") != std::string::npos);
    QVERIFY(errorOf([&] { AtomicFile out(fs::path("/dev/full")); }).find("device") != std::string::npos);
  }

  void respectsProtection() {
    if (::geteuid() == 0) QSKIP("root may write everywhere");
    writeBytes(path("mine.txt"), "old");
    QCOMPARE(::chmod(path("mine.txt").c_str(), 0400), 0);
    QVERIFY(errorOf([&] { AtomicFile out(path("mine.txt")); }).find("permission denied") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestAtomicFile)
#include "test_atomic_file.moc"
