#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dissection/concepts.h"
#include "engine/model_card.h"
#include "image/image.h"

namespace unitscope {

/// Size of the concept maps of a network.
struct PlaneSize {
  int height = 0, width = 0;
};
PlaneSize planeSizeFor(const ModelCard& card);

/// Labels of a picture of height x width pixels as the network sees it: at the middle of each pixel of the plane, the
/// label of the picture's nearest pixel. `labelAt` is asked by row-major number.
std::vector<std::uint16_t> planeAsSeen(int height, int width, const ModelCard& card, PlaneSize size,
                                       const std::function<std::uint16_t(std::size_t)>& labelAt);

/// The basic colour of each pixel of what the network sees, its index added to `first`.
std::vector<std::uint16_t> colorPlane(const Image& seen, PlaneSize size, std::uint16_t first);
/// Adds the basic colours to the concepts.
void addColors(std::vector<Concept>& concepts);

/// Category of things that scenes are made of, by name; "class" for others.
std::string categoryOf(std::string_view name);

// The kinds of sources that openConcepts() chooses from.
std::unique_ptr<ConceptSource> openSceneConcepts(const Model& model, std::uint64_t seed, bool biased, bool colors);
std::unique_ptr<ConceptSource> openMaskConcepts(const std::string& folder, const Model& model, bool colors);
std::unique_ptr<ConceptSource> openSegmentedConcepts(const std::string& data, const Model& model, std::uint64_t seed,
                                                     const ConceptOptions& options);

}  // namespace unitscope
