#include "runtime/atomic_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <random>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "runtime/error.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestWrite = std::size_t{1} << 30U;  // Linux writes at most 2 GiB at once
constexpr int kAttempts = 100;
constexpr int kMostLinks = 40;

/// Where the name leads, also when the file at the end of the links does not exist yet.
fs::path resolved(fs::path file) {
  std::error_code ignored;
  for (int i = 0; i < kMostLinks && fs::is_symlink(file, ignored); ++i) {
    const fs::path next = fs::read_symlink(file, ignored);
    if (ignored) break;
    file = next.is_absolute() ? next : file.parent_path() / next;
  }
  return file;
}

std::string suffix() {
  std::random_device device;
  static constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string text;
  for (int i = 0; i < 10; ++i) text += kDigits[device() % 32U];
  return text;
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& file) : file_(file), target_(resolved(file)) {
  if (file.empty() || !target_.has_filename()) throw Error(file.string(), "this is not a name for a file");
  struct stat before {};
  const bool exists = ::stat(target_.c_str(), &before) == 0;
  if (exists && S_ISDIR(before.st_mode)) throw Error(file.string(), "there is a folder of this name");
  if (exists && !S_ISREG(before.st_mode))
    throw Error(file.string(), "this is a device or pipe, which cannot be replaced by a file");
  // Renaming would replace a file that its owner has protected.
  if (exists && ::access(target_.c_str(), W_OK) != 0) fail(errno);

  for (int attempt = 0; handle_ < 0 && attempt < kAttempts; ++attempt) {
    temporary_ = target_.parent_path() / ("." + target_.filename().string().substr(0, 200) + "." + suffix());
    // 0666 less the user's mask, as any newly created file has it.
    handle_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (handle_ < 0 && errno != EEXIST) {
      const int code = errno;
      temporary_.clear();
      fail(code);
    }
  }
  if (handle_ < 0) fail(EEXIST);
  // Best effort: a file system without permissions is no reason not to save.
  if (exists && ::fchmod(handle_, before.st_mode & 07777U) != 0) errno = 0;
}

AtomicFile::~AtomicFile() {
  if (handle_ >= 0) ::close(handle_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::fail(int code) const {
  switch (code) {
    case ENOENT:
    case ENOTDIR: throw Error(file_.string(), "its folder does not exist");
    case EACCES:
    case EPERM: throw Error(file_.string(), "it may not be written here (permission denied)");
    case EROFS: throw Error(file_.string(), "it may not be written here (the disk is read-only)");
    case ENOSPC:
    case EDQUOT: throw Error(file_.string(), "there is no room left on the disk");
    case EFBIG: throw Error(file_.string(), "it would be larger than files may be here");
    case ENAMETOOLONG: throw Error(file_.string(), "the name is too long");
    default: throw Error(file_.string(), std::string("it cannot be written: ") + std::strerror(code));
  }
}

void AtomicFile::put(std::span<const std::byte> bytes, std::uint64_t position) {
  while (!bytes.empty()) {
    const ssize_t done =
        ::pwrite(handle_, bytes.data(), std::min(bytes.size(), kLargestWrite), static_cast<off_t>(position));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail(done < 0 ? errno : ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    position += static_cast<std::uint64_t>(done);
  }
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  put(bytes, size_);
  size_ += bytes.size();
}

void AtomicFile::writeAt(std::uint64_t position, std::span<const std::byte> bytes) {
  if (position > size_ || bytes.size() > size_ - position)
    throw Error(file_.string(), "a part of it that was not written yet cannot be overwritten");
  put(bytes, position);
}

void AtomicFile::commit() {
  if (temporary_.empty()) throw Error(file_.string(), "it was saved already");
  // Without this a crash soon after could leave the new name on an empty file.
  if (::fsync(handle_) != 0 && errno != EINVAL && errno != EROFS) fail(errno);
  const int closed = ::close(handle_);
  handle_ = -1;
  if (closed != 0 && errno != EINTR) fail(errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
  // The folder's entry too; file systems that cannot do that give it on their own terms.
  const fs::path folder = target_.parent_path().empty() ? fs::path(".") : target_.parent_path();
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
}

void writeFileAtomically(const fs::path& file, std::span<const std::byte> bytes) {
  AtomicFile out(file);
  out.write(bytes);
  out.commit();
}

void writeFileAtomically(const fs::path& file, std::string_view text) {
  writeFileAtomically(file, std::as_bytes(std::span<const char>(text.data(), text.size())));
}

}  // namespace unitscope
