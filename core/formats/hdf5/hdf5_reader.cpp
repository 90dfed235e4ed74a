#ifdef UNITSCOPE_HAS_HDF5

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "formats/hdf5/hdf5_file.h"
#include "formats/hdf5/hdf5_handles.h"

namespace unitscope {
namespace {

using hdf5::Handle;
using hdf5::Turn;

constexpr int kMostAxes = 4;
constexpr std::uint64_t kLargestBlock = std::uint64_t{256} << 20U;
constexpr std::size_t kLongestAttribute = std::size_t{1} << 20U;

H5T_class_t classOf(Hdf5Number type) {
  return type == Hdf5Number::F32 || type == Hdf5Number::F64 ? H5T_FLOAT : H5T_INTEGER;
}

/// The product, or more than any limit when it does not fit.
std::uint64_t product(const Hdf5Shape& shape, std::uint64_t bytes) {
  for (const std::uint64_t side : shape) {
    if (side != 0 && bytes > UINT64_MAX / 2 / side) return UINT64_MAX / 2;
    bytes *= side;
  }
  return bytes;
}

}  // namespace

struct Hdf5Reader::State {
  std::filesystem::path path;
  Handle file;

  [[noreturn]] void fail(const std::string& reason) const { throw Error(path.string(), reason); }
  [[noreturn]] void damaged(const std::string& what) const {
    fail("'" + what + "' is missing, damaged or of another kind than expected");
  }

  /// Follows a path by links inside this file alone: others could lead to any file of the user.
  bool leads(const std::string& to) const {
    for (std::size_t end = to.find('/', 1); end != 1; end = end == std::string::npos ? 1 : to.find('/', end + 1)) {
      const std::string part = to.substr(0, end);
      if (part.empty() || part == "/") return true;
      H5L_info_t info;
      if (H5Lexists(file.get(), part.c_str(), H5P_DEFAULT) <= 0) return false;
      if (H5Lget_info(file.get(), part.c_str(), &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD) return false;
    }
    return true;
  }

  Handle dataset(const std::string& name) const {
    if (!leads(name)) damaged(name);
    Handle data(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), H5Dclose);
    if (!data) damaged(name);
    const Handle layout(H5Dget_create_plist(data.get()), H5Pclose);
    if (!layout || H5Pget_external_count(layout.get()) != 0) damaged(name);
    const H5D_layout_t kind = H5Pget_layout(layout.get());
    if (kind != H5D_CHUNKED && kind != H5D_CONTIGUOUS && kind != H5D_COMPACT) damaged(name);
    if (kind == H5D_CHUNKED) checkBlocks(name, data.get(), layout.get());
    return data;
  }

  void checkBlocks(const std::string& name, hid_t data, hid_t layout) const {
    std::array<hsize_t, kMostAxes> sides{};
    const int axes = H5Pget_chunk(layout, kMostAxes, sides.data());
    const Handle type(H5Dget_type(data), H5Tclose);
    if (axes < 1 || axes > kMostAxes || !type) damaged(name);
    if (product({sides.begin(), sides.begin() + axes}, H5Tget_size(type.get())) > kLargestBlock) damaged(name);
    const int filters = H5Pget_nfilters(layout);
    for (int i = 0; i < filters; ++i) {
      unsigned flags = 0;
      std::size_t values = 0;
      unsigned config = 0;
      const H5Z_filter_t id =
          H5Pget_filter2(layout, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &config);
      if (id != H5Z_FILTER_DEFLATE && id != H5Z_FILTER_SHUFFLE && id != H5Z_FILTER_FLETCHER32) damaged(name);
    }
  }

  Hdf5Shape shapeOf(const std::string& name, hid_t data) const {
    const Handle space(H5Dget_space(data), H5Sclose);
    const int axes = space && H5Sis_simple(space.get()) > 0 ? H5Sget_simple_extent_ndims(space.get()) : -1;
    if (axes < 1 || axes > kMostAxes) damaged(name);
    std::vector<hsize_t> sides(static_cast<std::size_t>(axes));
    if (H5Sget_simple_extent_dims(space.get(), sides.data(), nullptr) != axes) damaged(name);
    return {sides.begin(), sides.end()};
  }

