#ifdef UNITSCOPE_HAS_HDF5

#include <algorithm>
#include <fstream>
#include <random>
#include <span>
#include <system_error>

#include "formats/hdf5/hdf5_file.h"
#include "formats/hdf5/hdf5_handles.h"
#include "runtime/atomic_file.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;

using hdf5::Handle;
using hdf5::Turn;

constexpr std::uint64_t kTiny = 512;  // bytes that are not worth compressing
constexpr std::uint64_t kBlock = std::uint64_t{256} << 10U;
constexpr unsigned kEffort = 4;
constexpr std::size_t kCopied = std::size_t{4} << 20U;

void require(bool fine, const std::string& path) {
  if (!fine) throw Error("HDF5", "'" + path + "' cannot be stored; the disk may be full");
}

/// Rows of the first axis that make a block of a good size.
Hdf5Shape blocksOf(const Hdf5Shape& shape, std::uint64_t width) {
  Hdf5Shape block = shape;
  std::uint64_t row = width;
  for (std::size_t i = 1; i < shape.size(); ++i) row *= shape[i];
  block[0] = std::clamp<std::uint64_t>(kBlock / std::max<std::uint64_t>(row, 1), 1, shape[0]);
  return block;
}

Handle textType(std::size_t length) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  const bool fine = type && H5Tset_size(type.get(), std::max<std::size_t>(length, 1)) >= 0 &&
                    H5Tset_cset(type.get(), H5T_CSET_UTF8) >= 0 && H5Tset_strpad(type.get(), H5T_STR_NULLPAD) >= 0;
  require(fine, "text");
  return type;
}

}  // namespace

struct Hdf5Writer::State {
  explicit State(const fs::path& path) : out(path) {
    std::random_device random;
    // The library writes by name, and keeps a file marked as being written until it is closed.
    draft = path.parent_path() / ("." + path.filename().string().substr(0, 200) + "." + std::to_string(random()));
  }
  ~State() {
    file = Handle();
    std::error_code ignored;
    fs::remove(draft, ignored);
  }

  AtomicFile out;
  fs::path draft;
  Handle file;

