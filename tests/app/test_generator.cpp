#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>

#include "app/generator/latents_dialog.h"
#include "app/generator/samples/mix_panel.h"
#include "app/generator/samples/sample_grid.h"
#include "app/generator/scene_edits.h"
#include "app/generator/stage_exports.h"
#include "formats/npy/npy.h"
#include "gan/unit_edits_file.h"
#include "generator_fixture.h"
#include "widgets/empty_state.h"

using namespace unitscope;
using namespace unitscope::test;

/// Samples on stage, by mouse and keyboard, on small generators with random weights.
class TestGenerator : public QObject {
  Q_OBJECT

  static GeneratorScene withOff(const GeneratorScene& scene, std::int64_t unit) {
    return withUnits(scene, "layer2", {unit}, {UnitSwitch::Kind::Scale, 0.0});
  }

 private Q_SLOTS:
  void initTestCase() {
#ifndef UNITSCOPE_HAS_ONNX
    QSKIP("this build writes no ONNX files to open");
#endif
  }

  void nothingWithoutAGenerator() {
    DeskFixture f;
    f.window().showWorkspace("generator");
    auto& w = *static_cast<GeneratorWorkspace*>(f.window().workspace("generator"));
    QVERIFY(!w.empty()->isHidden());
    QVERIFY(w.commandLine().isEmpty());
    for (const QAction* action : w.exportActions()) {
      QVERIFY(!action->isEnabled());
      QVERIFY(!action->toolTip().isEmpty());
    }
    f.openExample();
    QCOMPARE(w.stage()->reason(), QStringLiteral("This network takes pictures"));
    QVERIFY(!w.stage()->generator());
  }

  void seedsAreSteppedTypedAndUndone() {
    OnStage f(styleGan(true));
    QCOMPARE(f.scene().name, QStringLiteral("Seed 0"));
    QVERIFY(!f.controls().previous()->isEnabled());
    const QImage first = f.stage().picture();
    QTest::mouseClick(f.controls().next(), Qt::LeftButton);
    QCOMPARE(f.controls().seed()->value(), 1);
    f.settle();
    QVERIFY(f.stage().picture() != first);
    f.controls().seed()->selectAll();
    QTest::keyClicks(f.controls().seed(), "42");
    QTest::keyClick(f.controls().seed(), Qt::Key_Return);
    QCOMPARE(f.scene().name, QStringLiteral("Seed 42"));
    QVERIFY(f.w().commandLine().contains("--seeds 42"));
    QTest::mouseClick(f.controls().random(), Qt::LeftButton);
    QVERIFY(f.scene().name != QStringLiteral("Seed 42"));
    f.undo().undo();
    f.undo().undo();
    f.undo().undo();
    QCOMPARE(f.scene().name, QStringLiteral("Seed 0"));
    QCOMPARE(f.controls().seed()->value(), 0);
    f.settle();
    QCOMPARE(f.stage().picture(), first);
  }

  void truncationIsOneStepHoweverFarItIsDragged() {
    OnStage f(truncatedStyleGan());
    const QImage before = f.stage().picture();
    for (const int value : {90, 60, 20, 0}) f.controls().truncation()->setValue(value);
    QCOMPARE(f.scene().sample.truncation, 0.0);
    f.settle();
    QVERIFY(f.stage().picture() != before);
    f.undo().undo();
    QCOMPARE(f.controls().truncation()->value(), 100);
    // Behind the mapping it does nothing, and says so.
    GeneratorScene styles = f.scene();
    styles.sample.space = LatentSpace::W;
    f.stage().change("w", styles);
    QVERIFY(!f.controls().truncation()->isEnabled());
    QVERIFY(f.controls().truncation()->toolTip().contains("behind"));
  }

  void noiseIsRolledAgain() {
    OnStage f(styleGan(true));
    const QImage constant = f.stage().picture();
    QVERIFY(f.controls().noise()->isEnabled());
    QTest::mouseClick(f.controls().reroll(), Qt::LeftButton);
    QCOMPARE(f.scene().sample.noise, NoiseMode::Random);
    f.settle();
    QVERIFY(f.stage().picture() != constant);
    QVERIFY(f.w().commandLine().contains("--noise random"));
    f.open(dcgan());
    QVERIFY(!f.controls().noise()->isEnabled());
    QVERIFY(!f.controls().noise()->toolTip().isEmpty());
  }

