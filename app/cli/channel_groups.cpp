#include "app/cli/channel_groups.h"

#include <algorithm>
#include <iomanip>
#include <numeric>
#include <ostream>
#include <vector>

#include "activations/group_picture.h"
#include "activations/groups.h"
#include "app/cli/files.h"
#include "app/cli/json_text.h"
#include "app/cli/method_choice.h"
#include "image/contact_sheet.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

constexpr std::size_t kUnitsNamed = 8;

std::vector<std::pair<std::int64_t, double>> strongestUnits(const ChannelGroups& groups, std::size_t k) {
  const auto units = static_cast<std::size_t>(groups.directions.shape[1]);
  const float* direction = groups.directions.values.data() + k * units;
  std::vector<std::size_t> order(units);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return direction[a] > direction[b]; });
  std::vector<std::pair<std::int64_t, double>> strongest;
  for (std::size_t i = 0; i < std::min(units, kUnitsNamed) && direction[order[i]] > 0.0F; ++i)
    strongest.emplace_back(static_cast<std::int64_t>(order[i]), static_cast<double>(direction[order[i]]));
  return strongest;
}

Json groupsJson(const ChannelGroups& groups, const std::vector<std::string>& names) {
  Json json{{"layer", groups.layer},         {"groups", Json::array()},
            {"explained", groups.explained}, {"negative", groups.negative},
            {"steps", groups.steps},         {"target", {{"index", groups.target}, {"label", groups.targetLabel}}},
            {"images", Json::array()}};
  for (std::size_t k = 0; k < groups.shares.size(); ++k) {
    Json units = Json::array();
    for (const auto& [unit, weight] : strongestUnits(groups, k)) units.push_back({{"unit", unit}, {"weight", weight}});
    json["groups"].push_back({{"share", groups.shares[k]}, {"units", std::move(units)}});
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const GroupContributions& c = groups.contributions[i];
    json["images"].push_back({{"image", names[i]},
                              {"contributions", c.groups},
                              {"rest", c.rest},
                              {"gradient_x_activation", c.total},
                              {"score", c.score}});
  }
  return json;
}

void printGroups(std::ostream& out, const ChannelGroups& groups, const std::vector<std::string>& names) {
  const auto percent = [&](double share) {
    out << std::fixed << std::setprecision(1) << std::setw(6) << 100.0 * share;
  };
  out << groups.layer << ": " << groups.shares.size() << " groups explain";
  percent(groups.explained);
  out << " % of the squared activation";
  if (groups.negative > 0.0) {
    out << " that is not negative (negative:";
    percent(groups.negative);
    out << " %)";
  }
  out << "\n\ngroup  share %  units\n";
  for (std::size_t k = 0; k < groups.shares.size(); ++k) {
    out << std::setw(5) << k << "  ";
    percent(groups.shares[k]);
    out << "  ";
    for (const auto& [unit, weight] : strongestUnits(groups, k))
      out << ' ' << unit << " (" << std::setprecision(2) << weight << ')';
    out << '\n';
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const GroupContributions& c = groups.contributions[i];
    out << std::setprecision(3) << '\n'
        << names[i] << ": " << groups.targetLabel << " has the score " << c.score << "; gradient x activation "
        << c.total << '\n';
    for (std::size_t k = 0; k < c.groups.size(); ++k) out << std::setw(5) << k << std::setw(10) << c.groups[k] << '\n';
    out << " rest" << std::setw(10) << c.rest << '\n';
  }
}

/// One overlay, or all of them as a sheet.
Image overlayOf(const Model& model, const GroupsQuestion& question, const ChannelGroups& groups, double opacity) {
  std::vector<Image> overlays;
  for (std::size_t i = 0; i < question.inputs.size(); ++i)
    overlays.push_back(groupOverlay(model.pictureOf(question.inputs[i]), groups.maps[i], opacity));
  if (overlays.size() == 1) return overlays.front();
  SheetLayout layout;
  layout.cellWidth = overlays.front().width;
  layout.cellHeight = overlays.front().height;
  return contactSheet(overlays, layout);
}

}  // namespace

void addGroupOptions(CLI::App& command, GroupOptions& options) {
  CLI::Option* nmf =
      command.add_option("--nmf", options.count, "Units in this many groups that fire together, 2 to 16")
          ->check(CLI::Range(std::int64_t{2}, std::int64_t{16}));
  command.add_option("--steps", options.steps, "Of the search for groups, at most")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
      ->capture_default_str()
      ->needs(nmf);
  command.add_option("--seed", options.seed, "Of the groups' start")->capture_default_str()->needs(nmf);
  command
      .add_option("--target", options.target,
                  "Class whose score the groups contribute to, by index or label (default: the first picture's first "
                  "choice)")
      ->needs(nmf);
  command.add_option("--out", options.out, "Write the groups' colours over the picture here, PNG or JPEG")->needs(nmf);
  command.add_option("--opacity", options.opacity, "Of the colours over the picture")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->needs(nmf);
  command.add_option("--directions", options.directions, "Write the groups' vectors over the units here, .npy [k,C]")
      ->needs(nmf);
}

int performGroups(Model& model, const InputOptions& input, const std::string& layer, const GroupOptions& options,
                  const std::filesystem::path& npy, bool json, Console& console) {
  GroupsQuestion question;
  question.layer = layer;
  question.groups = options.count;
  question.steps = options.steps;
  question.seed = options.seed;
  question.target = classFrom("--target", options.target, model);
  std::vector<std::string> names;
  forEachInput(model, input, console, [&](const Input& one) {
    question.inputs.push_back(one.tensor);
    names.push_back(one.name);
  });
  const ChannelGroups groups = groupChannels(model, question, console.progress("groups"), console.cancel());
  if (!npy.empty()) {
    Array all;
    for (std::size_t i = 0; i < names.size(); ++i) {
      Array row = groups.maps[i];
      row.shape.insert(row.shape.begin(), 1);
      appendRow(all, row, names[i]);
    }
    writeNpyFile(npy, all);
  }
  if (!options.directions.empty()) writeNpyFile(options.directions, groups.directions);
  if (!options.out.empty()) saveImage(overlayOf(model, question, groups, options.opacity), options.out);
  console.clearProgress();
  if (json)
    printJson(console.out(), groupsJson(groups, names));
  else
    printGroups(console.out(), groups, names);
  return kFine;
}

}  // namespace unitscope::cli
