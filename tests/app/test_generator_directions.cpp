#include <cmath>
#include <set>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QTabBar>
#include <QToolButton>
#include <QUndoStack>

#include "app/generator/directions/direction_row.h"
#include "app/generator/directions/direction_slider.h"
#include "app/generator/directions/direction_sliders.h"
#include "app/generator/directions/direction_strip.h"
#include "app/generator/directions/find_tool.h"
#include "app/generator/directions/layers_edit.h"
#include "directions_fixture.h"
#include "formats/npy/npy.h"
#include "gan/directions_file.h"
#include "slider_drag.h"
#include "widgets/top_chart.h"

using namespace unitscope;
using namespace unitscope::test;

/// The list of directions with its sliders and files, and how directions are found without labels.
class TestGeneratorDirections : public QObject {
  Q_OBJECT

  static QAction* item(DirectionRow& row, const QString& text) {
    for (QAction* action : row.menu()->actions())
      if (action->text() == text) return action;
    return nullptr;
  }

 private Q_SLOTS:
  void sefaIsFoundMovedKeptAndUndone() {
    DirectionsFixture f;
    auto& find = f.tool<FindTool>("find");
    QVERIFY(f.page().sliders()->rows().isEmpty());
    find.howMany()->setValue(4);
    QTest::mouseClick(find.start(), Qt::LeftButton);
    QVERIFY(find.busy());
    QVERIFY(f.settle());
    QCOMPARE(f.list().count(), 4);
    QCOMPARE(find.chart()->bars().size(), 4);
    QVERIFY(find.chart()->bars()[0].value >= find.chart()->bars()[3].value);
    QVERIFY(!find.summary()->text().isEmpty());
    QVERIFY(!f.list().entries()[0].kept);

    // The picture follows the slider; one drag is one step.
    DirectionRow& row = *f.page().sliders()->rows()[0];
    const QImage before = f.stage().picture();
    const int steps = f.studio().undo().count();
    drag(*row.slider(), 0.95);
    QVERIFY(f.settle());
    QVERIFY(f.list().amount(0) > 1.5);
    QCOMPARE(f.studio().undo().count(), steps + 1);
    QVERIFY(f.stage().picture() != before);
    QCOMPARE(f.stage().unchangedPicture(), before);
    QVERIFY(std::abs(row.amount()->value() - f.list().amount(0)) < 0.01);
    drag(*row.slider(), 0.05);
    QCOMPARE(f.studio().undo().count(), steps + 2);
    QVERIFY(f.list().amount(0) < -1.5);
    QTest::mouseDClick(row.slider(), Qt::LeftButton);
    QCOMPARE(f.list().amount(0), 0.0);
    QVERIFY(f.settle());
    QCOMPARE(f.stage().picture(), before);
    f.studio().undo().undo();
    QVERIFY(f.list().amount(0) < -1.5);

    // Found again with others: the one that moves the sample stays, and so does the one that was kept.
    QTest::mouseClick(f.page().sliders()->rows()[1]->keepButton(), Qt::LeftButton);
    QVERIFY(f.list().entries()[1].kept);
    find.layers()->setText("0-3");
    QTest::mouseClick(find.start(), Qt::LeftButton);
    QVERIFY(f.settle());
    QCOMPARE(f.list().count(), 6);
    QVERIFY(f.list().entries()[0].kept && f.list().entries()[1].kept && !f.list().entries()[2].kept);
    QCOMPARE(f.list().at(2).layers, (std::vector<std::int64_t>{0, 1, 2, 3}));
    std::set<std::string> names;
    for (const ListedDirection& entry : f.list().entries()) names.insert(entry.direction.name);
    QCOMPARE(names.size(), std::size_t(6));
    QTest::mouseClick(f.page().sliders()->dropButton(), Qt::LeftButton);
    QCOMPARE(f.list().count(), 2);
    f.studio().undo().undo();
    QCOMPARE(f.list().count(), 6);
    QTest::mouseClick(f.page().sliders()->resetButton(), Qt::LeftButton);
    QVERIFY(f.stage().scene().moves.empty());
    QVERIFY(!f.page().sliders()->resetButton()->isEnabled());
    QVERIFY(!f.page().sliders()->resetButton()->toolTip().isEmpty());
  }

