#include <QImage>
#include <QTemporaryDir>
#include <QtTest>

#include "data/labelled_folders.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

class TestLabelledFolders : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;
  fs::path path(const std::string& name) const {
    const fs::path file = fs::path(folder_.path().toStdString()) / name;
    fs::create_directories(file.parent_path());
    return file;
  }
  void picture(const std::string& name) const {
    QImage image(2, 2, QImage::Format_RGB888);
    image.fill(Qt::red);
    QVERIFY(image.save(QString::fromStdString(path(name).string())));
  }
  /// Written by Qt's own PNG encoder.
  fs::path indexed(const std::string& name, const QList<QRgb>& colors) const {
    QImage image(3, 2, QImage::Format_Indexed8);
    image.setColorTable(colors);
    for (int i = 0; i < 6; ++i) image.setPixel(i % 3, i / 3, unsigned(i) % unsigned(colors.size()));
    image.save(QString::fromStdString(path(name).string()));
    return path(name);
  }
  static QByteArray refusal(const std::function<void()>& action) { return QByteArray::fromStdString(errorOf(action)); }

 private Q_SLOTS:
  void classesAreSubFolders() {
    picture("set/cat/b.png");
    picture("set/cat/a.JPG");
    picture("set/apple/z.bmp");
    writeBytes(path("set/cat/notes.txt"), "no picture");
    writeBytes(path("set/loose.png"), "not in a class");
    picture("set/.hidden/a.png");
    fs::create_directories(path("set/empty/x").parent_path());
    const ClassFolders set = readClassFolders(path("set"));
    QCOMPARE(set.classes, (std::vector<std::string>{"apple", "cat"}));
    QCOMPARE(set.pictures.size(), std::size_t{3});
    QCOMPARE(set.pictures[0].label, 0);
    QCOMPARE(set.pictures[1].label, 1);
    QCOMPARE(set.pictures[1].file.filename().string(), std::string("a.JPG"));

    QVERIFY(refusal([&] { readClassFolders(path("set/empty")); }).contains("one a class"));
    QVERIFY(refusal([&] { readClassFolders(path("absent")); }).contains("absent"));
  }

  void masksArePairedByName() {
    picture("images/one.png");
    picture("images/two.jpg");
    indexed("masks/one.png", {qRgb(0, 0, 0), qRgb(9, 9, 9)});
    indexed("masks/two.png", {qRgb(0, 0, 0), qRgb(9, 9, 9)});
    writeBytes(path("labels.txt"), "background\n1 sky\r\n2: old tree\n3D model\n");
    const MaskFolders set = readMaskFolders(path("images"), path("masks"), path("labels.txt"));
    QCOMPARE(set.labels, (std::vector<std::string>{"background", "sky", "old tree", "3D model"}));
    QCOMPARE(set.pictures.size(), std::size_t{2});
    QCOMPARE(set.pictures[1].mask.filename().string(), std::string("two.png"));
    QVERIFY(readMaskFolders(path("images"), path("masks"), {}).labels.empty());

    picture("images/three.png");
    QVERIFY(refusal([&] { readMaskFolders(path("images"), path("masks"), {}); }).contains("three.png"));
    QVERIFY(refusal([&] { readMaskFolders(path("none/x").parent_path(), path("masks"), {}); }).contains("no pictures"));
    writeBytes(path("binary.txt"), std::string("a\0b\n", 4));
    QVERIFY(refusal([&] { readMaskFolders(path("images"), path("masks"), path("binary.txt")); }).contains("line 1"));
    std::string many;
    for (int i = 0; i < 300; ++i) many += "x\n";
    writeBytes(path("many.txt"), many);
    QVERIFY(refusal([&] { readMaskFolders(path("images"), path("masks"), path("many.txt")); }).contains("256"));
  }

  void indicesComeBack() {
    const IndexMask mask = readIndexMask(
        indexed("m.png", {qRgb(0, 0, 0), qRgb(128, 0, 0), qRgb(0, 128, 0), qRgb(128, 128, 0), qRgb(0, 0, 128)}));
    QCOMPARE(mask.width, 3);
    QCOMPARE(mask.height, 2);
    QCOMPARE(mask.indices, (std::vector<std::uint8_t>{0, 1, 2, 3, 4, 0}));
    // With transparent entries.
    QCOMPARE(readIndexMask(indexed("t.png", {qRgba(10, 20, 30, 0), qRgba(128, 0, 0, 255)})).indices,
             (std::vector<std::uint8_t>{0, 1, 0, 1, 0, 1}));
    // Two colours are stored with one bit a pixel.
    QCOMPARE(readIndexMask(indexed("b.png", {qRgb(255, 255, 255), qRgb(0, 0, 0)})).indices,
             (std::vector<std::uint8_t>{0, 1, 0, 1, 0, 1}));

    QImage grey(2, 1, QImage::Format_Grayscale8);
    grey.setPixel(0, 0, qRgb(7, 7, 7));
    grey.setPixel(1, 0, qRgb(200, 200, 200));
    grey.save(QString::fromStdString(path("g.png").string()));
    QCOMPARE(readIndexMask(path("g.png")).indices, (std::vector<std::uint8_t>{7, 200}));
  }

  void whatIsNoMaskIsRefused() {
    picture("rgb.png");
    QVERIFY(refusal([&] { readIndexMask(path("rgb.png")); }).contains("true colours"));
    picture("photo.jpg");
    QVERIFY(refusal([&] { readIndexMask(path("photo.jpg")); }).contains("no PNG"));
    const fs::path twins = indexed("twins.png", {qRgb(5, 5, 5), qRgb(5, 5, 5), qRgb(7, 5, 5)});
    QVERIFY(refusal([&] { readIndexMask(twins); }).contains("one colour"));
    const std::string good = readBytes(indexed("m.png", {qRgb(0, 0, 0), qRgb(128, 0, 0), qRgb(1, 2, 3)}));
    for (std::size_t cut = 0; cut < good.size() - 12; cut += 3) {
      writeBytes(path("cut.png"), good.substr(0, cut));
      // Decoders may make do with the end missing, but never crash.
      refusal([&] { readIndexMask(path("cut.png")); });
    }
    writeBytes(path("cut.png"), good.substr(0, 40));
    QVERIFY(!refusal([&] { readIndexMask(path("cut.png")); }).isEmpty());
    QVERIFY(refusal([&] { readIndexMask(path("nowhere.png")); }).contains("nowhere.png"));
  }
};

QTEST_GUILESS_MAIN(TestLabelledFolders)
#include "test_labelled_folders.moc"
