#pragma once

// For the files of this folder in a build with HDF5 only.

#include <cstddef>
#include <hdf5.h>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "formats/hdf5/hdf5_file.h"
#include "runtime/error.h"

namespace unitscope::hdf5 {

/// A turn at the library, which keeps its state in the process and says what goes wrong on standard error.
class Turn {
 public:
  Turn() : lock_(mutex()) {
    H5Eget_auto2(H5E_DEFAULT, &report_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Turn() { H5Eset_auto2(H5E_DEFAULT, report_, data_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex one;
    // After it has refused a damaged file the library may not find its own end in its exit handler. Nothing needs that
    // handler: whatever is opened here is closed here.
    static const herr_t noHandler = H5dont_atexit();
    static_cast<void>(noHandler);
    return one;
  }
  std::lock_guard<std::recursive_mutex> lock_;
  H5E_auto2_t report_ = nullptr;
  void* data_ = nullptr;
};

/// An identifier that is closed in the end.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  explicit operator bool() const { return id_ >= 0; }
  hid_t get() const { return id_; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  herr_t (*close_)(hid_t) = nullptr;
};

/// The library's own integer, which is another type of the same width, or of another in other releases.
inline std::vector<hsize_t> sidesOf(const Hdf5Shape& shape) {
  return {shape.begin(), shape.end()};
}

inline hid_t inMemory(Hdf5Number type) {
  switch (type) {
    case Hdf5Number::U8: return H5T_NATIVE_UINT8;
    case Hdf5Number::I16: return H5T_NATIVE_INT16;
    case Hdf5Number::I32: return H5T_NATIVE_INT32;
    case Hdf5Number::I64: return H5T_NATIVE_INT64;
    case Hdf5Number::U64: return H5T_NATIVE_UINT64;
    case Hdf5Number::F32: return H5T_NATIVE_FLOAT;
    case Hdf5Number::F64: return H5T_NATIVE_DOUBLE;
  }
  return H5I_INVALID_HID;
}

}  // namespace unitscope::hdf5