  void classesHaveTheCardsNames() {
    ModelCard card;
    card.labels = {"ant", "bee", "cat", "dog", "eel"};
    OnStage f(conditionalStyleGan(), card);
    QVERIFY(!f.controls().classes()->isHidden());
    QCOMPARE(f.controls().classes()->count(), 5);
    QCOMPARE(f.controls().classes()->itemText(2), QStringLiteral("cat"));
    const QImage ant = f.stage().picture();
    f.controls().classes()->setCurrentIndex(2);
    Q_EMIT f.controls().classes()->activated(2);
    f.settle();
    QCOMPARE(f.scene().sample.classes.values[2], 1.0F);
    QVERIFY(f.stage().picture() != ant);
    QVERIFY(f.w().commandLine().contains("--class 2"));
    QTest::mouseClick(f.controls().next(), Qt::LeftButton);
    QCOMPARE(f.scene().sample.classes.values[2], 1.0F);
    // Other names are no reason to begin anew.
    const GeneratorScene kept = f.scene();
    ModelCard renamed = f.studio().document().card();
    renamed.labels[2] = "lynx";
    f.studio().changeCard(renamed);
    QTRY_COMPARE_WITH_TIMEOUT(f.controls().classes()->currentText(), QStringLiteral("lynx"), OnStage::kPatience);
    QCOMPARE(f.scene(), kept);
    f.waitForPicture();
    f.open(styleGan(true));
    QVERIFY(f.controls().classes()->isHidden());
  }

  void latentsCanBeNamed() {
    OnStage f(styleGan(true));
    QTest::mouseClick(f.panel().latents(), Qt::LeftButton);
    auto* dialog = f.panel().findChild<LatentsDialog*>();
    QVERIFY(dialog);
    QVERIFY(dialog->z()->lineEdit()->placeholderText().contains("z"));
    QVERIFY(dialog->z()->count() > 3);
    dialog->z()->setEditText("nowhere");
    dialog->accept();
    QTRY_VERIFY_WITH_TIMEOUT(!f.stage().opening() && !f.stage().generator(), OnStage::kPatience);
    QVERIFY(f.stage().reason().contains("nowhere") || !f.stage().reason().isEmpty());
    QVERIFY(!f.w().empty()->isHidden());
    QJsonObject state = f.w().saveState();
    QCOMPARE(state["latents"].toObject()["z"].toString(), QStringLiteral("nowhere"));
    f.stage().setHints(hintsFromJson({{"z", "z"}}));
    f.waitForPicture();
    QVERIFY(f.w().commandLine().contains("--z-input z"));
  }

  void changesStayWithAnotherSampleOrGo() {
    OnStage f(styleGan(true));
    f.stage().change("off", withOff(f.scene(), 1));
    QTest::mouseClick(f.controls().next(), Qt::LeftButton);
    QVERIFY(f.scene().edited());
    f.controls().keepsChanges()->click();
    QTest::mouseClick(f.controls().next(), Qt::LeftButton);
    QVERIFY(!f.scene().edited());
    QVERIFY(!f.panel().reset()->isEnabled());
    f.undo().undo();
    QTest::mouseClick(f.panel().reset(), Qt::LeftButton);
    QVERIFY(!f.scene().edited());
  }

