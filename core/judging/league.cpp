#include "judging/league.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <random>

#include "judging/judge.h"
#include "judging/league_presets.h"
#include "judging/recognised.h"
#include "runtime/error.h"
#include "sources/picture_source.h"

namespace unitscope {
namespace {

constexpr double kSmallestObject = 0.005, kLargestObject = 0.5;
// Of an endless source, so many pictures may be passed over for each that counts.
constexpr std::int64_t kPatience = 50;
// Of deletion and insertion; finer curves cost time and change the area little.
constexpr std::int64_t kCurvePoints = 32;

/// Sums from which a mean and its interval follow.
struct Tally {
  std::int64_t count = 0;
  double sum = 0.0, squares = 0.0;

  void add(double value) {
    if (!std::isfinite(value)) return;
    ++count;
    sum += value;
    squares += value * value;
  }
  LeagueCell cell() const {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    if (count == 0) return {nan, nan, nan, 0};
    const auto n = static_cast<double>(count);
    const double mean = sum / n;
    const double variance = count > 1 ? std::max(0.0, (squares - n * mean * mean) / (n - 1)) : 0.0;
    const double half = 1.96 * std::sqrt(variance / n);
    return {mean, mean - half, mean + half, count};
  }
};

struct Entrant {
  LeagueRow row;
  LeagueSettings settings;
  std::vector<Tally> tallies;
  Tally seconds;
};

/// A picture and the class that is explained.
struct Case {
  KnownPicture picture;
  std::int64_t target = -1;
  Array mask;
};

LeagueRow controlRow(const std::string& id) {
  LeagueRow row{id, id == "random" ? "Random numbers" : "Middle of the picture"};
  row.control = true;
  row.map = "sum";
  return row;
}

std::vector<Entrant> entrantsOf(const LeagueQuestion& question, const Model& model) {
  const std::vector<MethodInfo> methods = attributionMethods();
  const std::int64_t side = std::min(model.card().height, model.card().width);
  std::vector<std::string> ids = question.methods;
  if (ids.empty()) {
    for (const MethodInfo& info : methods)
      if (leagueSettings(info, side).byDefault) ids.push_back(info.id);
    ids.insert(ids.end(), {"random", "centre"});
  }
  std::vector<Entrant> entrants;
  for (const std::string& id : ids) {
    Entrant entrant;
    if (id == "random" || id == "centre") {
      entrant.row = controlRow(id);
    } else {
      const auto info = std::ranges::find(methods, id, &MethodInfo::id);
      if (info == methods.end()) throw Error("method " + id, "there is none of this name");
      entrant.settings = leagueSettings(*info, side);
      entrant.row.method = id;
      entrant.row.title = info->title;
      entrant.row.settings = entrant.settings.text;
      entrant.row.map = entrant.settings.absolute ? "magnitude" : "sum";
    }
    entrants.push_back(std::move(entrant));
  }
  return entrants;
}

std::vector<std::string> metricsOf(const LeagueQuestion& question, bool masked) {
  if (question.metrics.empty())
    return masked ? std::vector<std::string>{"deletion", "insertion", "pointing", "energy", "iou"}
                  : std::vector<std::string>{"deletion", "insertion"};
  const std::vector<MetricInfo> infos = judgeMetrics();
  for (const std::string& id : question.metrics) {
    const auto info = std::ranges::find(infos, id, &MetricInfo::id);
    if (info == infos.end()) throw Error("metric " + id, "there is no such metric");
    if (info->needsMask && !masked) throw Error("metric " + id, "needs masks, which this data does not have");
  }
  return question.metrics;
}

/// What to explain in a picture; nothing where the picture shows nothing that can be judged.
std::optional<Case> caseOf(Model& model, const PictureSource& source, std::int64_t index, std::uint64_t seed,
                           const CancelToken& cancel) {
  Case made;
  made.picture = source.at(index);
  const std::vector<std::int64_t> said =
      predictedClasses(classProbabilities(model, made.picture.input, cancel), model.card().multiLabel);
  if (!source.masked()) {
    if (!made.picture.labelled) return made;
    for (const std::int64_t k : made.picture.classes)
      if (std::ranges::binary_search(said, k)) {
        made.target = k;
        return made;
      }
    return std::nullopt;
  }
  std::vector<std::int64_t> fit;
  for (const auto& [k, mask] : made.picture.masks) {
    const double share = shareOf(mask);
    if (share >= kSmallestObject && share <= kLargestObject && std::ranges::binary_search(said, k) &&
        std::ranges::binary_search(made.picture.classes, k))
      fit.push_back(k);
  }
  if (fit.empty()) return std::nullopt;
  std::mt19937_64 random(seed * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(index));
  made.target = fit[random() % fit.size()];
  made.mask = made.picture.masks.at(made.target);
  return made;
}

/// A map of the picture's size that knows nothing.
Array controlMap(const std::string& id, int height, int width, std::uint64_t seed) {
  Array map{{height, width}, {}};
  std::mt19937_64 random(seed);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double dy = (y + 0.5) / height - 0.5, dx = (x + 0.5) / width - 0.5;
      map.values.push_back(id == "random" ? static_cast<float>(random() >> 40) * 0x1.0p-24F
                                          : static_cast<float>(std::exp(-(dx * dx + dy * dy) / (2 * 0.25 * 0.25))));
    }
  return map;
}

void judgeOne(Model& model, const LeagueQuestion& question, const std::vector<std::string>& metrics, const Case& made,
              std::int64_t number, Entrant& entrant, const CancelToken& cancel) {
  JudgeQuestion judged;
  judged.asked.input = made.picture.input;
  judged.asked.target = made.target;
  judged.mask = made.mask;
  const std::int64_t pixels = std::int64_t{model.card().height} * model.card().width;
  judged.step = question.step > 0 ? question.step : std::max<std::int64_t>(1, pixels / kCurvePoints);
  judged.seed = question.seed;
  judged.absolute = entrant.settings.absolute;
  const std::vector<MetricInfo> infos = judgeMetrics();
  for (const std::string& id : metrics) {
    const MetricInfo& info = *std::ranges::find(infos, id, &MetricInfo::id);
    if ((!info.needsMask || !made.mask.values.empty()) && (!info.needsMethod || !entrant.row.control))
      judged.metrics.push_back(id);
  }
  if (entrant.row.control) {
    const ModelCard& card = model.card();
    judged.map =
        controlMap(entrant.row.method, card.height, card.width, question.seed + static_cast<std::uint64_t>(number));
  } else {
    judged.asked.method = entrant.row.method;
    judged.asked.parameters = entrant.settings.values;
    const AttributionAnswer answer = model.attribute(judged.asked, {}, cancel);
    judged.map = answer.map;
    entrant.seconds.add(answer.seconds);
  }
  if (judged.metrics.empty()) return;
  for (const MetricResult& result : judge(model, judged, {}, cancel))
    for (std::size_t m = 0; m < metrics.size(); ++m)
      if (metrics[m] == result.metric) entrant.tallies[m].add(result.value);
}

}  // namespace

