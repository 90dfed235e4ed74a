#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace unitscope {

/// What an IDX file holds (the format of MNIST and Fashion-MNIST): bytes, row-major.
struct IdxFile {
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> values;
};

/// Reads an IDX file of unsigned bytes, plain or compressed by gzip. Throws Error naming the file when it is no IDX
/// file, holds other types, or its size does not fit its header.
IdxFile readIdxFile(const std::filesystem::path& file);

/// Small grey pictures with a class each.
struct LabelledPictures {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  ///< [N*H*W]
  std::vector<std::uint8_t> labels;  ///< [N]
  std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
};

/// A pair of IDX files in a folder as MNIST names them: <prefix>-images-idx3-ubyte and <prefix>-labels-idx1-ubyte, with
/// or without .gz; `prefix` is "train" or "t10k". Throws Error naming what is missing or does not fit together.
LabelledPictures readMnistLike(const std::filesystem::path& folder, const std::string& prefix);

}  // namespace unitscope
