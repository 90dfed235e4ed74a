#include "gan/rescoring.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/model_internal.h"
#include "gan/generator_samples.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kMostSamples = 100'000;
constexpr double kOfNormal = 1.96;  ///< 95% lie within
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

/// A direction as it is applied: an amount along it, at some layers.
struct Move {
  std::string name;
  LatentDirection direction;
  double amount = 0.0;
};

double amountOf(const RescoringQuestion& question, const LatentDirection& direction) {
  if (!question.inDeviations) return question.step;
  const auto known = direction.details.find("deviation");
  const bool usable = known != direction.details.end() && std::isfinite(known->second) && known->second > 0.0;
  return usable ? question.step * known->second : question.step;
}

void checkQuestion(const Generator& generator, const RescoringQuestion& question) {
  if (question.directions.empty()) throw Error("directions", "are needed; none was given");
  if (question.samples < 2 || question.samples > kMostSamples)
    throw Error("samples", "must be from 2 to 100,000, not " + std::to_string(question.samples));
  if (!std::isfinite(question.step) || question.step == 0.0) throw Error("step", "must be a number other than 0");
  for (const LatentDirection& direction : question.directions)
    if (latentSpaceFrom(direction.space) != LatentSpace::Z && !generator.plan().hasStyles())
      throw Error(direction.name, "is a direction of " + direction.space + ", and this network takes z as it is");
}

/// The samples, as they are and as they come out when they are moved.
class Samples {
 public:
  Samples(Generator& generator, const RescoringQuestion& question, const Progress& progress, const CancelToken& cancel)
      : generator_(generator), cancel_(cancel), scorer_(question.attributes, question.models) {
    const std::int64_t chunk = picturesAtOnce(generator.plan());
    for (std::int64_t first = 0; first < question.samples; first += chunk) {
      cancel.check();
      progress.report(static_cast<double>(first) / static_cast<double>(question.samples), "scoring samples");
      Chunk part;
      part.z = drawSamples(generator, question.firstSeed + static_cast<std::uint64_t>(first),
                           std::min(chunk, question.samples - first), question.truncation, question.classes);
      if (generator.plan().hasStyles()) {
        part.styles = part.z;
        part.styles.space = LatentSpace::WPlus;
        part.styles.latents = generator.styles(part.z, cancel);
      }
      const Array pictures = generator.synthesise(part.z, {}, cancel);
      part.scores = scorer_.score(generator, pictures, {}, cancel);
      chunks_.push_back(std::move(part));
    }
  }

  const std::vector<PictureAttribute>& attributes() const { return scorer_.attributes(); }
  /// [N,K].
  at::Tensor scores() const {
    std::vector<at::Tensor> parts;
    for (const Chunk& chunk : chunks_) parts.push_back(viewOf(chunk.scores).to(at::kDouble));
    return at::cat(parts);
  }
  /// [N,K] of the moved samples.
  at::Tensor movedScores(const Move& move) {
    std::vector<at::Tensor> parts;
    for (const Chunk& chunk : chunks_) {
      cancel_.check();
      SynthesisQuestion question = move.direction.space == "z" ? chunk.z : chunk.styles;
      question.latents = moved(question.latents, move.direction, move.amount);
      const Array pictures = generator_.synthesise(question, {}, cancel_);
      parts.push_back(viewOf(scorer_.score(generator_, pictures, {}, cancel_)).to(at::kDouble));
    }
    return at::cat(parts);
  }

 private:
  struct Chunk {
    SynthesisQuestion z, styles;
    Array scores;
  };

  Generator& generator_;
  CancelToken cancel_;
  AttributeScorer scorer_;
  std::vector<Chunk> chunks_;
};

struct Column {
  Array &mean, &low, &high;
};

/// Means over the samples [N,K] with their intervals, as a further row.
void addRow(const at::Tensor& values, Column into) {
  const at::Tensor mean = values.mean(std::vector<std::int64_t>{0});
  const at::Tensor error =
      values.std(std::vector<std::int64_t>{0}, true) * (kOfNormal / std::sqrt(static_cast<double>(values.size(0))));
  const auto add = [](Array& table, const at::Tensor& row) {
    const Array plain = toArray(row);
    if (table.shape.empty()) table.shape = {0, static_cast<std::int64_t>(plain.values.size())};
    ++table.shape.front();
    table.values.insert(table.values.end(), plain.values.begin(), plain.values.end());
  };
  add(into.mean, mean);
  add(into.low, mean - error);
  add(into.high, mean + error);
}

ChangeTable tableOf(Samples& samples, const std::vector<Move>& moves, const Progress& progress) {
  ChangeTable table;
  table.attributes = samples.attributes();
  const at::Tensor before = samples.scores();
  const at::Tensor deviations = before.std(std::vector<std::int64_t>{0}, false).contiguous();
  table.deviations.assign(deviations.data_ptr<double>(), deviations.data_ptr<double>() + deviations.numel());
  for (std::size_t i = 0; i < moves.size(); ++i) {
    progress.report(static_cast<double>(i) / static_cast<double>(moves.size()), moves[i].name);
    table.rows.push_back(moves[i].name);
    const at::Tensor change = samples.movedScores(moves[i]) - before;
    addRow(change.clamp_min(0.0), {table.rise, table.riseLow, table.riseHigh});
    addRow(change, {table.change, table.changeLow, table.changeHigh});
  }
  progress.report(1.0, {});
  return table;
}

