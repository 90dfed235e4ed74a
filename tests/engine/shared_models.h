#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/model.h"
#include "formats/npy/npy.h"

namespace unitscope::test {

inline std::filesystem::path shared(const std::string& relative) {
  return std::filesystem::path(UNITSCOPE_SHARED_DIR) / relative;
}

inline bool isThere(const std::string& relative) {
  std::error_code ignored;
  return std::filesystem::exists(shared(relative), ignored);
}

inline Array arrayFrom(const std::string& relative) {
  const TensorData data = readNpy(shared(relative));
  const std::vector<double> values = data.toDoubles();
  return {data.shape(), {values.begin(), values.end()}};
}

}  // namespace unitscope::test

/// Leaves the test with a reason where the real networks are absent, or this build cannot read them.
#ifdef UNITSCOPE_HAS_ONNX
#define UNITSCOPE_NEED(relative)                                                    \
  do {                                                                              \
    if (!unitscope::test::isThere(relative))                                        \
      QSKIP("there is no shared folder with real networks, photos and references"); \
  } while (false)
#else
#define UNITSCOPE_NEED(relative) QSKIP("this build cannot read ONNX")
#endif
