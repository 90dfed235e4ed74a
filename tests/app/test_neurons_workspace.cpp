#include <cmath>

#include <QAction>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSlider>
#include <QToolButton>

#include "app/counterfactual/change_chart.h"
#include "app/neurons/layer_box.h"
#include "app/neurons/layer_gallery.h"
#include "app/neurons/live_switches.h"
#include "app/neurons/neighbours_part.h"
#include "app/neurons/neurons_panel.h"
#include "app/neurons/neurons_workspace.h"
#include "app/neurons/portraits_part.h"
#include "app/neurons/purpose_part.h"
#include "app/neurons/responses_part.h"
#include "app/neurons/switch_part.h"
#include "app/neurons/unit_maps.h"
#include "app/neurons/unit_page.h"
#include "app/neurons/unit_portraits.h"
#include "desk_fixture.h"
#include "heartbeat.h"
#include "widgets/bar_list.h"

using namespace unitscope;
using namespace unitscope::test;

/// The neurons workspace on the small hand-written network, by mouse and keyboard.
class TestNeuronsWorkspace : public QObject {
  Q_OBJECT

  static constexpr int kPatience = 120000;

  static NeuronsWorkspace& workspace(DeskFixture& f) {
    f.window().showWorkspace(QStringLiteral("neurons"));
    auto* found = qobject_cast<NeuronsWorkspace*>(f.window().currentWorkspace());
    if (!found) qFatal("there is no neurons workspace");
    return *found;
  }

  /// The example network with its pictures, tiles showing activations.
  static NeuronsWorkspace& opened(DeskFixture& f) {
    f.openExample();
    NeuronsWorkspace& w = workspace(f);
    w.restoreState({{"tiles", "activation"}});
    if (!QTest::qWaitFor([&] { return w.gallery()->units() > 1 && !w.gallery()->busy(); }, kPatience))
      qFatal("the gallery did not come to rest");
    return w;
  }

