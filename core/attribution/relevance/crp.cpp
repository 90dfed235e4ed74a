#include <algorithm>

#include "attribution/image_method.h"
#include "attribution/methods.h"
#include "attribution/relevance/channel_list.h"
#include "attribution/relevance/relevance_pass.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

/// "channel 383", "5 channels".
std::string named(const std::vector<std::int64_t>& channels) {
  if (channels.size() == 1) return "channel " + std::to_string(channels.front());
  return std::to_string(channels.size()) + " channels";
}

class Crp final : public ImageMethod {
 public:
  using ImageMethod::ImageMethod;

 private:
  Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                      const CancelToken& cancel) const override {
    const ValueId layer = score.query().layer;
    if (layer == kNoValue) throw Error("layer", "the network has no layer with spatial extent to look at");
    std::vector<float> sums;
    std::vector<std::int64_t> channels;
    RelevanceStop stop{layer, {}, true};
    stop.keep = [&](const at::Tensor& arrived) {
      sums = relevanceOfChannels(arrived);
      channels = channelsFrom(parameters.text("channel"), static_cast<std::int64_t>(sums.size()));
      if (channels.empty()) channels = {std::ranges::max_element(sums) - sums.begin()};
      at::Tensor kept = at::zeros_like(arrived);
      const std::int64_t axis = channelAxis(arrived);
      for (const std::int64_t c : channels) kept.select(axis, c).copy_(arrived.select(axis, c));
      return kept;
    };
    const RelevanceRules rules = compositeRules(parameters.text("composite"), parameters.number("epsilon"));
    const RelevanceFlow flow = propagateRelevance(score, score.image(), rules, stop, progress, cancel);

    double whole = 0.0, part = 0.0;
    for (const float sum : sums) whole += sum;
    for (const std::int64_t c : channels) part += sums[static_cast<std::size_t>(c)];
    std::vector<std::string> notes = conservationNotes(flow);
    std::string share = named(channels) + (channels.size() == 1 ? " has " : " have ") + shown(part) + " of " +
                        shown(whole) + " relevance at the layer";
    if (whole != 0.0) share += " (" + shown(100.0 * part / whole) + "%)";
    notes.insert(notes.begin(), std::move(share));
    return {flow.atInput, std::move(sums), std::move(notes), {}, {}};
  }
};

}  // namespace

std::unique_ptr<AttributionMethod> makeCrp() {
  MethodInfo info;
  info.id = "crp";
  info.title = "CRP";
  info.description =
      "Concept relevance propagation: LRP with the relevance at a layer kept in one channel or a group of channels "
      "only. Shows where what that channel stands for was used for the score; the maps of all channels add up to "
      "LRP's.";
  info.citation = "Achtibat et al. 2023, arXiv:2206.03208";
  info.usesLayer = true;
  info.parameters = {{"channel",
                      "Channels",
                      "Channels of the layer that are kept: 383, or 1, 5, 10-19; empty for the one with the most "
                      "relevance.",
                      std::string(),
                      0,
                      0,
                      {}},
                     compositeParameter(),
                     epsilonParameter()};
  return std::make_unique<Crp>(std::move(info));
}

}  // namespace unitscope