std::string rowsText(std::int64_t from, std::int64_t end) {
  return from + 1 == end ? std::to_string(from) : std::to_string(from) + "-" + std::to_string(end - 1);
}

std::int64_t layersOf(const GeneratorPlan& plan) {
  if (!plan.hasStyles() || plan.styleCount < 2)
    throw Error("layers", "of this network have no styles of their own, so a direction cannot go to some of them");
  return plan.styleCount;
}

}  // namespace

double ChangeTable::strength(std::size_t row, std::size_t attribute) const {
  const double deviation = deviations.at(attribute);
  // Scores that never vary come out at rounding, and a division by that would look like a strong change.
  constexpr double kRounding = 1e-7;
  if (!(deviation > kRounding)) return kNotANumber;
  return static_cast<double>(change.values.at(row * attributes.size() + attribute)) / deviation;
}

ChangeTable::Target ChangeTable::targetOf(std::size_t row) const {
  Target target;
  for (std::size_t k = 0; k < attributes.size(); ++k) {
    const double one = strength(row, k);
    if (std::isfinite(one) && (target.attribute < 0 || std::abs(one) > std::abs(target.strength))) {
      target.attribute = static_cast<std::ptrdiff_t>(k);
      target.strength = one;
    }
  }
  if (target.attribute >= 0) target.ratio = selectivity(row, static_cast<std::size_t>(target.attribute));
  return target;
}

double ChangeTable::selectivity(std::size_t row, std::size_t attribute) const {
  double next = 0.0;
  for (std::size_t k = 0; k < attributes.size(); ++k)
    if (const double other = std::abs(strength(row, k)); k != attribute && std::isfinite(other))
      next = std::max(next, other);
  const double own = std::abs(strength(row, attribute));
  if (!std::isfinite(own)) return kNotANumber;
  return next > 0.0 ? own / next : std::numeric_limits<double>::infinity();
}

ChangeTable rescore(Generator& generator, const RescoringQuestion& question, const Progress& progress,
                    const CancelToken& cancel) {
  checkQuestion(generator, question);
  std::vector<Move> moves;
  for (const LatentDirection& direction : question.directions)
    moves.push_back({direction.name, direction, amountOf(question, direction)});
  const double first = 1.0 / static_cast<double>(moves.size() + 1);
  Samples samples(generator, question, progress.part(0.0, first), cancel);
  return tableOf(samples, moves, progress.part(first, 1.0));
}

std::vector<LayerGroup> layerGroups(const GeneratorPlan& plan) {
  const std::int64_t layers = layersOf(plan);
  if (layers < 4) return singleLayers(plan);
  // The paper's fourteen layers are cut at 2, 6 and 12.
  constexpr std::int64_t kPublished = 14;
  const auto cut = [&](std::int64_t at) { return (2 * layers * at + kPublished) / (2 * kPublished); };
  std::vector<LayerGroup> groups;
  const std::vector<std::pair<std::string, std::pair<std::int64_t, std::int64_t>>> parts{
      {"lowest", {0, cut(2)}}, {"middle", {cut(2), cut(6)}}, {"upper", {cut(6), cut(12)}}, {"last", {cut(12), layers}}};
  for (const auto& [name, rows] : parts) {
    LayerGroup group{name + " " + rowsText(rows.first, rows.second), {}};
    for (std::int64_t row = rows.first; row < rows.second; ++row) group.layers.push_back(row);
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<LayerGroup> singleLayers(const GeneratorPlan& plan) {
  std::vector<LayerGroup> groups;
  const std::int64_t layers = layersOf(plan);
  for (std::int64_t row = 0; row < layers; ++row) groups.push_back({std::to_string(row), {row}});
  return groups;
}

std::vector<ChangeTable> rescoreByLayer(Generator& generator, const RescoringQuestion& question,
                                        const std::vector<LayerGroup>& groups, const Progress& progress,
                                        const CancelToken& cancel) {
  checkQuestion(generator, question);
  static_cast<void>(layersOf(generator.plan()));
  if (groups.empty()) throw Error("layers", "are needed; no group was given");
  for (const LatentDirection& direction : question.directions)
    if (direction.space == "z")
      throw Error(direction.name, "is a direction of z, which all layers get alike; one of w can be given to some");
  const auto rows = static_cast<double>(groups.size() + 1), count = static_cast<double>(question.directions.size());
  const double drawn = 1.0 / (rows * count + 1.0);
  Samples samples(generator, question, progress.part(0.0, drawn), cancel);
  std::vector<ChangeTable> tables;
  for (std::size_t i = 0; i < question.directions.size(); ++i) {
    std::vector<Move> moves;
    for (const LayerGroup& group : groups) {
      LatentDirection direction = question.directions[i];
      direction.layers = group.layers;
      moves.push_back({group.name, direction, amountOf(question, direction)});
    }
    LatentDirection whole = question.directions[i];
    whole.layers.clear();
    moves.push_back({"all", whole, amountOf(question, whole)});
    const auto part = [&](std::size_t k) { return drawn + (1.0 - drawn) * static_cast<double>(k) / count; };
    tables.push_back(tableOf(samples, moves, progress.part(part(i), part(i + 1))));
  }
  return tables;
}

}  // namespace unitscope
