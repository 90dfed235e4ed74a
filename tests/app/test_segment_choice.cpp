#include <set>

#include <QComboBox>
#include <QFileDialog>
#include <QImage>
#include <QTest>
#include <QUndoStack>

#include "app/attribution/attribution_workspace.h"
#include "app/attribution/method_panel.h"
#include "app/attribution/segment_choice.h"
#include "desk_fixture.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr int kPatience = 120000;
const QString kMethod = QStringLiteral("segment_ablation");

}  // namespace

class TestSegmentChoice : public QObject {
  Q_OBJECT

  static AttributionWorkspace& workspaceOf(DeskFixture& fixture) {
    return *static_cast<AttributionWorkspace*>(fixture.window().workspace("attribution"));
  }

  static void wait(DeskFixture& fixture) {
    QTest::qWait(20);
    QVERIFY(fixture.desk().waitUntilIdle(kPatience));
  }

  // One picture, one method over superpixels.
  static void open(DeskFixture& fixture) {
    fixture.openExample();
    std::vector<ImageId> others;
    for (const PictureEntry& picture : fixture.studio().document().pictures()) others.push_back(picture.id);
    others.erase(others.begin());
    fixture.studio().removePictures(others);
    QJsonObject state = workspaceOf(fixture).saveState();
    state["methods"] = QJsonArray{kMethod};
    state["current"] = kMethod;
    workspaceOf(fixture).restoreState(state);
    wait(fixture);
    fixture.studio().undo().clear();
  }

  static std::set<float> valuesOf(DeskFixture& fixture) {
    const ImageId image = fixture.studio().document().pictures().front().id;
    const auto* cell = workspaceOf(fixture).results().cell({image, kMethod});
    if (!cell || !cell->result) return {};
    const std::vector<float>& values = cell->result->answer.map.values;
    return {values.begin(), values.end()};
  }

  // Left and right half, as large as the network's input.
  static QString makeHalves(DeskFixture& fixture) {
    const ImageId id = fixture.studio().document().pictures().front().id;
    const auto* cell = workspaceOf(fixture).results().cell({id, kMethod});
    const Image& seen = *cell->result->prepared.seen;
    QImage halves(seen.width, seen.height, QImage::Format_Grayscale8);
    halves.fill(0);
    for (int y = 0; y < halves.height(); ++y)
      std::fill(halves.scanLine(y) + halves.width() / 2, halves.scanLine(y) + halves.width(), uchar(1));
    const QString file = fixture.path("halves.png");
    return halves.save(file) ? file : QString();
  }

  static void pickFile(DeskFixture& fixture, const QString& file) {
    SegmentChoice* choice = workspaceOf(fixture).methods()->segments();
    QVERIFY(choice->isVisible());
    choice->box()->setCurrentIndex(choice->box()->count() - 1);
    Q_EMIT choice->box()->activated(choice->box()->count() - 1);
    auto* dialog = choice->findChild<QFileDialog*>();
    QVERIFY(dialog);
    Q_EMIT dialog->fileSelected(file);
    dialog->close();
    wait(fixture);
  }

 private Q_SLOTS:
  void aMapFromAFileTakesThePlaceOfWhatTheMethodFinds() {
    DeskFixture f;
    open(f);
    auto& w = workspaceOf(f);
    const std::size_t found = valuesOf(f).size();
    QVERIFY(found > 2);
    const QString file = makeHalves(f);
    QVERIFY(!file.isEmpty());
    pickFile(f, file);
    QCOMPARE(valuesOf(f).size(), std::size_t(2));
    QCOMPARE(w.methods()->segments()->box()->currentText(), QString("halves.png"));
    QCOMPARE(w.saveState()["segments"].toString(), file);

    f.studio().undo().undo();
    wait(f);
    QCOMPARE(valuesOf(f).size(), found);
    f.studio().undo().redo();
    wait(f);
    QCOMPARE(valuesOf(f).size(), std::size_t(2));

    QComboBox* box = w.methods()->segments()->box();
    box->setCurrentIndex(0);
    Q_EMIT box->activated(0);
    wait(f);
    QCOMPARE(valuesOf(f).size(), found);
  }

  void aFileThatIsNoMapChangesNothing() {
    DeskFixture f;
    open(f);
    const std::size_t found = valuesOf(f).size();
    QFile broken(f.path("broken.npy"));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("no numbers");
    broken.close();
    pickFile(f, broken.fileName());
    QCOMPARE(workspaceOf(f).saveState()["segments"].toString(), QString());
    QCOMPARE(valuesOf(f).size(), found);
    QCOMPARE(f.studio().undo().count(), 0);
  }

  void aSessionWhoseFileIsGoneGoesOnWithoutIt() {
    DeskFixture f;
    open(f);
    const std::size_t found = valuesOf(f).size();
    QJsonObject state = workspaceOf(f).saveState();
    state["segments"] = f.path("gone.png");
    workspaceOf(f).restoreState(state);
    wait(f);
    QCOMPARE(workspaceOf(f).saveState()["segments"].toString(), QString());
    QCOMPARE(valuesOf(f).size(), found);
  }

  void onlyMethodsOverSuperpixelsOfferIt() {
    DeskFixture f;
    open(f);
    QJsonObject state = workspaceOf(f).saveState();
    state["current"] = "gradient";
    workspaceOf(f).restoreState(state);
    QVERIFY(!workspaceOf(f).methods()->segments()->isVisible());
  }
};

QTEST_MAIN(TestSegmentChoice)
#include "test_segment_choice.moc"
