#include "app/cli/gan_attribute_boundaries.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>

#include "app/cli/files.h"
#include "gan/directions_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

BoundaryQuestion questionFrom(const AttributeBoundaryOptions& options, const Generator& generator, Console& console) {
  BoundaryQuestion question = options.question;
  question.attributes = options.words.list();
  question.models = options.words.models(options.model, console);
  question.layers = layersFrom(options.layers, "--layers");
  question.conditioning = options.conditionBy == "scores" ? Conditioning::Scores : Conditioning::Normals;
  for (const std::string& text : options.conditionOn) {
    if (text == "all")
      question.conditionOn.insert(question.conditionOn.end(), question.attributes.begin(), question.attributes.end());
    else
      question.conditionOn.push_back(attributeFrom(text));
  }
  if (options.classIndex >= 0) question.classes = generator.oneClass(options.classIndex);
  return question;
}

Json boundaryJson(const AttributeBoundary& one, bool direction) {
  Json json{{"attribute", textOf(one.attribute)}, {"mean", one.mean}, {"score_deviation", one.deviation}};
  if (!one.failure.empty()) {
    json["failure"] = one.failure;
    return json;
  }
  const Boundary& b = one.boundary;
  json["positives"] = b.trainPositive.size() + b.validationPositive.size();
  json["negatives"] = b.trainNegative.size() + b.validationNegative.size();
  json["remaining"] = b.remaining;
  json["accuracy"] = {{"train", b.trainAccuracy},
                      {"validation", finiteNumber(b.validationAccuracy)},
                      {"remaining", finiteNumber(b.remainingAccuracy)}};
  json["bias"] = b.bias;
  json["deviation"] = b.deviation;
  if (!direction) return json;
  const auto cosine = one.direction.details.find("cosine_with_unconditional");
  if (cosine != one.direction.details.end()) {
    json["cosine_with_unconditional"] = cosine->second;
    json["conditional_deviation"] = one.direction.details.at("deviation");
  }
  return json;
}

void printText(const AttributeBoundaries& found, std::ostream& out) {
  std::vector<std::string> names;
  std::size_t width = 0;
  for (const AttributeBoundary& one : found.boundaries) {
    names.push_back(textOf(one.attribute));
    width = std::max(width, names.back().size());
  }
  const auto percent = [&](double share) {
    if (std::isfinite(share))
      out << std::fixed << std::setprecision(1) << std::setw(10) << 100.0 * share << " %";
    else
      out << std::setw(12) << "-";
  };
  out << found.latents.shape.front() << " samples in " << found.space << "\n"
      << std::setw(static_cast<int>(width)) << ""
      << "    training  validation  all others     a side  cos(uncond.)\n";
  for (std::size_t k = 0; k < names.size(); ++k) {
    const AttributeBoundary& one = found.boundaries[k];
    out << std::left << std::setw(static_cast<int>(width)) << names[k] << std::right;
    if (!one.failure.empty()) {
      out << "  " << one.failure << '\n';
      continue;
    }
    percent(one.boundary.trainAccuracy);
    percent(one.boundary.validationAccuracy);
    percent(one.boundary.remainingAccuracy);
    out << std::setw(11) << one.boundary.trainPositive.size() + one.boundary.validationPositive.size();
    const auto cosine = one.direction.details.find("cosine_with_unconditional");
    if (cosine != one.direction.details.end()) out << std::setprecision(3) << std::setw(14) << cosine->second;
    out << '\n' << std::defaultfloat;
  }
  if (names.size() < 2) return;
  const auto plain = [](const Array& table) { return std::vector<double>(table.values.begin(), table.values.end()); };
  out << "\ncorrelation of the scores\n";
  printTable(out, names, names, plain(found.entanglement.correlation));
  out << "\ncosine of the normals\n";
  printTable(out, names, names, plain(found.entanglement.cosine));
}

}  // namespace

void addAttributeBoundaryOptions(CLI::App& command, AttributeBoundaryOptions& options) {
  BoundaryQuestion& question = options.question;
  command
      .add_option(
          "--condition-on", options.conditionOn,
          "An attribute that the directions are to leave alone, or `all` for all that are asked for. Repeatable")
      ->allow_extra_args(false);
  command
      .add_option("--condition-by", options.conditionBy,
                  "What is projected out: normals of boundaries, or the directions in which scores rise")
      ->check(CLI::IsMember({"normals", "scores"}))
      ->capture_default_str();
  command.add_option("--samples", question.samples, "Samples to draw and score")
      ->check(CLI::Range(std::int64_t{6}, std::int64_t{1000000}))
      ->capture_default_str();
  command.add_option("--first-seed", question.firstSeed, "Of the first sample; each further one has the next")
      ->capture_default_str();
  command.add_option("--truncation", question.truncation, "Of the samples")->capture_default_str();
  command.add_option("--class", options.classIndex, "Class of the samples (default: the first)")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--layers", options.layers, "Rows of w+ that the directions are for, as 0-3,5")
      ->capture_default_str();
  command.add_option("--latents-npy", options.latentsOut, "Write the samples' latents here, [N,D]");
  command.add_option("--scores-npy", options.scoresOut, "Write their scores here, [N,K]");
}

int performAttributeBoundaries(const AttributeBoundaryOptions& options, Console& console) {
  const std::shared_ptr<Generator> generator = Generator::from(openModel(options.model, console));
  const BoundaryQuestion question = questionFrom(options, *generator, console);
  const AttributeBoundaries found =
      attributeBoundaries(*generator, question, console.progress("scoring samples"), console.cancel());
  console.clearProgress();
  if (!options.latentsOut.empty()) writeNpyFile(options.latentsOut, found.latents);
  if (!options.scoresOut.empty()) writeNpyFile(options.scoresOut, found.scores);
  const std::vector<LatentDirection> directions = found.directions();
  if (!options.npy.empty() && !directions.empty()) saveDirections(directions, options.npy);
  if (options.json) {
    Json json{{"model", options.model.model},
              {"space", found.space},
              {"latent_dim", found.latents.shape.back()},
              {"samples", found.latents.shape.front()},
              {"first_seed", question.firstSeed},
              {"truncation", question.truncation},
              {"boundaries", Json::array()},
              {"conditioned_on", Json::array()},
              {"condition_by", options.conditionBy}};
    Json names = Json::array();
    for (std::size_t k = 0; k < found.boundaries.size(); ++k) {
      names.push_back(textOf(found.boundaries[k].attribute));
      json["boundaries"].push_back(boundaryJson(found.boundaries[k], k < found.asked));
    }
    for (const PictureAttribute& other : question.conditionOn) json["conditioned_on"].push_back(textOf(other));
    json["entanglement"] = {{"attributes", names},
                            {"correlation", tableJson(found.entanglement.correlation)},
                            {"cosine", tableJson(found.entanglement.cosine)}};
    json["npy"] = options.npy.empty() || directions.empty() ? Json(nullptr) : Json(options.npy);
    json["seconds"] = found.seconds;
    printJson(console.out(), json);
  } else {
    printText(found, console.out());
  }
  // A script that asked for a file and did not get one must notice.
  return directions.empty() ? kFailed : kFine;
}

}  // namespace unitscope::cli
