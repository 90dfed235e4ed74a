#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "image/image.h"

namespace unitscope {

/// A folder with a sub-folder of pictures for each class, as ImageNet and its like are kept.
struct ClassFolders {
  struct Picture {
    std::filesystem::path file;
    int label = 0;  ///< index into classes
  };
  std::vector<std::string> classes;  ///< names of the sub-folders, sorted
  std::vector<Picture> pictures;     ///< sorted by class, then by name; not decoded yet
};

/// Files are told from others by their endings alone; hidden ones and folders without pictures are passed over.
/// Throws Error naming the folder when it cannot be read or no sub-folder holds a picture.
ClassFolders readClassFolders(const std::filesystem::path& folder);

/// The pictures that lie in the folder itself, told by their endings, sorted by name; hidden ones left out. Throws
/// Error naming the folder when it cannot be read.
std::vector<std::filesystem::path> readPictureFiles(const std::filesystem::path& folder);

/// Pictures with a map that names the class of each of their pixels.
struct MaskFolders {
  struct Picture {
    std::filesystem::path file, mask;
  };
  std::vector<std::string> labels;  ///< name of each index; may be empty
  std::vector<Picture> pictures;    ///< sorted by name
};

/// Pairs pictures and masks of the same name up to the ending; the masks are PNG. `labelsFile` holds a name a line, in
/// the order of the indices, each with or without its number in front ("3 tree", "3: tree"); it may be empty. Throws
/// Error naming the folder without a pair, a picture without a mask, or a line that is wrong.
MaskFolders readMaskFolders(const std::filesystem::path& pictures, const std::filesystem::path& masks,
                            const std::filesystem::path& labelsFile);

/// The index of each pixel of a mask.
struct IndexMask {
  int width = 0, height = 0;
  std::vector<std::uint8_t> indices;  ///< [height*width]
};

/// Reads an index-coloured PNG (its palette's numbers) or an 8-bit grey one (its values). Throws Error naming the file
/// for pictures in true colours, for 16 bits, and for palettes that give two used indices one colour.
IndexMask readIndexMask(const std::filesystem::path& file);

}  // namespace unitscope
