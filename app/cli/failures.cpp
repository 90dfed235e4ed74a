#include "judging/failures.h"

#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "app/cli/method_choice.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct FailuresOptions {
  ModelOptions model;
  FailuresQuestion question;
  std::vector<std::string> set;
  std::vector<std::string> classes;
  bool json = false;
};

Json planeJson(const Array& plane) {
  Json rows = Json::array();
  if (plane.shape.size() != 2) return rows;
  const auto width = static_cast<std::ptrdiff_t>(plane.shape[1]);
  for (auto row = plane.values.begin(); row != plane.values.end(); row += width)
    rows.push_back(std::vector<float>(row, row + width));
  return rows;
}

Json verdictsJson(const std::vector<Verdict>& verdicts, const Failures& failures) {
  Json list = Json::array();
  const auto label = [&](std::int64_t k) {
    return k >= 0 ? Json(failures.labels[static_cast<std::size_t>(k)]) : Json(nullptr);
  };
  for (const Verdict& v : verdicts)
    list.push_back({{"picture", v.picture},
                    {"name", v.name},
                    {"said", label(v.said)},
                    {"truth", label(v.truth)},
                    {"probability", v.probability}});
  return list;
}

Json findingsJson(const ClassFindings& f) {
  Json json{{"index", f.index},
            {"label", f.label},
            {"shown", f.shown},
            {"said", f.said},
            {"right", f.right},
            {"precision", f.precision},
            {"recall", f.recall},
            {"average_precision", f.averagePrecision},
            {"heatmaps", f.maps},
            {"inside", f.inside},
            {"mask_share", f.maskShare},
            {"cheating_score", f.cheating},
            {"focus", f.focus},
            {"probability_without_object", f.withoutObject},
            {"said_without_object", f.saidWithout},
            {"telltale", {{"x", f.telltaleX}, {"y", f.telltaleY}, {"concentration", f.telltale}}},
            {"suspicious", f.suspicious},
            {"reason", f.reason},
            {"heat", planeJson(f.heat)},
            {"clusters", Json::array()}};
  for (const HeatCluster& c : f.clusters)
    json["clusters"].push_back({{"size", c.size},
                                {"x", c.x},
                                {"y", c.y},
                                {"concentration", c.concentration},
                                {"inside", c.inside},
                                {"probability_without_object", c.withoutObject},
                                {"heat", planeJson(c.mean)}});
  return json;
}

Json failuresJson(const Failures& failures, const FailuresQuestion& question) {
  Json json{{"data", question.data},         {"seed", question.seed},     {"method", question.method},
            {"pictures", failures.pictures}, {"labels", failures.labels}, {"multi_label", failures.multiLabel},
            {"seconds", failures.seconds}};
  if (failures.multiLabel) {
    json["mean_average_precision"] = failures.meanAveragePrecision;
  } else {
    json["accuracy"] = failures.accuracy;
    const std::size_t classes = failures.labels.size();
    for (std::size_t k = 0; k < classes; ++k) {
      const auto row = failures.confusion.begin() + static_cast<std::ptrdiff_t>(k * classes);
      json["confusion"].push_back(std::vector<std::int64_t>(row, row + static_cast<std::ptrdiff_t>(classes)));
    }
  }
  json["classes"] = Json::array();
  for (const ClassFindings& f : failures.classes) json["classes"].push_back(findingsJson(f));
  json["mistakes"] = verdictsJson(failures.mistakes, failures);
  json["weak_hits"] = verdictsJson(failures.weakHits, failures);
  json["heatmaps"] = Json::array();
  for (const HeatCase& one : failures.heat)
    json["heatmaps"].push_back({{"picture", one.picture},
                                {"name", one.name},
                                {"class", failures.labels[static_cast<std::size_t>(one.classIndex)]},
                                {"probability", one.probability},
                                {"right", one.right},
                                {"inside", one.inside},
                                {"mask_share", one.maskShare},
                                {"probability_without_object", one.withoutObject},
                                {"cluster", one.cluster}});
  return json;
}

