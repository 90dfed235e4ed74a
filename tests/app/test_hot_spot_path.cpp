#include <cmath>

#include <QJsonArray>
#include <QToolButton>
#include <QUndoStack>

#include "activations_fixture.h"
#include "app/attribution/attribution_workspace.h"
#include "app/attribution/enlarged_view.h"
#include "app/counterfactual/change_chart.h"
#include "app/neurons/live_switches.h"
#include "app/neurons/neighbours_part.h"
#include "app/neurons/neurons_workspace.h"
#include "app/neurons/switch_part.h"
#include "app/neurons/unit_page.h"
#include "widgets/image_canvas.h"
#include "widgets/tile_grid.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr int kPatience = 120000;

}  // namespace

/// From a heatmap's hot spot to the units behind it, to the page of one, to its switch, and to a neighbour: what the
/// tabs are for together, on the embedded scene classifier.
class TestHotSpotPath : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aHotSpotLeadsToAUnitThatIsSwitchedOff() {
    DeskFixture f;
    auto& heat = *static_cast<AttributionWorkspace*>(f.window().workspace("attribution"));
    QJsonObject one = heat.saveState();
    one["methods"] = QJsonArray{"grad_cam"};
    one["current"] = "grad_cam";
    heat.restoreState(one);
    f.window().showWorkspace("attribution");
    f.studio().openBuiltIn("scene-classifier");
    QVERIFY(f.desk().waitUntilIdle(kPatience));
    auto& places = *static_cast<ActivationsWorkspace*>(f.window().workspace("activations"));
    auto& neurons = *static_cast<NeuronsWorkspace*>(f.window().workspace("neurons"));
    neurons.restoreState({{"tiles", "activation"}});  // no pictures to wait for
    const ImageId image = f.studio().document().pictures().front().id;
    f.studio().selection().setImage(image);
    heat.enlarge(image, "grad_cam");
    QTRY_VERIFY_WITH_TIMEOUT(heat.results().cell({image, "grad_cam"}) && heat.results().cell({image, "grad_cam"})->heat,
                             kPatience);

    f.window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&f.window()));
    heat.enlarged()->canvas()->setFocus();
    QTest::keyClick(heat.enlarged()->canvas(), Qt::Key_U);
    QCOMPARE(f.window().currentWorkspace(), &places);
    BarList& units = *places.places()->units();
    QTRY_VERIFY_WITH_TIMEOUT(!units.rows().isEmpty(), kPatience);

    const int unit = units.rows().front().id;
    const QRect row = units.rowRect(unit);
    QTest::mouseClick(units.viewport(), Qt::LeftButton, {}, row.center());
    QCOMPARE(f.studio().selection().focus().unit, unit);
    QTest::mouseDClick(units.viewport(), Qt::LeftButton, {}, row.center());
    QCOMPARE(f.window().currentWorkspace(), &neurons);
    QVERIFY(neurons.pageShown());
    const UnitAddress address = neurons.page()->address();
    QCOMPARE(address.unit, unit);
    QCOMPARE(address.layer, f.studio().selection().focus().layer);

    // Its activation is among the strongest here, so that the picture's scores rest on it.
    SwitchPart& part = *neurons.page()->switcher();
    QTRY_VERIFY_WITH_TIMEOUT(neurons.switches()->answer(), kPatience);
    QTest::mouseClick(part.off(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!neurons.switches()->busy() && !neurons.switches()->answer()->scales.isEmpty(), kPatience);
    double most = 0;
    for (const ChangeRow& change : part.chart()->rows()) most = std::max(most, std::abs(change.before - change.after));
    QVERIFY2(most > 1e-4, qPrintable(QString::number(most)));
    f.studio().undo().undo();
    QCOMPARE(neurons.state().factor(address.layer, unit), 1.0);

    QTRY_VERIFY_WITH_TIMEOUT(!neurons.page()->neighbours()->busy(), kPatience);
    TileGrid* into = neurons.page()->neighbours()->incoming();
    QVERIFY(into->count() > 0);
    QTest::mouseClick(into->viewport(), Qt::LeftButton, {}, into->tileRect(0).center());
    QVERIFY(neurons.page()->address() != address);
    f.studio().selection().back();
    QCOMPARE(neurons.page()->address(), address);
  }
};

QTEST_MAIN(TestHotSpotPath)
#include "test_hot_spot_path.moc"