  /// Makes the groups of a path that are not there yet. The same contents must give the same file, so that nothing
  /// keeps its time.
  void group(const std::string& path) const {
    const Handle creation(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    require(creation && H5Pset_obj_track_times(creation.get(), false) >= 0, path);
    for (std::size_t end = 0; end < path.size();) {
      end = std::min(path.find('/', end + 1), path.size());
      const std::string part = path.substr(0, end);
      if (part == "/" || H5Lexists(file.get(), part.c_str(), H5P_DEFAULT) > 0) continue;
      const Handle made(H5Gcreate2(file.get(), part.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose);
      require(static_cast<bool>(made), part);
    }
  }

  void store(const std::string& path, hid_t stored, hid_t given, const void* values, const Hdf5Shape& shape) const {
    std::uint64_t count = 1;
    for (const std::uint64_t side : shape) count *= side;
    const std::uint64_t width = H5Tget_size(stored);
    if (const std::size_t end = path.rfind('/'); end != std::string::npos && end > 0) group(path.substr(0, end));
    const Handle layout(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const Handle space(H5Screate_simple(static_cast<int>(shape.size()), hdf5::sidesOf(shape).data(), nullptr),
                       H5Sclose);
    require(layout && space && H5Pset_obj_track_times(layout.get(), false) >= 0, path);
    if (count * width > kTiny) {
      const Hdf5Shape block = blocksOf(shape, width);
      require(H5Pset_chunk(layout.get(), static_cast<int>(block.size()), hdf5::sidesOf(block).data()) >= 0 &&
                  H5Pset_shuffle(layout.get()) >= 0 && H5Pset_deflate(layout.get(), kEffort) >= 0 &&
                  H5Pset_fletcher32(layout.get()) >= 0,
              path);
    }
    const Handle data(H5Dcreate2(file.get(), path.c_str(), stored, space.get(), H5P_DEFAULT, layout.get(), H5P_DEFAULT),
                      H5Dclose);
    require(static_cast<bool>(data), path);
    if (count > 0) require(H5Dwrite(data.get(), given, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, path);
  }

  void attach(const std::string& path, const std::string& name, hid_t type, const void* value) const {
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle at(H5Acreate_by_name(file.get(), path.c_str(), name.c_str(), type, space.get(), H5P_DEFAULT,
                                      H5P_DEFAULT, H5P_DEFAULT),
                    H5Aclose);
    require(at && H5Awrite(at.get(), type, value) >= 0, path + "@" + name);
  }
};

Hdf5Writer::Hdf5Writer(const fs::path& file) : state_(std::make_unique<State>(file)) {
  const Turn turn;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose), creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  // The format of HDF5 1.10 has checksums on everything that is no data, which the data sets' own complete.
  const bool fine = access && creation && H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0 &&
                    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG) >= 0 &&
                    H5Pset_obj_track_times(creation.get(), false) >= 0;
  require(fine, file.string());
  state_->file = Handle(H5Fcreate(state_->draft.c_str(), H5F_ACC_EXCL, creation.get(), access.get()), H5Fclose);
  if (!state_->file) throw Error(file.string(), "cannot be written here");
}

Hdf5Writer::~Hdf5Writer() {
  const Turn turn;
  state_.reset();
}
Hdf5Writer::Hdf5Writer(Hdf5Writer&&) noexcept = default;
Hdf5Writer& Hdf5Writer::operator=(Hdf5Writer&&) noexcept = default;

void Hdf5Writer::group(const std::string& path) {
  const Turn turn;
  state_->group(path);
}

void Hdf5Writer::put(const std::string& path, Hdf5Number type, const void* values, std::size_t count,
                     const Hdf5Shape& shape) {
  std::uint64_t expected = 1;
  for (const std::uint64_t side : shape) expected *= side;
  if (shape.empty() || expected != count)
    throw Error("HDF5", "'" + path + "' has another number of values than its shape");
  const Turn turn;
  state_->store(path, hdf5::inMemory(type), hdf5::inMemory(type), values, shape);
}

void Hdf5Writer::write(const std::string& path, const std::vector<std::string>& texts) {
  std::size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, std::min(text.size(), kLongestText));
  std::vector<char> bytes(texts.size() * longest, '\0');
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::copy_n(texts[i].data(), std::min(texts[i].size(), longest), bytes.data() + i * longest);
  const Turn turn;
  const Handle type = textType(longest);
  state_->store(path, type.get(), type.get(), bytes.data(), {texts.size()});
}

void Hdf5Writer::attribute(const std::string& path, const std::string& name, std::int64_t value) {
  const Turn turn;
  state_->attach(path, name, H5T_NATIVE_INT64, &value);
}

void Hdf5Writer::attribute(const std::string& path, const std::string& name, double value) {
  const Turn turn;
  state_->attach(path, name, H5T_NATIVE_DOUBLE, &value);
}

void Hdf5Writer::attribute(const std::string& path, const std::string& name, const std::string& text) {
  const Turn turn;
  const std::string cut = text.empty() ? std::string(1, '\0') : text;
  state_->attach(path, name, textType(cut.size()).get(), cut.data());
}

void Hdf5Writer::save() {
  {
    const Turn turn;
    if (!state_->file) throw Error("HDF5", "the file was saved already");
    const bool complete = H5Fflush(state_->file.get(), H5F_SCOPE_GLOBAL) >= 0;
    state_->file = Handle();
    require(complete, "the file");
  }
  std::ifstream in(state_->draft, std::ios::binary);
  std::vector<char> bytes(kCopied);
  do {
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    state_->out.write(std::string_view(bytes.data(), static_cast<std::size_t>(in.gcount())));
  } while (in);
  require(in.eof(), "the file");
  state_->out.commit();
}

}  // namespace unitscope

#endif
