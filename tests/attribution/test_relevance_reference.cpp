#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/nets.h"
#include "attribution/relevance/relevance_pass.h"
#include "attribution/score.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

constexpr const char* kModel = "models/squeezenet1_0-imagenet.onnx";
constexpr double kCorrelated = 0.999;

using Settings = std::vector<std::pair<const char*, const char*>>;

}  // namespace

/// Relevance propagation beside zennit, and excitation backprop beside TorchRay, on the same network and input.
class TestRelevanceReference : public QObject {
  Q_OBJECT

  std::shared_ptr<Model> model_;

  AttributionAnswer ask(const std::string& photo, const std::string& method, const Settings& settings,
                        const std::string& layer = {}) {
    AttributionQuestion question;
    question.method = method;
    question.input = arrayFrom("reference/" + photo + "_input.npy");
    question.target = photo == "chelsea" ? 285 : 967;
    question.layer = layer;
    for (const MethodInfo& info : attributionMethods())
      if (info.id == method)
        for (const auto& [name, value] : settings) question.parameters.set(info, name, std::string_view(value));
    return model_->attribute(question);
  }

  static void compare(const at::Tensor& ours, const std::string& file, double correlated) {
    const Array expected = arrayFrom("reference/" + file + ".npy");
    const at::Tensor theirs = viewOf(expected);
    QCOMPARE(ours.sizes(), theirs.sizes());
    const double difference = largestDifference(ours, theirs) / theirs.abs().max().item<double>();
    const double agreement = correlation(ours, theirs);
    const QString numbers = QString("correlation %1, difference %2 of the largest, sums %3 and %4")
                                .arg(agreement, 0, 'f', 7)
                                .arg(difference)
                                .arg(ours.sum(at::kDouble).item<double>())
                                .arg(theirs.sum(at::kDouble).item<double>());
    qInfo().noquote() << numbers;
    QVERIFY2(agreement > correlated, qPrintable(numbers));
  }

 private Q_SLOTS:
  void initTestCase() {
    UNITSCOPE_NEED(kModel);
    model_ = Model::open(shared(kModel));
  }

  void composites_data() {
    QTest::addColumn<QString>("photo");
    QTest::addColumn<QString>("composite");
    QTest::addColumn<QString>("file");
    QTest::addColumn<double>("correlated");
    for (const char* photo : {"chelsea", "coffee"}) {
      const auto row = [&](const char* composite, const char* file, double correlated) {
        QTest::addRow("%s %s", photo, composite) << photo << composite << file << correlated;
      };
      row("epsilon", "epsilon1e-6", 0.99);
      row("epsilon_plus", "epsilon_plus", kCorrelated);
      row("epsilon_plus_flat", "epsilon_plus_flat", kCorrelated);
      row("epsilon_alpha2_beta1", "epsilon_alpha2_beta1", kCorrelated);
    }
  }
  void composites() {
    QFETCH(QString, photo);
    QFETCH(QString, composite);
    QFETCH(QString, file);
    QFETCH(double, correlated);
    const AttributionAnswer answer = ask(photo.toStdString(), "lrp", {{"composite", qPrintable(composite)}});
    qInfo("%s, %.2f s", answer.notes.front().c_str(), answer.seconds);
    compare(viewOf(answer.map), photo.toStdString() + "_zennit_lrp_" + file.toStdString(), correlated);
  }

  void relevanceAtALayer() {
    const at::Tensor input = viewOf(arrayFrom("reference/chelsea_input.npy")).clone();
    Executor executor(std::make_shared<const Graph>(model_->graph()));
    const Graph& graph = executor.graph();
    AttributionQuery query{executor, input, graph.inputs().front(), graph.outputs().front(), 285, kNoValue, {}};
    const ScoreFunction score(query, input, {});
    const RelevanceStop stop{resolveLayer(graph, model_->layers(), "features.12"), {}, false};
    compare(propagateRelevance(score, input, compositeRules("epsilon_plus", 1e-6), stop, {}, {}).atLayer,
            "chelsea_zennit_lrp_epsilon_plus_relevance_features12", kCorrelated);
  }

  void oneChannelsShare() {
    const AttributionAnswer answer =
        ask("chelsea", "crp", {{"composite", "epsilon_plus"}, {"channel", "383"}}, "features.12");
    QCOMPARE(answer.channelScores.size(), std::size_t{512});
    qInfo("%s, %.2f s", answer.notes.front().c_str(), answer.seconds);
    compare(viewOf(answer.map), "chelsea_zennit_crp_epsilon_plus_features12_channel383", kCorrelated);
  }

  void excitation_data() {
    QTest::addColumn<QString>("photo");
    for (const char* photo : {"chelsea", "coffee"}) QTest::newRow(photo) << photo;
  }
  void excitation() {
    QFETCH(QString, photo);
    const AttributionAnswer answer = ask(photo.toStdString(), "excitation_backprop", {}, "features.5");
    qInfo("%s, %.2f s", answer.notes.front().c_str(), answer.seconds);
    compare(viewOf(answer.map), photo.toStdString() + "_torchray_excitation_backprop_features5", kCorrelated);
  }
};

QTEST_GUILESS_MAIN(TestRelevanceReference)
#include "test_relevance_reference.moc"
