#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/model.h"

namespace unitscope {

/// Which methods are compared by which metrics on which pictures.
struct LeagueQuestion {
  std::string data = "scenes";       ///< as openPictures() takes it
  std::vector<std::string> methods;  ///< ids, also "random" and "centre"; empty for all and both controls
  std::vector<std::string> metrics;  ///< ids; empty for deletion, insertion, and with masks pointing, energy and IoU
  std::int64_t count = 200;          ///< pictures; a folder may hold fewer
  std::uint64_t seed = 3;            ///< series of the scenes (3 is held out from all training), and what is drawn
  std::int64_t step = 0;             ///< pixels from one point of a curve to the next; 0 for a 32nd of the picture
};

struct LeagueCell {
  double mean = 0.0;             ///< NaN where nothing was measured
  double low = 0.0, high = 0.0;  ///< 95 % confidence interval of the mean (normal approximation: 1.96 standard errors)
  std::int64_t count = 0;        ///< pictures that count
};

struct LeagueRow {
  std::string method, title;
  std::string settings;           ///< that differ from the method's defaults: "masks=200"
  std::string map;                ///< how the map is judged: "sum" over the channels, or "magnitude"
  bool control = false;           ///< a map that knows nothing of the network, for comparison
  std::vector<LeagueCell> cells;  ///< one a metric
  double seconds = 0.0;           ///< for a map, mean
  std::string problem;            ///< why the method does not take part; then nothing was measured
};

struct LeagueTable {
  std::vector<std::string> metrics;
  std::vector<LeagueRow> rows;
  std::int64_t pictures = 0;    ///< judged so far
  std::int64_t passedOver = 0;  ///< with nothing in them that the network knows and whose place is known
  double maskShare = 0.0;       ///< mean share of the picture that the object takes: what chance gives for energy
  double seconds = 0.0;         ///< all in all
};

/// Judges every method on the same pictures. Where classes and masks are known, the class explained is one that the
/// picture shows, that the network recognises and whose object takes between 0.5 % and 50 % of the picture (drawn by
/// the seed among those); else it is the network's first choice. `soFar` gets the table after each picture, on the
/// calling thread. A method that fails (it may need what the network lacks) is left out and says why. Throws Error for
/// unknown methods and metrics and for data that cannot be read; Cancelled.
LeagueTable runLeague(Model& model, const LeagueQuestion& question,
                      const std::function<void(const LeagueTable&)>& soFar = {}, const Progress& progress = {},
                      const CancelToken& cancel = {});

}  // namespace unitscope
