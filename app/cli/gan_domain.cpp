#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/inversion_options.h"
#include "app/cli/json_text.h"
#include "app/cli/outsiders.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct DomainOptions {
  ModelOptions model;
  InversionOptions inversion;
  std::vector<std::string> inside, outside;
  std::int64_t count = 32, seed = 900'000;
  bool json = false;
};

/// Pictures of one kind, inverted.
struct Group {
  std::string name;
  bool inside = false;
  std::size_t pictures = 0;
  double psnr = 0.0, over25 = 0.0, ssim = 0.0, pixels = 0.0, features = 0.0, distance = 0.0, seconds = 0.0;
  std::vector<double> scores, pixelResiduals, featureResiduals;
  std::array<std::size_t, 3> verdicts{};
};

Group inverted(std::string name, bool inside, const std::vector<Image>& pictures, const DomainReference& reference,
               Generator& generator, const InversionQuestion& question, Console& console) {
  Group group{std::move(name), inside, pictures.size()};
  const auto share = 1.0 / static_cast<double>(pictures.size());
  for (const InversionAnswer& answer :
       invertAll(generator, pictures, question, console.progress("inverting " + group.name), console.cancel())) {
    const DomainFinding finding = checkDomain(reference, answer);
    group.psnr += answer.psnr * share;
    group.over25 += answer.psnr > 25.0 ? share : 0.0;
    group.ssim += answer.ssim * share;
    group.pixels += finding.measures[finding.measures.size() - 2].value * share;
    group.features += finding.measures.back().value * share;
    group.distance += finding.measures.front().value * share;
    group.seconds += answer.seconds * share;
    group.scores.push_back(finding.score);
    // Those of the code that was bound to the domain, the two last.
    group.pixelResiduals.push_back(finding.measures[finding.measures.size() - 2].value);
    group.featureResiduals.push_back(finding.measures.back().value);
    ++group.verdicts[static_cast<std::size_t>(finding.verdict)];
  }
  console.clearProgress();
  return group;
}

struct Areas {
  double score = 0.0, pixels = 0.0, features = 0.0;
};

Areas areasOf(const std::vector<Group>& groups, const Group* outside) {
  Areas areas;
  const auto gathered = [&](bool inside, const auto& of) {
    std::vector<double> all;
    for (const Group& group : groups) {
      // A generator knows its own pictures too well to be compared with.
      const bool wanted = inside ? group.inside && group.name != "generated"
                                 : !group.inside && (outside == nullptr || outside == &group);
      if (wanted) all.insert(all.end(), of(group).begin(), of(group).end());
    }
    return all;
  };
  const auto area = [&](const auto& of) { return aucOf(gathered(true, of), gathered(false, of)); };
  areas.score = area([](const Group& group) -> const std::vector<double>& { return group.scores; });
  areas.pixels = area([](const Group& group) -> const std::vector<double>& { return group.pixelResiduals; });
  areas.features = area([](const Group& group) -> const std::vector<double>& { return group.featureResiduals; });
  return areas;
}

Json areasJson(const Areas& areas) {
  const auto known = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  return {{"score", known(areas.score)}, {"pixels", known(areas.pixels)}, {"features", known(areas.features)}};
}

void printText(std::ostream& out, const std::vector<Group>& groups) {
  out << std::left << std::setw(26) << "pictures" << std::right
      << "    n   PSNR  >25dB   SSIM  pixels features distance  inside/edge/outside    AUC  s each\n"
      << std::fixed;
  for (const Group& group : groups) {
    out << std::left << std::setw(26) << group.name.substr(0, 25) << std::right << std::setw(5) << group.pictures
        << std::setprecision(2) << std::setw(7) << group.psnr << std::setprecision(0) << std::setw(6)
        << 100.0 * group.over25 << '%' << std::setprecision(3) << std::setw(7) << group.ssim << std::setw(8)
        << group.pixels << std::setw(9) << group.features << std::setw(9) << group.distance << std::setw(11)
        << group.verdicts[0] << '/' << group.verdicts[1] << '/' << group.verdicts[2];
    const double area = group.inside ? std::nan("") : areasOf(groups, &group).score;
    if (std::isfinite(area))
      out << std::setw(12) << area;
    else
      out << std::setw(12) << '-';
    out << std::setprecision(1) << std::setw(8) << group.seconds << '\n';
  }
  const Areas all = areasOf(groups, nullptr);
  if (std::isfinite(all.score))
    out << std::setprecision(3) << "all outside against all inside but generated: AUC " << all.score
        << " (pixels alone " << all.pixels << ", features alone " << all.features << ")\n";
}

int perform(const DomainOptions& options, Console& console) {
  const std::shared_ptr<Generator> generator = Generator::from(openModel(options.model, console));
  const InversionQuestion question = questionFrom(options.inversion, options.model, *generator, console);
  // Before the long work, so that a folder that is not there is no surprise after it.
  struct Kind {
    std::string name;
    bool inside = false;
    std::vector<Image> pictures;
  };
  std::vector<Kind> kinds;
  for (const bool inside : {true, false})
    for (const std::string& name : inside ? options.inside : options.outside)
      kinds.push_back({name, inside, picturesCalled(name, *generator, options.count)});
  const DomainReference reference = referenceFor(options.inversion, *generator, question, console);
  std::vector<std::uint64_t> seeds;
  for (std::int64_t i = 0; i < options.count; ++i) seeds.push_back(static_cast<std::uint64_t>(options.seed + i));
  SynthesisQuestion drawn;
  drawn.latents = generator->drawLatents(seeds);
  std::vector<Group> groups;
  groups.push_back(inverted("generated", true, generator->picturesOf(generator->synthesise(drawn)), reference,
                            *generator, question, console));
  for (const Kind& kind : kinds)
    groups.push_back(inverted(kind.name, kind.inside, kind.pictures, reference, *generator, question, console));
  if (!options.json) {
    printText(console.out(), groups);
    return kFine;
  }
  Json list = Json::array();
  for (const Group& group : groups) {
    Json one{{"name", group.name},
             {"inside", group.inside},
             {"pictures", group.pictures},
             {"psnr", group.psnr},
             {"share_over_25_db", group.over25},
             {"ssim", group.ssim},
             {"pixel_residual", group.pixels},
             {"feature_residual", group.features},
             {"latent_distance", group.distance},
             {"verdicts", {{"inside", group.verdicts[0]}, {"edge", group.verdicts[1]}, {"outside", group.verdicts[2]}}},
             {"scores", group.scores},
             {"seconds", group.seconds}};
    if (!group.inside) one["auc"] = areasJson(areasOf(groups, &group));
    list.push_back(std::move(one));
  }
  printJson(console.out(), {{"model", options.model.model},
                            {"settings", reference.settings},
                            {"groups", std::move(list)},
                            {"auc", areasJson(areasOf(groups, nullptr))}});
  return kFine;
}

}  // namespace

void addGanDomain(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<DomainOptions>();
  CLI::App* command =
      gan.add_subcommand("domain", "How well a generator draws pictures again: its own, its domain's, and others");
  addModelOptions(*command, options->model);
  const char* kinds = "scenes, noise, textures, an IDX file, a picture or a folder. Repeatable";
  command->add_option("--inside", options->inside, std::string("Pictures of the domain: ") + kinds)
      ->allow_extra_args(false);
  command->add_option("--outside", options->outside, std::string("Pictures that are not: ") + kinds)
      ->allow_extra_args(false);
  command->add_option("--count", options->count, "Pictures of each kind, at most")
      ->check(CLI::Range(2, 100000))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Of the first generated picture")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  addInversionOptions(*command, options->inversion);
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
