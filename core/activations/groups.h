#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/array.h"
#include "engine/model.h"
#include "runtime/progress.h"

namespace unitscope {

struct GroupsQuestion {
  std::vector<Array> inputs;  ///< preprocessed pictures, [1,C,H,W] each; grouped together
  std::string layer;
  std::int64_t groups = 6;   ///< 2 to 16
  std::int64_t steps = 200;  ///< at most; ends earlier when nothing changes
  std::uint64_t seed = 0;    ///< of the start
  bool attribute = true;     ///< also contributions to a class
  std::int64_t target = -1;  ///< class; -1: the model's first choice for the first picture
};

/// What the groups contribute to a class's score on one picture: gradient x activation, projected on the groups.
struct GroupContributions {
  std::vector<double> groups;  ///< one a group: sum over places of strength x (gradient . direction)
  Array maps;                  ///< [k,h,w], the same before the sum
  double total = 0.0;          ///< gradient x activation over all units and places
  double rest = 0.0;           ///< total minus the groups' sum: what the groups do not hold
  double score = 0.0;          ///< of the class, for comparison
};

/// Groups of units that fire together: non-negative factors of the activations (Lee & Seung 1999; Olah et al. 2018).
/// activation(place) is about sum over groups of maps(place) x directions(group).
struct ChannelGroups {
  std::string layer;
  Array directions;            ///< [k,C], each of length 1, nothing negative; largest group first
  std::vector<Array> maps;     ///< [k,h,w] a picture: strength of each group at each place
  std::vector<double> shares;  ///< of each group in the sum of what the groups explain; sum 1
  double explained = 0.0;      ///< 1 - squared error over squared activation, of what is not negative
  double negative = 0.0;       ///< share of the squared activation that was negative, and taken as 0
  std::int64_t steps = 0;      ///< that were needed
  std::int64_t target = -1;    ///< class of the contributions; -1 without
  std::string targetLabel;
  std::vector<GroupContributions> contributions;  ///< one a picture; empty without
};

/// Factors the activations of the pictures at a layer into groups, starting from NNDSVD (Boutsidis & Gallopoulos 2008)
/// and going on by HALS (Cichocki & Phan 2009). Negative activations are taken as 0. Throws Error for layers without
/// units or without places enough, numbers out of range, and a class that does not exist; Cancelled.
ChannelGroups groupChannels(Model& model, const GroupsQuestion& question, const Progress& progress = {},
                            const CancelToken& cancel = {});
/// The same for activations at hand, [C,h,w] each, without contributions.
ChannelGroups groupActivations(const std::vector<Array>& maps, std::int64_t groups, std::int64_t steps,
                               std::uint64_t seed, const Progress& progress = {}, const CancelToken& cancel = {});

/// One vector a cell of a layer, each to be shown as a picture of its own, sized by its length.
struct ActivationGrid {
  std::int64_t rows = 0, columns = 0;
  Array vectors;               ///< [rows*columns,C], the mean activation in each cell
  std::vector<float> lengths;  ///< of the vectors
  std::vector<float> sizes;    ///< 0..1: length over the largest
};

/// The cells of a layer's activation [C,h,w]; 0 rows or columns: one a place, else the places of a cell are averaged.
/// Throws Error for more rows or columns than places.
ActivationGrid activationGrid(const Array& maps, std::int64_t rows = 0, std::int64_t columns = 0);

}  // namespace unitscope
