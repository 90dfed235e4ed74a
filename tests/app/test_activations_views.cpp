#include <algorithm>

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QUndoStack>

#include "activations_fixture.h"
#include "app/activations/channels_view.h"
#include "app/activations/grid_view.h"
#include "app/activations/groups_view.h"
#include "app/activations/responsible_view.h"
#include "widgets/curve_chart.h"
#include "widgets/gallery_grid.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr int kPatience = Looking::kPatience;

}  // namespace

/// Channels, groups, grid and responsible channels of the activations workspace on the example network.
class TestActivationsViews : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void channelsAreSortedAndPicked() {
    Looking f;
    f.view("channels");
    GalleryGrid& gallery = *f.w().channels()->gallery();
    QTRY_COMPARE_WITH_TIMEOUT(gallery.gallery()->rowCount(), int(f.w().scene()->maps.units()), kPatience);
    QTRY_VERIFY(!gallery.gallery()->items().front().thumbnail.isNull());
    const QString first = gallery.gallery()->items().front().id;
    QTest::mouseClick(gallery.viewport(), Qt::LeftButton, {}, gallery.visualRect(gallery.gallery()->index(0)).center());
    QCOMPARE(f.focus().unit, first.toInt());
    QTRY_VERIFY(!f.w().channels()->canvas()->overlay().isNull());
    QSignalSpy wanted(&f.w(), &Workspace::workspaceWanted);
    QTest::keyClick(&gallery, Qt::Key_Return);
    QCOMPARE(wanted.size(), 1);
    f.window().showWorkspace("activations");  // the unit's page was opened
    QComboBox& order = *f.w().channels()->order();
    order.setCurrentIndex(order.findData("attribution"));
    Q_EMIT order.activated(order.currentIndex());
    QTRY_VERIFY_WITH_TIMEOUT(!f.w().busy(), kPatience);
    QVERIFY(f.w().channels()->numbers().startsWith("unit,largest,mean,attribution"));
    f.studio().undo().undo();
    QCOMPARE(order.currentData().toString(), QString("peak"));
  }

  void groupsFollowTheSlider() {
    Looking f;
    f.view("groups");
    GroupsView& view = *f.w().groups();
    QTRY_VERIFY_WITH_TIMEOUT(view.found() && !view.busy(), kPatience);
    const int most = int(std::min<std::int64_t>(6, f.w().scene()->maps.units()));
    QCOMPARE(int(view.found()->shares.size()), most);
    for (int i = 0; i < view.board()->count(); ++i) QVERIFY(!view.board()->canvas(i)->overlay().isNull());
    view.slider()->setFocus();
    view.slider()->setValue(4);
    QTest::keyClick(view.slider(), Qt::Key_Left);
    QTRY_VERIFY_WITH_TIMEOUT(view.found() && view.found()->shares.size() == 3, kPatience);
    QCOMPARE(view.groups()->rows().size(), 3);
    // Both steps of the slider are one to undo.
    f.studio().undo().undo();
    QCOMPARE(view.slider()->value(), 6);
    QTRY_VERIFY_WITH_TIMEOUT(view.found() && int(view.found()->shares.size()) == most, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(!view.groups()->rows().front().picture.isNull(), kPatience);  // what it looks for
    Looking::clickRow(*view.groups(), 1);
    QCOMPARE(view.pickedGroup(), 1);
    QVERIFY(!view.units()->rows().isEmpty());
    Looking::clickRow(*view.units(), view.units()->rows().front().id);
    QCOMPARE(f.focus().unit, view.units()->rows().front().id);
    QCOMPARE(view.numbers().count('\n'), most + 1);
    QVERIFY(!view.picture().isNull());
  }

  void theGridFormsAndLeadsToPlaces() {
    Looking f;
    f.w().restoreState({{"view", "grid"}, {"side", 2}, {"steps", 16}});
    GridView& view = *f.w().grid();
    QTRY_VERIFY_WITH_TIMEOUT(view.grid() && view.grid()->rows == 2, kPatience);
    QVERIFY(!view.canvas()->image().isNull());
    QTest::mouseClick(view.startButton(), Qt::LeftButton);
    QVERIFY(f.w().busy());
    QTRY_VERIFY_WITH_TIMEOUT(!f.w().busy(), kPatience);
    const auto active = std::count_if(view.grid()->lengths.begin(), view.grid()->lengths.end(),
                                      [](float length) { return length > 0; });
    QCOMPARE(view.finished(), int(active));
    QTest::mouseClick(view.canvas(), Qt::LeftButton, {}, view.canvas()->cellCenter({1, 1}));
    const QSize cells = f.w().scene()->cells(0);
    QVERIFY(f.focus().place.x() >= cells.width() / 2 && f.focus().place.y() >= cells.height() / 2);
    QTRY_COMPARE(view.canvas()->pinned(), QPoint(1, 1));
  }

  void aHiddenTabGivesTheEngineFree() {
    Looking f;
    f.w().restoreState({{"view", "grid"}, {"side", 4}, {"steps", 1000}});
    GridView& view = *f.w().grid();
    QTRY_VERIFY_WITH_TIMEOUT(view.grid() != nullptr, kPatience);
    QTest::mouseClick(view.startButton(), Qt::LeftButton);
    QVERIFY(view.busy());
    f.window().showWorkspace("counterfactual");
    QVERIFY(!view.busy());
    QVERIFY(f.desk().waitUntilIdle(kPatience));
    f.window().showWorkspace("activations");
    QTRY_VERIFY(view.startButton()->isEnabled());
    QVERIFY(!view.busy());  // the user begins it again
  }

  void responsibleChannelsAreFoundInTheBackground() {
    Looking f;
    f.view("responsible");
    ResponsibleView& view = *f.w().responsible();
    QTRY_VERIFY(view.startButton()->isEnabled());
    QVERIFY(!view.invertButton()->isEnabled());
    QTest::mouseClick(view.startButton(), Qt::LeftButton);
    QVERIFY(view.busy());
    QTRY_VERIFY_WITH_TIMEOUT(!view.busy(), kPatience);
    for (const char* method : {"extremal", "gradient_x_activation", "conductance"}) QVERIFY(view.result(method));
    QCOMPARE(view.chart()->curves().size(), 3);
    QVERIFY(view.chart()->level());
    QCOMPARE(view.channels()->rows().size(), view.kept()->currentData().toInt());
    QCOMPARE(view.channels()->rows().front().bars.size(), 3);
    Looking::clickRow(*view.channels(), view.channels()->rows().front().id);
    QCOMPARE(f.focus().unit, view.channels()->rows().front().id);
    QVERIFY(view.numbers().contains("method,kept,score,probability"));
    // Another class is another question.
    f.studio().selection().setTarget(1);
    QTRY_VERIFY(!view.result("extremal"));
    QTest::mouseClick(view.startButton(), Qt::LeftButton);
    QVERIFY(view.busy());
    QTest::mouseClick(view.startButton(), Qt::LeftButton);  // stops
    QVERIFY(!view.busy());
  }

  void keptChannelsBecomeAPictureAgain() {
    Looking f;
    f.view("responsible");
    ResponsibleView& view = *f.w().responsible();
    QTest::mouseClick(view.startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(view.invertButton()->isEnabled(), kPatience);
    QTest::mouseClick(view.invertButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!view.inverted()->image().isNull(), kPatience);
  }
};

QTEST_MAIN(TestActivationsViews)
#include "test_activations_views.moc"
