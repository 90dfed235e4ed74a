#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// What is wrong with what was typed, and who is told.
class TestUsage : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void helpGoesToStandardOutput() {
    const Outcome help = command({"--help"});
    QCOMPARE(help.status, cli::kFine);
    for (const char* name : {"info", "run", "classify", "activations", "attribute", "convert", "bench", "methods"})
      QVERIFY2(help.out.find(name) != std::string::npos, name);
    QVERIFY(help.err.empty());
    const Outcome of = command({"attribute", "--help"});
    QCOMPARE(of.status, cli::kFine);
    QVERIFY2(of.out.find("--input-npy") != std::string::npos, of.text());
  }

  void versionNamesTheLibraries() {
    const Outcome version = command({"--version"});
    QCOMPARE(version.status, cli::kFine);
    QVERIFY2(version.out.starts_with("unitscope ") && version.out.find("LibTorch") != std::string::npos,
             version.text());
  }

  void wrongUsage_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* name, const QStringList& arguments, const char* named) {
      QTest::newRow(name) << arguments << named;
    };
    row("mistyped command", {"clasify", "example"}, "clasify");
    row("missing model", {"info"}, "MODEL");
    row("unknown option", {"info", "example", "--colour"}, "--colour");
    row("no picture", {"classify", "example"}, "IMAGE");
    row("picture and tensor", {"classify", "example", "a.png", "--input-npy", "x.npy"}, "--input-npy");
    row("two pictures", {"attribute", "example", "a.png", "b.png", "--method", "gradient"}, "IMAGE");
    row("no method", {"attribute", "example", "a.png"}, "--method");
    row("no layer", {"activations", "example", "a.png"}, "--layer");
    row("nowhere to write", {"run", "example", "--input", "x.npy"}, "--out");
    row("top is no number", {"classify", "example", "a.png", "--top", "many"}, "--top");
    row("top is zero", {"classify", "example", "a.png", "--top", "0"}, "--top");
    row("unknown precision", {"info", "example", "--precision", "int4"}, "--precision");
    row("memory without meaning", {"info", "example", "--memory", "lots"}, "--memory");
    row("opacity above one", {"attribute", "example", "a.png", "--method", "gradient", "--opacity", "2"}, "--opacity");
  }
  void wrongUsage() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    std::vector<std::string> words;
    for (const QString& word : arguments) words.push_back(word.toStdString());
    const Outcome outcome = command(words);
    QVERIFY2(outcome.status == cli::kWrongUsage, outcome.text());
    QVERIFY2(outcome.out.empty(), outcome.text());
    QVERIFY2(outcome.err.find(named.toStdString()) != std::string::npos, outcome.text());
  }

  void failures_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* name, const QStringList& arguments, const char* named) {
      QTest::newRow(name) << arguments << named;
    };
    row("no such model", {"info", "nowhere/net.onnx"}, "nowhere/net.onnx");
    row("no such picture", {"classify", "example", "nowhere/cat.png"}, "nowhere/cat.png");
    row("no such tensor", {"classify", "example", "--input-npy", "nowhere/x.npy"}, "nowhere/x.npy");
    row("no such card", {"classify", "example", "cat.png", "--card", "nowhere/card.json"}, "nowhere/card.json");
    row("no such method", {"attribute", "example", "cat.png", "--method", "telepathy"}, "integrated_gradients");
    row("no such parameter",
        {"attribute", "example", "cat.png", "--method", "integrated_gradients", "--set", "stepz=3"}, "stepz");
    row("parameter out of range",
        {"attribute", "example", "cat.png", "--method", "integrated_gradients", "--set", "steps=-3"}, "steps");
    row("parameter without value", {"attribute", "example", "cat.png", "--method", "rise", "--set", "masks"}, "masks");
    row("layer where there is none", {"attribute", "example", "cat.png", "--method", "gradient", "--layer", "edges"},
        "--layer");
    row("no such device", {"classify", "example", "cat.png", "--device", "abacus"}, "abacus");
    row("no window to tour", {"tour", "--out", "nowhere"}, "window");
  }
  void failures() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    std::vector<std::string> words;
    for (const QString& word : arguments) words.push_back(word.toStdString());
    const Outcome outcome = command(words);
    QVERIFY2(outcome.status == cli::kFailed, outcome.text());
    QVERIFY2(outcome.out.empty(), outcome.text());
    QVERIFY2(outcome.err.starts_with("unitscope: ") && outcome.err.find(named.toStdString()) != std::string::npos,
             outcome.text());
  }

  void filesOpenInTheWindowOfBuildsThatHaveOne() {
    QTemporaryDir folder;
    const std::string file = folder.filePath("some.onnx").toStdString();
    test::writeBytes(file, "x");
    std::ostringstream out, err;
    cli::Host host{out, err, false, {}, {}, {}};
    QCOMPARE(cli::runCommandLine({file}, host), cli::kWrongUsage);
    QVERIFY(err.str().find("no window") != std::string::npos);

    std::vector<std::filesystem::path> opened;
    host.window = [&](const std::vector<std::filesystem::path>& files) {
      opened = files;
      return 0;
    };
    QCOMPARE(cli::runCommandLine({file}, host), cli::kFine);
    QCOMPARE(opened, std::vector<std::filesystem::path>{file});
    QCOMPARE(cli::runCommandLine({}, host), cli::kFine);
    QVERIFY(opened.empty());
  }

  void cancelledBeforeItStarts() {
    std::ostringstream out, err;
    const cli::Host host{out, err, false, {}, {}, {}};
    host.cancel.cancel();
    QTemporaryDir folder;
    const std::string file = folder.filePath("map.npy").toStdString();
    const std::string input = folder.filePath("x.npy").toStdString();
    test::writeBytes(input, "not reached");
    QCOMPARE(cli::runCommandLine({"attribute", "example", input, "--method", "gradient", "--npy", file}, host),
             cli::kFailed);
    QCOMPARE(err.str(), std::string("unitscope: cancelled\n"));
    QVERIFY(!std::filesystem::exists(file));
  }
};

QTEST_GUILESS_MAIN(TestUsage)
#include "test_usage.moc"