  void beforeAndAfter() {
    OnStage f(styleGan(true));
    f.stage().change("off", withOff(f.scene(), 1));
    f.settle();
    QVERIFY(f.stage().unchangedPicture() != f.stage().picture());
    QTest::mouseClick(f.panel().compare(), Qt::LeftButton);
    StageCanvas& canvas = *f.panel().canvas();
    QVERIFY(canvas.curtain());
    const QRectF shown = canvas.imageRect();
    const auto at = [&](double x) { return QPointF(shown.left() + x * shown.width(), shown.center().y()).toPoint(); };
    QTest::mousePress(&canvas, Qt::LeftButton, {}, at(0.5));
    QTest::mouseMove(&canvas, at(0.25));
    QTest::mouseRelease(&canvas, Qt::LeftButton, {}, at(0.25));
    QVERIFY(std::abs(canvas.curtainPlace() - 0.25) < 0.02);
    canvas.setFocus();
    QTest::keyClick(&canvas, Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(canvas.curtainPlace() > 0.26);
    QTest::keyPress(&canvas, Qt::Key_C);
    QVERIFY(canvas.heldBefore());
    QTest::keyRelease(&canvas, Qt::Key_C);
    QVERIFY(!canvas.heldBefore());
    QTest::mousePress(f.panel().holdBefore(), Qt::LeftButton);
    QVERIFY(canvas.heldBefore());
    QTest::mouseRelease(f.panel().holdBefore(), Qt::LeftButton);
    QVERIFY(!canvas.heldBefore());
  }

  void whatWasOnStageIsRemembered() {
    OnStage f(styleGan(true));
    QTRY_COMPARE(f.shelf().history().size(), std::size_t(1));
    QTest::mouseClick(f.controls().next(), Qt::LeftButton);
    QTRY_COMPARE(f.shelf().history().size(), std::size_t(2));
    QVERIFY(!f.shelf().history().front().thumbnail.isNull());
    // A change of the same sample is no entry of its own.
    f.stage().change("off", withOff(f.scene(), 1));
    QTRY_VERIFY(f.shelf().history().front().scene.edited());
    QCOMPARE(f.shelf().history().size(), std::size_t(2));
    OnStage::clickTile(f.panel().history(), 1);
    QCOMPARE(f.scene().name, QStringLiteral("Seed 0"));
    OnStage::clickTile(f.panel().history(), 0);
    QVERIFY(f.scene().edited());
  }

  void favouritesAreKeptShownAndRemoved() {
    OnStage f(styleGan(true));
    auto& page = f.page<SamplesPage>();
    QTest::mouseClick(f.panel().star(), Qt::LeftButton);
    QTest::mouseClick(f.controls().next(), Qt::LeftButton);
    QVERIFY(!f.panel().star()->isChecked());
    QTest::mouseClick(f.panel().star(), Qt::LeftButton);
    QCOMPARE(f.shelf().favourites().size(), std::size_t(2));
    page.sections()->setCurrentIndex(1);
    QCOMPARE(page.grid()->count(), 2);
    QCOMPARE(page.grid()->current(), 1);  // what is on stage
    OnStage::clickTile(page.grid(), 0);
    QCOMPARE(f.scene().name, QStringLiteral("Seed 0"));
    QVERIFY(f.panel().star()->isChecked());
    QTest::mouseClick(page.remove(), Qt::LeftButton);
    QCOMPARE(f.shelf().favourites().size(), std::size_t(1));
    QVERIFY(!f.panel().star()->isChecked());
    f.undo().undo();
    QCOMPARE(f.shelf().favourites().size(), std::size_t(2));
    page.grid()->setFocus();
    page.grid()->setCurrent(1);
    QTest::keyClick(page.grid(), Qt::Key_Delete);
    QTRY_COMPARE(f.shelf().favourites().size(), std::size_t(1));
  }

  void aGridOfSamples() {
    OnStage f(styleGan(true));
    auto& page = f.page<SamplesPage>();
    QTRY_VERIFY_WITH_TIMEOUT(!page.samples().picture(3).isNull(), OnStage::kPatience);
    OnStage::clickTile(page.grid(), 3);
    QCOMPARE(f.scene().name, QStringLiteral("Seed 3"));
    f.settle();
    QCOMPARE(f.stage().picture().convertToFormat(QImage::Format_RGB32),
             page.samples().picture(3).convertToFormat(QImage::Format_RGB32));
    const int before = page.grid()->count();
    QTest::mouseClick(page.more(), Qt::LeftButton);
    QVERIFY(page.grid()->count() > before);
    page.from()->setValue(100);
    QCOMPARE(page.samples().seedAt(2), quint64(102));
    QTRY_VERIFY_WITH_TIMEOUT(!page.samples().picture(102).isNull(), OnStage::kPatience);
    const QImage full = page.samples().picture(102);
    f.controls().truncation()->setValue(0);
    QTRY_VERIFY_WITH_TIMEOUT(page.samples().picture(102) != full, OnStage::kPatience);
  }

  void stylesOfTwoSamplesAreMixed() {
    OnStage f(styleGan(true));
    auto& page = f.page<SamplesPage>();
    const GeneratorScene first = f.scene();
    QTest::mouseClick(page.mixing(), Qt::LeftButton);
    MixPanel& mix = *page.mix();
    QCOMPARE(mix.rowCount(), 4);
    QVERIFY(!mix.share()->isEnabled());
    OnStage::clickTile(page.grid(), 5);
    QTRY_COMPARE_WITH_TIMEOUT(f.scene().sample.space, LatentSpace::WPlus, OnStage::kPatience);
    QCOMPARE(mix.mix().rows(), (std::vector<std::int64_t>{2, 3}));
    const Array half = f.scene().sample.latents;
    QTest::mouseClick(mix.row(0), Qt::LeftButton);
    const Array more = f.scene().sample.latents;
    QVERIFY(!std::equal(half.values.begin(), half.values.begin() + kLatent, more.values.begin()));
    QVERIFY(std::equal(half.values.begin() + kLatent, half.values.end(), more.values.begin() + kLatent));
    QTest::mouseClick(mix.preset(3), Qt::LeftButton);
    QVERIFY(std::equal(half.values.begin(), half.values.begin() + kLatent, f.scene().sample.latents.values.begin()));
    QTest::mouseClick(mix.preset(2), Qt::LeftButton);
    QCOMPARE(mix.mix().rows().back(), std::int64_t(3));
    mix.share()->setValue(0);
    f.settle();
    // All steps of a mix are one.
    f.undo().undo();
    QCOMPARE(f.scene(), first);
    f.open(dcgan());
    QVERIFY(!mix.fromStage()->isEnabled());
    QVERIFY(mix.fromStage()->toolTip().contains("no styles"));
  }

  void comesBackWithASession() {
    OnStage f(styleGan(true));
    auto& page = f.page<SamplesPage>();
    f.controls().takeSeed(11);
    QTest::mouseClick(f.panel().star(), Qt::LeftButton);
    f.controls().truncation()->setValue(70);
    f.stage().change("off", withOff(f.scene(), 1));
    f.panel().compare()->click();
    f.controls().keepsChanges()->click();
    page.from()->setValue(30);
    f.settle();
    const GeneratorScene scene = f.scene();
    const QImage picture = f.stage().picture();
    const QString file = f.path("s.unitscope");
    QVERIFY(f.window().session().save(file));
    f.studio().closeModel();
    QVERIFY(f.shelf().favourites().empty());
    f.window().session().open(file);
    f.settle();
    f.waitForPicture();
    QCOMPARE(f.scene(), scene);
    QCOMPARE(f.stage().picture(), picture);
    QVERIFY(f.panel().canvas()->curtain());
    QVERIFY(!f.controls().keeping());
    QCOMPARE(page.from()->value(), 30);
    QCOMPARE(f.shelf().favourites().size(), std::size_t(1));
    page.sections()->setCurrentIndex(1);
    QTRY_VERIFY_WITH_TIMEOUT(!f.shelf().favourites().front().thumbnail.isNull(), OnStage::kPatience);
  }

  void whatIsSeenCanBeTakenAway() {
    OnStage f(styleGan(true));
    StageExports& exports = *f.w().exports();
    QVERIFY(exports.actions()[0]->isEnabled());
    QVERIFY(!exports.actions()[1]->isEnabled());
    QVERIFY(exports.savePicture(f.path("p.png")));
    QCOMPARE(QImage(f.path("p.png")).size(), f.stage().picture().size());
    f.stage().change("off", withOff(f.scene(), 1));
    QVERIFY(exports.actions()[1]->isEnabled());
    QVERIFY(exports.saveEdits(f.path("edits.json")));
    QFile json(f.path("edits.json"));
    QVERIFY(json.open(QIODevice::ReadOnly));
    QCOMPARE(unitEditsFromJson(json.readAll().toStdString(), "edits").front().change.units,
             (std::vector<std::int64_t>{1}));
    QVERIFY(f.w().commandLine().contains("edits.json"));
    exports.saveLatents(f.path("latents.npy"));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(f.path("latents.npy")), OnStage::kPatience);
    QCOMPARE(readNpy(f.path("latents.npy").toStdString()).shape(), (Shape{1, kLatent}));
    QVERIFY(!exports.savePicture(f.path("no/such/folder/p.png")));
  }
};

QTEST_MAIN(TestGenerator)
#include "test_generator.moc"
