#include <algorithm>
#include <cmath>

#include <QtTest>

#include "attribution/nets.h"
#include "engine/model.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

std::shared_ptr<Model> model() {
  ModelCard card;
  card.input = "x";
  card.output = "scores";
  card.height = card.width = 16;
  card.labels = {"zero", "one", "two"};
  return Model::fromGraph(*convNet().graph, card);
}

Array input() {
  Array array;
  array.shape = {1, 3, 16, 16};
  for (int i = 0; i < 768; ++i) array.values.push_back(std::sin(0.37F * static_cast<float>(i)));
  return array;
}

AttributionQuestion question(const char* method) {
  AttributionQuestion q;
  q.method = method;
  q.input = input();
  return q;
}

QString refusal(Model& model, const AttributionQuestion& q) {
  try {
    model.attribute(q);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

class TestModel : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void theFirstChoiceIsExplainedUnlessToldOtherwise() {
    const auto m = model();
    const auto best = m->classify(input(), 4);
    QCOMPARE(best.size(), std::size_t{4});
    double total = 0.0;
    for (const Prediction& p : best) total += p.probability;
    QVERIFY(std::abs(total - 1.0) < 1e-6);
    QVERIFY(best[0].score >= best[1].score);
    const AttributionAnswer answer = m->attribute(question("gradient"));
    QCOMPARE(answer.target, best.front().index);
    QCOMPARE(answer.map.shape, (Shape{1, 3, 16, 16}));
    QVERIFY(answer.layer.empty());
    QVERIFY(answer.seconds > 0.0);
    AttributionQuestion other = question("gradient");
    other.target = best.back().index;
    const AttributionAnswer least = m->attribute(other);
    QCOMPARE(least.target, best.back().index);
    QVERIFY(least.map.values != answer.map.values);
  }

  void labelsOrNumbers() {
    const auto m = model();
    QCOMPARE(m->label(1), std::string("one"));
    QCOMPARE(m->label(3), std::string("class 3"));
    QCOMPARE(m->label(-1), std::string("class -1"));
  }

  void layersByNameAndByDefault() {
    const auto m = model();
    AttributionQuestion q = question("grad_cam");
    const AttributionAnswer standard = m->attribute(q);
    QCOMPARE(standard.layer, std::string("relu2"));
    QCOMPARE(standard.map.shape, (Shape{1, 1, 8, 8}));
    QCOMPARE(standard.channelScores.size(), std::size_t{5});
    q.layer = "relu1";
    const AttributionAnswer early = m->attribute(q);
    QCOMPARE(early.layer, std::string("relu1"));
    QCOMPARE(early.map.shape, (Shape{1, 1, 16, 16}));
    QCOMPARE(early.channelScores.size(), std::size_t{6});
    const auto choices = m->spatialLayers();
    QVERIFY(!choices.empty());
    QVERIFY(std::ranges::any_of(choices, [](const LayerChoice& c) { return c.name == "relu2"; }));
    for (const LayerChoice& choice : choices) {
      q.layer = choice.name;
      QVERIFY2(refusal(*m, q).isEmpty(), choice.name.c_str());
    }
  }

  void whatIsWrongIsNamed() {
    const auto m = model();
    QVERIFY(refusal(*m, question("nonsense")).contains("integrated_gradients"));
    AttributionQuestion q = question("gradient");
    q.target = 4;
    QVERIFY2(refusal(*m, q).contains("4"), qPrintable(refusal(*m, q)));
    q = question("grad_cam");
    q.layer = "relu3";
    QVERIFY2(refusal(*m, q).contains("relu"), qPrintable(refusal(*m, q)));
    q.layer = "head";
    QVERIFY(!refusal(*m, q).isEmpty());
    q = question("gradient");
    q.input.values.pop_back();
    QVERIFY(!refusal(*m, q).isEmpty());
  }

  void integratedGradientsSayHowCompleteTheyAre() {
    const AttributionAnswer answer = model()->attribute(question("integrated_gradients"));
    QVERIFY(std::ranges::any_of(answer.notes,
                                [](const std::string& note) { return note.starts_with("completeness error"); }));
  }

  void blackAndWhiteComeFromTheCard() {
    const auto m = model();
    AttributionQuestion black = question("occlusion");
    AttributionQuestion white = black;
    for (const MethodInfo& info : attributionMethods()) {
      if (info.id != "occlusion") continue;
      black.parameters.set(info, "baseline", std::string_view("black"));
      white.parameters.set(info, "baseline", std::string_view("white"));
    }
    QVERIFY(m->attribute(black).map.values != m->attribute(white).map.values);
  }

  void cancelledQuestionsStop() {
    const CancelToken cancel;
    cancel.cancel();
    QVERIFY_EXCEPTION_THROWN(model()->attribute(question("rise"), {}, cancel), Cancelled);
  }
};

QTEST_GUILESS_MAIN(TestModel)
#include "test_model.moc"
