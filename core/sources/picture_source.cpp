#include "sources/picture_source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

#include "data/labelled_folders.h"
#include "data/scene.h"
#include "runtime/error.h"
#include "sources/class_names.h"
#include "sources/idx_source.h"
#include "sources/picture_mask.h"
#include "sources/scene_table.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;

Array maskOf(int width, int height, const ModelCard& card, const auto& belongs) {
  Image mask{width, height, 1, {}};
  mask.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (std::size_t i = 0; i < mask.pixels.size(); ++i) mask.pixels[i] = belongs(i) ? 255 : 0;
  return maskAsSeen(mask, card);
}

class SceneSource final : public PictureSource {
 public:
  SceneSource(const Model& model, std::uint64_t seed, SceneBias bias) : model_(model), seed_(seed) {
    const ModelCard& card = model.card();
    options_.bias = bias;
    if (card.height == card.width && card.height >= 16 && card.height <= 1024) options_.size = card.height;
    for (int k = 0; k < kSceneThings; ++k)
      classes_[static_cast<std::size_t>(k)] = classNamed(card.labels, sceneThingNames()[static_cast<std::size_t>(k)]);
  }

  std::int64_t count() const override { return -1; }
  bool masked() const override { return labelled(); }
  bool labelled() const override {
    return std::ranges::any_of(classes_, [](std::int64_t index) { return index >= 0; });
  }

  KnownPicture at(std::int64_t index) const override {
    const Scene scene = renderScene(seed_, static_cast<std::uint64_t>(index), options_);
    KnownPicture picture;
    picture.name = "scene " + std::to_string(index);
    picture.input = model_.preprocess(scene.picture);
    picture.labelled = labelled();
    for (std::size_t k = 0; k < kSceneThings; ++k) {
      if (classes_[k] < 0 || !scene.attributes.present[k]) continue;
      picture.classes.push_back(classes_[k]);
      std::vector<bool> mine(scene.objects.size() + 1, false);
      for (std::size_t i = 0; i < scene.objects.size(); ++i)
        mine[i + 1] = static_cast<std::size_t>(scene.objects[i].thing) == k;
      picture.masks.emplace(classes_[k], maskOf(scene.picture.width, scene.picture.height, model_.card(),
                                                [&](std::size_t i) { return mine[scene.instances[i]]; }));
    }
    std::ranges::sort(picture.classes);
    return picture;
  }

 private:
  const Model& model_;
  std::uint64_t seed_;
  SceneOptions options_;
  std::array<std::int64_t, kSceneThings> classes_{};
};

/// images/ beside masks/.
class MaskSource final : public PictureSource {
 public:
  MaskSource(const fs::path& folder, const Model& model) : model_(model) {
    std::error_code ignored;
    const fs::path names = folder / "classes.txt", table = folder / "scenes.csv";
    set_ = readMaskFolders(folder / "images", folder / "masks", fs::exists(names, ignored) ? names : fs::path());
    for (const std::string& name : set_.labels) classes_.push_back(classNamed(model.card().labels, name));
    if (fs::exists(table, ignored)) {
      things_ = readSceneTable(table);
      for (const std::string& name : things_->names) thingClasses_.push_back(classNamed(model.card().labels, name));
    }
  }

  std::int64_t count() const override { return static_cast<std::int64_t>(set_.pictures.size()); }
  bool masked() const override {
    return std::ranges::any_of(classes_, [](std::int64_t index) { return index >= 0; });
  }
  bool labelled() const override { return things_ || masked(); }

