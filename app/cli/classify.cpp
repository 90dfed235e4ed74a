#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/inputs.h"
#include "app/cli/json_text.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct ClassifyOptions {
  ModelOptions model;
  InputOptions input;
  int top = 5;
  std::filesystem::path scores;
  bool json = false;
};

struct Classified {
  std::string name;
  std::vector<Prediction> top;
};

/// Scores the inputs a few at a time, in halves of that where memory does not suffice.
class Batches {
 public:
  Batches(Model& model, const ClassifyOptions& options, Console& console)
      : model_(model), options_(options), console_(console), total_(pictureCount(options.input)) {}

  void add(const Input& input) {
    const bool fits = batch_.shape.empty() || std::equal(input.tensor.shape.begin() + 1, input.tensor.shape.end(),
                                                         batch_.shape.begin() + 1, batch_.shape.end());
    if (!fits) flush();
    appendRow(batch_, input.tensor, input.name);
    names_.push_back(input.name);
    if (names_.size() >= size_) flush();
  }

  void flush() {
    while (!names_.empty()) {
      const std::size_t count = std::min(size_, names_.size());
      try {
        score(count);
      } catch (const OutOfMemory&) {
        if (count == 1) throw;
        size_ = count / 2;
        console_.note("not enough memory for " + std::to_string(count) + " pictures at once; going on with " +
                      std::to_string(size_));
      }
    }
    batch_ = {};
  }

  const std::vector<Classified>& results() const { return results_; }
  const Array& scores() const { return scores_; }

 private:
  void score(std::size_t count) {
    const std::size_t row = batch_.values.size() / names_.size();
    Array part;
    part.shape = batch_.shape;
    part.shape.front() = static_cast<std::int64_t>(count);
    const auto end = batch_.values.begin() + static_cast<std::ptrdiff_t>(count * row);
    part.values.assign(batch_.values.begin(), end);
    const Array scores = model_.scores(part, console_.cancel());
    if (scores.shape.size() != 2 || scores.shape.front() != static_cast<std::int64_t>(count))
      throw Error(options_.model.model, "gives " + toString(scores.shape) + " scores for " + std::to_string(count) +
                                            " pictures; it does not look like a classifier");
    for (std::size_t i = 0; i < count; ++i)
      results_.push_back({names_[i], model_.predictionsFrom(scores, static_cast<std::int64_t>(i), options_.top)});
    if (!options_.scores.empty()) appendRow(scores_, scores, names_.front());
    batch_.values.erase(batch_.values.begin(), end);
    names_.erase(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(count));
    batch_.shape.front() = static_cast<std::int64_t>(names_.size());
    if (total_ > 0) progress_.report(static_cast<double>(results_.size()) / static_cast<double>(total_));
  }

  Model& model_;
  const ClassifyOptions& options_;
  Console& console_;
  std::size_t total_;
  std::size_t size_ = 16;
  Progress progress_ = console_.progress("classifying");
  Array batch_;
  std::vector<std::string> names_;
  std::vector<Classified> results_;
  Array scores_;
};

int perform(const ClassifyOptions& options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  Batches batches(*model, options, console);
  forEachInput(*model, options.input, console, [&](const Input& input) { batches.add(input); });
  batches.flush();
  if (!options.scores.empty()) writeNpyFile(options.scores, batches.scores());
  console.clearProgress();
  if (model->card().guessed && options.input.npy.empty() && !options.json)
    for (const std::string& guess : model->card().guesses) console.note(guess);

  Json json = Json::array();
  for (const Classified& image : batches.results()) {
    Json top = Json::array();
    if (!options.json) console.out() << image.name << '\n';
    for (const Prediction& p : image.top) {
      top.push_back({{"index", p.index}, {"label", p.label}, {"probability", p.probability}, {"score", p.score}});
      if (options.json) continue;
      std::ostringstream percent;
      percent << std::fixed << std::setprecision(1) << 100.0 * p.probability;
      console.out() << std::right << std::setw(7) << percent.str() << " %  " << p.label << " (" << p.index << ")\n";
    }
    json.push_back({{"image", image.name}, {"top", std::move(top)}});
  }
  if (options.json) printJson(console.out(), json);
  return kFine;
}

}  // namespace

void addClassify(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<ClassifyOptions>();
  CLI::App* command = root.add_subcommand("classify", "Best classes of pictures");
  addModelOptions(*command, options->model);
  addInputOptions(*command, options->input, true);
  command->add_option("--top", options->top, "How many classes to name")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--scores-npy", options->scores, "Write all scores [N,K] here");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
