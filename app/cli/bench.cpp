#include <algorithm>
#include <chrono>
#include <iterator>
#include <ostream>
#include <regex>
#include <sstream>

#include "activations/place_bench.h"
#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "engine/bench_rows.h"
#include "features/feature_bench.h"
#include "gan/gan_bench.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

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
double millisecondsSince(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

/// Google Benchmark reports the mean; what a hand feels under a slider is the usual time and the worst.
void addSpread(benchmark::State& state, std::vector<double> times) {
  if (times.empty()) return;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  state.counters["median_ms"] = *middle;
  state.counters["worst_ms"] = std::ranges::max(times);
}

void registerRow(const BenchRow& row, const CancelToken& cancel, double minimumSeconds) {
  // Google Benchmark calls the function anew, with more iterations, until it has run long enough; inputs and warm-up
  // are made once.
  auto call = std::make_shared<std::function<void()>>();
  benchmark::RegisterBenchmark(row.name.c_str(),
                               [row, call, cancel](benchmark::State& state) {
                                 try {
                                   if (!*call) *call = row.prepare();
                                   std::vector<double> times;
                                   for (auto _ : state) {
                                     const auto begun = std::chrono::steady_clock::now();
                                     (*call)();
                                     times.push_back(millisecondsSince(begun));
                                   }
                                   addSpread(state, std::move(times));
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

/// Rows keep the names that they were asked for by: Google Benchmark would append how the time was taken.
template <class Base>
class PlainNames : public Base {
 public:
  using Base::Base;
  void ReportRuns(const std::vector<benchmark::BenchmarkReporter::Run>& runs) override {
    std::vector<benchmark::BenchmarkReporter::Run> renamed = runs;
    for (auto& run : renamed) {
      run.run_name.min_time.clear();
      run.run_name.time_type.clear();
    }
    Base::ReportRuns(renamed);
  }
};

std::size_t runRows(benchmark::BenchmarkReporter& reporter, std::ostream& out, std::ostream& err) {
  reporter.SetOutputStream(&out);
  reporter.SetErrorStream(&err);
  return benchmark::RunSpecifiedBenchmarks(&reporter, ".");
}

std::vector<BenchRow> matching(std::vector<BenchRow> rows, const std::string& filter) {
  try {
    const std::regex wanted(filter);
    std::erase_if(rows, [&](const BenchRow& row) { return !std::regex_search(row.name, wanted); });
  } catch (const std::regex_error&) {
    throw Error("bench " + filter, "is no regular expression");
  }
  if (rows.empty()) throw Error("bench " + filter, "matches no row; `unitscope bench --list` names them");
  return rows;
}

int perform(BenchOptions options, Console& console) {
  if (options.model.model.empty()) options.model.model = std::string(kExampleName);
  const std::shared_ptr<Model> model = openModel(options.model, console);
  console.clearProgress();
  std::vector<BenchRow> all = benchRows(model, console.cancel());
  std::ranges::move(featureBenchRows(model, console.cancel()), std::back_inserter(all));
  std::ranges::move(placeBenchRows(), std::back_inserter(all));
  std::ranges::move(generatorBenchRows(model, console.cancel()), std::back_inserter(all));
  const std::vector<BenchRow> rows = matching(std::move(all), options.filter);
  if (options.list) {
    for (const BenchRow& row : rows) console.out() << row.name << '\n';
    return kFine;
  }
  benchmark::ClearRegisteredBenchmarks();
  for (const BenchRow& row : rows) registerRow(row, console.cancel(), options.minimumSeconds);
  const std::string place = options.model.device + ", " + options.model.precision;
  if (options.json) {
    PlainNames<benchmark::JSONReporter> reporter;
    std::ostringstream text;
    runRows(reporter, text, console.err());
    Json json = Json::parse(text.str());
    json["context"]["model"] = options.model.model;
    json["context"]["engine"] = engineDescription();
    json["context"]["device"] = place;
    printJson(console.out(), json);
  } else {
    console.err() << "Network: " << options.model.model << "\nEngine: " << engineDescription() << "; " << place << '\n';
    PlainNames<benchmark::ConsoleReporter> reporter(benchmark::ConsoleReporter::OO_Tabular);
    runRows(reporter, console.out(), console.err());
  }
  benchmark::ClearRegisteredBenchmarks();
  console.cancel().check();
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
  command->add_option("FILTER", options->filter, "Regular expression that the rows to run match (default: all)");
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
