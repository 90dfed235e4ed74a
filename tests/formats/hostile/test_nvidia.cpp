#include <QtTest>

#include "support/mutations.h"
#include "support/nvidia_pickle.h"

using namespace unitscope;
using namespace unitscope::test;
using nvidia::Writer;

/// Damaged networks of NVIDIA's: each opens or is refused with a reason that names the file.
class TestHostileNvidia : public QObject {
  Q_OBJECT

  static constexpr const char* kName = "damaged-nvidia";

  static void check(int count, std::uint64_t seed, const std::function<std::string(Mutator&)>& make) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / (std::string(kName) + "-" + std::to_string(::getpid()));
    const MutationResult result = openMutations(
        count, seed, make,
        [&](const std::string& bytes) {
          std::error_code ignored;
          std::filesystem::remove(file, ignored);
          writeBytes(file, bytes);
          try {
            touch(readModelFile(file));
          } catch (const Error& error) {
            if (std::string(error.what()).find(kName) == std::string::npos)
              throw std::runtime_error(std::string("the file is not named: ") + error.what());
            throw;
          }
        },
        std::filesystem::temp_directory_path() / "unitscope-damaged-nvidia");
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    qInfo("%d opened, %d refused", result.opened, result.refused);
    QVERIFY2(result.problem.empty(), result.problem.c_str());
    QVERIFY(result.opened > 0 && result.refused > count / 10);
  }

  /// Damages what stands around one of the words that say what the network is, not the weights, which are most of a
  /// file.
  static std::string damageStructure(Mutator& mutator, const std::string& file) {
    static constexpr const char* kWords[] = {
        "_init_kwargs",  "_buffers", "class_name", "_modules",    "conv0",   "storage",         "padding",
        "up_filter",     "torch",    "num_ws",     "resolution",  "w_dim",   "magnitude",       "_filter",
        "sampling_rate", "size",     "bandwidth",  "conv_kernel", "ordered", "_load_from_bytes"};
    const std::size_t from = mutator.below(file.size());
    std::size_t at = file.find(kWords[mutator.below(std::size(kWords))], from);
    if (at == std::string::npos) at = file.find(kWords[mutator.below(std::size(kWords))]);
    if (at == std::string::npos) at = from;
    at -= std::min<std::size_t>(at, 40);
    const std::size_t length = std::min<std::size_t>(200, file.size() - at);
    return file.substr(0, at) + mutator(file.substr(at, length)) + file.substr(at + length);
  }

  void real(const char* name) {
    const std::filesystem::path path = std::filesystem::path(UNITSCOPE_SHARED_DIR) / "models/gan" / name;
    if (!std::filesystem::exists(path)) QSKIP("there is no shared folder with such networks");
    const std::string seed = readBytes(path);
    check(kMutations, 20261129, [&](Mutator& m) { return damageStructure(m, seed); });
  }

 private Q_SLOTS:
  void smallStyleGan2() {
    const std::string seeds[] = {nvidia::file(Writer().stylegan2({.classes = 2})),
                                 nvidia::file(Writer().stylegan2({.architecture = "resnet"}))};
    check(kMutations, 20261127,
          [&](Mutator& m) { return m.below(2) == 0 ? m(seeds[m.below(2)]) : damageStructure(m, seeds[m.below(2)]); });
  }
  void smallStyleGan3() {
    const std::string seed = nvidia::file(Writer().stylegan3());
    check(kMutations, 20261128, [&](Mutator& m) { return m.below(2) == 0 ? m(seed) : damageStructure(m, seed); });
  }
  void styleGan2() { real("stylegan2-ada.pkl"); }
  void styleGan3() { real("stylegan3.pkl"); }
};

QTEST_APPLESS_MAIN(TestHostileNvidia)
#include "test_nvidia.moc"
