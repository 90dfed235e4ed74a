#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>
#include <QUrl>

#include "widgets/dropped_files.h"
#include "widgets/empty_state.h"
#include "widgets/gallery_grid.h"
#include "widgets/layer_tree.h"

using namespace unitscope;

namespace {

QVector<LayerRow> someLayers() {
  return {{"features", {}, "", "", 900, false},
          {"features.0", "features", "Conv", "[1, 8, 4, 4]", 600, false},
          {"features.1", "features", "Relu", "", 0, false},
          {"features.fire.squeeze", "features.fire", "Conv", "", 300, false},
          {"flatten", {}, "Reshape", "", 0, true}};
}

QVector<GalleryItem> somePictures(int count) {
  QVector<GalleryItem> items;
  for (int i = 0; i < count; ++i) items.append({QString::number(i), QString("p%1").arg(i), {}, {}, false});
  return items;
}

}  // namespace

class TestLists : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void plumbingIsHiddenUntilAskedFor() {
    LayerTree tree;
    tree.setRows(someLayers());
    QVERIFY(!tree.shownNames().contains("flatten"));
    tree.setPlumbingShown(true);
    QVERIFY(tree.shownNames().contains("flatten"));
  }

  void searchKeepsWhatStandsAbove() {
    LayerTree tree;
    tree.setRows(someLayers());
    tree.setFilter("conv squ");
    QCOMPARE(tree.shownNames(), (QStringList{"features", "features.fire", "features.fire.squeeze"}));
    tree.setFilter("[1, 8");
    QVERIFY(tree.shownNames().contains("features.0"));
    tree.setFilter("nothing like it");
    QVERIFY(tree.shownNames().isEmpty());
  }

  void selectionIsSilentFromOutside() {
    LayerTree tree;
    tree.setRows(someLayers());
    QSignalSpy selected(&tree, &LayerTree::layerSelected);
    tree.select("features.1");
    QCOMPARE(tree.selected(), QString("features.1"));
    QCOMPARE(selected.count(), 0);
    tree.setRows(someLayers());
    QCOMPARE(tree.selected(), QString("features.1"));  // kept by name
    tree.select("unknown");
    QVERIFY(tree.selected().isEmpty());
    tree.view()->setCurrentIndex(tree.view()->model()->index(0, 0));
    QCOMPARE(selected.count(), 1);
    QCOMPARE(selected[0][0].toString(), QString("features"));
  }

  void shapesComeLater() {
    LayerTree tree;
    tree.setRows(someLayers());
    tree.setShape("features.1", "[1, 8, 2, 2]");
    tree.setShape("no such layer", "[1]");
    tree.setFilter("2, 2");
    QVERIFY(tree.shownNames().contains("features.1"));
  }

  void hostileNamesMakeNoLoop() {
    LayerTree tree;
    QVector<LayerRow> rows{{"a", "b", "", "", 0, false},    {"b", "a", "", "", 0, false},
                           {"..", ".", "", "", 0, false},   {"", "", "", "", 0, false},
                           {"a", "", "Conv", "", 0, false}, {QString("x.").repeated(3000), "", "", "", 0, false}};
    tree.setRows(rows);
    tree.setPlumbingShown(true);
    QVERIFY(tree.shownNames().size() < 10000);
  }

  void countsAreShort() {
    QCOMPARE(shortCount(0), QString());
    QCOMPARE(shortCount(512), QString("512"));
    QVERIFY(shortCount(66'000).endsWith('k'));
    QVERIFY(shortCount(1'200'000).endsWith('M'));
  }

  void onlyWhatIsSeenIsAskedFor() {
    GalleryGrid grid;
    grid.resize(400, 300);
    QSignalSpy needed(grid.gallery(), &GalleryModel::thumbnailNeeded);
    grid.gallery()->setItems(somePictures(5000));
    grid.show();
    QVERIFY(QTest::qWaitForWindowExposed(&grid));
    QTRY_VERIFY(needed.count() > 0);
    QVERIFY2(needed.count() < 200, qPrintable(QString::number(needed.count())));
    const QString first = needed[0][0].toString();
    const auto before = needed.count();
    QImage image(8, 8, QImage::Format_RGB32);
    image.fill(Qt::red);
    grid.gallery()->setThumbnail(first, image);
    grid.viewport()->repaint();
    for (int i = 0; i < before; ++i) QVERIFY(i == 0 || needed[i][0].toString() != first);  // once only
  }

  void keysRemoveAndActivate() {
    GalleryGrid grid;
    grid.gallery()->setItems(somePictures(3));
    grid.show();
    QSignalSpy removed(&grid, &GalleryGrid::removeRequested), moved(&grid, &GalleryGrid::selectionChangedTo);
    grid.select({"1"});
    QCOMPARE(moved.count(), 0);
    QCOMPARE(grid.selectedIds(), QStringList{"1"});
    QTest::keyClick(&grid, Qt::Key_Delete);
    QCOMPARE(removed.count(), 1);
    QCOMPARE(removed[0][0].toStringList(), QStringList{"1"});
    grid.gallery()->remove("1");
    QCOMPARE(grid.gallery()->rowCount(), 2);
    QVERIFY(!grid.gallery()->indexOf("1").isValid());
  }

  void dropsTellFilesFromPixels() {
    GalleryGrid grid;
    grid.resize(300, 300);
    QSignalSpy files(&grid, &GalleryGrid::filesDropped), images(&grid, &GalleryGrid::imageDropped);
    QMimeData both;  // file managers add the picture beside its path
    both.setUrls({QUrl::fromLocalFile("/tmp/cat.png")});
    both.setImageData(QImage(4, 4, QImage::Format_RGB32));
    QDragEnterEvent enter(QPoint(20, 20), Qt::CopyAction, &both, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(grid.viewport(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(20, 20), Qt::CopyAction, &both, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(grid.viewport(), &event);
    QCOMPARE(files.count(), 1);
    QCOMPARE(images.count(), 0);
    QMimeData web;
    web.setUrls({QUrl("https://example.org/a.png"), QUrl::fromLocalFile("/b.png")});
    QCOMPARE(droppedFiles(&web), QStringList{"/b.png"});
    QVERIFY(droppedFiles(nullptr).isEmpty());
  }

  void emptyStateInvites() {
    EmptyState page;
    page.resize(400, 300);
    page.setHeadline("Drop a network here");
    QCOMPARE(page.accessibleName(), QString("Drop a network here"));
    QSignalSpy dropped(&page, &EmptyState::filesDropped);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile("/tmp/net.onnx")});
    page.setAcceptsFiles(true);
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&page, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&page, &event);
    QCOMPARE(dropped[0][0].toStringList(), QStringList{"/tmp/net.onnx"});
  }
};

QTEST_MAIN(TestLists)
#include "test_lists.moc"