  void ganspaceSaysWhatItLookedAt() {
    DirectionsFixture f;
    auto& find = f.tool<FindTool>("find");
    find.restoreState({{"method", "ganspace"}, {"count", 3}, {"samples", 300}});
    QTest::mouseClick(find.start(), Qt::LeftButton);
    QVERIFY(f.settle());
    QCOMPARE(f.list().count(), 3);
    QCOMPARE(f.list().at(0).source, std::string("ganspace"));
    QVERIFY(find.summary()->text().contains("300"));
    // A layer's values.
    find.source()->setCurrentIndex(find.source()->count() > 4 ? 4 : 1);
    find.samples()->setValue(20);
    QTest::mouseClick(find.start(), Qt::LeftButton);
    QVERIFY(f.settle());
    QCOMPARE(f.list().count(), 3);
    QVERIFY(find.summary()->text().contains(find.source()->currentText()));
    // Layers that are not there are not looked for.
    find.layers()->setText("7-12");
    QVERIFY(!find.start()->isEnabled());
    QVERIFY(find.start()->toolTip().contains("12"));
  }

  void whatIsSetInToolsIsUndone() {
    DirectionsFixture f;
    auto& find = f.tool<FindTool>("find");
    QUndoStack& undo = f.studio().undo();
    const int steps = undo.count();
    find.howMany()->setValue(7);
    find.howMany()->setValue(8);
    find.layers()->setText("0-3");
    Q_EMIT find.layers()->editingFinished();
    QCOMPARE(undo.count(), steps + 2);
    undo.undo();
    QCOMPARE(find.layers()->text(), QString());
    QCOMPARE(find.howMany()->value(), 8);
    undo.undo();
    QCOMPARE(find.howMany()->value(), 5);
    undo.redo();
    QCOMPARE(find.howMany()->value(), 8);
    QCOMPARE(undo.count(), steps + 2);
  }

  void namesLayersAndOrderAreEdited() {
    DirectionsFixture f;
    f.list().add("test", {f.direction("first", 0), f.direction("second", 1)}, true);
    QCOMPARE(f.page().sliders()->rows().size(), 2);
    DirectionRow& row = *f.page().sliders()->rows()[0];
    f.list().setAmount(0, 2.0);

    row.name()->setFocus();
    row.name()->selectAll();
    QTest::keyClicks(row.name(), "sunset");
    QTest::keyClick(row.name(), Qt::Key_Return);
    QCOMPARE(f.list().at(0).name, std::string("sunset"));
    QCOMPARE(f.stage().scene().moves.size(), std::size_t(1));
    QCOMPARE(f.stage().scene().moves[0].direction.name, std::string("sunset"));
    QCOMPARE(f.list().amount(0), 2.0);
    f.studio().undo().undo();
    QCOMPARE(f.list().at(0).name, std::string("first"));
    QCOMPARE(f.list().count(), 2);
    QCOMPARE(f.list().amount(0), 2.0);
    f.studio().undo().redo();

    QVERIFY(f.settle());
    const QImage all = f.stage().picture();
    row.layers()->setText("0-2");
    Q_EMIT row.layers()->editingFinished();
    QCOMPARE(f.stage().scene().moves[0].direction.layers, (std::vector<std::int64_t>{0, 1, 2}));
    QVERIFY(f.settle());
    QVERIFY(f.stage().picture() != all);
    row.layers()->setText("3-x");
    Q_EMIT row.layers()->editingFinished();
    QCOMPARE(row.layers()->text(), QString("0-2"));

    item(row, "Duplicate")->trigger();
    QCOMPARE(f.list().count(), 3);
    QCOMPARE(f.list().amount(1), 0.0);  // the copy has a name and a slider of its own
    item(*f.page().sliders()->rows()[2], "Up")->trigger();
    QCOMPARE(f.list().at(1).name, std::string("second"));
    item(row, "Remove")->trigger();
    QCOMPARE(f.list().count(), 2);
    QVERIFY(f.stage().scene().moves.empty());
    f.studio().undo().undo();
    QCOMPARE(f.list().count(), 3);
    QCOMPARE(f.list().amount(0), 2.0);
    // A range that the slider shows.
    f.list().setRange(0, -10.0, 10.0);
    QVERIFY(std::abs(row.slider()->value() - 240) <= 1);
  }

