#pragma once

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "formats/model_reader.h"
#include "runtime/error.h"
#include "support/files.h"
#include "support/zip_writer.h"

#if defined(__SANITIZE_ADDRESS__)
#define UNITSCOPE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNITSCOPE_ASAN 1
#endif
#endif

namespace unitscope::test {

/// Damages files the same way every time: cuts, flipped bits, extreme bytes and numbers, parts removed, doubled or
/// filled with noise.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(random_() % count); }

  std::string operator()(std::string file) {
    const std::size_t rounds = 1 + below(3);
    for (std::size_t i = 0; i < rounds && !file.empty(); ++i) damage(file);
    return file;
  }

 private:
  void damage(std::string& file) {
    const std::size_t at = below(file.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(file.size() - at, 64));
    switch (below(9)) {
      case 0: file.resize(at); break;
      case 1:
      case 2: file[at] = static_cast<char>(file[at] ^ (1 << below(8))); break;
      case 3: {
        static constexpr char kBytes[] = {'\0', '\1', '\x7f', '\x80', '\xff', '0', '9', '-', '"', '}', ']'};
        file[at] = kBytes[below(sizeof kBytes)];
        break;
      }
      case 4: {
        static constexpr std::uint64_t kNumbers[] = {
            0, 1, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, ~0ULL};
        const std::string number = raw(kNumbers[below(std::size(kNumbers))]);
        const std::size_t width = std::size_t{1} << below(4);
        file.replace(at, std::min(width, file.size() - at), number.substr(0, width));
        break;
      }
      case 5: file.erase(at, length); break;
      case 6: file.insert(at, file.substr(below(file.size()), length)); break;
      case 7:
        for (std::size_t i = 0; i < length; ++i) file[at + i] = static_cast<char>(random_());
        break;
      default: {  // digits are where texts keep their sizes
        const std::size_t digit = file.find_first_of("0123456789", at);
        if (digit == std::string::npos) break;
        static constexpr const char* kTexts[] = {
            "-1", "0", "2147483648", "4611686018427387904", "18446744073709551615", "1e999", "99999999999999999999999"};
        file.replace(digit, 1, kTexts[below(std::size(kTexts))]);
      }
    }
  }

  std::mt19937_64 random_;
};

using ZipParts = std::vector<std::pair<std::string, std::string>>;

inline std::string zipOf(const ZipParts& parts) {
  ZipWriter zip;
  for (const auto& [name, data] : parts) zip.add(name, data);
  return zip.finish();
}

/// Damages the archive, or more often one of its entries before it is packed, which the checksums then agree with.
inline std::string mutateZip(Mutator& mutator, ZipParts parts) {
  if (mutator.below(3) == 0) return mutator(zipOf(parts));
  const std::size_t victims = 1 + mutator.below(2);
  for (std::size_t i = 0; i < victims; ++i) {
    auto& [name, data] = parts[mutator.below(parts.size())];
    data = mutator(data);
    if (mutator.below(20) == 0) name = mutator(name);
  }
  return zipOf(parts);
}

/// Reads every byte that an opened file gives, so that a range outside it shows.
inline std::uint64_t touch(const ModelFile& file) {
  std::uint64_t sum = 0;
  const auto add = [&](const TensorData& data) {
    for (const std::byte b : data.bytes()) sum += std::to_integer<std::uint64_t>(b);
  };
  for (const NamedTensor& t : file.tensors) add(t.data);
  for (const Value& v : file.graph.values())
    if (v.data) add(*v.data);
  file.graph.check();
  return sum;
}

/// What became of the damaged files.
struct MutationResult {
  int opened = 0;
  int refused = 0;
  std::string problem;  ///< of the first case that went wrong; "" if none did
};

/// Memory that opening one small file may take; what goes beyond it fails as an allocation and is reported.
inline constexpr std::size_t kMemoryBudget = std::size_t{768} << 20U;
inline constexpr unsigned kSecondsACase = 20;

namespace detail {

extern "C" inline void mutationHangs(int) {
  static constexpr char kText[] = "a damaged file is read for too long\n";
  (void)!::write(STDOUT_FILENO, kText, sizeof kText - 1);
  ::_exit(3);
}

/// Bounds the address space while it lives, and keeps the libraries' complaints about each file off the screen.
class Confinement {
 public:
  Confinement() {
#ifndef UNITSCOPE_ASAN  // whose shadow takes terabytes, and whose reports must be seen
    ::getrlimit(RLIMIT_AS, &before_);
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0;
    statm >> pages;
    rlimit bounded = before_;
    bounded.rlim_cur = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + kMemoryBudget;
    if (pages > 0) ::setrlimit(RLIMIT_AS, &bounded);
    std::fflush(stderr);
    errors_ = ::dup(STDERR_FILENO);
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
#endif
    ::signal(SIGALRM, detail::mutationHangs);
  }
  ~Confinement() {
    ::alarm(0);
#ifndef UNITSCOPE_ASAN
    ::dup2(errors_, STDERR_FILENO);
    ::close(errors_);
    ::setrlimit(RLIMIT_AS, &before_);
#endif
  }
  Confinement(const Confinement&) = delete;
  Confinement& operator=(const Confinement&) = delete;

 private:
  rlimit before_{};
  int errors_ = -1;
};

}  // namespace detail

/// Opens `count` damaged files. Each must open or be refused with an Error that has a reason; want of memory, another
/// exception, a crash or a hang is a failure. The file that did it is kept as `kept`.
inline MutationResult openMutations(int count, std::uint64_t seed, const std::function<std::string(Mutator&)>& make,
                                    const std::function<void(const std::string&)>& open,
                                    const std::filesystem::path& kept) {
  MutationResult result;
  Mutator mutator(seed);
  const detail::Confinement confinement;
  for (int i = 0; i < count && result.problem.empty(); ++i) {
    const std::string file = make(mutator);
    ::alarm(kSecondsACase);
    try {
      open(file);
      ++result.opened;
    } catch (const OutOfMemory& error) {
      result.problem = std::string("memory: ") + error.what();
    } catch (const Error& error) {
      ++result.refused;
      if (error.reason().empty()) result.problem = "no reason is given";
    } catch (const std::exception& error) {
      result.problem = std::string("exception: ") + error.what();
    }
    if (!result.problem.empty()) {
      writeBytes(kept, file);
      result.problem = "case " + std::to_string(i) + " of seed " + std::to_string(seed) + " (kept as " + kept.string() +
                       "): " + result.problem;
    }
  }
  return result;
}

/// The same for models, which are read from a file.
inline MutationResult openModelMutations(int count, std::uint64_t seed,
                                         const std::function<std::string(Mutator&)>& make, const char* name) {
  namespace fs = std::filesystem;
  const fs::path file = fs::temp_directory_path() / (std::string(name) + "-" + std::to_string(::getpid()));
  const auto result = openMutations(
      count, seed, make,
      [&](const std::string& bytes) {
        std::error_code ignored;
        fs::remove(file, ignored);  // file systems flush a file that is cut and written anew, but not a new one
        writeBytes(file, bytes);
        touch(readModelFile(file));
      },
      fs::temp_directory_path() / (std::string("unitscope-damaged-") + name));
  std::error_code ignored;
  fs::remove(file, ignored);
  return result;
}

/// Bytes on the heap without anything behind them, so that a sanitizer sees every read past the end.
inline std::shared_ptr<const std::vector<std::byte>> exactly(const std::string& text) {
  const auto bytes = bytesOf(text);
  return std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
}

inline constexpr int kMutations = 3000;

}  // namespace unitscope::test