LeagueTable runLeague(Model& model, const LeagueQuestion& question,
                      const std::function<void(const LeagueTable&)>& soFar, const Progress& progress,
                      const CancelToken& cancel) {
  const auto start = std::chrono::steady_clock::now();
  const std::unique_ptr<PictureSource> source = openPictures(question.data, model, question.seed);
  std::vector<Entrant> entrants = entrantsOf(question, model);
  LeagueTable table;
  table.metrics = metricsOf(question, source->masked());
  for (Entrant& entrant : entrants) entrant.tallies.resize(table.metrics.size());
  Tally maskShare;
  const auto refresh = [&] {
    table.rows.clear();
    for (const Entrant& entrant : entrants) {
      table.rows.push_back(entrant.row);
      for (const Tally& tally : entrant.tallies) table.rows.back().cells.push_back(tally.cell());
      table.rows.back().seconds = entrant.seconds.count > 0 ? entrant.seconds.cell().mean : 0.0;
    }
    table.maskShare = maskShare.count > 0 ? maskShare.cell().mean : 0.0;
    table.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };

  const std::int64_t end = source->count() >= 0 ? source->count() : question.count * kPatience;
  const std::int64_t wanted = std::min(question.count, end);
  for (std::int64_t index = 0; index < end && table.pictures < wanted; ++index) {
    cancel.check();
    const std::optional<Case> made = caseOf(model, *source, index, question.seed, cancel);
    if (!made) {
      ++table.passedOver;
      continue;
    }
    if (!made->mask.values.empty()) maskShare.add(shareOf(made->mask));
    for (std::size_t i = 0; i < entrants.size(); ++i) {
      cancel.check();
      Entrant& entrant = entrants[i];
      const double done =
          static_cast<double>(table.pictures) + static_cast<double>(i) / static_cast<double>(entrants.size());
      progress.report(done / static_cast<double>(wanted), made->picture.name + ": " + entrant.row.title);
      if (!entrant.row.problem.empty()) continue;
      try {
        judgeOne(model, question, table.metrics, *made, table.pictures, entrant, cancel);
      } catch (const Error& error) {
        entrant.row.problem = error.what();
        entrant.tallies.assign(table.metrics.size(), {});
      }
    }
    ++table.pictures;
    refresh();
    if (soFar) soFar(table);
  }
  refresh();
  if (table.pictures == 0)
    throw Error(question.data, "shows nothing that the network recognises and whose place is known");
  progress.report(1.0);
  return table;
}

}  // namespace unitscope