  KnownPicture at(std::int64_t index) const override {
    const MaskFolders::Picture& files = set_.pictures.at(static_cast<std::size_t>(index));
    const Image image = loadImage(files.file);
    const IndexMask mask = readIndexMask(files.mask);
    if (mask.width != image.width || mask.height != image.height)
      throw Error(files.mask.string(), "has another size than its picture");
    KnownPicture picture;
    picture.name = files.file.string();
    picture.input = model_.preprocess(image);
    picture.labelled = labelled();
    std::set<std::int64_t> shown;
    for (const int value : std::set<int>(mask.indices.begin(), mask.indices.end())) {
      const std::int64_t index2 =
          static_cast<std::size_t>(value) < classes_.size() ? classes_[static_cast<std::size_t>(value)] : -1;
      if (index2 < 0) continue;
      shown.insert(index2);
      picture.masks.emplace(index2, maskOf(mask.width, mask.height, model_.card(),
                                           [&](std::size_t i) { return mask.indices[i] == value; }));
    }
    if (things_) shown = fromTable(files.file.filename().string());
    picture.classes.assign(shown.begin(), shown.end());
    return picture;
  }

 private:
  std::set<std::int64_t> fromTable(const std::string& file) const {
    std::set<std::int64_t> shown;
    const auto row = things_->rows.find(file);
    if (row == things_->rows.end()) return shown;
    for (std::size_t i = 0; i < thingClasses_.size(); ++i)
      if (thingClasses_[i] >= 0 && row->second[i]) shown.insert(thingClasses_[i]);
    return shown;
  }

  const Model& model_;
  MaskFolders set_;
  std::vector<std::int64_t> classes_, thingClasses_;
  std::optional<SceneTable> things_;
};

/// Files with a class each, or with none.
class FileSource final : public PictureSource {
 public:
  FileSource(std::vector<std::pair<fs::path, std::int64_t>> files, const Model& model)
      : model_(model), files_(std::move(files)) {}

  std::int64_t count() const override { return static_cast<std::int64_t>(files_.size()); }
  bool masked() const override { return false; }
  bool labelled() const override {
    return std::ranges::any_of(files_, [](const auto& file) { return file.second >= 0; });
  }
  KnownPicture at(std::int64_t index) const override {
    const auto& [file, label] = files_.at(static_cast<std::size_t>(index));
    KnownPicture picture;
    picture.name = file.string();
    picture.input = model_.preprocess(loadImage(file));
    picture.labelled = label >= 0;
    if (label >= 0) picture.classes = {label};
    return picture;
  }

 private:
  const Model& model_;
  std::vector<std::pair<fs::path, std::int64_t>> files_;
};

}  // namespace

std::unique_ptr<PictureSource> openPictures(const std::string& data, const Model& model, std::uint64_t seed) {
  if (data == kScenes) return std::make_unique<SceneSource>(model, seed, SceneBias::None);
  if (data == kBiasedScenes) return std::make_unique<SceneSource>(model, seed, SceneBias::Telltales);
  const fs::path folder(data);
  std::error_code problem;
  if (isIdxData(folder)) return openIdxPictures(folder, model);
  if (!fs::is_directory(folder, problem))
    throw Error(data, "is no folder, no IDX file, and no name of a set that can be drawn");
  if (fs::is_directory(folder / "images", problem) && fs::is_directory(folder / "masks", problem))
    return std::make_unique<MaskSource>(folder, model);
  std::vector<std::pair<fs::path, std::int64_t>> files;
  for (const fs::path& file : readPictureFiles(folder)) files.emplace_back(file, -1);
  if (!files.empty()) return std::make_unique<FileSource>(std::move(files), model);
  const ClassFolders set = readClassFolders(folder);
  std::vector<std::int64_t> classes;
  for (const std::string& name : set.classes) classes.push_back(classNamed(model.card().labels, name));
  // Classes in turn, so that the first pictures are not all of one.
  std::vector<std::vector<fs::path>> byClass(set.classes.size());
  for (const auto& picture : set.pictures) byClass[static_cast<std::size_t>(picture.label)].push_back(picture.file);
  for (std::size_t row = 0; files.size() < set.pictures.size(); ++row)
    for (std::size_t k = 0; k < byClass.size(); ++k)
      if (row < byClass[k].size()) files.emplace_back(byClass[k][row], classes[k]);
  return std::make_unique<FileSource>(std::move(files), model);
}

}  // namespace unitscope