std::string number(double value, int digits = 2) {
  if (!(value == value)) return "-";
  std::ostringstream text;
  text << std::fixed << std::setprecision(digits) << value;
  return text.str();
}

void printFailures(std::ostream& out, const Failures& failures) {
  out << failures.pictures << " pictures, "
      << (failures.multiLabel ? "mean average precision " + number(failures.meanAveragePrecision, 4)
                              : "accuracy " + number(failures.accuracy, 4))
      << "\n\n"
      << std::left << std::setw(18) << "class" << std::right;
  for (const char* title : {"shown", "precision", "recall", "AP", "inside", "area", "cheating", "said without"})
    out << std::setw(14) << title;
  out << '\n';
  for (const ClassFindings& f : failures.classes) {
    out << std::left << std::setw(18) << f.label << std::right << std::setw(14) << f.shown;
    for (const double value :
         {f.precision, f.recall, f.averagePrecision, f.inside, f.maskShare, f.cheating, f.saidWithout})
      out << std::setw(14) << number(value);
    out << (f.suspicious ? "  suspicious" : "") << '\n';
  }
  for (const ClassFindings& f : failures.classes)
    if (f.suspicious) out << '\n' << f.label << ": " << f.reason << '\n';
  const auto list = [&](const char* title, const std::vector<Verdict>& verdicts) {
    if (!verdicts.empty()) out << '\n' << title << '\n';
    for (const Verdict& v : verdicts) {
      out << "  " << std::setw(6) << number(v.probability, 3) << "  " << v.name << ": ";
      const auto label = [&](std::int64_t k) { return failures.labels[static_cast<std::size_t>(k)]; };
      if (v.said < 0)
        out << "misses " << label(v.truth) << '\n';
      else if (v.truth < 0)
        out << "says " << label(v.said) << ", which is not there\n";
      else
        out << "says " << label(v.said) << (v.said == v.truth ? "" : ", is " + label(v.truth)) << '\n';
    }
  };
  list("Most confident mistakes", failures.mistakes);
  list("Least confident hits", failures.weakHits);
}

int perform(FailuresOptions options, Console& console) {
  const std::vector<MethodInfo> methods = attributionMethods();
  const MethodInfo& info = findMethod(methods, options.question.method);
  options.question.parameters = parametersFrom(info, options.set);
  const std::shared_ptr<Model> model = openModel(options.model, console);
  for (const std::string& text : options.classes)
    options.question.classes.push_back(classFrom("--class", text, *model));
  const Failures failures = findFailures(*model, options.question, console.progress("looking"), console.cancel());
  console.clearProgress();
  if (options.json)
    printJson(console.out(), failuresJson(failures, options.question));
  else
    printFailures(console.out(), failures);
  return kFine;
}

}  // namespace

void addFailures(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<FailuresOptions>();
  FailuresQuestion& question = options->question;
  CLI::App* command =
      root.add_subcommand("failures", "What a network gets wrong, and what it gets right for the wrong reason");
  addModelOptions(*command, options->model);
  command->add_option("--data", question.data, "scenes, scenes-biased, or a folder with labels")->capture_default_str();
  command->add_option("--count", question.count, "Pictures to look at")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--seed", question.seed, "Series of the scenes, and of the clusters")->capture_default_str();
  command->add_option("--method", question.method, "Of the heatmaps")->capture_default_str();
  command->add_option("--layer", question.layer, "Layer, for methods that use one");
  command->add_option("--set", options->set, "A parameter of the method, name=value. Repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--class", options->classes, "Looks at this class's heatmaps alone, by index or label. Repeatable")
      ->allow_extra_args(false);
  command->add_option("--maps", question.mapsPerClass, "Heatmaps of a class, at most")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{2000}))
      ->capture_default_str();
  command->add_option("--side", question.side, "Cells along each side in which heatmaps are compared")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{64}))
      ->capture_default_str();
  command->add_option("--clusters", question.clusters, "Clusters of a class (default: found)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{20}));
  command->add_option("--list", question.listed, "Mistakes and weak hits to name")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{100000}))
      ->capture_default_str();
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
