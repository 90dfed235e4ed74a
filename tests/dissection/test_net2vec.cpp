#include <cmath>

#include <QTemporaryDir>
#include <QtTest>

#include "dissection/dissection_file.h"
#include "dissection/mosaic.h"
#include "dissection/net2vec.h"
#include "runtime/error.h"
#include "sources/picture_source.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;

/// Vectors of concepts over units that are known.
class TestNet2Vec : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::shared_ptr<Model> net_;
  Net2VecQuestion question_;
  Net2Vec vectors_;

  std::int64_t indexOf(const std::string& name) const {
    for (std::size_t k = 0; k < vectors_.concepts.size(); ++k)
      if (vectors_.concepts[k].name == name) return static_cast<std::int64_t>(k);
    return -1;
  }
  const ConceptVector& vectorOf(const std::string& name) const {
    return vectors_.concepts.at(static_cast<std::size_t>(indexOf(name)));
  }

 private Q_SLOTS:
  void initTestCase() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("this build writes no pictures");
#endif
    QVERIFY(folder_.isValid());
    writeMosaics(folder_.path().toStdString(), 60);
    net_ = mosaicNet();
    question_.data = folder_.path().toStdString();
    question_.layer = "eyes";
    question_.sizes = {1, 2, 3};
    question_.batch = 4;
    vectors_ = learnConceptVectors(*net_, question_);
  }

  void aConceptOfTwoUnits() {
    QCOMPARE(vectors_.units, std::int64_t{kMosaicUnits});
    QCOMPARE(vectors_.pictures, std::int64_t{60});
    QCOMPARE(vectors_.validationPictures, std::int64_t{18});
    const ConceptVector& ruby = vectorOf("ruby");
    QVERIFY(ruby.bestUnit == kRedUnit || ruby.bestUnit == kMagentaUnit);
    QVERIFY2(ruby.bestUnitIou > 0.3 && ruby.bestUnitIou < 0.7, std::to_string(ruby.bestUnitIou).c_str());
    QCOMPARE(ruby.curve.size(), std::size_t{4});
    QCOMPARE(ruby.curve.back().units, std::int64_t{kMosaicUnits});
    QVERIFY(ruby.curve[0].validation < 0.7);
    QVERIFY(ruby.curve[1].validation > 0.99);
    QVERIFY(ruby.trainIou > 0.99 && ruby.validationIou > 0.99);
    const ConceptVector& leaf = vectorOf("leaf");
    QCOMPARE(leaf.bestUnit, std::int64_t{kGreenUnit});
    QCOMPARE(leaf.bestUnitIou, 1.0);
    QVERIFY(leaf.curve[0].validation > 0.99);
    QVERIFY(leaf.weights[kGreenUnit] > 1.0F && ruby.weights[kRedUnit] > 1.0F && ruby.weights[kMagentaUnit] > 1.0F);
  }

  void likeness() {
    const auto kinds = static_cast<std::int64_t>(vectors_.concepts.size());
    QCOMPARE(vectors_.cosine.shape, (Shape{kinds, kinds}));
    QCOMPARE(vectors_.sharing.shape, (Shape{kMosaicUnits, kinds}));
    for (std::int64_t k = 0; k < kinds; ++k)
      QVERIFY(std::abs(vectors_.cosine.values[static_cast<std::size_t>(k * kinds + k)] - 1.0F) < 1e-4F);
    // Leaf and green are the same pixels.
    const ConceptTerm leaf{indexOf("leaf"), 1.0};
    QCOMPARE(nearestConcepts(vectors_, {&leaf, 1}, 1).at(0).conceptIndex, indexOf("green"));
    // Rubies without the red ones are the pink ones.
    const std::array<ConceptTerm, 2> difference{{{indexOf("ruby"), 1.0}, {indexOf("red"), -1.0}}};
    QCOMPARE(nearestConcepts(vectors_, difference, 1).at(0).conceptIndex, indexOf("pink"));
    QVERIFY(!vectors_.shared.empty() && vectors_.shared[0].concepts.size() >= 2);
    QVERIFY_EXCEPTION_THROWN(nearestConcepts(vectors_, {}), Error);
    const ConceptTerm wrong{999, 1.0};
    QVERIFY_EXCEPTION_THROWN(nearestConcepts(vectors_, {&wrong, 1}), Error);
  }

  void masksOfAPicture() {
    const auto source = openPictures(question_.data, *net_, 0);
    for (std::int64_t i = 0; i < 5; ++i) {
      const KnownPicture picture = source->at(i);
      const Array mask = predictMask(*net_, picture.input, vectors_, indexOf("ruby"));
      QCOMPARE(mask.shape, (Shape{kMosaicSide, kMosaicSide}));
      const auto truth = picture.masks.find(0);
      for (std::size_t p = 0; p < mask.values.size(); ++p) {
        const bool there = truth != picture.masks.end() && truth->second.values[p] > 0.5F;
        QCOMPARE(mask.values[p] >= static_cast<float>(vectorOf("ruby").cut), there);
      }
    }
    const auto foreign = mosaicNet(true);
    const Array input = openPictures(question_.data, *foreign, 0)->at(0).input;
    QCOMPARE(input.shape, (Shape{1, kMosaicSide, kMosaicSide, 3}));
    QCOMPARE(predictMask(*foreign, input, vectors_, 0).values,
             predictMask(*net_, source->at(0).input, vectors_, 0).values);
    Net2Vec elsewhere = vectors_;
    elsewhere.layer = "head";
    QVERIFY_EXCEPTION_THROWN(predictMask(*net_, source->at(0).input, elsewhere, 0), Error);
    QVERIFY_EXCEPTION_THROWN(predictMask(*net_, source->at(0).input, vectors_, 999), Error);
  }

  void filesComeBack() {
    const std::filesystem::path file = folder_.filePath("vectors.json").toStdString();
    saveNet2Vec(vectors_, file);
    const Net2Vec back = loadNet2Vec(file);
    QCOMPARE(back.concepts.size(), vectors_.concepts.size());
    QCOMPARE(back.thresholds, vectors_.thresholds);
    QCOMPARE(back.cosine.values, vectors_.cosine.values);
    QCOMPARE(back.shared.size(), vectors_.shared.size());
    for (std::size_t k = 0; k < back.concepts.size(); ++k) {
      QCOMPARE(back.concepts[k].weights, vectors_.concepts[k].weights);
      QCOMPARE(back.concepts[k].cut, vectors_.concepts[k].cut);
      QCOMPARE(back.concepts[k].curve.size(), vectors_.concepts[k].curve.size());
    }
    const std::string good = net2vecJson(vectors_);
    const auto refused = [](const std::string& text) {
      return !errorOf([&] { static_cast<void>(net2vecFromJson(text, "forged.json")); }).empty();
    };
    const auto changed = [&](const std::string& from, const std::string& to) {
      std::string text = good;
      text.replace(text.find(from), from.size(), to);
      return text;
    };
    QVERIFY(refused(changed("\"units\":6", "\"units\":1000000")));
    QVERIFY(refused(changed("\"cosine\":[", "\"cosine\":[1,")));
    QVERIFY(refused(changed("\"weights\":[", "\"weights\":[null,")));
    QVERIFY(refused(dissectionJson({})));
    for (std::size_t cut = 1; cut < good.size(); cut += good.size() / 40) QVERIFY(refused(good.substr(0, cut)));
  }

  void wrongQuestions() {
    Net2VecQuestion wrong = question_;
    wrong.layer.clear();
    QVERIFY_EXCEPTION_THROWN(learnConceptVectors(*net_, wrong), Error);
    wrong = question_;
    wrong.concepts = {"unheard-of"};
    QVERIFY(errorOf([&] { static_cast<void>(learnConceptVectors(*net_, wrong)); }).find("leaf") != std::string::npos);
    wrong = question_;
    wrong.count = 5;
    wrong.concepts = {"purple"};
    QVERIFY_EXCEPTION_THROWN(learnConceptVectors(*net_, wrong), Error);
    CancelToken cancelled;
    cancelled.cancel();
    QVERIFY_EXCEPTION_THROWN(learnConceptVectors(*net_, question_, {}, cancelled), Cancelled);
    Net2VecQuestion one = question_;
    one.concepts = {"Leaf"};
    const Net2Vec alone = learnConceptVectors(*net_, one);
    QCOMPARE(alone.concepts.size(), std::size_t{1});
    QCOMPARE(alone.concepts[0].name, std::string("leaf"));
  }
};

QTEST_GUILESS_MAIN(TestNet2Vec)
#include "test_net2vec.moc"
