#include "sources/idx_source.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <system_error>

#include "data/idx_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLargestSide = 16384;

/// The file of pictures that a folder stands for; empty where it has none.
fs::path picturesIn(const fs::path& folder) {
  std::error_code ignored;
  for (const char* name : {"t10k-images-idx3-ubyte", "train-images-idx3-ubyte"})
    for (const char* ending : {"", ".gz"})
      if (const fs::path file = folder / (std::string(name) + ending); fs::is_regular_file(file, ignored)) return file;
  return {};
}

fs::path labelsBeside(const fs::path& pictures) {
  std::string name = pictures.filename().string();
  const std::string from = "images-idx3", to = "labels-idx1";
  const std::size_t at = name.find(from);
  std::error_code ignored;
  if (at == std::string::npos) return {};
  name.replace(at, from.size(), to);
  std::string other = name.ends_with(".gz") ? name.substr(0, name.size() - 3) : name + ".gz";
  for (const std::string& candidate : {name, other})
    if (fs::path file = pictures.parent_path() / candidate; fs::is_regular_file(file, ignored)) return file;
  return {};
}

class IdxSource final : public PictureSource {
 public:
  IdxSource(const fs::path& file, const Model& model)
      : model_(model), name_(file.filename().string()), pictures_(readIdxFile(file)) {
    const auto& shape = pictures_.shape;
    if (shape.size() != 3 || shape[1] < 1 || shape[2] < 1 || shape[1] > kLargestSide || shape[2] > kLargestSide)
      throw Error(file.string(), "holds no pictures (three axes: number, rows, columns)");
    const fs::path beside = labelsBeside(file);
    if (beside.empty()) return;
    const IdxFile labels = readIdxFile(beside);
    if (labels.shape != std::vector<std::int64_t>{shape[0]})
      throw Error(beside.string(), "has another number of labels than " + name_ + " has pictures");
    labels_ = labels.values;
  }

  std::int64_t count() const override { return pictures_.shape[0]; }
  bool masked() const override { return false; }
  bool labelled() const override { return !labels_.empty(); }

  KnownPicture at(std::int64_t index) const override {
    if (index < 0 || index >= count()) throw Error(name_, "has " + std::to_string(count()) + " pictures");
    const std::int64_t height = pictures_.shape[1], width = pictures_.shape[2];
    const auto first = pictures_.values.begin() + index * height * width;
    Image image{static_cast<int>(width), static_cast<int>(height), 1, {first, first + height * width}};
    KnownPicture picture;
    picture.name = name_ + " " + std::to_string(index);
    picture.input = model_.preprocess(image);
    const auto names = static_cast<std::int64_t>(model_.card().labels.size());
    const std::int64_t label = labels_.empty() ? -1 : labels_[static_cast<std::size_t>(index)];
    picture.labelled = label >= 0 && (names == 0 || label < names);
    if (picture.labelled) picture.classes = {label};
    return picture;
  }

 private:
  const Model& model_;
  std::string name_;
  IdxFile pictures_;
  std::vector<std::uint8_t> labels_;
};

}  // namespace

bool isIdxData(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return !picturesIn(path).empty();
  if (!fs::is_regular_file(path, ignored)) return false;
  // Compressed ones are told by their name.
  std::array<char, 4> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  const bool plain = head[0] == 0 && head[1] == 0 && head[2] == 0x08 && head[3] == 3;
  return plain || path.filename().string().find("idx3-ubyte") != std::string::npos;
}

std::unique_ptr<PictureSource> openIdxPictures(const fs::path& path, const Model& model) {
  std::error_code ignored;
  return std::make_unique<IdxSource>(fs::is_directory(path, ignored) ? picturesIn(path) : path, model);
}

}  // namespace unitscope
