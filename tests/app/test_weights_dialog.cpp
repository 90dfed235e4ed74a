#include <QLabel>
#include <QSortFilterProxyModel>
#include <QTableView>

#include "app/weights/kernel_picture.h"
#include "app/weights/weights_dialog.h"
#include "formats/weights/safetensors_writer.h"
#include "tests/app/desk_fixture.h"
#include "widgets/histogram_view.h"

using namespace unitscope;
using namespace unitscope::test;

class TestWeightsDialog : public QObject {
  Q_OBJECT

  static std::vector<NamedTensor> tensors() {
    std::vector<float> kernels(8 * 3 * 5 * 5);
    for (std::size_t i = 0; i < kernels.size(); ++i) kernels[i] = static_cast<float>(i % 11) - 5.0F;
    return {{"stem.kernels", TensorData::fromFloats({8, 3, 5, 5}, std::move(kernels))},
            {"stem.shift", TensorData::fromFloats({4}, {0, 0, 1, -1})}};
  }

 private Q_SLOTS:
  void opensForAFileOfUnknownWeights() {
    DeskFixture f;
    const QString file = f.path("strange.safetensors");
    writeSafetensors(tensors(), file.toStdString());
    f.studio().openPaths({file});
    QTRY_VERIFY_WITH_TIMEOUT(f.window().findChild<WeightsDialog*>() != nullptr, 20000);
    auto* dialog = f.window().findChild<WeightsDialog*>();
    QVERIFY(dialog->isVisible());
    QVERIFY(dialog->windowTitle().contains("strange.safetensors"));
    QVERIFY(!f.studio().document().hasModel());
    QAbstractItemModel* model = dialog->table().model();
    QCOMPARE(model->rowCount(), 2);
    QCOMPARE(model->index(0, TensorTableModel::Name).data().toString(), QString("stem.kernels"));
    QCOMPARE(model->index(0, TensorTableModel::ShapeOf).data().toString(), QString("[8, 3, 5, 5]"));

    QTRY_VERIFY(!dialog->histogram().counts().isEmpty());
    qint64 sum = 0;
    for (const qint64 n : dialog->histogram().counts()) sum += n;
    QCOMPARE(sum, qint64{600});
    QVERIFY(dialog->numbers().text().contains("600 elements"));
    QVERIFY(!dialog->kernels().pixmap().isNull());
    // Elements, mean and range, all of them in sight.
    QCOMPARE(dialog->numbers().text().split('\n').first(3).size(), 3);
    QTRY_VERIFY(dialog->numbers().height() >= 3 * dialog->numbers().fontMetrics().height());

    dialog->table().selectRow(1);
    QTRY_VERIFY(dialog->numbers().text().contains("4 elements"));
    QVERIFY(dialog->numbers().text().contains("2 zeros"));
    QVERIFY(dialog->kernels().pixmap().isNull());
  }

  void damagedFilesOpenNone() {
    DeskFixture f;
    const QString file = f.path("damaged.safetensors");
    writeSafetensors(tensors(), file.toStdString());
    QVERIFY(QFile::resize(file, QFile(file).size() - 1));
    QSignalSpy failed(&f.studio(), &Studio::modelFailed);
    QSignalSpy found(&f.studio(), &Studio::weightsFound);
    f.studio().openPaths({file});
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 20000);
    QTest::qWait(200);
    QCOMPARE(found.count(), 0);
  }

  void drawsKernels() {
    // One over three colours: pure red against everything else.
    const KernelTiles colour = kernelTiles(TensorData::fromFloats({1, 3, 1, 2}, {1, 0, -1, 0, -1, 0}), 10);
    const QImage picture = kernelPicture(colour, 4, 3);
    QCOMPARE(picture.size(), QSize(6, 3));
    QCOMPARE(picture.pixel(0, 0), qRgb(255, 0, 0));
    QCOMPARE(picture.pixel(5, 2), qRgb(128, 128, 128));
    // Five of one channel, four in a row.
    const KernelTiles plain = kernelTiles(TensorData::fromFloats({5, 1, 2, 2}, std::vector<float>(20, 0.5F)), 10);
    QCOMPARE(kernelPicture(plain, 4, 3).size(), QSize(4 * 6 + 3 * 2, 2 * 6 + 2));
    QVERIFY(kernelPicture({}, 4, 3).isNull());
  }
};

QTEST_MAIN(TestWeightsDialog)
#include "test_weights_dialog.moc"