  void filesAreLoadedAsTheyAreAndSaved() {
    DirectionsFixture f;
    // As InterFaceGAN publishes them: [1,D], nothing else.
    const QString file = f.path("stylegan_ffhq_age_w_boundary.npy");
    std::vector<float> values(128, 0.25F);
    writeNpy(file.toStdString(), TensorData::fromFloats({1, 128}, values));
    f.page().sliders()->openFile(file);
    QVERIFY(f.settle());
    QCOMPARE(f.list().count(), 1);
    QVERIFY(f.list().entries()[0].kept);
    QCOMPARE(f.list().at(0).space, std::string("w"));
    QVERIFY(f.list().whyNot(0).isEmpty());
    f.list().rename(0, "age");
    const QString out = f.path("mine.npy");
    f.page().sliders()->saveFile(out);
    QVERIFY(f.settle());
    const auto back = loadDirections(out.toStdString());
    QCOMPARE(back.size(), std::size_t(1));
    QCOMPARE(back[0].name, std::string("age"));
    QCOMPARE(back[0].vector.values, values);
    // Of another network: it is there, and says why it cannot be used.
    const QString other = f.path("other.npy");
    writeNpy(other.toStdString(), TensorData::fromFloats({1, 512}, std::vector<float>(512, 0.1F)));
    f.page().sliders()->openFile(other);
    QVERIFY(f.settle());
    QCOMPARE(f.list().count(), 2);
    DirectionRow& row = *f.page().sliders()->rows()[1];
    QVERIFY(!row.slider()->isEnabled());
    QVERIFY(row.slider()->toolTip().contains("512"));
    f.page().sliders()->openFile(f.path("nothing.npy"));
    QVERIFY(f.settle());
    QVERIFY(f.window().messageBar().count() > 0);
    QCOMPARE(f.list().count(), 2);
  }

  void samplesWithoutZRefuseDirectionsOfZ() {
    DirectionsFixture f;
    f.list().add("test", {f.direction("of z", 0, 128, "z"), f.direction("of w", 1)}, true);
    const auto& rows = f.page().sliders()->rows();
    QVERIFY(rows[0]->slider()->isEnabled());
    GeneratorScene inverted = f.stage().scene();
    inverted.sample.space = LatentSpace::WPlus;
    inverted.sample.latents = {{1, 9, 128}, std::vector<float>(9 * 128, 0.1F)};
    f.stage().change("test", inverted);
    QVERIFY(!rows[0]->slider()->isEnabled());
    QVERIFY(rows[0]->slider()->toolTip().contains("z"));
    QVERIFY(rows[1]->slider()->isEnabled());
    QVERIFY(f.settle());
    const QImage before = f.stage().picture();
    f.list().setAmount(1, 3.0);
    QVERIFY(f.settle());
    QVERIFY(f.stage().failure().isEmpty());
    QVERIFY(f.stage().picture() != before);
  }

  void smallPicturesShowTheWay() {
    DirectionsFixture f;
    f.list().add("test", {f.direction("first", 3)}, true);
    DirectionRow& row = *f.page().sliders()->rows()[0];
    QVERIFY(f.settle());
    QVERIFY(!row.strip()->isVisible());
    QTest::mouseClick(row.stripButton(), Qt::LeftButton);
    QVERIFY(row.strip()->isVisible());
    QVERIFY(f.settle());
    for (int i = 0; i < DirectionStrip::kPictures; ++i) QVERIFY(!row.strip()->picture(i).isNull());
    QVERIFY(row.strip()->picture(0) != row.strip()->picture(6));
    QTest::mouseClick(row.strip(), Qt::LeftButton, {}, row.strip()->pictureRect(5).center());
    QCOMPARE(f.list().amount(0), 2.0);
    QTest::keyClick(row.strip(), Qt::Key_Left);
    QTest::keyClick(row.strip(), Qt::Key_Return);
    QCOMPARE(f.list().amount(0), 1.0);
    // Another sample: others.
    QVERIFY(f.settle());
    const QImage left = row.strip()->picture(0);
    f.stage().change("test", f.stage().seeded(7));
    QVERIFY(f.settle());
    QTRY_VERIFY_WITH_TIMEOUT(!row.strip()->picture(0).isNull() && row.strip()->picture(0) != left, 20000);
  }