  Handle attribute(const std::string& at, const std::string& name, H5T_class_t kind, std::size_t most,
                   std::size_t& size) const {
    const std::string what = at + "@" + name;
    if (!leads(at) || H5Aexists_by_name(file.get(), at.c_str(), name.c_str(), H5P_DEFAULT) <= 0) damaged(what);
    Handle attribute(H5Aopen_by_name(file.get(), at.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (!attribute) damaged(what);
    const Handle type(H5Aget_type(attribute.get()), H5Tclose), space(H5Aget_space(attribute.get()), H5Sclose);
    if (!type || !space || H5Tget_class(type.get()) != kind || H5Sget_simple_extent_npoints(space.get()) != 1)
      damaged(what);
    size = H5Tget_size(type.get());
    if (size == 0 || size > most || (kind == H5T_STRING && H5Tis_variable_str(type.get()) != 0)) damaged(what);
    return attribute;
  }
};

Hdf5Reader::Hdf5Reader() : state_(std::make_unique<State>()) {}
Hdf5Reader::~Hdf5Reader() {
  const Turn turn;
  state_.reset();
}
Hdf5Reader::Hdf5Reader(Hdf5Reader&&) noexcept = default;
Hdf5Reader& Hdf5Reader::operator=(Hdf5Reader&&) noexcept = default;

Hdf5Reader Hdf5Reader::open(const std::filesystem::path& file) {
  const Turn turn;
  Hdf5Reader reader;
  reader.state_->path = file;
  std::error_code problem;
  if (!std::filesystem::is_regular_file(file, problem)) reader.state_->fail("no such file");
  if (!std::ifstream(file, std::ios::binary)) reader.state_->fail("cannot be read (permission denied)");
  H5PLset_loading_state(0);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (!access || H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG) < 0) reader.state_->fail("cannot be opened");
  reader.state_->file = Handle(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!reader.state_->file) reader.state_->fail("is no HDF5 file, or is damaged or cut short");
  return reader;
}

const std::filesystem::path& Hdf5Reader::file() const {
  return state_->path;
}

bool Hdf5Reader::has(const std::string& path) const {
  const Turn turn;
  return state_->leads(path);
}

Hdf5Shape Hdf5Reader::shape(const std::string& path) const {
  const Turn turn;
  return state_->shapeOf(path, state_->dataset(path).get());
}

std::size_t Hdf5Reader::checked(const std::string& path, Hdf5Number type, const Hdf5Shape& shape, std::uint64_t first,
                                std::uint64_t count, std::size_t bytes) const {
  const Turn turn;
  const Handle data = state_->dataset(path);
  const Handle stored(H5Dget_type(data.get()), H5Tclose);
  if (!stored || H5Tget_class(stored.get()) != classOf(type) || H5Tget_size(stored.get()) > sizeof(double))
    state_->damaged(path);
  if (shape.empty() || state_->shapeOf(path, data.get()) != shape) state_->damaged(path);
  if (count > shape.front() || first > shape.front() - count)
    throw Error(state_->path.string(), "'" + path + "' has no such rows");
  Hdf5Shape part = shape;
  part.front() = count;
  if (product(part, bytes) > kMostBytes) state_->fail("'" + path + "' is too large");
  return static_cast<std::size_t>(product(part, 1));
}

void Hdf5Reader::get(const std::string& path, Hdf5Number type, const Hdf5Shape& shape, std::uint64_t first,
                     std::uint64_t count, void* values) const {
  std::vector<hsize_t> start(shape.size(), 0), part = hdf5::sidesOf(shape);
  start.front() = first;
  part.front() = count;
  if (std::ranges::count(part, hsize_t{0}) > 0) return;
  const Turn turn;
  const Handle data = state_->dataset(path);
  const Handle inFile(H5Dget_space(data.get()), H5Sclose);
  const Handle here(H5Screate_simple(static_cast<int>(part.size()), part.data(), nullptr), H5Sclose);
  if (!inFile || !here ||
      H5Sselect_hyperslab(inFile.get(), H5S_SELECT_SET, start.data(), nullptr, part.data(), nullptr) < 0 ||
      H5Dread(data.get(), hdf5::inMemory(type), here.get(), inFile.get(), H5P_DEFAULT, values) < 0)
    state_->damaged(path);
}

std::vector<std::string> Hdf5Reader::texts(const std::string& path, std::uint64_t first, std::uint64_t count) const {
  const Turn turn;
  const Handle data = state_->dataset(path);
  const Handle stored(H5Dget_type(data.get()), H5Tclose);
  if (!stored || H5Tget_class(stored.get()) != H5T_STRING || H5Tis_variable_str(stored.get()) != 0)
    state_->damaged(path);
  const std::size_t length = H5Tget_size(stored.get());
  const Hdf5Shape shape = state_->shapeOf(path, data.get());
  if (shape.size() != 1 || length == 0 || length > Hdf5Writer::kLongestText) state_->damaged(path);
  if (count > shape.front() || first > shape.front() - count) state_->fail("'" + path + "' has no such rows");
  if (product({count}, length) > kMostBytes) state_->fail("'" + path + "' is too large");
  std::vector<std::string> texts;
  if (count == 0) return texts;
  std::vector<char> bytes(static_cast<std::size_t>(count) * length);
  const hsize_t start = first, rows = count;
  const Handle inFile(H5Dget_space(data.get()), H5Sclose), here(H5Screate_simple(1, &rows, nullptr), H5Sclose);
  if (!inFile || !here || H5Sselect_hyperslab(inFile.get(), H5S_SELECT_SET, &start, nullptr, &rows, nullptr) < 0 ||
      H5Dread(data.get(), stored.get(), here.get(), inFile.get(), H5P_DEFAULT, bytes.data()) < 0)
    state_->damaged(path);
  texts.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    const char* text = bytes.data() + i * length;
    texts.emplace_back(text, std::find(text, text + length, '\0'));
  }
  return texts;
}

std::int64_t Hdf5Reader::integer(const std::string& path, const std::string& name) const {
  const Turn turn;
  std::size_t size = 0;
  const Handle attribute = state_->attribute(path, name, H5T_INTEGER, sizeof(std::int64_t), size);
  std::int64_t value = 0;
  if (H5Aread(attribute.get(), H5T_NATIVE_INT64, &value) < 0) state_->damaged(path + "@" + name);
  return value;
}

double Hdf5Reader::number(const std::string& path, const std::string& name) const {
  const Turn turn;
  std::size_t size = 0;
  const Handle attribute = state_->attribute(path, name, H5T_FLOAT, sizeof(double), size);
  double value = 0.0;
  if (H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value) < 0) state_->damaged(path + "@" + name);
  return value;
}

std::string Hdf5Reader::text(const std::string& path, const std::string& name) const {
  const Turn turn;
  std::size_t size = 0;
  const Handle attribute = state_->attribute(path, name, H5T_STRING, kLongestAttribute, size);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  std::string bytes(size, '\0');
  if (!type || H5Aread(attribute.get(), type.get(), bytes.data()) < 0) state_->damaged(path + "@" + name);
  return bytes.substr(0, bytes.find('\0'));
}

}  // namespace unitscope

#endif
