#include <QtTest>

#include "formats/npy/npy.h"
#include "support/mutations.h"

using namespace unitscope;
using namespace unitscope::test;

class TestHostileNpy : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void damagedFilesOpenOrAreRefused() {
    const std::string elements(2 * 3 * 4 * 8, 'e');
    std::string fortran = npyHeader(DType::Int16, {2, 3, 4});
    fortran.replace(fortran.find("False"), 5, "True ");
    fortran.replace(fortran.find("<i2"), 3, ">i2");
    std::string second = npyHeader(DType::Float64, {24});  // version 2: a longer length field
    second[6] = '\2';
    second.insert(10, 2, '\0');
    const std::vector<std::string> seeds = {npyHeader(DType::Float32, {2, 3, 4}) + elements.substr(0, 96),
                                            npyHeader(DType::Complex128, {2, 3, 2}) + elements,
                                            fortran + elements.substr(0, 48), second + elements};
    const auto open = [](const std::string& file) {
      const auto bytes = exactly(file);
      const TensorData t = readNpy(*bytes, bytes, "x.npy");
      std::uint64_t sum = 0;
      for (const std::byte b : t.bytes()) sum += std::to_integer<std::uint64_t>(b);
      if (t.bytes().size() != static_cast<std::size_t>(t.count()) * sizeOf(t.dtype())) throw std::logic_error("size");
    };
    for (const std::string& seed : seeds) open(seed);
    const MutationResult result = openMutations(
        kMutations, 20250101, [&](Mutator& m) { return m(seeds[m.below(seeds.size())]); }, open,
        std::filesystem::temp_directory_path() / "unitscope-damaged-npy");
    qInfo("%d opened, %d refused", result.opened, result.refused);
    QVERIFY2(result.problem.empty(), result.problem.c_str());
    QCOMPARE(result.opened + result.refused, kMutations);
    QVERIFY(result.opened > 100 && result.refused > 100);
  }
};

QTEST_APPLESS_MAIN(TestHostileNpy)
#include "test_npy.moc"