  void sessionsBringTheListBack() {
    DirectionsFixture f;
    f.list().add("test", {f.direction("first", 3)}, true);
    f.list().setAmount(0, 1.5);
    f.list().add("test", {f.direction("found", 4)}, false);
    f.page().showTool("walk");
    const QJsonObject state = f.workspace().saveState();
    f.list().remove(0);
    f.list().remove(0);
    f.page().showTool("find");
    f.workspace().restoreState(state);
    QCOMPARE(f.list().count(), 1);  // what was only found is not kept
    QCOMPARE(f.list().at(0).name, std::string("first"));
    QCOMPARE(f.list().amount(0), 1.5);
    QCOMPARE(f.page().tools()->tabData(f.page().tools()->currentIndex()).toString(), QString("walk"));
    // Sessions come from editors too.
    QJsonObject odd = toJson(f.direction("odd", 5));
    odd["from"] = odd["to"] = 2.0;
    odd["layers"] = QJsonArray{-3, 1e9};
    QJsonObject scene = toJson(f.stage().scene());
    scene["moves"] = QJsonArray{QJsonObject{{"direction", odd}, {"amount", 1e300}}};
    f.workspace().restoreState(
        {{"scene", scene},
         {"pages", QJsonObject{{"directions", QJsonObject{{"directions", QJsonObject{{"list", QJsonArray{odd, 5}}}},
                                                          {"tools", 3}}}}}});
    QCOMPARE(f.list().count(), 1);
    QVERIFY(!f.list().whyNot(0).isEmpty());
    QVERIFY(!f.page().sliders()->rows()[0]->slider()->isEnabled());
    QVERIFY(f.settle());
    QVERIFY(!f.stage().failure().isEmpty());
    f.workspace().restoreState(state);
    QCOMPARE(f.list().count(), 1);
    // A sample that brings a direction of its own.
    GeneratorScene favourite = f.stage().scene();
    favourite.moves.push_back({f.direction("of a favourite", 9), 0.5});
    f.stage().setScene(favourite);
    QCOMPARE(f.list().count(), 2);
    QCOMPARE(f.list().amount(1), 0.5);
  }

  void generatorsWithoutStylesHaveDirectionsOfZ_data() {
    QTest::addColumn<QString>("family");
    QTest::newRow("DCGAN") << "dcgan";
    QTest::newRow("PGGAN") << "pggan";
    QTest::newRow("BigGAN") << "biggan";
  }
  void generatorsWithoutStylesHaveDirectionsOfZ() {
    QFETCH(QString, family);
    DirectionsFixture f(family == "dcgan" ? dcgan() : family == "pggan" ? pggan() : bigGan());
    auto& find = f.tool<FindTool>("find");
    for (const char* method : {"sefa", "ganspace"}) {
      find.restoreState({{"method", method}, {"count", 3}, {"samples", 50}});
      QTest::mouseClick(find.start(), Qt::LeftButton);
      QVERIFY(f.settle());
    }
    QCOMPARE(f.list().count(), 6);
    QCOMPARE(f.list().at(0).space, std::string("z"));
    QVERIFY(!f.page().sliders()->rows()[0]->layers()->isVisible());
    const QImage before = f.stage().picture();
    f.list().setAmount(0, 3.0);
    QVERIFY(f.settle());
    QVERIFY(f.stage().failure().isEmpty());
    QVERIFY(f.stage().picture() != before);
    // A boundary of vectors alone is taken for one of z.
    const QString file = f.path("pggan_age_boundary.npy");
    const auto size = f.stage().generator()->plan().zSize();
    writeNpy(file.toStdString(), TensorData::fromFloats({1, size}, std::vector<float>(std::size_t(size), 0.1F)));
    f.page().sliders()->openFile(file);
    QVERIFY(f.settle());
    QVERIFY(f.list().whyNot(f.list().count() - 1).isEmpty());
  }
};

QTEST_MAIN(TestGeneratorDirections)
#include "test_generator_directions.moc"
