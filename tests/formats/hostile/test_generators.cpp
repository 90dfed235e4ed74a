#include <QTemporaryDir>
#include <QtTest>

#include "formats/archive/zip_archive.h"
#include "formats/generator_hints.h"
#include "support/checkpoints.h"
#include "support/mutations.h"
#include "tests/engine/shared_models.h"

using namespace unitscope;
using namespace unitscope::test;
namespace fs = std::filesystem;

/// Damaged and foreign checkpoints of generators.
class TestHostileGenerators : public QObject {
  Q_OBJECT

  static ZipParts partsOf(const fs::path& file) {
    const ZipArchive zip = ZipArchive::open(file);
    ZipParts parts;
    for (const ZipEntry& entry : zip.entries())
      parts.emplace_back("m/" + entry.name, std::string(zip.text(entry.name)));
    return parts;
  }
  static std::vector<NamedTensor> tensorsOf(const char* name) {
    return readModelFile(shared(std::string("models/gan/") + name)).tensors;
  }
  static std::string obstacleOf(const std::vector<NamedTensor>& tensors, const GeneratorHints& hints = {}) {
    const RecognisedNetwork found = recogniseGenerator(tensors, hints);
    return found.architecture.empty() && found.graph.nodes().empty() ? found.obstacle : "it opens";
  }
  static void rows() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"pggan-genforce.pth", "stylegan-genforce.pth", "stylegan2-genforce.pth",
                             "stylegan2-rosinality.pt", "biggan-deep/pytorch_model.bin"})
      QTest::newRow(name) << QString(name);
  }

 private Q_SLOTS:
  void everyTensorCounts_data() { rows(); }
  void everyTensorCounts() {
    QFETCH(QString, name);
    UNITSCOPE_NEED("models/gan/" + name.toStdString());
    const std::vector<NamedTensor> whole = tensorsOf(name.toUtf8().constData());
    QVERIFY(!recogniseGenerator(whole).architecture.empty());
    std::mt19937_64 random(20260301);
    int opened = 0;
    for (int i = 0; i < 150; ++i) {
      std::vector<NamedTensor> tensors = whole;
      const std::size_t at = random() % tensors.size();
      const std::string victim = tensors[at].name;
      switch (random() % 5) {
        case 0: tensors.erase(tensors.begin() + static_cast<std::ptrdiff_t>(at)); break;
        case 1: tensors[at].name += "x"; break;
        case 2: tensors[at].data = TensorData::fromFloats({0, 3}, {}); break;
        case 3: tensors[at].data = TensorData::scalar(std::int64_t{3}); break;
        default: tensors[at].data = TensorData::fromFloats({1, 2, 1, 1, 1, 1}, {1.0f, 2.0f});
      }
      const RecognisedNetwork found = recogniseGenerator(tensors);
      found.graph.check();
      if (!found.architecture.empty()) ++opened;  // without the pictures of earlier training, or truncation
    }
    QVERIFY2(opened < 60, std::to_string(opened).c_str());
  }

  void saysWhatIsWrong() {
    UNITSCOPE_NEED("models/gan/stylegan2-genforce.pth");
    std::vector<NamedTensor> tensors = tensorsOf("stylegan2-genforce.pth");
    const auto named = [&](std::string_view ending) {
      return std::ranges::find_if(tensors, [&](const auto& t) { return t.name.ends_with(ending); });
    };
    const std::vector<NamedTensor> whole = tensors;
    tensors.erase(named("synthesis.layer3.weight"));
    QCOMPARE(obstacleOf(tensors),
             std::string("they resemble those of stylegan2-genforce, but 'synthesis.layer3.weight' "
                         "is missing (expected with the shape [64, 64, 3, 3])"));
    tensors = whole;
    NamedTensor extra = *named("synthesis.layer3.weight");
    extra.name += "_of_another_kind";
    tensors.push_back(extra);
    QVERIFY(obstacleOf(tensors).find("the network has no place for it") != std::string::npos);
    tensors = whole;
    named("layer2.noise")->data = TensorData::fromFloats({1, 1, 1, 1}, {0.0f});
    QVERIFY(obstacleOf(tensors).find("'synthesis.layer2.noise' has the shape [1, 1, 1, 1] where [1, 1, 8, 8]") !=
            std::string::npos);
  }

  void averagedWeightsComeFirst() {
    UNITSCOPE_NEED("models/gan/pggan-genforce.pth");
    std::vector<NamedTensor> tensors;
    for (const char* prefix : {"generator.", "generator_smooth.", "discriminator."})
      for (const NamedTensor& t : tensorsOf("pggan-genforce.pth")) tensors.push_back({prefix + t.name, t.data});
    const RecognisedNetwork found = recogniseGenerator(tensors);
    QCOMPARE(found.architecture, std::string("pggan-genforce"));
    QVERIFY(std::ranges::any_of(found.notes, [](const auto& n) { return n.find("generator_smooth.") != n.npos; }));
  }

  void brokenFilesStillListTheirWeights() {
    UNITSCOPE_NEED("models/gan/biggan-deep/config.json");
    const QTemporaryDir folder;
    const fs::path to = folder.path().toStdString();
    fs::copy_file(shared("models/gan/biggan-deep/pytorch_model.bin"), to / "pytorch_model.bin");
    // Without a config the usual order of blocks is taken, which is the one here.
    QVERIFY(readModelFile(to / "pytorch_model.bin").isNetwork());
    QVERIFY(!isBigGanFolder(to));
    const std::string head = R"({"attention_layer_position": 3, "layers": )";
    for (const std::string& text :
         {std::string("{"), head + "[]}", head + "3}", head + "[[1, 2, 3]]}", head + "[[true, 2]]}",
          head + "[[true, 2, 3]]}", head + "[[true, 2, 3]], \"eps\": 0}", head + "[[true, 2, 3]], \"eps\": \"a\"}",
          head + std::string(100'000, '['), std::string(2'000'000, ' ')}) {
      writeBytes(to / "config.json", text);
      const ModelFile file = readModelFile(to);
      QVERIFY2(!file.isNetwork() && file.tensors.size() > 100, text.substr(0, 80).c_str());
      QVERIFY2(file.obstacle.find("config.json") != std::string::npos, file.obstacle.c_str());
    }
    writeBytes(to / "config.json", "{\"architectures\": [\"ViT\"]}");
    QVERIFY(readModelFile(to).isNetwork());
  }

  void mutations_data() { rows(); }
  void mutations() {
    QFETCH(QString, name);
    UNITSCOPE_NEED("models/gan/" + name.toStdString());
    const ZipParts whole = partsOf(shared("models/gan/" + name.toStdString()));
    const auto pickle = std::ranges::find_if(whole, [](const auto& p) { return p.first.ends_with("data.pkl"); });
    QVERIFY(pickle != whole.end());
    const auto at = static_cast<std::size_t>(pickle - whole.begin());
    // By hand with more of them; so many take a quarter of a minute for all files together.
    const int cases = std::max(600, qEnvironmentVariableIntValue("UNITSCOPE_MUTATIONS"));
    const QTemporaryDir folder;
    const fs::path file = folder.filePath("damaged.pth").toStdString();
    const auto result = openMutations(
        cases, 20260302,
        [&](Mutator& m) {
          if (m.below(8) == 0) return mutateZip(m, whole);
          ZipParts parts = whole;
          parts[at].second = m(parts[at].second);
          return zipOf(parts);
        },
        [&](const std::string& bytes) {
          std::error_code ignored;
          fs::remove(file, ignored);
          writeBytes(file, bytes);
          try {
            touch(readModelFile(file));
          } catch (const Error& error) {
            if (error.subject().find("damaged.pth") == std::string::npos)
              throw std::runtime_error("the file is not named: " + std::string(error.what()));
            throw;
          }
        },
        fs::temp_directory_path() / "unitscope-damaged-generator");
    qInfo("%d opened, %d refused", result.opened, result.refused);
    QVERIFY2(result.problem.empty(), result.problem.c_str());
    QCOMPARE(result.opened + result.refused, cases);
    QVERIFY(result.opened > 0 && result.refused > 0);
  }
};

QTEST_APPLESS_MAIN(TestHostileGenerators)
#include "test_generators.moc"
