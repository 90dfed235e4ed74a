#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "gan/attributes.h"
#include "gan/direction.h"
#include "gan/generator.h"
#include "runtime/progress.h"

namespace unitscope {

/// What latent directions are to be measured by.
struct RescoringQuestion {
  std::vector<LatentDirection> directions;
  std::vector<PictureAttribute> attributes;
  AttributeModels models;
  std::int64_t samples = 200;           ///< 1,000 in the paper
  std::uint64_t firstSeed = 1'000'000;  ///< apart from the samples that boundaries were trained on
  double step = 2.0;                    ///< how far: w + step n
  /// Steps in standard deviations of the samples along the direction, for directions that know theirs ("deviation" of
  /// their details); false: in lengths of the vector, as published.
  bool inDeviations = true;
  double truncation = 1.0;  ///< of the samples
  Array classes;            ///< as SynthesisQuestion has it
};

/// How attributes change from row to row: rows are directions, or groups of layers. All [R,K]; intervals are 95 %.
struct ChangeTable {
  std::vector<std::string> rows;
  std::vector<PictureAttribute> attributes;
  std::vector<double> deviations;  ///< [K], of the attributes over the samples as they are
  /// HiGAN's score: mean of max(F(G(w + step n)) - F(G(w)), 0), in the attribute's own unit.
  Array rise, riseLow, riseHigh;
  /// Mean of F(G(w + step n)) - F(G(w)), with its sign.
  Array change, changeLow, changeHigh;

  /// Change in deviations of the attribute, which makes attributes comparable; NaN where it never varies.
  double strength(std::size_t row, std::size_t attribute) const;
  /// The attribute that a row changes most (by |strength|), and how many times as much as the next. -1: none.
  struct Target {
    std::ptrdiff_t attribute = -1;
    double strength = 0.0, ratio = 0.0;
  };
  Target targetOf(std::size_t row) const;
  /// How many times as strongly as any other this attribute changes; infinite where nothing else does.
  double selectivity(std::size_t row, std::size_t attribute) const;
};

/// Re-scoring (HiGAN; Yang et al. 2019): what each direction changes. One row a direction. Directions of z move z,
/// those of w and w+ what the layers take. Throws Error for directions and attributes that do not fit, and fewer than
/// two samples; Cancelled.
ChangeTable rescore(Generator& generator, const RescoringQuestion& question, const Progress& progress = {},
                    const CancelToken& cancel = {});

/// Rows of w+ that a direction is tried on together.
struct LayerGroup {
  std::string name;  ///< "lowest 0-2", "3"
  std::vector<std::int64_t> layers;
};
/// As HiGAN has it: lowest (layout), middle (objects), upper (attributes), last (colour), with their rows in the name;
/// fewer where there are fewer than four rows. Throws Error for networks without styles of their own for each layer.
std::vector<LayerGroup> layerGroups(const GeneratorPlan& plan);
/// Each row by itself.
std::vector<LayerGroup> singleLayers(const GeneratorPlan& plan);

/// Which layers a direction works through: for each direction a table with a row for each group, and at last one for
/// all layers together ("all"). The directions' own layers do not count. Throws as rescore(), and for directions of z.
std::vector<ChangeTable> rescoreByLayer(Generator& generator, const RescoringQuestion& question,
                                        const std::vector<LayerGroup>& groups, const Progress& progress = {},
                                        const CancelToken& cancel = {});

}  // namespace unitscope
