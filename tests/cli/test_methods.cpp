#include <QtTest>

#include "cli/support.h"
#include "engine/model.h"
#include "support/files.h"

using namespace unitscope;
using unitscope::test::command;
using unitscope::test::Outcome;

/// The methods as the command line lists them, and the documentation made of that.
class TestMethods : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void documentationIsFresh() {
    const std::string file = std::string(UNITSCOPE_SOURCE_DIR) + "/docs/methods.md";
    QVERIFY2(test::readBytes(file) == cli::methodsAsMarkdown(),
             "docs/methods.md is out of date: unitscope methods --markdown > docs/methods.md");
    QCOMPARE(command({"methods", "--markdown"}).out, cli::methodsAsMarkdown());
  }

  void everyMethodIsDescribed() {
    const Outcome outcome = command({"methods", "--json"});
    QCOMPARE(outcome.status, cli::kFine);
    const nlohmann::json json = outcome.json();
    QVERIFY2(json.is_array() && json.size() == attributionMethods().size(), outcome.text());
    for (const auto& method : json) {
      for (const char* key : {"id", "title", "description", "citation"})
        QVERIFY2(!method.at(key).get<std::string>().empty(), method.dump().c_str());
      for (const auto& parameter : method.at("parameters"))
        QVERIFY2(!parameter.at("help").get<std::string>().empty() && parameter.contains("default"),
                 parameter.dump().c_str());
    }
  }

  /// Scripts depend on these.
  void idsAreFixed_data() {
    QTest::addColumn<QStringList>("parameters");
    const auto row = [](const char* id, const QStringList& parameters) { QTest::newRow(id) << parameters; };
    row("gradient", {});
    row("input_x_gradient", {});
    row("smoothgrad", {});
    row("integrated_gradients", {"steps", "rule", "baseline"});
    row("guided_backprop", {});
    row("deconvnet", {});
    row("grad_cam", {});
    row("grad_cam_pp", {});
    row("layer_cam", {});
    row("guided_grad_cam", {});
    row("linear_approximation", {});
    row("occlusion", {"window", "stride", "baseline", "incremental"});
    row("rise", {"masks", "cells", "p", "seed"});
    row("lrp", {"composite", "epsilon"});
    row("crp", {"channel", "composite", "epsilon"});
    row("excitation_backprop", {"contrastive"});
    row("lime", {"samples", "seed", "baseline", "score", "width", "segments", "compactness"});
    row("kernel_shap", {"samples", "seed", "baseline", "segments", "compactness"});
    row("segment_ablation", {"baseline", "segments", "compactness"});
    row("deeplift", {"rules", "baseline"});
    row("conductance", {"steps", "baseline"});
    row("expected_gradients", {"samples", "baselines", "seed"});
    row("score_cam", {});
    row("xgrad_cam", {});
    row("eigen_cam", {});
    row("attention_rollout", {});
    row("gradient_x_attention", {});
    row("meaningful", {"game", "steps", "perturbation", "seed"});
    row("extremal", {"areas", "steps", "variant", "reward"});
  }
  void idsAreFixed() {
    QFETCH(QStringList, parameters);
    const auto methods = attributionMethods();
    const auto info = std::ranges::find(methods, std::string(QTest::currentDataTag()), &MethodInfo::id);
    QVERIFY(info != methods.end());
    for (const QString& id : parameters)
      QVERIFY2(std::ranges::count(info->parameters, id.toStdString(), &ParameterSpec::id) == 1, qPrintable(id));
  }
};

QTEST_GUILESS_MAIN(TestMethods)
#include "test_methods.moc"
