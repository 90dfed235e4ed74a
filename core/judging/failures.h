#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// Where to look for failures.
struct FailuresQuestion {
  std::string data = "scenes";  ///< as openPictures() takes it; must have labels
  std::int64_t count = 300;
  std::uint64_t seed = 3;                   ///< series of the scenes, and of the clusters
  std::string method = "input_x_gradient";  ///< of the heatmaps
  ParameterValues parameters;
  std::string layer;
  std::vector<std::int64_t> classes;  ///< whose heatmaps are looked at; empty for all
  std::int64_t mapsPerClass = 60;     ///< at most
  std::int64_t side = 16;             ///< heatmaps are looked at in side x side cells
  std::int64_t clusters = 0;          ///< of the heatmaps of a class; 0: as many as the eigenvalues' gap says
  std::int64_t listed = 20;           ///< mistakes and weak hits that are named
};

/// A picture and a class on which network and labels were compared.
struct Verdict {
  std::int64_t picture = 0;  ///< its number in the data
  std::string name;
  std::int64_t said = -1;    ///< class that the network says; -1 where it misses one of several that hold
  std::int64_t truth = -1;   ///< class that the picture shows; -1 where it shows none of the said
  double probability = 0.0;  ///< of the class said, or of the one missed
};

/// A heatmap of one class on a picture for which the network says it.
struct HeatCase {
  std::int64_t picture = 0;
  std::string name;
  std::int64_t classIndex = 0;
  double probability = 0.0;
  bool right = false;      ///< the picture does show it
  Array heat;              ///< [side,side] share of the absolute attribution in each cell, sum 1
  double inside = 0.0;     ///< share of the absolute attribution on the object; NaN where its place is not known
  double maskShare = 0.0;  ///< share of the picture that the object takes
  /// Probability that is left when the object is taken out and the hole filled from around; NaN as above.
  double withoutObject = 0.0;
  std::int64_t cluster = 0;  ///< of its class
};

/// Heatmaps of a class that look alike.
struct HeatCluster {
  std::int64_t size = 0;
  Array mean;                  ///< [side,side]
  double x = 0.0, y = 0.0;     ///< middle of its hottest 3 x 3 cells, 0..1 from the left and the top
  double concentration = 0.0;  ///< share of the heat in those cells, over what an even map would have there
  double inside = 0.0;         ///< mean share on the object, NaN where unknown
  double withoutObject = 0.0;
};

struct ClassFindings {
  std::int64_t index = 0;
  std::string label;
  std::int64_t shown = 0, said = 0, right = 0;                   ///< pictures
  double precision = 0.0, recall = 0.0, averagePrecision = 0.0;  ///< NaN without any

  std::int64_t maps = 0;  ///< heatmaps looked at
  double inside = 0.0;    ///< mean share of the absolute attribution on the object
  double maskShare = 0.0;
  double cheating = 0.0;       ///< 1 - inside
  double focus = 0.0;          ///< inside over maskShare: 1 is chance
  double withoutObject = 0.0;  ///< mean probability that is left without the object
  double saidWithout = 0.0;    ///< share of pictures for which the class is still said without the object
  Array heat;                  ///< [side,side] mean heatmap
  /// Hottest 3 x 3 cells of the part of the mean heatmap that lies outside the objects: a telltale that stands at one
  /// place shows here. Its middle, and its share of the heat over what an even map would have there.
  double telltaleX = 0.0, telltaleY = 0.0, telltale = 0.0;
  std::vector<HeatCluster> clusters;
  /// The network says the class without the object for most of its pictures, and focus is below 2.5: the heat does not
  /// seek the object either.
  bool suspicious = false;
  std::string reason;  ///< in words
};

struct Failures {
  std::int64_t pictures = 0;
  bool multiLabel = false;
  double accuracy = 0.0;                ///< single label
  double meanAveragePrecision = 0.0;    ///< several labels
  std::vector<std::string> labels;      ///< of the classes
  std::vector<std::int64_t> confusion;  ///< [K,K] true (row) against said (column); empty where several labels hold
  std::vector<ClassFindings> classes;   ///< most suspicious first
  std::vector<Verdict> verdicts;        ///< single label: of every picture, so that a cell can name its own
  std::vector<Verdict> mistakes;        ///< most confident first
  std::vector<Verdict> weakHits;        ///< right, least confident first
  std::vector<HeatCase> heat;           ///< class by class, similar ones together
  double seconds = 0.0;
};

/// Runs labelled pictures through the network and looks for what it gets wrong, and for what it gets right for the
/// wrong reason. Throws Error for data that cannot be read or has no labels, and for unknown methods; Cancelled.
Failures findFailures(Model& model, const FailuresQuestion& question, const Progress& progress = {},
                      const CancelToken& cancel = {});

}  // namespace unitscope
