#include <csignal>

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "formats/npy/npy.h"
#include "graph/tensor_data.h"

using namespace unitscope;

/// The program as a shell starts it, without a display.
class TestProgram : public QObject {
  Q_OBJECT

 private:
  static QProcessEnvironment bare() {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"})
      environment.remove(name);
    return environment;
  }

  void start(const QStringList& arguments) {
    process_.setProcessEnvironment(bare());
    process_.start(UNITSCOPE_PROGRAM, arguments);
    QVERIFY(process_.waitForStarted(30000));
  }

  void finish() {
    QVERIFY(process_.waitForFinished(120000));
    QCOMPARE(process_.exitStatus(), QProcess::NormalExit);
    out_ = process_.readAllStandardOutput();
    err_ = process_.readAllStandardError();
  }

  void run(const QStringList& arguments) {
    start(arguments);
    finish();
  }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    input_ = folder_.filePath("x.npy");
    std::vector<float> values(3 * 128 * 128);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i / 128 % 16) / 16.0F;
    writeNpy(input_.toStdString(), TensorData::fromFloats({1, 3, 128, 128}, std::move(values)));
  }

  void exitCodes() {
    run({"info", "example"});
    QCOMPARE(process_.exitCode(), 0);
    QVERIFY(out_.contains("parameters") && err_.isEmpty());
    run({"info", "nowhere.onnx"});
    QCOMPARE(process_.exitCode(), 1);
    QVERIFY(out_.isEmpty() && err_.contains("nowhere.onnx"));
    run({"classify"});
    QCOMPARE(process_.exitCode(), 2);
    QVERIFY(out_.isEmpty() && err_.contains("MODEL"));
    run({"classify", "example", "--input-npy", input_, "--json"});
    QCOMPARE(process_.exitCode(), 0);
    QVERIFY2(err_.isEmpty(), err_);
  }

  void anUnwritableStandardOutputIsAFailure() {
    if (!QFile::exists("/dev/full")) QSKIP("Unitscope skips: /dev/full, which this system does not have");
    process_.setStandardOutputFile("/dev/full");
    run({"info", "example"});
    process_.setStandardOutputFile(QString());
    QCOMPARE(process_.exitCode(), 1);
    QVERIFY2(err_.contains("standard output"), err_);
  }

  void interruptedWorkLeavesNothing() {
    QDir(folder_.path()).mkdir("out");
    const QString file = folder_.filePath("out/map.npy");
    // More masks than fit into the time that the test has.
    start({"attribute", "example", "--input-npy", input_, "--method", "rise", "--set", "masks=100000", "--npy", file,
           "--progress"});
    // The method's first progress says that the work has begun.
    QByteArray said;
    while (!said.contains('%') && process_.state() == QProcess::Running) {
      process_.waitForReadyRead(1000);
      said += process_.readAllStandardError();
    }
    QVERIFY2(process_.state() == QProcess::Running, said);
    ::kill(static_cast<pid_t>(process_.processId()), SIGINT);
    finish();
    QCOMPARE(process_.exitCode(), 1);
    QVERIFY2(err_.contains("cancelled"), err_);
    QVERIFY(QDir(folder_.filePath("out")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot).isEmpty());
  }

  void aFolderThatCannotBeWrittenToIsNamed() {
    run({"classify", "example", "--input-npy", input_, "--scores-npy", folder_.filePath("nowhere/scores.npy")});
    QCOMPARE(process_.exitCode(), 1);
    QVERIFY2(err_.contains("nowhere/scores.npy"), err_);
  }

 private:
  QTemporaryDir folder_;
  QString input_;
  QProcess process_;
  QByteArray out_, err_;
};

QTEST_GUILESS_MAIN(TestProgram)
#include "test_program.moc"
