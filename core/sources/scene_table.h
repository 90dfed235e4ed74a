#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace unitscope {

/// What `scenes.csv` says of the pictures of a folder: which things each shows.
struct SceneTable {
  std::vector<std::string> names;                 ///< of the things
  std::map<std::string, std::vector<bool>> rows;  ///< by file name, as long as names
};

/// Reads the table that writeSceneFolder() writes. Throws Error naming file and line when it is malformed.
SceneTable readSceneTable(const std::filesystem::path& file);

}  // namespace unitscope
