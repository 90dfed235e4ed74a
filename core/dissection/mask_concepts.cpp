#include <filesystem>

#include "data/labelled_folders.h"
#include "dissection/concept_planes.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

namespace fs = std::filesystem;

constexpr int kMaskValues = 256;

/// images/ beside masks/.
class MaskConcepts final : public ConceptSource {
 public:
  MaskConcepts(const fs::path& folder, const Model& model, bool colors)
      : model_(model), colors_(colors), size_(planeSizeFor(model.card())) {
    const fs::path names = folder / "classes.txt";
    std::error_code ignored;
    set_ = readMaskFolders(folder / "images", folder / "masks", fs::exists(names, ignored) ? names : fs::path());
    // Without names every value is a concept, so that there is something to see.
    if (set_.labels.empty())
      for (int value = 0; value < kMaskValues; ++value)
        concepts_.push_back({"value " + std::to_string(value), "class"});
    for (const std::string& name : set_.labels) concepts_.push_back({name, categoryOf(name)});
    labelled_ = concepts_.size();
    if (colors) addColors(concepts_);
  }

  const std::vector<Concept>& concepts() const override { return concepts_; }
  std::int64_t count() const override { return static_cast<std::int64_t>(set_.pictures.size()); }
  int height() const override { return size_.height; }
  int width() const override { return size_.width; }

  ConceptPicture at(std::int64_t index) const override {
    const MaskFolders::Picture& files = set_.pictures.at(static_cast<std::size_t>(index));
    const Image image = loadImage(files.file);
    const IndexMask mask = readIndexMask(files.mask);
    if (mask.width != image.width || mask.height != image.height)
      throw Error(files.mask.string(), "has another size than its picture");
    ConceptPicture picture;
    picture.name = files.file.string();
    picture.input = model_.preprocess(image);
    picture.planes.push_back(planeAsSeen(mask.height, mask.width, model_.card(), size_, [&](std::size_t i) {
      const std::uint8_t value = mask.indices[i];
      // An index without a name says that nothing is known.
      return value < labelled_ && !concepts_[value].name.empty() ? std::uint16_t{value} : kNoConcept;
    }));
    if (colors_)
      picture.planes.push_back(
          colorPlane(model_.pictureOf(picture.input), size_, static_cast<std::uint16_t>(labelled_)));
    return picture;
  }

 private:
  const Model& model_;
  bool colors_;
  PlaneSize size_;
  MaskFolders set_;
  std::vector<Concept> concepts_;
  std::size_t labelled_ = 0;
};

}  // namespace

std::unique_ptr<ConceptSource> openMaskConcepts(const std::string& folder, const Model& model, bool colors) {
  return std::make_unique<MaskConcepts>(folder, model, colors);
}

}  // namespace unitscope
