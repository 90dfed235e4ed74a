#include "dissection/concepts.h"

#include <filesystem>

#include "dissection/concept_planes.h"
#include "runtime/error.h"
#include "sources/picture_source.h"

namespace unitscope {

std::unique_ptr<ConceptSource> openConcepts(const std::string& data, const Model& model, std::uint64_t seed,
                                            const ConceptOptions& options) {
  if (options.segmenter) return openSegmentedConcepts(data, model, seed, options);
  if (data == kScenes || data == kBiasedScenes)
    return openSceneConcepts(model, seed, data == kBiasedScenes, options.colors);
  namespace fs = std::filesystem;
  const fs::path folder(data);
  std::error_code problem;
  if (!fs::is_directory(folder, problem)) throw Error(data, "is no folder, and no name of a set that can be drawn");
  if (!fs::is_directory(folder / "images", problem) || !fs::is_directory(folder / "masks", problem))
    throw Error(data, "its pixels have no labels: give a folder with images/ and masks/, or a segmenter");
  return openMaskConcepts(data, model, options.colors);
}

}  // namespace unitscope
