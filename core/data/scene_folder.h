#pragma once

#include <cstdint>
#include <filesystem>

#include "data/scene.h"
#include "runtime/progress.h"

namespace unitscope {

struct SceneFolderOptions {
  std::uint64_t seed = 1;
  std::uint64_t first = 0;  ///< number of the first scene in its series
  std::int64_t count = 100;
  SceneOptions scene;
};

/// Writes scenes as a data set that readMaskFolders() and other programs read: images/NNNNNN.png, masks/NNNNNN.png (the
/// class of each pixel as a grey value), classes.txt (name of each value), and scenes.csv with a line for each scene:
/// its file, time of day, whether it is marked, and 0 or 1 for each thing. Makes the folder. Throws Error naming a file
/// that cannot be written, and without OpenCV; Cancelled.
void writeSceneFolder(const std::filesystem::path& folder, const SceneFolderOptions& options, const Progress& progress,
                      const CancelToken& cancel);

}  // namespace unitscope
