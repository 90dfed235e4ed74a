#include <QTemporaryDir>
#include <QtTest>

#include "cli/support.h"
#include "data/labelled_folders.h"
#include "data/scene.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// The networks that come with the program, on the command line.
class TestZoo : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void listNamesThemAll() {
    const Outcome listed = command({"zoo", "list", "--json"});
    QVERIFY2(listed.status == cli::kFine, listed.text());
    const nlohmann::json models = listed.json();
    QVERIFY(models.is_array() && models.size() >= 7);
    bool classifier = false;
    for (const nlohmann::json& model : models) {
      QVERIFY(!model.at("description").get<std::string>().empty());
      classifier = classifier || (model.at("name") == "scene-classifier" && model.at("embedded").get<bool>());
    }
    QVERIFY(classifier);
    QVERIFY(command({"zoo", "list"}).out.find("scene-segmenter") != std::string::npos);
  }

  void wrongUsage() {
    QCOMPARE(command({"zoo"}).status, cli::kWrongUsage);
    QCOMPARE(command({"zoo", "train"}).status, cli::kWrongUsage);
    QCOMPARE(command({"zoo", "train", "scene-classifier", "--steps", "-3"}).status, cli::kWrongUsage);
    QCOMPARE(command({"zoo", "verify", "--write"}).status, cli::kWrongUsage);
  }

  void refusals_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("named");
    const QString out = dir_.path();
    QTest::newRow("unknown model") << QStringList{"zoo", "train", "cat-classifier", "--out", out} << "cat-classifier";
    QTest::newRow("unknown device") << QStringList{"zoo",      "train", "scene-classifier", "--out", out,
                                                   "--device", "abacus"}
                                    << "abacus";
    QTest::newRow("nothing to resume") << QStringList{"zoo", "train",    "scene-classifier", "--out",
                                                      out,   "--resume", "--samples",        "64"}
                                       << "scene-classifier.safetensors";
    QTest::newRow("no data") << QStringList{"zoo", "train", "fashion-classifier", "--out", out, "--data", out + "/none"}
                             << "none";
    QTest::newRow("verify unknown") << QStringList{"zoo", "verify", "cat-classifier"} << "cat-classifier";
  }
  void refusals() {
    QFETCH(QStringList, words);
    QFETCH(QString, named);
    std::vector<std::string> arguments;
    for (const QString& word : words) arguments.push_back(word.toStdString());
    const Outcome outcome = command(arguments);
    QVERIFY2(outcome.status == cli::kFailed, outcome.text());
    QVERIFY2(outcome.err.find(named.toStdString()) != std::string::npos, outcome.text());
  }

#ifdef UNITSCOPE_HAS_OPENCV
  void scenesAreADataSet() {
    const std::string folder = dir_.filePath("scenes").toStdString();
    const Outcome drawn = command({"zoo", "scenes", "--out", folder, "--count", "5", "--size", "48", "--first", "7"});
    QVERIFY2(drawn.status == cli::kFine, drawn.text());
    const MaskFolders set = readMaskFolders(folder + "/images", folder + "/masks", folder + "/classes.txt");
    QCOMPARE(set.pictures.size(), std::size_t{5});
    QCOMPARE(set.labels.size(), std::size_t{kSceneClasses});
    const Scene third = renderScene(1, 9, {.size = 48});
    QCOMPARE(readIndexMask(set.pictures[2].mask).indices, third.classes);
    const std::string table = test::readBytes(folder + "/scenes.csv");
    QCOMPARE(std::ranges::count(table, '\n'), std::ptrdiff_t{6});
    QVERIFY(table.find("broadleaf tree") != std::string::npos);
    QCOMPARE(command({"zoo", "scenes", "--out", folder, "--size", "4"}).status, cli::kWrongUsage);
  }
#endif

#ifdef UNITSCOPE_HAS_ONNX
  void namesStandForFiles() {
    const Outcome info = command({"info", "scene-classifier", "--json"});
    QVERIFY2(info.status == cli::kFine, info.text());
    QVERIFY(info.json().at("parameters").get<int>() > 250'000);
    const std::string file = dir_.filePath("copy.onnx").toStdString();
    QCOMPARE(command({"convert", "scene-classifier", file}).status, cli::kFine);
    QCOMPARE(command({"info", file, "--json"}).json().at("parameters"), info.json().at("parameters"));
  }
#endif

 private:
  QTemporaryDir dir_;
};

QTEST_GUILESS_MAIN(TestZoo)
#include "test_zoo.moc"
