#include <csignal>
#include <sys/resource.h>

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QNetworkAccessManager>
#include <QSignalSpy>
#include <QSslSocket>
#include <QTemporaryDir>
#include <QtTest>

#include "app/catalogue/downloader.h"
#include "http_server.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr int kPatience = 20'000;

QByteArray someBytes(qsizetype size, char seed = 1) {
  QByteArray bytes(size, '\0');
  std::uint32_t state = static_cast<std::uint32_t>(seed);
  for (char& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

QString sha256(const QByteArray& bytes) {
  return QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
}

QByteArray contents(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Files of this process cannot grow beyond the limit while it lives: a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

/// A server with one file, and a downloader with a folder of its own.
struct Fixture {
  explicit Fixture(qsizetype size = 300'000) : body(someBytes(size)), downloader(network) {
    server.file("/net.pth").body = body;
    request.url = server.url("/net.pth");
    request.target = folder.filePath("models/net.pth");
    request.sha256 = sha256(body).left(8);
    request.allowLocalHttp = true;
    QObject::connect(&downloader, &Downloader::finished, &downloader, [this](const QString& path) { done = path; });
    QObject::connect(&downloader, &Downloader::failed, &downloader, [this](const QString& text) { problem = text; });
    QObject::connect(&downloader, &Downloader::progress, &downloader, [this](qint64 at, qint64 of) {
      received = at;
      total = of;
    });
  }
  /// Runs one download to its end.
  void run() {
    done.clear();
    problem.clear();
    downloader.start(request);
    QTRY_VERIFY_WITH_TIMEOUT(!downloader.busy() || !done.isEmpty() || !problem.isEmpty(), kPatience);
  }
  bool hasPart() const { return QFile::exists(partPathFor(request.target)); }
  qint64 partSize() const { return QFileInfo(partPathFor(request.target)).size(); }
  QByteArray lastHeader(const QByteArray& name) const { return server.requests().back().header(name); }
  /// Leaves a part of so many bytes, as after a connection that broke off.
  void leavePart(qsizetype size) {
    server.file("/net.pth").breakAfter = size;
    run();
    server.file("/net.pth").breakAfter = -1;
    QCOMPARE(partSize(), qint64(size));
  }

  QTemporaryDir folder;
  HttpServer server;
  QNetworkAccessManager network;
  QByteArray body;
  Downloader downloader;
  DownloadRequest request;
  QString done, problem;
  qint64 received = 0, total = 0;
};

}  // namespace

class TestDownloader : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void fetchesAndVerifies() {
    Fixture f;
    f.request.bytes = f.body.size();
    f.request.sha256 = sha256(f.body);
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(f.done, f.request.target);
    QCOMPARE(contents(f.request.target), f.body);
    QCOMPARE(f.received, qint64(f.body.size()));
    QCOMPARE(f.total, qint64(f.body.size()));
    QCOMPARE(QDir(f.folder.filePath("models")).entryList(QDir::Files), QStringList{"net.pth"});
    QCOMPARE(f.server.requests().size(), std::size_t(1));
    QVERIFY(f.lastHeader("range").isEmpty());
    QCOMPARE(f.lastHeader("accept-encoding"), QByteArray("identity"));
  }

  void nothingIsAskedBeforeStart() {
    Fixture f;
    QTest::qWait(50);
    QVERIFY(f.server.requests().empty());
    QVERIFY(!QFile::exists(f.folder.filePath("models")));
  }

  void fetchesAFileOfUnstatedLength() {
    Fixture f;
    f.server.file("/net.pth").statesLength = false;
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void fetchesAnEmptyAnswerAsAWrongFile() {
    Fixture f;
    f.server.file("/net.pth").body.clear();
    f.run();
    QVERIFY2(f.problem.contains("SHA-256"), qPrintable(f.problem));
    QVERIFY(!f.hasPart());
  }

  void followsRedirects() {
    Fixture f;
    f.server.file("/old.pth").location = "/net.pth";
    f.request.url = f.server.url("/old.pth");
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
    QCOMPARE(f.server.requests().size(), std::size_t(2));
  }

  void followsNoRedirectAwayFromHttps_data() {
    QTest::addColumn<QByteArray>("location");
    QTest::newRow("http elsewhere") << QByteArray("http://example.org/net.pth");
    QTest::newRow("file") << QByteArray("file:///etc/passwd");
    QTest::newRow("user name") << QByteArray("http://127.0.0.1@example.org/net.pth");
  }
  void followsNoRedirectAwayFromHttps() {
    QFETCH(QByteArray, location);
    Fixture f;
    f.server.file("/old.pth").location = location;
    f.request.url = f.server.url("/old.pth");
    f.run();
    QVERIFY2(f.problem.contains("not an https address"), qPrintable(f.problem));
    QVERIFY(!QFile::exists(f.request.target));
    QVERIFY(!f.hasPart());
  }

  void redirectsInCirclesEnd() {
    Fixture f;
    f.server.file("/net.pth").location = "/net.pth";
    f.run();
    QVERIFY2(f.problem.contains("one address to the next"), qPrintable(f.problem));
    QVERIFY(f.server.requests().size() < 20);
  }

  void takesHttpsOnly() {
    Fixture f;
    f.request.allowLocalHttp = false;
    f.run();
    QVERIFY2(f.problem.contains("https"), qPrintable(f.problem));
    f.request.allowLocalHttp = true;
    f.request.url = QUrl("file:///etc/passwd");
    f.run();
    QVERIFY(!f.problem.isEmpty());
    QVERIFY(f.server.requests().empty());
  }

  void tlsIsThere() { QVERIFY2(QSslSocket::supportsSsl(), "Qt found no TLS library, so nothing could be downloaded"); }

  void goesOnAfterABreak() {
    Fixture f;
    f.leavePart(100'000);
    QVERIFY2(f.problem.contains("broke off"), qPrintable(f.problem));
    QVERIFY(!QFile::exists(f.request.target));
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
    QCOMPARE(f.lastHeader("range"), QByteArray("bytes=100000-"));
    QCOMPARE(f.lastHeader("if-range"), QByteArray("\"one\""));
    QCOMPARE(QDir(f.folder.filePath("models")).entryList(QDir::Files), QStringList{"net.pth"});
  }

  void goesOnByDateWhereTheTagIsWeak() {
    Fixture f;
    f.server.file("/net.pth").etag = "W/\"one\"";
    f.server.file("/net.pth").lastModified = "Tue, 15 Nov 1994 12:45:26 GMT";
    f.leavePart(100'000);
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(f.lastHeader("if-range"), QByteArray("Tue, 15 Nov 1994 12:45:26 GMT"));
    QCOMPARE(contents(f.request.target), f.body);
  }

  void goesOnThroughARedirect() {
    Fixture f;
    f.server.file("/old.pth").location = "/net.pth";
    f.request.url = f.server.url("/old.pth");
    f.leavePart(100'000);
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(f.lastHeader("range"), QByteArray("bytes=100000-"));
    QCOMPARE(contents(f.request.target), f.body);
  }

  void startsAnewWhereTheServerKnowsNoRanges() {
    Fixture f;
    f.leavePart(100'000);
    f.server.file("/net.pth").ranges = false;
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(f.lastHeader("range"), QByteArray("bytes=100000-"));
    QCOMPARE(contents(f.request.target), f.body);
  }

  void startsAnewWhereTheFileChanged() {
    Fixture f;
    f.leavePart(100'000);
    f.body = someBytes(250'000, 7);
    f.server.file("/net.pth").body = f.body;
    f.server.file("/net.pth").etag = "\"two\"";
    f.request.sha256 = sha256(f.body);
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void startsAnewWithoutAValidatorOrForAnotherAddress() {
    Fixture f;
    f.server.file("/net.pth").etag.clear();
    f.leavePart(100'000);
    f.run();
    QCOMPARE(f.problem, QString());
    QVERIFY(f.lastHeader("range").isEmpty());

    Fixture g;
    g.leavePart(100'000);
    g.server.file("/other.pth").body = g.body;
    g.request.url = g.server.url("/other.pth");
    g.run();
    QCOMPARE(g.problem, QString());
    QVERIFY(g.lastHeader("range").isEmpty());
    QCOMPARE(contents(g.request.target), g.body);
  }

  void aWholePartIsVerifiedAndTaken() {
    Fixture f;
    f.leavePart(100'000);
    QFile part(partPathFor(f.request.target));
    QVERIFY(part.open(QIODevice::Append));
    part.write(f.body.mid(100'000));
    part.close();
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void aPartThatWasTamperedWithIsFoundOut() {
    Fixture f;
    f.leavePart(100'000);
    QFile part(partPathFor(f.request.target));
    QVERIFY(part.open(QIODevice::ReadWrite));
    part.write("xxxx");
    part.close();
    f.run();
    QVERIFY2(f.problem.contains("SHA-256"), qPrintable(f.problem));
    QVERIFY(!f.hasPart());
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void aPartLongerThanTheFileIsThrownAway() {
    Fixture f;
    f.leavePart(100'000);
    QFile part(partPathFor(f.request.target));
    QVERIFY(part.open(QIODevice::Append));
    part.write(QByteArray(400'000, 'x'));
    part.close();
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void aWrongHashDeletesTheFile() {
    Fixture f;
    f.request.sha256 = QString(64, '0');
    f.run();
    QVERIFY2(f.problem.contains("SHA-256"), qPrintable(f.problem));
    QVERIFY2(f.problem.contains(sha256(f.body).left(8)), qPrintable(f.problem));
    QVERIFY(!QFile::exists(f.request.target));
    QVERIFY(!f.hasPart());
    QVERIFY(QDir(f.folder.filePath("models")).entryList(QDir::Files).isEmpty());
  }

  void anOlderFileStaysWhereTheNewOneIsWrong() {
    Fixture f;
    f.run();
    f.request.sha256 = QString(8, '0');
    f.run();
    QVERIFY(!f.problem.isEmpty());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void saysWhatTheServerAnswers() {
    Fixture f;
    f.request.url = f.server.url("/nothing.pth");
    f.run();
    QVERIFY2(f.problem.contains("404"), qPrintable(f.problem));
    QVERIFY(!f.hasPart());
    f.server.file("/net.pth").status = 503;
    f.request.url = f.server.url("/net.pth");
    f.run();
    QVERIFY2(f.problem.contains("503"), qPrintable(f.problem));
  }

  void anErrorKeepsThePart() {
    Fixture f;
    f.leavePart(100'000);
    f.server.file("/net.pth").status = 500;
    f.run();
    QVERIFY2(f.problem.contains("500"), qPrintable(f.problem));
    QCOMPARE(f.partSize(), qint64(100'000));
  }

  void aPageInPlaceOfTheFileLeavesThePart() {
    Fixture f;
    f.request.bytes = f.body.size();
    f.leavePart(100'000);
    HttpFile& file = f.server.file("/net.pth");
    file.body = "<html>Please log in</html>";
    file.ranges = false;
    f.run();
    QVERIFY2(f.problem.contains("another file"), qPrintable(f.problem));
    QCOMPARE(f.partSize(), qint64(100'000));
    file.body = f.body;
    file.ranges = true;
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void refusesAnotherSize() {
    Fixture f;
    f.request.bytes = 1000;
    f.run();
    QVERIFY2(f.problem.contains("1000"), qPrintable(f.problem));
    QVERIFY(!f.hasPart());
    f.request.bytes = 0;
    f.request.mostBytes = 1000;
    f.run();
    QVERIFY2(f.problem.contains("1000"), qPrintable(f.problem));
    f.server.file("/net.pth").statesLength = false;
    f.run();
    QVERIFY2(f.problem.contains("more than"), qPrintable(f.problem));
    QVERIFY(!f.hasPart());
  }

  void canBeCancelledAndGoneOnWith() {
    Fixture f;
    f.server.file("/net.pth").hangAfter = 150'000;
    QSignalSpy cancelled(&f.downloader, &Downloader::cancelled);
    f.downloader.start(f.request);
    QTRY_COMPARE_WITH_TIMEOUT(f.received, qint64(150'000), kPatience);
    f.downloader.cancel();
    QCOMPARE(cancelled.count(), 1);
    QVERIFY(!f.downloader.busy());
    QCOMPARE(f.partSize(), qint64(150'000));
    QTest::qWait(50);
    QVERIFY(f.problem.isEmpty() && f.done.isEmpty());
    f.server.file("/net.pth").hangAfter = -1;
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(f.lastHeader("range"), QByteArray("bytes=150000-"));
    QCOMPARE(contents(f.request.target), f.body);
  }

  void canBeCancelledAtOnceOrFromProgress() {
    Fixture f;
    f.downloader.start(f.request);
    f.downloader.cancel();
    QTest::qWait(50);
    QVERIFY(f.server.requests().empty());
    const auto stop =
        QObject::connect(&f.downloader, &Downloader::progress, &f.downloader, [&f] { f.downloader.cancel(); });
    f.run();
    QVERIFY(!QFile::exists(f.request.target));
    QObject::disconnect(stop);
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void givesUpOnAServerThatFallsSilent() {
    Fixture f;
    f.downloader.setPatience(300);
    f.server.file("/net.pth").hangAfter = 1000;
    f.run();
    QVERIFY2(f.problem.contains("sent nothing"), qPrintable(f.problem));
    QCOMPARE(f.partSize(), qint64(1000));
  }

  void saysThatTheHostCannotBeReached() {
    Fixture f;
    f.server.stop();
    f.run();
    QVERIFY2(f.problem.contains("cannot be reached"), qPrintable(f.problem));
    QVERIFY2(f.problem.contains("127.0.0.1"), qPrintable(f.problem));
  }

  void saysThatTheDiskIsTooSmall() {
    Fixture f;
    f.request.bytes = qint64(1) << 50;
    f.run();
    QVERIFY2(f.problem.contains("no room"), qPrintable(f.problem));
    QVERIFY(f.server.requests().empty());
  }

  void saysThatTheDiskIsFull() {
    Fixture f;
    {
      const SmallDisk disk(64 * 1024);
      f.run();
    }
    QVERIFY2(f.problem.contains("cannot be written"), qPrintable(f.problem));
    QVERIFY(f.partSize() <= 64 * 1024);
    QVERIFY(!QFile::exists(f.request.target));
    f.run();  // room was made: what was not written counts for nothing
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target), f.body);
  }

  void saysThatTheFolderCannotBeMade() {
    Fixture f;
    QFile inTheWay(f.folder.filePath("models"));
    QVERIFY(inTheWay.open(QIODevice::WriteOnly));
    f.run();
    QVERIFY2(f.problem.contains("models"), qPrintable(f.problem));
    QVERIFY(f.server.requests().empty());
  }

  void twoDoNotWriteOneFile() {
    Fixture f;
    f.server.file("/net.pth").hangAfter = 1000;
    f.downloader.start(f.request);
    QTRY_COMPARE_WITH_TIMEOUT(f.received, qint64(1000), kPatience);
    Downloader other(f.network);
    QSignalSpy failed(&other, &Downloader::failed);
    other.start(f.request);
    QVERIFY(failed.wait(kPatience));
    QVERIFY(failed[0][0].toString().contains("another window"));
    QCOMPARE(f.partSize(), qint64(1000));
  }

  /// 12 MB that come faster than they can be written: each turn of the event loop takes a little of it.
  void largeFilesDoNotHoldTheWindowUp() {
    Fixture f(12'000'000);
    f.leavePart(4'000'000);
    qint64 before = 4'000'000, inThisTurn = 0, most = 0;
    int turns = 0;
    QTimer turn;
    QObject::connect(&turn, &QTimer::timeout, &turn, [&] {
      inThisTurn = 0;
      ++turns;
    });
    turn.start(0);
    QObject::connect(&f.downloader, &Downloader::progress, &turn, [&](qint64 at) {
      inThisTurn += at - before;
      before = at;
      most = std::max(most, inThisTurn);
    });
    f.run();
    QCOMPARE(f.problem, QString());
    QCOMPARE(contents(f.request.target).size(), f.body.size());
    QVERIFY2(most <= 1 << 20, qPrintable(QString("%1 bytes in one turn").arg(most)));
    QVERIFY(turns >= 8);
  }
};

QTEST_GUILESS_MAIN(TestDownloader)
#include "test_downloader.moc"
