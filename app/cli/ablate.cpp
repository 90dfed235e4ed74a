#include <cmath>
#include <iomanip>
#include <ostream>

#include "activations/unit_effect.h"
#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "app/cli/method_choice.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct AblateOptions {
  ModelOptions model;
  EffectQuestion question;
  std::vector<std::string> units;
  double factor = 0.0;
  std::int64_t listed = 10;
  bool each = false;
  bool json = false;
};

/// "features.12:383,12": layer names may hold colons, units do not.
UnitSwitch switchFrom(const std::string& text, double factor) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    throw Error("--unit " + text, "must be LAYER:UNIT or LAYER:UNIT,UNIT...");
  UnitSwitch change{text.substr(0, colon), {}, UnitSwitch::Kind::Scale, factor};
  for (std::size_t at = colon + 1; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::optional<std::int64_t> unit = numberFrom(std::string_view(text).substr(at, comma - at));
    if (!unit) throw Error("--unit " + text, "units are whole numbers with commas between them");
    change.units.push_back(*unit);
    at = comma + 1;
  }
  return change;
}

Json numberJson(double number) {
  return std::isfinite(number) ? Json(number) : Json(nullptr);
}

Json pairJson(double before, double after) {
  return {{"before", numberJson(before)}, {"after", numberJson(after)}};
}

Json effectsJson(const UnitEffects& effects, const EffectQuestion& question) {
  Json json{{"data", question.data},
            {"seed", question.seed},
            {"pictures", effects.pictures},
            {"labelled", effects.labelled},
            {"multi_label", effects.multiLabel},
            {"ablations", Json::array()},
            {"seconds", effects.seconds}};
  for (const UnitEffect& effect : effects.ablations) {
    Json one{{"units", effect.name},
             {"accuracy", pairJson(effect.accuracy, effect.accuracyAfter)},
             {"mean_average_precision", pairJson(effect.meanAveragePrecision, effect.meanAveragePrecisionAfter)},
             {"classes", Json::array()}};
    for (const ClassEffect& c : effect.classes)
      one["classes"].push_back({{"index", c.index},
                                {"label", c.label},
                                {"shown", c.shown},
                                {"drop", numberJson(c.drop())},
                                {"score", pairJson(c.score, c.scoreAfter)},
                                {"score_elsewhere", pairJson(c.elsewhere, c.elsewhereAfter)},
                                {"accuracy", pairJson(c.accuracy, c.accuracyAfter)},
                                {"average_precision", pairJson(c.averagePrecision, c.averagePrecisionAfter)}});
    json["ablations"].push_back(std::move(one));
  }
  return json;
}

void printEffects(std::ostream& out, const UnitEffects& effects, std::int64_t listed) {
  const auto number = [&](double value, int width) -> std::ostream& {
    out << std::setw(width);
    if (std::isfinite(value)) return out << value;
    return out << "-";
  };
  out << std::fixed << std::setprecision(3);
  for (const UnitEffect& effect : effects.ablations) {
    out << effect.name << ", " << effects.pictures << " pictures";
    if (std::isfinite(effect.accuracy)) out << "; accuracy " << effect.accuracy << " -> " << effect.accuracyAfter;
    if (std::isfinite(effect.meanAveragePrecision))
      out << "; mean average precision " << effect.meanAveragePrecision << " -> " << effect.meanAveragePrecisionAfter;
    out << "\n      drop     score        ->  precision        ->  shown  class\n";
    std::int64_t left = listed;
    for (const ClassEffect& c : effect.classes) {
      if (left-- <= 0) break;
      number(c.drop(), 10);
      number(c.score, 10);
      number(c.scoreAfter, 10);
      number(c.averagePrecision, 11);
      number(c.averagePrecisionAfter, 10);
      out << std::setw(7) << c.shown << "  " << c.label << '\n';
    }
  }
}

int perform(AblateOptions options, Console& console) {
  Ablation together;
  for (const std::string& text : options.units) {
    together.name += (together.name.empty() ? "" : " ") + text;
    together.changes.push_back(switchFrom(text, options.factor));
  }
  if (options.each) {
    for (const UnitSwitch& change : together.changes)
      for (const std::int64_t unit : change.units)
        options.question.ablations.push_back(
            {change.layer + ":" + std::to_string(unit), {{change.layer, {unit}, change.kind, change.amount}}});
  } else {
    options.question.ablations.push_back(std::move(together));
  }
  const std::shared_ptr<Model> model = openModel(options.model, console);
  const UnitEffects effects = measureEffects(*model, options.question, console.progress("ablating"), console.cancel());
  console.clearProgress();
  if (options.json)
    printJson(console.out(), effectsJson(effects, options.question));
  else
    printEffects(console.out(), effects, options.listed);
  return kFine;
}

}  // namespace

void addAblate(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<AblateOptions>();
  EffectQuestion& question = options->question;
  CLI::App* command =
      root.add_subcommand("ablate", "What units are for: the classes' scores over a data set with them switched off");
  addModelOptions(*command, options->model);
  command->add_option("--unit", options->units, "LAYER:UNIT[,UNIT...]; repeatable, all switched together")
      ->required()
      ->allow_extra_args(false);
  command->add_flag("--each", options->each, "Every unit by itself instead");
  command->add_option("--factor", options->factor, "Times what the units are; 0 switches them off")
      ->capture_default_str();
  command->add_option("--data", question.data, "scenes, scenes-biased, or a folder")->capture_default_str();
  command->add_option("--count", question.count, "Pictures to look at")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--seed", question.seed, "Series of the scenes")->capture_default_str();
  command->add_option("--list", options->listed, "Classes to print")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{100000}))
      ->capture_default_str();
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
