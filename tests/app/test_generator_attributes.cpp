#include <cmath>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTreeWidget>
#include <QUndoStack>

#include "app/generator/directions/attributes_tool.h"
#include "app/generator/directions/direction_sliders.h"
#include "app/generator/directions/labels_tool.h"
#include "app/generator/directions/measure_tool.h"
#include "app/generator/directions/relations_tool.h"
#include "directions_fixture.h"
#include "gan/boundary.h"
#include "widgets/heat_matrix.h"
#include "widgets/stacked_bars.h"
#include "widgets/tile_grid.h"

using namespace unitscope;
using namespace unitscope::test;

/// Directions with a meaning: trained from attributes and from hand labels, and what they change measured.
class TestGeneratorAttributes : public QObject {
  Q_OBJECT

  enum Column { Name, Learn, Constant, Accuracy };
  /// Clicks on the box in a cell of the tree.
  static void tick(AttributesTool& tool, const char* attribute, int column) {
    QTreeWidget* tree = tool.tree();
    QTreeWidgetItem* item = tool.itemOf(QString::fromLatin1(attribute));
    QVERIFY2(item, attribute);
    tree->scrollToItem(item);
    const QRect cell = tree->visualRect(tree->indexFromItem(item, column));
    QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, QPoint(cell.left() + 10, cell.center().y()));
    QCOMPARE(item->checkState(column), Qt::Checked);
  }
  static AttributesTool& trained(DirectionsFixture& f) {
    auto& tool = f.tool<AttributesTool>("attributes");
    if (!f.settle()) qFatal("the attributes did not come");
    tool.samples()->setValue(150);
    tick(tool, "brightness", Learn);
    tick(tool, "warmth", Learn);
    QTest::mouseClick(tool.start(), Qt::LeftButton);
    if (!f.settle(120000)) qFatal("training did not end");
    return tool;
  }

 private Q_SLOTS:
  void initTestCase() {
    if (!canFitBoundaries()) QSKIP("this build has no LIBLINEAR");
  }

  void boundariesBecomeDirections() {
    DirectionsFixture f;
    auto& tool = f.tool<AttributesTool>("attributes");
    QVERIFY(f.settle());
    QVERIFY(tool.tree()->topLevelItemCount() >= 4);
    QVERIFY(!tool.start()->isEnabled());
    QVERIFY(!tool.start()->toolTip().isEmpty());
    tool.filter()->setText("bright");
    QVERIFY(!tool.itemOf("brightness")->isHidden());
    QVERIFY(tool.itemOf("warmth")->isHidden());
    tool.filter()->clear();

    trained(f);
    QCOMPARE(f.list().count(), 2);
    QVERIFY(f.list().entries()[0].kept);
    QVERIFY(tool.result());
    QVERIFY(!tool.itemOf("brightness")->text(Accuracy).isEmpty());
    // Moving along brightness makes the picture brighter.
    const auto mean = [](const QImage& image) {
      double sum = 0.0;
      for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) sum += qGray(image.pixel(x, y));
      return sum / (image.width() * image.height());
    };
    const double before = mean(f.stage().picture());
    f.list().setAmount(0, f.list().at(0).to);
    QVERIFY(f.settle());
    QVERIFY2(mean(f.stage().picture()) > before + 5.0, "brighter means no brighter");

    // Trained again with warmth constant: at right angles to it.
    f.list().setAmount(0, 0.0);
    tick(tool, "warmth", Constant);
    QTest::mouseClick(tool.start(), Qt::LeftButton);
    QVERIFY(f.settle(120000));
    QCOMPARE(f.list().count(), 2);  // the same names: replaced
    double dot = 0.0;
    const Array& brightness = f.list().at(0).vector;
    const Array& warmth = tool.result()->boundaries[1].boundary.normal;
    for (std::size_t k = 0; k < brightness.values.size(); ++k)
      dot += double(brightness.values[k]) * double(warmth.values[k]);
    QVERIFY(std::abs(dot) < 1e-4);
    const QJsonObject state = tool.saveState();
    QCOMPARE(state["choice"].toObject()["chosen"].toArray().size(), 2);
  }

  void entanglementIsReadAndTakenApart() {
    DirectionsFixture f;
    auto& relations = f.tool<RelationsTool>("relations");
    QCOMPARE(relations.matrix()->rowCount(), 0);
    trained(f);
    f.page().showTool("relations");
    QCOMPARE(relations.matrix()->rowCount(), 2);
    QVERIFY(std::abs(relations.matrix()->value(0, 0) - 1.0F) < 1e-4F);
    QTest::mouseClick(relations.matrix(), Qt::LeftButton, {}, relations.matrix()->cellRect(0, 1).center());
    QVERIFY(relations.reading()->text().contains("correlate"));
    QVERIFY(!relations.takeApart()->isEnabled());
    relations.restoreState({{"what", "list"}});
    QTest::mouseClick(relations.matrix(), Qt::LeftButton, {}, relations.matrix()->cellRect(0, 1).center());
    QVERIFY(relations.takeApart()->isEnabled());
    QTest::mouseClick(relations.takeApart(), Qt::LeftButton);
    QCOMPARE(f.list().count(), 3);
    QCOMPARE(relations.matrix()->rowCount(), 3);
    QVERIFY(std::abs(relations.matrix()->value(2, 1)) < 1e-3F);
    f.studio().undo().undo();
    QCOMPARE(f.list().count(), 2);
  }

  void whatDirectionsChangeIsMeasured() {
    DirectionsFixture f;
    auto& measure = f.tool<MeasureTool>("rescoring");
    QVERIFY(!measure.start()->isEnabled());
    QVERIFY(!measure.start()->toolTip().isEmpty());
    trained(f);
    f.page().showTool("rescoring");
    measure.samples()->setValue(20);
    QTest::mouseClick(measure.start(), Qt::LeftButton);
    QVERIFY(f.settle(120000));
    QCOMPARE(measure.table()->rowCount(), 2);
    QCOMPARE(measure.table()->columnCount(), 2);
    QVERIFY(measure.result()->strength(0, 0) > 0.3);
    QVERIFY(measure.csv().count('\n') == 5);

    auto& layers = f.tool<MeasureTool>("layers");
    layers.samples()->setValue(10);
    QTest::mouseClick(layers.start(), Qt::LeftButton);
    QVERIFY(f.settle(120000));
    QVERIFY(layers.chart()->rows().size() >= 3);
    // A click applies the direction to these layers alone.
    QTest::mouseClick(layers.chart()->viewport(), Qt::LeftButton, {}, layers.chart()->rowRect(0).center());
    QVERIFY(!f.list().at(0).layers.empty());
    f.studio().undo().undo();
    QVERIFY(f.list().at(0).layers.empty());
  }

  void marksOfAPersonBecomeADirection() {
    DirectionsFixture f;
    auto& labels = f.tool<LabelsTool>("labels");
    QVERIFY(f.settle());
    QVERIFY(labels.grid()->count() >= 12);
    QVERIFY(!labels.start()->isEnabled());
    QVERIFY(labels.start()->toolTip().contains("3"));
    TileGrid& grid = *labels.grid();
    const auto click = [&](int tile, Qt::MouseButton button) {
      grid.setCurrent(tile);
      if (button == Qt::LeftButton)
        QTest::mouseClick(grid.viewport(), button, {}, grid.tileRect(tile).center());
      else
        Q_EMIT grid.menuRequested(tile, {});
    };
    for (int i = 0; i < 3; ++i) click(i, Qt::LeftButton);
    for (int i = 3; i < 5; ++i) click(i, Qt::RightButton);
    QCOMPARE(labels.markOf(0), 1);
    QCOMPARE(labels.markOf(3), -1);
    grid.setCurrent(5);
    QTest::keyClick(&grid, Qt::Key_Minus);
    QCOMPARE(labels.markOf(5), -1);
    QTest::keyClick(&grid, Qt::Key_0);
    QCOMPARE(labels.markOf(5), 0);
    QVERIFY(!labels.start()->isEnabled());
    QTest::keyClick(&grid, Qt::Key_Minus);
    QVERIFY(labels.start()->isEnabled());
    labels.name()->setText("mist");
    QTest::mouseClick(labels.start(), Qt::LeftButton);
    QVERIFY(f.settle());
    QCOMPARE(f.list().count(), 1);
    QVERIFY(f.list().at(0).name.find("mist") != std::string::npos);
    QVERIFY(labels.summary()->text().contains("%"));
    const QJsonObject state = labels.saveState();
    QTest::mouseClick(labels.clearButton(), Qt::LeftButton);
    QCOMPARE(labels.markOf(0), 0);
    labels.restoreState(state);
    QCOMPARE(labels.markOf(0), 1);
    QCOMPARE(labels.markOf(5), -1);
    const int before = grid.count();
    QTest::mouseClick(labels.more(), Qt::LeftButton);
    QVERIFY(grid.count() > before);
    QVERIFY(f.settle());
  }
};

QTEST_MAIN(TestGeneratorAttributes)
#include "test_generator_attributes.moc"
