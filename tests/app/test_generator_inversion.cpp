#include <numeric>

#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTabBar>
#include <QUndoStack>

#include "app/data_box.h"
#include "app/generator/inversion/compare_view.h"
#include "app/generator/inversion/domain_view.h"
#include "app/generator/inversion/inversion_options.h"
#include "app/generator/inversion/inversion_page.h"
#include "app/generator/inversion/inversion_result.h"
#include "app/generator/inversion/inversion_work.h"
#include "app/image_convert.h"
#include "data/scene.h"
#include "generator_pages_fixture.h"
#include "widgets/crop_picker.h"
#include "widgets/curve_chart.h"
#include "widgets/empty_state.h"
#include "widgets/image_canvas.h"
#include "widgets/threshold_histogram.h"

using namespace unitscope;
using namespace unitscope::test;

/// A picture becomes a code of the built-in generator of scenes, by mouse.
class TestGeneratorInversion : public QObject {
  Q_OBJECT

  static void rest(GeneratorWorkspace& w) { QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kGeneratorPatience); }

  /// A landscape as a file.
  static QString scene(const DeskFixture& f, const QString& name = QStringLiteral("scene.png")) {
    const Scene drawn = renderScene(5, 3, {.size = 96});
    QImage picture = toQImage(drawn.picture);
    const QString file = f.path(name);
    return picture.save(file, "PNG") ? file : QString();
  }

 private Q_SLOTS:
  void aDroppedPictureBecomesTheScene() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    InversionPage& page = shownPage<InversionPage>(w);
    rest(w);
    QVERIFY(page.empty()->isVisible());
    QVERIFY(page.work()->hasEncoder());
    QCOMPARE(page.options()->start()->currentText(), QString("built-in encoder"));
    for (QAction* action : page.exportActions()) QVERIFY(!action->isEnabled() && !action->toolTip().isEmpty());
    QVERIFY(dropFiles(*page.empty(), {scene(f)}));
    rest(w);
    QVERIFY(!page.empty()->isVisible());
    QCOMPARE(page.saveState()["picture"].toString(), f.path("scene.png"));
    QCOMPARE(page.result()->target()->image().size(), QSize(64, 64));
    QVERIFY(!page.stageButton()->isEnabled() && !page.stageButton()->toolTip().isEmpty());

    page.options()->steps()->setValue(6);
    int previews = 0;
    connect(page.work(), &InversionWork::previewed, this, [&] { ++previews; });
    QTest::mouseClick(page.runButton(), Qt::LeftButton);
    QVERIFY(page.work()->running());
    rest(w);
    QVERIFY2(page.work()->answer(), qPrintable(page.work()->failure()));
    QVERIFY(previews > 0);
    const InversionAnswer& answer = *page.work()->answer();
    QVERIFY(answer.fromEncoder);
    QCOMPARE(page.result()->drawn()->image().size(), QSize(64, 64));
    QCOMPARE(page.result()->error()->image().size(), QSize(64, 64));
    QVERIFY(page.result()->figures()->text().contains("PSNR"));
    QVERIFY(page.result()->curves()->curves().size() >= 3);

    const GeneratorScene before = w.stage()->scene();
    QTest::mouseClick(page.stageButton(), Qt::LeftButton);
    QCOMPARE(w.stage()->scene().name, QString("scene.png"));
    QVERIFY(w.stage()->scene().sample.latents.values == answer.latents.values);
    rest(w);
    // The stage draws what the search drew.
    const QImage shown = w.stage()->picture().convertToFormat(QImage::Format_RGB32);
    const QImage drawn = toQImage(answer.picture).convertToFormat(QImage::Format_RGB32);
    QCOMPARE(shown.size(), drawn.size());
    int worst = 0;
    for (int y = 0; y < shown.height(); ++y)
      for (int x = 0; x < shown.width(); ++x)
        worst = std::max(worst, std::abs(qGreen(shown.pixel(x, y)) - qGreen(drawn.pixel(x, y))));
    QVERIFY2(worst <= 2, qPrintable(QString::number(worst)));
    f.studio().undo().undo();
    QVERIFY(w.stage()->scene() == before);
  }

  void theCropMovesAndIsUndone() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    InversionPage& page = shownPage<InversionPage>(w);
    rest(w);
    QImage wide(200, 80, QImage::Format_RGB32);
    for (int x = 0; x < wide.width(); ++x)
      for (int y = 0; y < wide.height(); ++y) wide.setPixelColor(x, y, QColor(x, y, 128));
    QGuiApplication::clipboard()->setImage(wide);
    QVERIFY(page.takeData(QGuiApplication::clipboard()->mimeData()));
    QTRY_VERIFY_WITH_TIMEOUT(!page.crop()->image().isNull() && !page.busy(), kGeneratorPatience);
    CropPicker& crop = *page.crop();
    QVERIFY(qAbs(crop.cropRect().width() - crop.cropRect().height()) < 1.0);
    const QImage middle = page.result()->target()->image();
    QTest::mousePress(&crop, Qt::LeftButton, {}, crop.cropRect().center().toPoint());
    QTest::mouseMove(&crop, crop.imageRect().topLeft().toPoint() + QPoint(2, 20));
    QTest::mouseRelease(&crop, Qt::LeftButton, {}, crop.imageRect().topLeft().toPoint() + QPoint(2, 20));
    QCOMPARE(crop.middle().x(), 0.2);  // as far left as the square can go
    QTRY_VERIFY_WITH_TIMEOUT(!page.busy(), kGeneratorPatience);
    QVERIFY(page.result()->target()->image() != middle);
    QTest::keyClick(&crop, Qt::Key_Plus);
    QVERIFY(crop.size01() < 1.0);
    QCOMPARE(page.saveState()["size"].toDouble(), crop.size01());
    f.studio().undo().undo();
    QCOMPARE(crop.size01(), 1.0);
    QCOMPARE(crop.middle(), QPointF(0.5, 0.5));
    rest(w);
    QCOMPARE(page.result()->target()->image(), middle);
  }

  void stoppingKeepsTheBest() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    InversionPage& page = shownPage<InversionPage>(w);
    rest(w);
    page.openPicture(scene(f));
    rest(w);
    page.options()->steps()->setValue(20000);
    bool seen = false;
    connect(page.work(), &InversionWork::previewed, this, [&](const InversionPreview& preview) {
      if (preview.step >= 2) seen = true;
    });
    QTest::mouseClick(page.runButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(seen, kGeneratorPatience);
    QCOMPARE(page.runButton()->text(), QString("Stop"));
    QTest::mouseClick(page.runButton(), Qt::LeftButton);
    rest(w);
    QVERIFY(page.work()->answer());
    QVERIFY(page.work()->answer()->cancelled);
    QVERIFY(page.stageButton()->isEnabled());
    // Another picture: the answer was not for it.
    page.openPicture(scene(f, "other.png"));
    rest(w);
    QVERIFY(!page.work()->answer());
  }

  void theDomainIsJudged() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    InversionPage& page = shownPage<InversionPage>(w);
    rest(w);
    QCOMPARE(page.domainView()->known()->currentData().toString(), QString("scenes"));
    QVERIFY(!f.makePicture("red.png", Qt::red, {64, 64}).isEmpty());
    page.openPicture(f.path("red.png"));
    rest(w);
    page.options()->steps()->setValue(1);
    QTest::mouseClick(page.runButton(), Qt::LeftButton);
    rest(w);
    page.tabs()->setCurrentIndex(1);
    QVERIFY(page.domainView()->checkButton()->isEnabled());
    QTest::mouseClick(page.domainView()->checkButton(), Qt::LeftButton);
    QVERIFY(page.work()->checking());
    rest(w);
    QVERIFY2(page.work()->finding(), qPrintable(page.work()->failure()));
    QVERIFY(page.work()->finding()->verdict == DomainVerdict::Outside);
    QVERIFY(page.domainView()->verdict()->text().contains("Outside"));
    const std::vector<DomainMeasure>& measures = page.work()->finding()->measures;
    for (std::size_t i = 0; i < measures.size(); ++i) {
      const ThresholdHistogram& histogram = *page.domainView()->histograms()[i];
      QVERIFY(histogram.isVisible());
      QCOMPARE(*histogram.threshold(), measures[i].value);
      // All pictures that it is compared with are in the bars.
      QCOMPARE(std::accumulate(histogram.counts().begin(), histogram.counts().end(), qint64{0}), qint64{16});
    }
    // It is kept for the next time the program runs.
    QCOMPARE(QDir(f.path("config/cache/gan-domains")).entryList(QDir::Files).size(), 1);
    // Another picture with the same options needs no new reference.
    const DomainReferencePtr reference = page.work()->reference();
    page.openPicture(scene(f));
    rest(w);
    QVERIFY(!page.work()->finding());
    QTest::mouseClick(page.runButton(), Qt::LeftButton);
    rest(w);
    page.tabs()->setCurrentIndex(1);
    QTest::mouseClick(page.domainView()->checkButton(), Qt::LeftButton);
    rest(w);
    QCOMPARE(page.work()->reference(), reference);
    QVERIFY(page.work()->finding());
    QVERIFY(page.work()->finding()->verdict != DomainVerdict::Outside);
  }

  void withAndWithoutTheDomainTerm() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    InversionPage& page = shownPage<InversionPage>(w);
    rest(w);
    page.openPicture(scene(f));
    rest(w);
    page.options()->steps()->setValue(3);
    page.tabs()->setCurrentIndex(2);
    QVERIFY(!page.compareView()->edit()->isEnabled());
    QVERIFY(page.compareView()->edit()->toolTip().contains("Dissect"));
    QTest::mouseClick(page.compareView()->compareButton(), Qt::LeftButton);
    rest(w);
    QVERIFY2(page.work()->comparison(), qPrintable(page.work()->failure()));
    QVERIFY(!page.compareView()->canvases()[0]->image().isNull());
    QVERIFY(page.compareView()->captions()[1]->text().contains("PSNR"));
    // From the mean latent there is no domain term.
    page.options()->start()->setCurrentIndex(1);
    Q_EMIT page.options()->start()->activated(1);
    QVERIFY(!page.compareView()->compareButton()->isEnabled());
    f.studio().undo().undo();
    QVERIFY(page.compareView()->compareButton()->isEnabled());
  }

  void aNetworkWithoutEncoderStartsAtTheMean() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f, QStringLiteral("fashion-generator"));
    InversionPage& page = shownPage<InversionPage>(w);
    rest(w);
    QVERIFY(!page.work()->hasEncoder());
    page.openPicture(scene(f));
    rest(w);
    page.options()->steps()->setValue(2);
    QTest::mouseClick(page.runButton(), Qt::LeftButton);
    rest(w);
    QVERIFY2(page.work()->answer(), qPrintable(page.work()->failure()));
    QVERIFY(!page.work()->answer()->fromEncoder);
    QVERIFY(!page.compareView()->compareButton()->isEnabled());
  }

  void stateIsKept() {
    const QJsonObject state = InversionState{.picture = "a.png",
                                             .crop = {0.25, 0.5, 0.5},
                                             .space = "w",
                                             .start = "mean",
                                             .steps = 12,
                                             .pixels = 2,
                                             .features = 0,
                                             .domain = 1,
                                             .known = "folder",
                                             .view = "domain"}
                                  .toJson();
    QCOMPARE(InversionState::fromJson(state).toJson(), state);
    const InversionState odd = InversionState::fromJson({{"size", -5}, {"space", "q"}, {"steps", 1e9}, {"start", ""}});
    QCOMPARE(odd.crop.size, 0.1);
    QVERIFY(odd.space.isEmpty());
    QCOMPARE(odd.steps, 20000);
    QCOMPARE(odd.start, QString("encoder"));
    const InversionRequest request = requestOf(InversionState::fromJson(state));
    QVERIFY(!request.question.useEncoder);
    QVERIFY(request.question.space == LatentSpace::W);
  }
};

QTEST_MAIN(TestGeneratorInversion)
#include "test_generator_inversion.moc"
