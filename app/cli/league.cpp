#include "judging/league.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct LeagueOptions {
  ModelOptions model;
  LeagueQuestion question;
  std::filesystem::path csv;
  bool json = false;
};

Json tableJson(const LeagueTable& table, const LeagueQuestion& question) {
  Json json{
      {"data", question.data},           {"seed", question.seed},         {"pictures", table.pictures},
      {"passed_over", table.passedOver}, {"mask_share", table.maskShare}, {"interval", "95 %, normal approximation"},
      {"seconds", table.seconds},        {"metrics", table.metrics},      {"methods", Json::array()}};
  for (const LeagueRow& row : table.rows) {
    Json one{{"method", row.method}, {"title", row.title},     {"settings", row.settings},
             {"map", row.map},       {"control", row.control}, {"seconds_per_picture", row.seconds}};
    if (!row.problem.empty()) one["problem"] = row.problem;
    for (std::size_t m = 0; m < table.metrics.size(); ++m) {
      const LeagueCell& cell = row.cells[m];
      one[table.metrics[m]] = {{"mean", cell.mean}, {"low", cell.low}, {"high", cell.high}, {"count", cell.count}};
    }
    json["methods"].push_back(std::move(one));
  }
  return json;
}

/// Quoted where a comma or a quote would break the line.
std::string csvText(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string tableCsv(const LeagueTable& table) {
  std::ostringstream out;
  out << "method,settings,map,pictures,seconds";
  for (const std::string& metric : table.metrics) out << ',' << metric << ',' << metric << "_low," << metric << "_high";
  out << ",problem\n" << std::setprecision(6);
  for (const LeagueRow& row : table.rows) {
    out << row.method << ',' << csvText(row.settings) << ',' << row.map << ',' << table.pictures << ',' << row.seconds;
    for (const LeagueCell& cell : row.cells)
      if (cell.count > 0)
        out << ',' << cell.mean << ',' << cell.low << ',' << cell.high;
      else
        out << ",,,";
    out << ',' << csvText(row.problem) << '\n';
  }
  return out.str();
}

void printTable(std::ostream& out, const LeagueTable& table) {
  out << std::left << std::setw(24) << "method";
  for (const std::string& metric : table.metrics) out << std::right << std::setw(18) << metric;
  out << std::setw(10) << "s/map"
      << "  settings\n";
  for (const LeagueRow& row : table.rows) {
    out << std::left << std::setw(24) << row.method;
    if (!row.problem.empty()) {
      out << "  " << row.problem << '\n';
      continue;
    }
    for (const LeagueCell& cell : row.cells) {
      std::ostringstream text;
      if (cell.count > 0)
        text << std::fixed << std::setprecision(3) << cell.mean << " +- " << cell.high - cell.mean;
      else
        text << '-';
      out << std::right << std::setw(18) << text.str();
    }
    std::ostringstream seconds;
    seconds << std::setprecision(2) << row.seconds;
    out << std::right << std::setw(10) << seconds.str() << "  " << row.settings << '\n';
  }
  out << table.pictures << " pictures (" << table.passedOver
      << " passed over), means with 95 % confidence intervals (normal approximation)";
  if (table.maskShare > 0.0)
    out << "; objects take " << std::setprecision(3) << 100.0 * table.maskShare << " % of the picture";
  out << "; " << std::setprecision(3) << table.seconds << " s\n" << std::setprecision(6);
}

int perform(const LeagueOptions& options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  const LeagueTable table = runLeague(*model, options.question, {}, console.progress("league"), console.cancel());
  console.clearProgress();
  if (!options.csv.empty()) writeFileAtomically(options.csv, tableCsv(table));
  if (options.json)
    printJson(console.out(), tableJson(table, options.question));
  else
    printTable(console.out(), table);
  return kFine;
}

}  // namespace

void addLeague(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<LeagueOptions>();
  LeagueQuestion& question = options->question;
  CLI::App* command = root.add_subcommand("league", "Methods against metrics over many pictures: which map to believe");
  addModelOptions(*command, options->model);
  command
      ->add_option("--data", question.data,
                   "scenes, scenes-biased, or a folder: pictures, sub-folders of classes, or images/ and masks/")
      ->capture_default_str();
  command->add_option("--methods", question.methods, "Ids with commas between; random and centre are controls")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--metrics", question.metrics, "Ids with commas between (unitscope judge --help names them)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--count", question.count, "Pictures to judge on")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->capture_default_str();
  command->add_option("--seed", question.seed, "Series of the scenes, and what is drawn")->capture_default_str();
  command->add_option("--step", question.step, "Pixels from one point of a curve to the next (default: a 32nd)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000000}));
  command->add_option("--csv", options->csv, "Write the table here");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
