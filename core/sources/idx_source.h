#pragma once

#include <filesystem>
#include <memory>

#include "sources/picture_source.h"

namespace unitscope {

/// Whether the path is an IDX file, or a folder with pictures in such files as MNIST names them.
bool isIdxData(const std::filesystem::path& path);

/// The pictures of an IDX file [N,H,W], with the labels of the file beside it whose name says so ("images-idx3" becomes
/// "labels-idx1"), if there is one. Of a folder, its t10k-images file (the part that networks are not trained on), else
/// its train-images file. Throws Error naming the file.
std::unique_ptr<PictureSource> openIdxPictures(const std::filesystem::path& path, const Model& model);

}  // namespace unitscope
