#include <algorithm>
#include <iomanip>
#include <numeric>
#include <ostream>
#include <sstream>

#include "activations/channel_attribution.h"
#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/inputs.h"
#include "app/cli/json_text.h"
#include "app/cli/method_choice.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct ChannelsOptions {
  ModelOptions model;
  InputOptions input;
  ChannelsQuestion question;
  std::string target, reward = "contrastive";
  std::filesystem::path csv, npy;
  std::int64_t listed = 10;
  bool json = false;
};

std::vector<std::int64_t> byScore(const ChannelAttribution& found) {
  std::vector<std::int64_t> order(found.scores.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
    return found.scores[static_cast<std::size_t>(a)] > found.scores[static_cast<std::size_t>(b)];
  });
  return order;
}

Json channelsJson(const ChannelAttribution& found, const std::string& image) {
  Json json{{"image", image},
            {"method", found.method},
            {"layer", found.layer},
            {"target", {{"index", found.target}, {"label", found.targetLabel}}},
            {"score", found.score},
            {"probability", found.probability},
            {"without_any", {{"score", found.emptyScore}, {"probability", found.emptyProbability}}},
            {"kept", Json::array()},
            {"channel_scores", found.scores},
            {"notes", found.notes},
            {"seconds", found.seconds}};
  for (const KeptChannels& kept : found.kept)
    json["kept"].push_back({{"number", kept.number},
                            {"score", kept.score},
                            {"probability", kept.probability},
                            {"channels", kept.channels}});
  return json;
}

void printChannels(std::ostream& out, const ChannelAttribution& found, std::int64_t listed) {
  out << std::fixed << found.targetLabel << " at " << found.layer << " (" << found.method << "): all "
      << found.scores.size() << " channels " << std::setprecision(3) << found.score << " (probability "
      << found.probability << "), none " << found.emptyScore << " (" << found.emptyProbability << ")\n\n"
      << "  kept     score  probability  first channels\n";
  for (const KeptChannels& kept : found.kept) {
    out << std::setw(6) << kept.number << std::setw(10) << kept.score << std::setw(13) << kept.probability << "  ";
    for (std::size_t i = 0; i < kept.channels.size() && static_cast<std::int64_t>(i) < listed; ++i)
      out << ' ' << kept.channels[i];
    out << (static_cast<std::int64_t>(kept.channels.size()) > listed ? " ...\n" : "\n");
  }
  out << "\n  channel     score\n";
  for (const std::int64_t c : byScore(found)) {
    if (listed-- <= 0) break;
    out << std::setw(9) << c << std::setw(10) << found.scores[static_cast<std::size_t>(c)] << '\n';
  }
  for (const std::string& note : found.notes) out << note << '\n';
}

/// One line a channel: its score, and whether it is kept for each number.
std::string csvOf(const ChannelAttribution& found) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << std::setprecision(9) << "channel,score";
  for (const KeptChannels& kept : found.kept) text << ",kept_" << kept.number;
  text << '\n';
  for (std::size_t c = 0; c < found.scores.size(); ++c) {
    text << c << ',' << found.scores[c];
    for (const KeptChannels& kept : found.kept)
      text << ',' << (std::ranges::find(kept.channels, static_cast<std::int64_t>(c)) != kept.channels.end() ? 1 : 0);
    text << '\n';
  }
  return text.str();
}

int perform(ChannelsOptions options, Console& console) {
  const std::shared_ptr<Model> model = openModel(options.model, console);
  options.question.target = classFrom("--target", options.target, *model);
  options.question.contrastive = options.reward == "contrastive";
  std::string image;
  forEachInput(*model, options.input, console, [&](const Input& input) {
    if (!image.empty()) throw Error(input.name, "channels are found for one picture at a time");
    image = input.name;
    options.question.input = input.tensor;
  });
  const ChannelAttribution found =
      attributeChannels(*model, options.question, console.progress("channels"), console.cancel());
  if (!options.csv.empty()) writeFileAtomically(options.csv, csvOf(found));
  if (!options.npy.empty())
    writeNpyFile(options.npy, Array{{static_cast<std::int64_t>(found.scores.size())}, found.scores});
  console.clearProgress();
  if (options.json)
    printJson(console.out(), channelsJson(found, image));
  else
    printChannels(console.out(), found, options.listed);
  return kFine;
}

}  // namespace

void addChannels(CLI::App& root, Action& chosen) {
  auto options = std::make_shared<ChannelsOptions>();
  ChannelsQuestion& question = options->question;
  CLI::App* command = root.add_subcommand("channels", "Which channels of a layer a class's score rests on");
  addModelOptions(*command, options->model);
  addInputOptions(*command, options->input, false);
  command->add_option("--layer", question.layer, "Layer as `info` names it")->required();
  command->add_option("--target", options->target, "Class, by index or label (default: the first choice)");
  command->add_option("--method", question.method, "How they are found")
      ->check(CLI::IsMember(channelMethods()))
      ->capture_default_str();
  command->add_option("--numbers", question.numbers, "How many channels to keep, with commas (default: 1,2,5,10,20...)")
      ->delimiter(',');
  command->add_option("--steps", question.steps, "Of the search (extremal)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
      ->capture_default_str();
  command->add_option("--weight", question.weight, "Of a wrong number of channels at the search's beginning (extremal)")
      ->check(CLI::Range(0.0, 100000.0))
      ->capture_default_str();
  command->add_option("--reward", options->reward, "What the search is for: distance from other classes, or the score")
      ->check(CLI::IsMember({"contrastive", "simple"}))
      ->capture_default_str();
  command->add_option("--list", options->listed, "Channels to print")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{100000}))
      ->capture_default_str();
  command->add_option("--csv", options->csv, "Write a line for each channel here");
  command->add_option("--npy", options->npy, "Write the channels' scores here, float32 [C]");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
