#include <ostream>

#include "app/cli/commands.h"
#include "engine/bench_rows.h"
#include "runtime/error.h"

#ifdef UNITSCOPE_HAS_BENCHMARK
#include <benchmark/benchmark.h>
#endif

namespace unitscope::cli {
namespace {

struct BenchOptions {
  std::string filter;
  ModelOptions model;
  double minimumSeconds = 0.5;
  bool list = false;
  bool json = false;
};

#ifdef UNITSCOPE_HAS_BENCHMARK
void registerRow(const BenchRow& row, const CancelToken& cancel, double minimumSeconds) {
  // Google Benchmark calls the function anew, with more iterations, until it has run long enough; inputs and warm-up
  // are made once.
  auto call = std::make_shared<std::function<void()>>();
  benchmark::RegisterBenchmark(row.name.c_str(),
                               [row, call, cancel](benchmark::State& state) {
                                 try {
                                   if (!*call) *call = row.prepare();
                                   for (auto _ : state) (*call)();
                                   state.SetItemsProcessed(state.iterations() * row.images);
                                 } catch (const Cancelled&) {
                                   state.SkipWithError("cancelled");
                                 } catch (const std::exception& e) {
                                   state.SkipWithError(e.what());
                                 }
                                 if (cancel.cancelled()) *call = nullptr;
                               })
      ->UseRealTime()
      ->MinTime(minimumSeconds)
      ->Unit(benchmark::kMillisecond);
}

std::unique_ptr<benchmark::BenchmarkReporter> reporterFor(bool json) {
  if (json) return std::make_unique<benchmark::JSONReporter>();
  return std::make_unique<benchmark::ConsoleReporter>(benchmark::ConsoleReporter::OO_Tabular);
}

int perform(BenchOptions options, Console& console) {
  if (options.model.model.empty()) options.model.model = kExampleName;
  const std::shared_ptr<Model> model = openModel(options.model, console);
  console.clearProgress();
  const std::vector<BenchRow> rows = benchRows(model, console.cancel());
  if (options.list) {
    for (const BenchRow& row : rows) console.out() << row.name << '\n';
    return kFine;
  }
  benchmark::ClearRegisteredBenchmarks();
  for (const BenchRow& row : rows) registerRow(row, console.cancel(), options.minimumSeconds);
  benchmark::AddCustomContext("model", options.model.model);
  benchmark::AddCustomContext("engine", engineDescription());
  benchmark::AddCustomContext("device", options.model.device + ", " + options.model.precision);
  const auto reporter = reporterFor(options.json);
  reporter->SetOutputStream(&console.out());
  reporter->SetErrorStream(&console.err());
  const std::size_t ran =
      benchmark::RunSpecifiedBenchmarks(reporter.get(), options.filter.empty() ? "." : options.filter);
  benchmark::ClearRegisteredBenchmarks();
  console.cancel().check();
  if (ran == 0) throw Error("bench " + options.filter, "matches no row; `unitscope bench --list` names them");
  return kFine;
}
#else
int perform(const BenchOptions&, Console&) {
  throw Error("bench", "this build has no stopwatch (it was made without Google Benchmark)");
}
#endif

}  // namespace

void addBench(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = root.add_subcommand("bench", "How long forward, backward, edits, taps and every method take");
  command->add_option("FILTER", options->filter, "Regular expression of the rows to run (default: all)");
  addComputeOptions(*command, options->model);
  command->add_option("--model", options->model.model, "Network file (default: the built-in one)");
  command->add_option("--min-time", options->minimumSeconds, "Seconds that each row runs at least")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  command->add_flag("--list", options->list, "Name the rows and run none");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
