#include "formats/archive/mapped_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "runtime/error.h"

namespace unitscope {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int handle) : handle_(handle) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (handle_ >= 0) ::close(handle_);
  }
  int get() const { return handle_; }

 private:
  int handle_;
};

[[noreturn]] void fail(const std::filesystem::path& file, int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR: throw Error(file.string(), "there is no such file");
    case EACCES:
    case EPERM: throw Error(file.string(), "the file may not be read (permission denied)");
    default: throw Error(file.string(), std::string("the file cannot be read: ") + std::strerror(code));
  }
}

#if defined(__SANITIZE_ADDRESS__)
// A page's tail hides reads past the end of the file; a heap block lets the sanitizer see them.
std::shared_ptr<const void> load(int handle, std::size_t size, const std::filesystem::path& file) {
  const std::shared_ptr<std::byte[]> block(new std::byte[size]);
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::pread(handle, block.get() + done, size - done, static_cast<off_t>(done));
    if (got <= 0) fail(file, got < 0 ? errno : EIO);
    done += static_cast<std::size_t>(got);
  }
  return {block, block.get()};
}
#else
std::shared_ptr<const void> load(int handle, std::size_t size, const std::filesystem::path& file) {
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, handle, 0);
  if (address == MAP_FAILED) fail(file, errno);
  return {address, [size](void* start) { ::munmap(start, size); }};
}
#endif

}  // namespace

MappedFile MappedFile::open(const std::filesystem::path& file) {
  // Without O_NONBLOCK a named pipe would wait for a writer for ever.
  const Descriptor handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (handle.get() < 0) fail(file, errno);
  struct stat status {};
  if (::fstat(handle.get(), &status) != 0) fail(file, errno);
  if (S_ISDIR(status.st_mode)) throw Error(file.string(), "this is a folder, not a file");
  if (!S_ISREG(status.st_mode)) throw Error(file.string(), "this is a device or pipe, not a file");

  MappedFile mapped;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return mapped;  // an empty range cannot be mapped
  mapped.owner_ = load(handle.get(), size, file);
  mapped.bytes_ = {static_cast<const std::byte*>(mapped.owner_.get()), size};
  return mapped;
}

std::string_view MappedFile::head(std::size_t count) const noexcept {
  return {reinterpret_cast<const char*>(bytes_.data()), std::min(count, bytes_.size())};
}

}  // namespace unitscope
