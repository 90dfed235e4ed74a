#include <QTemporaryDir>
#include <QtTest>

#include "app/cli/tensor_table.h"
#include "cli/support.h"
#include "formats/weights/safetensors_writer.h"
#include "tests/architectures/random_weights.h"

using namespace unitscope;
using namespace unitscope::test;

/// Files that hold tensors and no network.
class TestWeights : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;

  std::string write(const std::vector<NamedTensor>& tensors) const {
    const std::string file = folder_.filePath("weights.safetensors").toStdString();
    writeSafetensors(tensors, file);
    return file;
  }

 private Q_SLOTS:
  void unknownArchitectures() {
    const std::string file = write({{"a.weight", TensorData::fromFloats({2, 3}, {-3, -1, 0, 0, 1, 3})},
                                    {"steps", TensorData::fromInts({1}, {7})}});
    const Outcome text = command({"info", file});
    QVERIFY2(text.status == cli::kFine, text.text());
    for (const char* part : {"weights alone", "a.weight", "[2, 3]", "float32", "-3", "1.826", "int64"})
      QVERIFY2(text.out.find(part) != std::string::npos, (part + ("\n" + text.out)).c_str());
    const nlohmann::json json = command({"info", file, "--json"}).json();
    QCOMPARE(json.at("network").get<bool>(), false);
    for (const auto& tensor : json.at("tensors")) {
      if (tensor.at("name") != "a.weight") continue;
      QCOMPARE(tensor.at("min").get<double>(), -3.0);
      QCOMPARE(tensor.at("max").get<double>(), 3.0);
      QCOMPARE(tensor.at("mean").get<double>(), 0.0);
      QVERIFY(std::abs(tensor.at("std").get<double>() - std::sqrt(20.0 / 6.0)) < 1e-12);
      QCOMPARE(tensor.at("zeros").get<int>(), 2);
      std::int64_t sum = 0;
      for (const auto& n : tensor.at("histogram")) sum += n.get<std::int64_t>();
      QCOMPARE(sum, 6);
    }
    const Outcome refused = command({"activations", file, "--layer", "a"});
    QVERIFY2(refused.status != cli::kFine, refused.text());
  }

  void nearlyKnownOnesSayWhatIsMissing() {
    std::vector<NamedTensor> tensors = someWeights("squeezenet1_1", {.classes = 2});
    tensors.pop_back();
    const std::string file = write(tensors);
    const Outcome text = command({"info", file});
    QVERIFY2(text.out.find("resemble those of squeezenet1_1, but 'classifier.1.bias' is missing") != std::string::npos,
             text.text());
    const Outcome refused = command({"convert", file, folder_.filePath("out.onnx").toStdString()});
    QVERIFY2(refused.status == cli::kFailed, refused.text());
  }

  void knownArchitecturesAreNetworks() {
    const std::string file = write(someWeights("squeezenet1_1", {.classes = 2}, "module."));
    const Outcome outcome = command({"info", file, "--json"});
    QVERIFY2(outcome.status == cli::kFine, outcome.text());
    const nlohmann::json json = outcome.json();
    QCOMPARE(json.at("network").get<bool>(), true);
    QCOMPARE(json.at("format").get<std::string>(), std::string("safetensors (squeezenet1_1)"));
    QCOMPARE(json.at("parameters").get<int>(), 723522);
    bool fire = false;
    for (const auto& layer : json.at("layers"))
      fire = fire || (layer.at("name") == "features.12" && layer.at("shape") == nlohmann::json({1, 512, 13, 13}));
    QVERIFY2(fire, outcome.text());
  }

  void sparklines() {
    QCOMPARE(cli::sparkline({}), std::string());
    QCOMPARE(cli::sparkline({0, 1, 800, 400}), std::string(" \u2581\u2588\u2584"));
    QCOMPARE(cli::sparkline({0, 0}), std::string("  "));
  }
};

QTEST_GUILESS_MAIN(TestWeights)
#include "test_weights.moc"
