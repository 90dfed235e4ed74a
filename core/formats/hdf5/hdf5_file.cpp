#include "formats/hdf5/hdf5_file.h"

#ifndef UNITSCOPE_HAS_HDF5
#include "runtime/error.h"
#endif

namespace unitscope {

#ifdef UNITSCOPE_HAS_HDF5

bool hasHdf5() {
  return true;
}

#else

bool hasHdf5() {
  return false;
}

namespace {

[[noreturn]] void absent() {
  throw Error("HDF5", "this build cannot read or write it; build with libhdf5-dev installed");
}

}  // namespace

struct Hdf5Writer::State {};
struct Hdf5Reader::State {};

Hdf5Writer::Hdf5Writer(const std::filesystem::path&) {
  absent();
}
Hdf5Writer::~Hdf5Writer() = default;
Hdf5Writer::Hdf5Writer(Hdf5Writer&&) noexcept = default;
Hdf5Writer& Hdf5Writer::operator=(Hdf5Writer&&) noexcept = default;
void Hdf5Writer::group(const std::string&) {}
void Hdf5Writer::write(const std::string&, const std::vector<std::string>&) {}
void Hdf5Writer::attribute(const std::string&, const std::string&, std::int64_t) {}
void Hdf5Writer::attribute(const std::string&, const std::string&, double) {}
void Hdf5Writer::attribute(const std::string&, const std::string&, const std::string&) {}
void Hdf5Writer::save() {}
void Hdf5Writer::put(const std::string&, Hdf5Number, const void*, std::size_t, const Hdf5Shape&) {}

Hdf5Reader::Hdf5Reader() = default;
Hdf5Reader Hdf5Reader::open(const std::filesystem::path&) {
  absent();
}
Hdf5Reader::~Hdf5Reader() = default;
Hdf5Reader::Hdf5Reader(Hdf5Reader&&) noexcept = default;
Hdf5Reader& Hdf5Reader::operator=(Hdf5Reader&&) noexcept = default;
const std::filesystem::path& Hdf5Reader::file() const {
  absent();
}
bool Hdf5Reader::has(const std::string&) const {
  return false;
}
Hdf5Shape Hdf5Reader::shape(const std::string&) const {
  return {};
}
std::vector<std::string> Hdf5Reader::texts(const std::string&, std::uint64_t, std::uint64_t) const {
  return {};
}
std::int64_t Hdf5Reader::integer(const std::string&, const std::string&) const {
  return 0;
}
double Hdf5Reader::number(const std::string&, const std::string&) const {
  return 0.0;
}
std::string Hdf5Reader::text(const std::string&, const std::string&) const {
  return {};
}
std::size_t Hdf5Reader::checked(const std::string&, Hdf5Number, const Hdf5Shape&, std::uint64_t, std::uint64_t,
                                std::size_t) const {
  return 0;
}
void Hdf5Reader::get(const std::string&, Hdf5Number, const Hdf5Shape&, std::uint64_t, std::uint64_t, void*) const {}

#endif

}  // namespace unitscope
