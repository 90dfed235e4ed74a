#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace unitscope {

/// Whether this build can read and write HDF5.
bool hasHdf5();

/// The numbers that are stored.
enum class Hdf5Number { U8, I16, I32, I64, U64, F32, F64 };

template <class T>
constexpr Hdf5Number hdf5Number() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return Hdf5Number::U8;
  if constexpr (std::is_same_v<T, std::int16_t>) return Hdf5Number::I16;
  if constexpr (std::is_same_v<T, std::int32_t>) return Hdf5Number::I32;
  if constexpr (std::is_same_v<T, std::int64_t>) return Hdf5Number::I64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return Hdf5Number::U64;
  if constexpr (std::is_same_v<T, float>) return Hdf5Number::F32;
  if constexpr (std::is_same_v<T, double>) return Hdf5Number::F64;
}

using Hdf5Shape = std::vector<std::uint64_t>;

/// An HDF5 file in the making, which appears under its name in save(), whole or not at all. Data sets that
/// are not tiny are stored in compressed blocks with checksums. Groups of a path are made as needed. The library cannot
/// be used from two threads; this and Hdf5Reader take turns on their own, so that files may be used at once. Throws
/// Error everywhere, in a build without HDF5 from the constructor.
class Hdf5Writer {
 public:
  /// Throws Error naming the file where it cannot be written, as AtomicFile does.
  explicit Hdf5Writer(const std::filesystem::path& file);
  ~Hdf5Writer();
  Hdf5Writer(Hdf5Writer&&) noexcept;
  Hdf5Writer& operator=(Hdf5Writer&&) noexcept;

  void group(const std::string& path);
  /// Row-major values of this shape, which must fit their number.
  template <class T>
  void write(const std::string& path, const std::vector<T>& values, const Hdf5Shape& shape) {
    put(path, hdf5Number<T>(), values.data(), values.size(), shape);
  }
  template <class T>
  void write(const std::string& path, const std::vector<T>& values) {
    write(path, values, {values.size()});
  }
  /// Texts in UTF-8, stored with the length of the longest; cut at kLongestText bytes.
  void write(const std::string& path, const std::vector<std::string>& texts);
  void attribute(const std::string& path, const std::string& name, std::int64_t value);
  void attribute(const std::string& path, const std::string& name, double value);
  void attribute(const std::string& path, const std::string& name, const std::string& text);

  /// Once, at the end.
  void save();

  static constexpr std::size_t kLongestText = 4096;

 private:
  void put(const std::string& path, Hdf5Number type, const void* values, std::size_t count, const Hdf5Shape& shape);

  struct State;
  std::unique_ptr<State> state_;
};

/// An HDF5 file of unknown origin. Nothing is read before its type, shape and size are what the caller expects; links
/// to other files, virtual and external data, and filters that come as plug-ins are refused. Every problem is an Error
/// naming the file. One thread at a time.
class Hdf5Reader {
 public:
  static Hdf5Reader open(const std::filesystem::path& file);
  ~Hdf5Reader();
  Hdf5Reader(Hdf5Reader&&) noexcept;
  Hdf5Reader& operator=(Hdf5Reader&&) noexcept;

  const std::filesystem::path& file() const;
  /// Whether there is a group or data set of this path.
  bool has(const std::string& path) const;
  /// Of a data set of numbers or texts.
  Hdf5Shape shape(const std::string& path) const;
  /// All of a data set, which must have this shape and kind of number (narrower or wider ones are converted).
  template <class T>
  std::vector<T> read(const std::string& path, const Hdf5Shape& shape) const {
    return rows<T>(path, shape, 0, shape.empty() ? 1 : shape.front());
  }
  /// Rows [first, first + count) along the first axis of a data set that must have this shape.
  template <class T>
  std::vector<T> rows(const std::string& path, const Hdf5Shape& shape, std::uint64_t first, std::uint64_t count) const {
    std::vector<T> values(checked(path, hdf5Number<T>(), shape, first, count, sizeof(T)));
    get(path, hdf5Number<T>(), shape, first, count, values.data());
    return values;
  }
  /// Texts [first, first + count) of a one-dimensional data set.
  std::vector<std::string> texts(const std::string& path, std::uint64_t first, std::uint64_t count) const;
  std::int64_t integer(const std::string& path, const std::string& name) const;
  double number(const std::string& path, const std::string& name) const;
  std::string text(const std::string& path, const std::string& name) const;

  /// Most that is read at once.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 30U;

 private:
  Hdf5Reader();
  std::size_t checked(const std::string& path, Hdf5Number type, const Hdf5Shape& shape, std::uint64_t first,
                      std::uint64_t count, std::size_t bytes) const;
  void get(const std::string& path, Hdf5Number type, const Hdf5Shape& shape, std::uint64_t first, std::uint64_t count,
           void* values) const;

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace unitscope
