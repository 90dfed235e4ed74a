#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTabBar>
#include <QTableWidget>
#include <QUndoStack>

#include "app/concepts/concept_choice.h"
#include "app/concepts/concepts_panel.h"
#include "app/concepts/concepts_workspace.h"
#include "app/concepts/detectors_page.h"
#include "app/concepts/layers_page.h"
#include "app/neurons/neurons_workspace.h"
#include "app/neurons/unit_knowledge.h"
#include "desk_fixture.h"
#include "widgets/bar_list.h"
#include "widgets/stacked_bars.h"

using namespace unitscope;
using namespace unitscope::test;

/// The dissection views of the concepts workspace on the built-in scene classifier and few scenes.
class TestConcepts : public QObject {
  Q_OBJECT

  static constexpr int kPatience = 120000;

  static ConceptsWorkspace& workspace(DeskFixture& f) {
    f.window().showWorkspace(QStringLiteral("concepts"));
    auto* found = qobject_cast<ConceptsWorkspace*>(f.window().currentWorkspace());
    if (!found) qFatal("there is no concepts workspace");
    return *found;
  }

  static void openScenes(DeskFixture& f, const QString& name = QStringLiteral("scene-classifier")) {
    f.studio().openBuiltIn(name, false);
    QVERIFY(f.desk().waitUntilIdle(kPatience));
  }

