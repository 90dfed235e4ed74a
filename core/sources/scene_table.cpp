#include "sources/scene_table.h"

#include <fstream>
#include <sstream>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kMostRows = 10'000'000, kMostColumns = 1000;
/// Columns before those of the things: file, time of day, marked.
constexpr std::size_t kLeading = 3;

std::vector<std::string> cellsOf(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; cells.size() <= kMostColumns && std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

}  // namespace

SceneTable readSceneTable(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) throw Error(file.string(), "cannot be read");
  const std::vector<std::string> head = cellsOf(line);
  if (head.size() <= kLeading || head.size() > kMostColumns || head.front() != "file")
    throw Error(file.string(), "is no table of scenes");
  SceneTable table;
  table.names.assign(head.begin() + kLeading, head.end());
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    const std::vector<std::string> cells = cellsOf(line);
    if (cells.size() != head.size() || number > kMostRows)
      throw Error(file.string(), "line " + std::to_string(number) + " is malformed");
    std::vector<bool> things;
    for (std::size_t i = kLeading; i < cells.size(); ++i) things.push_back(cells[i] == "1");
    table.rows.emplace(cells.front(), std::move(things));
  }
  return table;
}

}  // namespace unitscope