  static void clickTile(TileGrid* grid, int place) {
    grid->setCurrent(place);
    QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, grid->tileRect(place).center());
  }

 private Q_SLOTS:
  void nothingWithoutANetwork() {
    DeskFixture f;
    NeuronsWorkspace& w = workspace(f);
    QVERIFY(!w.panel()->collectButton()->isEnabled());
    QVERIFY(!w.panel()->collectButton()->toolTip().isEmpty());
    QVERIFY(w.commandLine().isEmpty());
    QVERIFY(!w.busy());
    for (QAction* action : w.exportActions()) QVERIFY(!action->isEnabled());
  }

  void axesOfLayers() {
    QCOMPARE(unitAxesOf({1, 8, 4, 6}).units, std::int64_t(8));
    QCOMPARE(unitAxesOf({1, 10}).units, std::int64_t(10));
    const UnitAxes tokens = unitAxesOf({1, 17, 5});
    QCOMPARE(tokens.units, std::int64_t(5));
    QCOMPARE(tokens.skipped, std::int64_t(1));
    QCOMPARE(tokens.width, std::int64_t(4));
    QCOMPARE(unitAxesOf({1, 7, 5}).width, std::int64_t(7));
    QCOMPARE(unitAxesOf({3}).units, std::int64_t(0));
    Array value{{1, 17, 5}, std::vector<float>(85)};
    for (std::size_t i = 0; i < 85; ++i) value.values[i] = float(i);
    const UnitMaps maps(value);
    QCOMPARE(maps.at(2, 0, 0), 7.0F);  // the token after the class token
    QCOMPARE(maps.largest(4), 84.0F);
    QCOMPARE(UnitMaps(Array{{1, 17, 5}, {1.0F}}).units(), std::int64_t(0));
  }

  void ordersAndSearches() {
    std::vector<UnitFacts> facts(20);
    facts[3].activation = 5;
    facts[7].activation = 9;
    facts[2].conceptName = QStringLiteral("roof");
    facts[2].iou = 0.2;
    facts[9].conceptName = QStringLiteral("car");
    facts[9].iou = 0.1;
    QCOMPARE(orderedUnits(facts, UnitSort::Activation, {}).front(), 7);
    QCOMPARE(orderedUnits(facts, UnitSort::Activation, {})[2], 0);
    QCOMPARE(orderedUnits(facts, UnitSort::Iou, {}).front(), 2);
    QCOMPARE(orderedUnits(facts, UnitSort::Concept, {}).front(), 9);
    QCOMPARE(orderedUnits(facts, UnitSort::Index, QStringLiteral("1")).size(), std::size_t(11));
    QCOMPARE(orderedUnits(facts, UnitSort::Index, QStringLiteral("4-6")), (std::vector<int>{4, 5, 6}));
    QCOMPARE(orderedUnits(facts, UnitSort::Index, QStringLiteral("ROO")), (std::vector<int>{2}));
  }

  void tilesAreSortedSearchedAndEnlarged() {
    DeskFixture f;
    NeuronsWorkspace& w = opened(f);
    LayerGallery& gallery = *w.gallery();
    QTRY_VERIFY_WITH_TIMEOUT(!gallery.tileOf(0).picture.isNull(), kPatience);
    QVERIFY(std::isfinite(gallery.facts()[0].activation));

    w.panel()->sortBox()->setCurrentIndex(int(UnitSort::Activation));
    Q_EMIT w.panel()->sortBox()->activated(int(UnitSort::Activation));
    for (std::size_t i = 1; i < gallery.order().size(); ++i)
      QVERIFY(gallery.facts()[std::size_t(gallery.order()[i - 1])].activation >=
              gallery.facts()[std::size_t(gallery.order()[i])].activation);
    f.studio().undo().undo();
    QCOMPARE(w.state().sort, UnitSort::Index);
    QCOMPARE(gallery.order().front(), 0);

    QTest::keyClicks(w.panel()->searchField(), "1");
    QTest::keyClick(w.panel()->searchField(), Qt::Key_Return);
    QVERIFY(gallery.order().size() < gallery.facts().size());
    QVERIFY(gallery.caption()->text().contains(" of "));
    w.panel()->searchField()->clear();
    QTRY_COMPARE(gallery.order().size(), gallery.facts().size());

    const int size = gallery.grid()->tileSize();
    gallery.grid()->setFocus();
    QTest::keyClick(gallery.grid(), Qt::Key_Plus);
    QVERIFY(gallery.grid()->tileSize() > size);
    QCOMPARE(w.panel()->sizeSlider()->value(), gallery.grid()->tileSize());
    QVERIFY(w.commandLine().startsWith("unitscope visualize "));
    QVERIFY(w.commandLine().contains("--unit 0-"));
  }

  void aUnitOpensAndWalksAndComesBack() {
    DeskFixture f;
    NeuronsWorkspace& w = opened(f);
    TileGrid* grid = w.gallery()->grid();
    clickTile(grid, 1);
    QVERIFY(w.pageShown());
    QCOMPARE(w.page()->address().unit, 1);
    QCOMPARE(f.studio().selection().focus().unit, 1);
    QCOMPARE(f.studio().selection().focus().layer, w.gallery()->layer());
    QVERIFY(w.commandLine().contains("--unit 1 "));

    // To a neighbour, and back through the history.
    TileGrid* into = w.page()->neighbours()->incoming();
    QTRY_VERIFY_WITH_TIMEOUT(!w.page()->neighbours()->busy(), kPatience);
    TileGrid* walked = into->count() > 0 ? into : w.page()->neighbours()->outgoing();
    QVERIFY(walked->count() > 0);
    const UnitAddress before = w.page()->address();
    QTest::mouseClick(walked->viewport(), Qt::LeftButton, {}, walked->tileRect(0).center());
    QVERIFY(w.page()->address() != before);
    QVERIFY(w.pageShown());
    f.studio().selection().back();
    QCOMPARE(w.page()->address(), before);

    QTest::keyClick(w.page(), Qt::Key_Period);
    QCOMPARE(w.page()->address().unit, 2);
    QTest::keyClick(w.page(), Qt::Key_Escape);
    QVERIFY(!w.pageShown());
    QCOMPARE(w.page()->address().unit, -1);
    // Selected anywhere else, it opens here.
    f.studio().selection().setUnit(w.gallery()->layer(), 0);
    QVERIFY(w.pageShown());
    // With the keyboard alone.
    QTest::keyClick(w.page(), Qt::Key_Escape);
    grid->setFocus();
    QTest::keyClick(grid, Qt::Key_Right);
    QTest::keyClick(grid, Qt::Key_Return);
    QVERIFY(w.pageShown());
    QCOMPARE(w.page()->address().unit, 1);
  }

  void theSwitchChangesThePredictions() {
    DeskFixture f;
    NeuronsWorkspace& w = opened(f);
    SwitchPart* part = w.page()->switcher();
    // Whichever unit matters to the picture: turning all of them off certainly does.
    clickTile(w.gallery()->grid(), 0);
    QTRY_VERIFY_WITH_TIMEOUT(w.switches()->answer(), kPatience);
    QTest::mouseClick(part->off(), Qt::LeftButton);
    QCOMPARE(w.state().factor(w.gallery()->layer(), 0), 0.0);
    QVERIFY(part->off()->isChecked());
    QCOMPARE(part->slider()->value(), 0);
    QTRY_VERIFY_WITH_TIMEOUT(!w.switches()->busy() && !w.switches()->answer()->scales.isEmpty(), kPatience);
    QVERIFY(!part->chart()->rows().empty());
    QVERIFY(w.gallery()->tileOf(0).muted);

    QJsonArray scales;
    for (int unit = 0; unit < w.gallery()->units(); ++unit)
      scales.append(QJsonObject{{"layer", w.gallery()->layer()}, {"unit", unit}, {"factor", 0.0}});
    w.restoreState({{"scales", scales}});
    QTRY_VERIFY_WITH_TIMEOUT(!w.switches()->busy() && w.switches()->answer()->scales.size() == scales.size(),
                             kPatience);
    double most = 0;
    for (const ChangeRow& row : part->chart()->rows()) most = std::max(most, std::abs(row.before - row.after));
    QVERIFY2(most > 1e-3, "the predictions do not change");
    QVERIFY(part->allOn()->isVisible());
    QTest::mouseClick(part->allOn(), Qt::LeftButton);
    QVERIFY(w.state().scales.isEmpty());
    f.studio().undo().undo();
    QCOMPARE(int(w.state().scales.size()), int(scales.size()));
    f.studio().undo().undo();  // the first switch was made before the state was set
    QCOMPARE(w.state().factor(w.gallery()->layer(), 0), 1.0);
  }

  void theSliderIsOneStepToUndo() {
    DeskFixture f;
    NeuronsWorkspace& w = opened(f);
    clickTile(w.gallery()->grid(), 0);
    const int steps = f.studio().undo().count();
    for (const int value : {20, 30, 45}) w.page()->switcher()->slider()->setValue(value);
    QCOMPARE(w.state().factor(w.gallery()->layer(), 0), 4.5);
    QCOMPARE(f.studio().undo().count(), steps + 1);
    f.studio().undo().undo();
    QCOMPARE(w.state().factor(w.gallery()->layer(), 0), 1.0);
    QVERIFY(w.pageShown());
  }

  void theDataTellsWhatAUnitIsFor() {
    DeskFixture f;
    f.studio().openBuiltIn("scene-classifier");
    QVERIFY(f.desk().waitUntilIdle(60000));
    NeuronsWorkspace& w = workspace(f);
    w.restoreState({{"tiles", "activation"}});
    f.studio().selection().setUnit(w.gallery()->layer(), 3);
    QVERIFY(w.pageShown());
    QTest::mouseClick(w.page()->purpose()->measureButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!w.page()->purpose()->busy(), kPatience);
    QVERIFY(w.page()->purpose()->list()->rows().size() > 3);
    QCOMPARE(w.page()->responses()->list()->rows().size(), int(f.studio().document().pictures().size()));
  }

  void whatUnitsLookForFormsAndIsKept() {
    DeskFixture f;
    f.openExample();
    {
      NeuronsWorkspace& w = workspace(f);
      QTRY_VERIFY_WITH_TIMEOUT(w.gallery()->units() > 1, kPatience);
      w.restoreState({{"search", "0-1"}});
      const FeatureWish wish{w.gallery()->layer(), 0, FeatureWish::Look::Positive, 0};
      // Until it is there, the activation stands in.
      QTRY_VERIFY_WITH_TIMEOUT(!w.gallery()->tileOf(0).picture.isNull(), kPatience);
      Heartbeat heart;
      QTRY_VERIFY_WITH_TIMEOUT(w.portraits()->waiting() == 0 && !w.portraits()->busy(), kPatience);
      heart.report("while feature visualizations form");
      QVERIFY(!w.portraits()->picture(wish).isNull());
      QVERIFY(w.portraits()->failure(wish.layer).isEmpty());
    }
    f.reopen();
    f.openExample();
    NeuronsWorkspace& w = workspace(f);
    w.restoreState({{"search", "0-1"}});
    const FeatureWish wish{w.gallery()->layer(), 0, FeatureWish::Look::Positive, 0};
    QTRY_VERIFY_WITH_TIMEOUT(!w.portraits()->picture(wish).isNull(), 10000);
    QCOMPARE(w.portraits()->forming(wish), -1.0);
  }

  void theSelectionLeadsAndTwoLayersCompare() {
    DeskFixture f;
    NeuronsWorkspace& w = opened(f);
    const QVector<LayerOfUnits> layers = unitLayers(f.studio().document());
    QVERIFY(layers.size() > 1);
    const QString other = layers.front().name == w.gallery()->layer() ? layers[1].name : layers.front().name;
    f.studio().selection().setLayer(other);
    QCOMPARE(w.gallery()->layer(), other);
    QCOMPARE(w.panel()->layerBox()->chosen(), other);
    w.panel()->layerBox()->setCurrentIndex(w.panel()->layerBox()->findData(layers.back().name));
    Q_EMIT w.panel()->layerBox()->activated(w.panel()->layerBox()->currentIndex());
    QCOMPARE(f.studio().selection().focus().layer, layers.back().name);
    QCOMPARE(w.gallery()->layer(), layers.back().name);

    QTest::mouseClick(w.panel()->findChild<QCheckBox*>(), Qt::LeftButton, {}, QPoint(8, 8));
    QVERIFY(w.second()->isVisible());
    QVERIFY(w.second()->units() > 0);
    // A unit of the second layer does not take the first one's place.
    QTRY_VERIFY_WITH_TIMEOUT(!w.second()->busy(), kPatience);
    clickTile(w.second()->grid(), 0);
    QCOMPARE(w.page()->address().layer, w.second()->layer());
    QCOMPARE(w.gallery()->layer(), layers.back().name);
  }

  void theSessionComesBack() {
    DeskFixture f;
    QJsonObject state;
    {
      NeuronsWorkspace& w = opened(f);
      clickTile(w.gallery()->grid(), 1);
      QTest::mouseClick(w.page()->switcher()->off(), Qt::LeftButton);
      w.restoreState({{"tileSize", 150}, {"sort", "activation"}});
      state = w.saveState();
    }
    const QString file = f.path("here.unitscope");
    QVERIFY(f.window().session().save(file));
    f.reopen();
    f.studio().openPaths({file});
    NeuronsWorkspace& w = workspace(f);
    QTRY_VERIFY_WITH_TIMEOUT(f.studio().document().hasModel() && w.gallery()->units() > 1, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(w.pageShown(), kPatience);
    QCOMPARE(w.saveState(), state);
    QCOMPARE(w.page()->address().unit, 1);
    QVERIFY(w.page()->switcher()->off()->isChecked());
    QVERIFY(!w.saveState()["scales"].toArray().isEmpty());
  }

  void everythingCanBeTakenAway() {
    DeskFixture f;
    NeuronsWorkspace& w = opened(f);
    const QString sheet = f.path("units.png"), csv = f.path("units.csv"), json = f.path("units.json");
    QVERIFY(w.saveSheet(sheet));
    QVERIFY(!QImage(sheet).isNull());
    QVERIFY(w.saveTable(csv));
    QFile table(csv);
    QVERIFY(table.open(QIODevice::ReadOnly));
    QCOMPARE(table.readAll().count('\n'), w.gallery()->units() + 1);
    QVERIFY(w.saveTable(json));
    QFile text(json);
    QVERIFY(text.open(QIODevice::ReadOnly));
    QCOMPARE(QJsonDocument::fromJson(text.readAll())["units"].toArray().size(), w.gallery()->units());
    QVERIFY(!w.saveTable(f.path("no/such/folder/x.csv")));
    QVERIFY(!w.saveSheet(f.path("no/such/folder/x.png")));
  }
};

QTEST_MAIN(TestNeuronsWorkspace)
#include "test_neurons_workspace.moc"
