#include "data/labelled_folders.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <map>
#include <string_view>
#include <system_error>

#include "runtime/error.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;

/// A folder that lists more is no data set but an accident.
constexpr std::size_t kMostEntries = 20'000'000;
constexpr std::size_t kMostLabels = 256, kLongestLabel = 200;

bool isPicture(const fs::path& file) {
  constexpr std::array<std::string_view, 9> endings{".png", ".jpg",  ".jpeg", ".webp", ".bmp",
                                                    ".tif", ".tiff", ".ppm",  ".pgm"};
  std::string ending = file.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(endings, ending) != endings.end();
}

/// Names of a folder, sorted; hidden ones left out.
std::vector<fs::path> entries(const fs::path& folder) {
  std::error_code problem;
  fs::directory_iterator it(folder, problem);
  if (problem) throw Error(folder.string(), "cannot be read: " + problem.message());
  std::vector<fs::path> paths;
  for (; it != fs::directory_iterator(); it.increment(problem)) {
    if (problem) throw Error(folder.string(), "cannot be read: " + problem.message());
    if (it->path().filename().string().starts_with('.')) continue;
    if (paths.size() == kMostEntries) throw Error(folder.string(), "holds too many files");
    paths.push_back(it->path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<fs::path> picturesIn(const fs::path& folder) {
  std::vector<fs::path> files = entries(folder);
  std::erase_if(files, [](const fs::path& file) {
    std::error_code problem;
    return !isPicture(file) || !fs::is_regular_file(file, problem);
  });
  return files;
}

/// "tree", "3 tree" and "3: tree" are all the name of index 3.
std::string labelOf(std::string line, std::size_t index) {
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.pop_back();
  const std::string number = std::to_string(index);
  if (line.starts_with(number) && line.size() > number.size()) {
    std::size_t at = number.size();
    if (line[at] == ':') ++at;
    const std::size_t name = line.find_first_not_of(" \t", at);
    if (name != std::string::npos && name > number.size()) return line.substr(name);
  }
  return line;
}

std::vector<std::string> readNames(const fs::path& file) {
  std::ifstream in(file);
  if (!in) throw Error(file.string(), "cannot be read");
  std::vector<std::string> names;
  std::string line;
  while (std::getline(in, line)) {
    if (names.size() == kMostLabels) throw Error(file.string(), "has more lines than a mask has indices (256)");
    if (line.size() > kLongestLabel || line.find('\0') != std::string::npos)
      throw Error(file.string(), "line " + std::to_string(names.size() + 1) + " is no name of a class");
    names.push_back(labelOf(line, names.size()));
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  if (names.empty()) throw Error(file.string(), "holds no names of classes");
  return names;
}

}  // namespace

std::vector<fs::path> readPictureFiles(const fs::path& folder) {
  return picturesIn(folder);
}

ClassFolders readClassFolders(const fs::path& folder) {
  ClassFolders set;
  for (const fs::path& sub : entries(folder)) {
    std::error_code problem;
    if (!fs::is_directory(sub, problem)) continue;
    const std::vector<fs::path> files = picturesIn(sub);
    if (files.empty()) continue;
    const int label = static_cast<int>(set.classes.size());
    set.classes.push_back(sub.filename().string());
    for (const fs::path& file : files) set.pictures.push_back({file, label});
  }
  if (set.pictures.empty()) throw Error(folder.string(), "has no sub-folders with pictures in them, one a class");
  return set;
}

MaskFolders readMaskFolders(const fs::path& pictures, const fs::path& masks, const fs::path& labelsFile) {
  MaskFolders set;
  if (!labelsFile.empty()) set.labels = readNames(labelsFile);
  std::map<std::string, fs::path> byStem;
  for (const fs::path& mask : picturesIn(masks))
    if (mask.extension() == ".png" || mask.extension() == ".PNG") byStem.emplace(mask.stem().string(), mask);
  for (const fs::path& picture : picturesIn(pictures)) {
    const auto mask = byStem.find(picture.stem().string());
    if (mask == byStem.end()) throw Error(picture.string(), "has no mask of its name in " + masks.string());
    set.pictures.push_back({picture, mask->second});
  }
  if (set.pictures.empty()) throw Error(pictures.string(), "holds no pictures");
  return set;
}

}  // namespace unitscope