  static void dissect(ConceptsWorkspace& w) {
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kPatience);
    QTest::mouseClick(w.panel()->dissectButton(), Qt::LeftButton);
    QVERIFY(w.busy());
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kPatience);
    QVERIFY(w.knowledge()->dissection());
  }

  static void clickRow(StackedBars& bars, int id) {
    for (int i = 0; i < bars.rows().size(); ++i)
      if (bars.rows()[i].id == id)
        return QTest::mouseClick(bars.viewport(), Qt::LeftButton, {}, bars.rowRect(i).center());
    QFAIL("there is no such bar");
  }

 private Q_SLOTS:
  void nothingWithoutANetwork() {
    DeskFixture f;
    ConceptsWorkspace& w = workspace(f);
    QVERIFY(!w.panel()->dissectButton()->isEnabled());
    QVERIFY(!w.panel()->dissectButton()->toolTip().isEmpty());
    QVERIFY(w.commandLine().isEmpty());
    QVERIFY(!w.busy());
    for (QAction* action : w.exportActions()) QVERIFY(!action->isEnabled());
    QVERIFY(!w.savePicture(f.path("x.png")) && !w.saveNumbers(f.path("x.csv")) && !w.saveResult(f.path("x.json")));
  }

  void aBarLeadsToUnitsAndAUnitToItsPage() {
    DeskFixture f;
    openScenes(f);
    ConceptsWorkspace& w = workspace(f);
    w.restoreState({{"pictures", 60}, {"layer", "stage3"}});
    QCOMPARE(w.commandLine(),
             QString("unitscope dissect scene-classifier --data scenes --count 60 --seed 3 --top-share "
                     "0.01 --iou 0.04"));
    dissect(w);
    const Dissection& found = *w.knowledge()->dissection();
    QCOMPARE(found.pictures, std::int64_t(60));
    QVERIFY(found.layers.size() > 10);
    DetectorsPage& page = *w.detectors();
    QCOMPARE(page.layer(), QString("stage3"));
    const LayerDissection& layer = found.layers[std::size_t(layerIndex(found, "stage3"))];
    QVERIFY(page.caption()->text().contains(QString::number(layer.detectors)));

    // Bars are counts, the most detected concept first.
    const QVector<StackedRow>& rows = page.concepts()->rows();
    QCOMPARE(rows.size(), int(found.concepts.size()));
    for (const StackedRow& row : rows) {
      double sum = 0;
      for (const double part : row.parts) sum += part;
      QCOMPARE(std::int64_t(sum), layer.unitsPerConcept[std::size_t(row.id)]);
    }
    QVERIFY(layer.unitsPerConcept[std::size_t(rows.front().id)] > 0);
    const int top = rows.front().id;
    clickRow(*page.concepts(), top);
    const std::vector<UnitMatch> units = unitsForConcept(found, std::size_t(layerIndex(found, "stage3")), top, 200);
    QCOMPARE(page.units()->rows().size(), int(units.size()));
    QCOMPARE(page.units()->rows().front().id, int(units.front().unit));

    // A category leaves its own concepts, and all come back.
    const QStringList categories = categoriesOf(found);
    clickRow(*page.categories(),
             int(categories.indexOf(QString::fromStdString(found.concepts[std::size_t(top)].category))));
    QVERIFY(page.concepts()->rows().size() < int(found.concepts.size()));
    for (const StackedRow& row : page.concepts()->rows())
      QCOMPARE(found.concepts[std::size_t(row.id)].category, found.concepts[std::size_t(top)].category);
    clickRow(*page.categories(), page.categories()->chosen());
    QCOMPARE(page.concepts()->rows().size(), int(found.concepts.size()));

    // Keyboard: down and Enter pick the next bar.
    page.concepts()->setFocus();
    QTest::keyClick(page.concepts(), Qt::Key_Home);
    QTest::keyClick(page.concepts(), Qt::Key_Down);
    QTest::keyClick(page.concepts(), Qt::Key_Return);
    QCOMPARE(page.concepts()->chosen(), rows[1].id);
    clickRow(*page.concepts(), top);

    BarList& list = *page.units();
    QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.rowRect(int(units.front().unit)).center());
    QCOMPARE(f.studio().selection().focus().layer, QString("stage3"));
    QCOMPARE(f.studio().selection().focus().unit, int(units.front().unit));
    QTest::keyClick(&list, Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(f.window().currentWorkspace()->id(), QString("neurons"), kPatience);
    // The neurons workspace finds the same dissection.
    auto* neurons = qobject_cast<NeuronsWorkspace*>(f.window().workspace("neurons"));
    QTRY_VERIFY_WITH_TIMEOUT(neurons->knowledge()->dissection() != nullptr, kPatience);
    QCOMPARE(neurons->knowledge()->dissection()->pictures, std::int64_t(60));
  }

  void layersAreComparedAndResultsSavedAndOpened() {
    DeskFixture f;
    openScenes(f);
    ConceptsWorkspace& w = workspace(f);
    w.restoreState({{"pictures", 40}, {"view", "layers"}});
    dissect(w);
    const DissectionPtr first = w.knowledge()->dissection();
    LayersPage& page = *w.layersPage();
    QCOMPARE(page.chart()->rows().size(), int(first->layers.size()));
    QCOMPARE(page.chart()->rows().front().total, double(first->layers.front().units.size()));
    clickRow(*page.chart(), 0);
    QCOMPARE(f.studio().selection().focus().layer, QString::fromStdString(first->layers.front().layer));
    QCOMPARE(w.saveState()["layer"].toString(), QString::fromStdString(first->layers.front().layer));
    page.counted()->setCurrentIndex(1);
    Q_EMIT page.counted()->activated(1);
    QCOMPARE(page.chart()->rows().front().total, double(first->concepts.size()));

    QVERIFY(w.saveResult(f.path("first.json")) && w.savePicture(f.path("layers.png")));
    QVERIFY(w.saveNumbers(f.path("table.csv")));
    QVERIFY(!w.saveResult(f.path("no/such/folder.json")));
    QFile csv(f.path("table.csv"));
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QCOMPARE(csv.readAll().count('\n'), int(first->layers.size() * first->concepts.size()) + 1);

    // A higher threshold leaves fewer detectors, at once, and is undone.
    const auto detectors = [&] {
      std::int64_t sum = 0;
      for (const LayerDissection& layer : w.knowledge()->dissection()->layers) sum += layer.detectors;
      return sum;
    };
    const std::int64_t before = detectors();
    Q_EMIT w.panel()->iouChanged(0.15);
    QVERIFY(detectors() < before);
    f.studio().undo().undo();
    QCOMPARE(detectors(), before);

    // Kept to compare with, while another network is opened and dissected.
    Q_EMIT w.panel()->keepWanted();
    openScenes(f, QStringLiteral("scene-classifier-biased"));
    QVERIFY(!w.knowledge()->dissection());
    QVERIFY(w.knowledge()->other());
    w.openResult(f.path("first.json"));
    QTRY_VERIFY_WITH_TIMEOUT(w.knowledge()->dissection() != nullptr, kPatience);
    QVERIFY(w.panel()->summary()->text().contains("not the open network"));
    QCOMPARE(page.chart()->rows().size(), 2 * int(first->layers.size()));
    w.tabs()->setCurrentIndex(2);
    QCOMPARE(w.table()->table()->columnCount(), 1 + 2 * int(first->layers.size()));
    const QModelIndex cell = w.table()->table()->model()->index(1, 2);
    w.table()->table()->scrollTo(cell);
    QTest::mouseClick(w.table()->table()->viewport(), Qt::LeftButton, {},
                      w.table()->table()->visualRect(cell).center());
    QCOMPARE(w.tabs()->currentIndex(), 0);
    QCOMPARE(w.detectors()->layer(), QString::fromStdString(first->layers[1].layer));
    QVERIFY(w.detectors()->concepts()->rows().front().mark >= 0);
    Q_EMIT w.panel()->dropWanted();
    QVERIFY(w.detectors()->concepts()->rows().front().mark < 0);

    // A file that is no result is told of; what was there stays.
    QVERIFY(!f.makePicture("no.json").isEmpty());
    w.openResult(f.path("no.json"));
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy() && f.window().messageBar().count() > 0, kPatience);
    QVERIFY(w.knowledge()->dissection());
  }

  void aSegmentationNetworkMayNameThePixels() {
    DeskFixture f;
    openScenes(f);
    ConceptsWorkspace& w = workspace(f);
    w.restoreState({{"pictures", 20}, {"allLayers", false}, {"layer", "stage3"}});
    f.studio().selection().setLayer("stage3");
    w.panel()->segmenter()->setCurrentIndex(1);
    Q_EMIT w.panel()->segmenter()->activated(1);
    QVERIFY(w.commandLine().contains("--segmenter scene-segmenter"));
    dissect(w);
    QCOMPARE(w.knowledge()->dissection()->layers.size(), std::size_t(1));
    f.studio().undo().undo();
    QCOMPARE(w.panel()->segmenter()->currentIndex(), 0);
  }

  void stoppedAndKeptInTheSession() {
    DeskFixture f;
    openScenes(f);
    ConceptsWorkspace& w = workspace(f);
    w.restoreState({{"pictures", 100000}, {"allLayers", false}, {"topShare", 0.05}});
    f.studio().selection().setLayer("stage2");
    QVERIFY(w.commandLine().endsWith("--layer stage2"));
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kPatience);
    QTest::mouseClick(w.panel()->dissectButton(), Qt::LeftButton);
    QVERIFY(w.knowledge()->dissecting());
    QTest::mouseClick(w.panel()->dissectButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kPatience);
    QVERIFY(!w.knowledge()->dissection());
    const QJsonObject state = w.saveState();
    QCOMPARE(ConceptsState::fromJson(state).toJson(), state);
    QCOMPARE(ConceptsState::fromJson({{"pictures", -5}, {"view", "nonsense"}, {"topShare", 9}}).pictures, 10);
    // The card says what to do; another network forgets nothing that was set.
    QCOMPARE(w.panel()->pictures()->value(), 100000);
  }
};

QTEST_MAIN(TestConcepts)
#include "test_concepts.moc"
