#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QTabBar>
#include <QTableWidget>

#include "app/concepts/concepts_workspace.h"
#include "app/concepts/mask_page.h"
#include "app/concepts/sharing_page.h"
#include "app/concepts/vectors_page.h"
#include "app/concepts/vectors_panel.h"
#include "desk_fixture.h"
#include "widgets/bar_list.h"
#include "widgets/curve_chart.h"
#include "widgets/heat_matrix.h"
#include "widgets/image_canvas.h"

using namespace unitscope;
using namespace unitscope::test;

/// The views of concept vectors in the concepts workspace, on the built-in scene classifier and few scenes.
class TestConceptVectors : public QObject {
  Q_OBJECT

  static constexpr int kPatience = 120000;

  static ConceptsWorkspace& workspace(DeskFixture& f) {
    f.window().showWorkspace(QStringLiteral("concepts"));
    auto* found = qobject_cast<ConceptsWorkspace*>(f.window().currentWorkspace());
    if (!found) qFatal("there is no concepts workspace");
    return *found;
  }

  static void view(ConceptsWorkspace& w, const QString& name) {
    w.tabs()->setCurrentIndex(int(ConceptsState::views().indexOf(name)));
  }

 private Q_SLOTS:
  void nothingWithoutANetwork() {
    DeskFixture f;
    ConceptsWorkspace& w = workspace(f);
    view(w, "vectors");
    QVERIFY(!w.vectorsPanel()->learnButton()->isEnabled());
    QVERIFY(!w.vectorsPanel()->learnButton()->toolTip().isEmpty());
    QVERIFY(!w.vectorsPanel()->isHidden());
    QVERIFY(w.commandLine().isEmpty());
    for (QAction* action : w.exportActions()) QVERIFY(!action->isEnabled());
  }

