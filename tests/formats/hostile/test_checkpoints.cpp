#include <QtTest>

#include "support/checkpoints.h"
#include "support/mutations.h"

using namespace unitscope;
using namespace unitscope::test;

class TestHostileCheckpoints : public QObject {
  Q_OBJECT

  static void check(const MutationResult& result) {
    qInfo("%d opened, %d refused", result.opened, result.refused);
    QVERIFY2(result.problem.empty(), result.problem.c_str());
    QCOMPARE(result.opened + result.refused, kMutations);
    // Most of a pickle is structure, so that few of its mutations leave it sound.
    QVERIFY(result.opened > kMutations / 200 && result.refused > kMutations / 2);
  }

  static void checkWhole(const std::string& file) {
    const auto result = openModelMutations(
        1, 1, [&](Mutator&) { return file; }, "whole");
    QVERIFY2(result.problem.empty() && result.opened == 1, "the undamaged file does not open");
  }

  /// Tensors, numbers, texts and nesting, so that much of the pickle format takes part.
  static std::string richState() {
    using namespace pickled;
    return dict(
        {{"epoch", integer(7)},
         {"name", text("net")},
         {"best", boolean(true)},
         {"state_dict", smallState()},
         {"more", list({tuple({integer(1), none()}), smallState()})},
         {"array", "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n" + tuple({integer(0)}) + "U\1btR"}});
  }

 private Q_SLOTS:
  void zipCheckpoints() {
    const std::string floats = rawFloats({1, 2, 3, 4, 5, 6});
    const auto parts = [&](const std::string& root) {
      return ZipParts{{"m/data.pkl", pickled::document(root)},
                      {"m/byteorder", "little"},
                      {"m/data/0", floats},
                      {"m/data/1", floats},
                      {"m/version", "3\n"}};
    };
    const std::vector<ZipParts> seeds = {parts(smallState()), parts(richState())};
    for (const ZipParts& seed : seeds) checkWhole(zipOf(seed));
    check(openModelMutations(
        kMutations, 20250102, [&](Mutator& m) { return mutateZip(m, seeds[m.below(seeds.size())]); }, "pth"));
  }

  void pickles() {
    // The pickle alone is damaged, so that every case reaches the machine that reads it.
    const std::string floats = rawFloats({1, 2, 3, 4, 5, 6});
    const std::vector<std::string> seeds = {smallState(), richState()};
    check(openModelMutations(
        kMutations, 20250103,
        [&](Mutator& m) {
          return zipCheckpoint(m(seeds[m.below(seeds.size())]), {floats, floats});
        },
        "pickle"));
  }

  void oldStreams() {
    const std::vector<float> six = {1, 2, 3, 4, 5, 6};
    const std::string view = pickled::tuple({pickled::text("9"), pickled::integer(0), pickled::integer(6)});
    const std::vector<std::string> seeds = {streamCheckpoint(smallState(pickled::none()), {six, six}),
                                            streamCheckpoint(smallState(view), {six, six})};
    for (const std::string& seed : seeds) checkWhole(seed);
    check(openModelMutations(
        kMutations, 20250104, [&](Mutator& m) { return m(seeds[m.below(seeds.size())]); }, "stream"));
  }

  void safetensors() {
    const std::string header =
        R"({"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
        R"("b":{"dtype":"I64","shape":[2],"data_offsets":[24,40]},"c":{"dtype":"BOOL","shape":[],)"
        R"("data_offsets":[40,41]}})";
    const std::string data(41, 'd');
    const std::string seed = safetensorsFile(header, data);
    checkWhole(seed);
    check(openModelMutations(
        kMutations, 20250105, [&](Mutator& m) { return m.below(2) == 0 ? m(seed) : safetensorsFile(m(header), data); },
        "safetensors"));
  }
};

QTEST_APPLESS_MAIN(TestHostileCheckpoints)
#include "test_checkpoints.moc"
