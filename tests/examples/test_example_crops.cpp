#include <cmath>
#include <filesystem>

#include <QTemporaryDir>
#include <QtTest>

#include "examples/collect.h"
#include "examples/example_crops.h"
#include "examples/small_nets.h"
#include "formats/hdf5/hdf5_file.h"

using namespace unitscope;
using test::errorOf;

namespace fs = std::filesystem;

/// Pictures of examples cut out again.
class TestExampleCrops : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::shared_ptr<Model> model_ = test::greyModel();
  std::unique_ptr<PictureSource> source_;

  fs::path path(const char* name) const { return folder_.filePath(name).toStdString(); }

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    // A bright column that moves with the picture's number.
    test::writeIdx(
        path("bars"), 8, 8, [](int i, int, int x) { return x == i ? 250 : 10 * i; }, [](int) { return 0; });
    source_ = openPictures(path("bars").string(), *model_, 1);
    QCOMPARE(source_->count(), std::int64_t{8});
  }

  void crops() {
    Example a{3, "", 0.0, 0.0, 0, 0, {2, 1, 3, 4}}, b{5, "", 0.0, 0.0, 0, 0, {6, 6, 9, 9}},
        gone{99, "", 0, 0, 0, 0, {}};
    const std::vector<ExampleCrop> crops = exampleCrops(*model_, *source_, {a, b, gone});
    QCOMPARE(crops.size(), std::size_t{3});
    QCOMPARE(crops[0].picture.width, 8);
    QCOMPARE(crops[0].crop.width, 3);
    QCOMPARE(crops[0].crop.height, 4);
    QCOMPARE(crops[0].crop.pixels, (std::vector<std::uint8_t>{30, 250, 30, 30, 250, 30, 30, 250, 30, 30, 250, 30}));
    QCOMPARE(crops[1].box, (FieldBox{6, 6, 2, 2}));
    QVERIFY(crops[2].picture.empty() && crops[2].crop.empty());
    const CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(exampleCrops(*model_, *source_, {a}, cancel), Cancelled);
  }

  void mean() {
    // Fields of 3 x 3 around a place each: the bar is in the middle of both.
    const ReceptiveField field{false, {-1.0, 1.0, 3.0}, {-1.0, 1.0, 3.0}};
    const std::vector<Example> examples{{2, "", 0, 0, 4, 2, {}}, {4, "", 0, 0, 0, 4, {}}};
    const Image mean = meanOfCrops(*model_, *source_, examples, field);
    QCOMPARE(mean.width, 3);
    QCOMPARE(mean.height, 3);
    // The second hangs over the top.
    QCOMPARE(mean.pixels, (std::vector<std::uint8_t>{20, 250, 20, 30, 250, 30, 30, 250, 30}));
    QVERIFY(meanOfCrops(*model_, *source_, {}, field).empty());
    QCOMPARE(meanOfCrops(*model_, *source_, examples, ReceptiveField{}).width, 8);
  }

  void firing() {
    const Array input = source_->at(3).input;
    const ValueId value = resolveLayer(model_->graph(), model_->layers(), "relu2");
    const Array map = model_->activations(input, value);
    const Array large = firingMap(*model_, input, "relu2", 2);
    QCOMPARE(large.shape, (Shape{8, 8}));
    const auto first = map.values.begin() + 2 * 16;
    const float top = *std::max_element(first, first + 16);
    QVERIFY(*std::ranges::max_element(large.values) <= top + 1e-5F);
    const Array mask = firingMask(*model_, input, "relu2", 2, 0.5 * static_cast<double>(top));
    for (std::size_t i = 0; i < mask.values.size(); ++i)
      QCOMPARE(mask.values[i], large.values[i] > 0.5F * top ? 1.0F : 0.0F);
    const Array dense = firingMask(*model_, input, "head", 0, -1e9);
    QCOMPARE(dense.values, std::vector<float>(64, 1.0F));
    QVERIFY(!errorOf([&] { firingMap(*model_, input, "relu2", 5); }).empty());
    QVERIFY(!errorOf([&] { firingMap(*model_, input, "nowhere", 0); }).empty());
  }

  void anIdxFileItself() {
    const fs::path file = path("bars") / "t10k-images-idx3-ubyte";
    const auto source = openPictures(file.string(), *model_, 1);
    QVERIFY(source->labelled() && source->count() == 8);
    QCOMPARE(source->at(2).classes, std::vector<std::int64_t>{0});
    fs::remove(path("bars") / "t10k-labels-idx1-ubyte");
    QVERIFY(!openPictures(file.string(), *model_, 1)->labelled());
    test::writeBytes(path("bars") / "t10k-labels-idx1-ubyte", std::string("\0\0\x08\x01\0\0\0\x01\0", 9));
    QVERIFY(errorOf([&] { openPictures(file.string(), *model_, 1); }).find("labels") != std::string::npos);
    test::writeBytes(path("x"), "no pictures");
    QVERIFY(!errorOf([&] { openPictures(path("x").string(), *model_, 1); }).empty());
  }
};

QTEST_GUILESS_MAIN(TestExampleCrops)
#include "test_example_crops.moc"