  void vectorsAreLearnedComparedAndDrawnOverThePicture() {
    DeskFixture f;
    f.studio().openBuiltIn("scene-classifier", false);
    QVERIFY(f.desk().waitUntilIdle(kPatience));
    ConceptsWorkspace& w = workspace(f);
    w.restoreState({{"pictures", 60}, {"view", "vectors"}, {"layer", "stage3"}, {"epochs", 2}});
    // Typed as a person does.
    w.vectorsPanel()->concepts()->setFocus();
    QTest::keyClicks(w.vectorsPanel()->concepts(), "sky, house ,wall, grass");
    QTest::keyClick(w.vectorsPanel()->concepts(), Qt::Key_Return);
    QCOMPARE(w.commandLine(),
             QString("unitscope net2vec scene-classifier --layer stage3 --data scenes --count 60 --seed 3 "
                     "--top-share 0.05 --epochs 2 --concept sky --concept house --concept wall "
                     "--concept grass"));
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kPatience);
    QTest::mouseClick(w.vectorsPanel()->learnButton(), Qt::LeftButton);
    QVERIFY(w.knowledge()->learning());
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kPatience);
    QVERIFY(w.knowledge()->vectors());
    const Net2Vec& found = *w.knowledge()->vectors();
    QCOMPARE(found.concepts.size(), std::size_t(4));
    QCOMPARE(found.layer, std::string("stage3"));

    VectorsPage& page = *w.vectors();
    QCOMPARE(page.table()->rowCount(), 4);
    int house = -1;
    for (int line = 0; line < 4; ++line)
      if (page.table()->item(line, 0)->text() == "house") house = line;
    QVERIFY(house >= 0);
    const QModelIndex cell = page.table()->model()->index(house, 0);
    page.table()->scrollTo(cell);
    QTest::mouseClick(page.table()->viewport(), Qt::LeftButton, {}, page.table()->visualRect(cell).center());
    QCOMPARE(w.saveState()["concept"].toString(), QString("house"));
    const ConceptVector& one = found.concepts[std::size_t(vectorIndex(found, "house"))];
    QCOMPARE(page.curve()->curves().front().points.size(), int(one.curve.size()));
    QCOMPARE(page.curve()->level().value(), one.bestUnitIou);

    // The strongest unit becomes the shared selection.
    BarList& units = *page.strongest();
    const int strongest = units.rows().front().id;
    for (const float weight : one.weights) QVERIFY(std::abs(weight) <= std::abs(one.weights[std::size_t(strongest)]));
    QTest::mouseClick(units.viewport(), Qt::LeftButton, {}, units.rowRect(strongest).center());
    QCOMPARE(f.studio().selection().focus().unit, strongest);
    QCOMPARE(f.studio().selection().focus().layer, QString("stage3"));

    // house + grass - wall: of four concepts one is left.
    QCOMPARE(page.nearest()->rows().size(), 3);
    page.plus()->setCurrentIndex(page.plus()->findData("grass"));
    Q_EMIT page.plus()->activated(page.plus()->currentIndex());
    page.minus()->setCurrentIndex(page.minus()->findData("wall"));
    Q_EMIT page.minus()->activated(page.minus()->currentIndex());
    QCOMPARE(page.nearest()->rows().size(), 1);
    QCOMPARE(page.nearest()->rows().front().title, QString("sky"));

    // The matrix has each concept's ten strongest units; a click picks unit and concept.
    view(w, "sharing");
    HeatMatrix& matrix = *w.sharing()->matrix();
    QCOMPARE(matrix.columnCount(), 4);
    for (int column = 0; column < 4; ++column) {
      int filled = 0;
      for (int row = 0; row < matrix.rowCount(); ++row) filled += matrix.value(row, column) != 0.0F;
      QVERIFY(filled > 0 && filled <= 10);
    }
    QTest::mouseClick(&matrix, Qt::LeftButton, {}, matrix.cellRect(1, 2).center());
    QCOMPARE(f.studio().selection().focus().unit, w.sharing()->unitOf(1));
    QCOMPARE(w.saveState()["concept"].toString(), QString::fromStdString(found.concepts[2].name));
    QTest::keyClick(&matrix, Qt::Key_Left);
    QTest::keyClick(&matrix, Qt::Key_Return);
    QCOMPARE(w.saveState()["concept"].toString(), QString::fromStdString(found.concepts[1].name));
    QVERIFY(w.savePicture(f.path("sharing.png")) && w.saveNumbers(f.path("sharing.csv")));
    QCOMPARE(QImage(f.path("sharing.png")).size(), matrix.sizeHint() * 2);

    // Without a picture the page says what to do; with one the mask lies over it.
    view(w, "mask");
    QVERIFY(!w.saveNumbers(f.path("mask.csv")));
    const QString file = f.makePicture("field.png", QColor(90, 160, 60), {64, 64});
    QVERIFY(dropFiles(f.window(), {file}));
    QTRY_VERIFY_WITH_TIMEOUT(!w.mask()->mask().values.empty() && !w.busy(), kPatience);
    QCOMPARE(w.mask()->mask().shape, (Shape{64, 64}));
    QVERIFY(!w.mask()->canvas()->overlay().isNull());
    QVERIFY(w.mask()->caption()->text().contains(w.mask()->concepts()->currentText()));
    const std::vector<float> before = w.mask()->mask().values;
    w.mask()->concepts()->setCurrentText("sky");
    Q_EMIT w.mask()->concepts()->activated(w.mask()->concepts()->currentIndex());
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy() && w.mask()->mask().values != before, kPatience);
    w.mask()->opacity()->setValue(30);
    QCOMPARE(w.saveState()["opacity"].toInt(), 30);
    QCOMPARE(w.mask()->canvas()->overlayOpacity(), 0.3);
    QVERIFY(w.savePicture(f.path("mask.png")) && w.saveNumbers(f.path("mask.csv")));

    // Saved, and opened again after another network: its layer is the same, its vectors are told to be another's.
    view(w, "vectors");
    QVERIFY(w.saveResult(f.path("vectors.json")) && w.saveNumbers(f.path("curves.csv")));
    f.studio().openBuiltIn("scene-classifier-biased", false);
    QVERIFY(f.desk().waitUntilIdle(kPatience));
    QVERIFY(!w.knowledge()->vectors());
    QCOMPARE(page.table()->rowCount(), 0);
    w.openResult(f.path("vectors.json"));
    QTRY_VERIFY_WITH_TIMEOUT(w.knowledge()->vectors() != nullptr, kPatience);
    QCOMPARE(page.table()->rowCount(), 4);
    QCOMPARE(w.saveState()["vectorsFile"].toString(), f.path("vectors.json"));
  }

  void anUnknownConceptIsToldInTheMessageBar() {
    DeskFixture f;
    f.studio().openBuiltIn("scene-classifier", false);
    QVERIFY(f.desk().waitUntilIdle(kPatience));
    ConceptsWorkspace& w = workspace(f);
    w.restoreState({{"pictures", 20}, {"view", "vectors"}, {"layer", "stage3"}, {"concepts", QJsonArray{"unicorn"}}});
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kPatience);
    QTest::mouseClick(w.vectorsPanel()->learnButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kPatience);
    QVERIFY(!w.knowledge()->vectors());
    QVERIFY(f.window().messageBar().count() > 0);
    QVERIFY(w.vectorsPanel()->learnButton()->isEnabled());
  }
};

QTEST_MAIN(TestConceptVectors)
#include "test_concept_vectors.moc"
