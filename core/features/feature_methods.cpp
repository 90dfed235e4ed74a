#include <algorithm>

#include "features/visualise.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr double kMostSteps = 100000, kMostPixels = 2048;

ParameterSpec whole(std::string id, std::string title, std::string help, std::int64_t fallback, double from,
                    double to) {
  return {std::move(id), std::move(title), std::move(help), fallback, from, to, {}};
}
ParameterSpec real(std::string id, std::string title, std::string help, double fallback, double from, double to) {
  return {std::move(id), std::move(title), std::move(help), fallback, from, to, {}};
}

std::vector<ParameterSpec> firstParameters(double rate, const std::string& rateHelp) {
  return {
      whole("steps", "Steps", "How often the picture is improved (Lucid: 512; 256 show the same, a little fainter)",
            256, 1, kMostSteps),
      whole("pixels", "Pixels",
            "Side of the picture; 0 for the network's own where it is small or the layer leaves few places, else 128",
            0, 0, kMostPixels),
      real("rate", "Learning rate", rateHelp, rate, 1e-5, 100.0),
      {"decorrelate",
       "Decorrelate colours",
       "Learn in colours that are as independent as those of natural pictures (Olah et al. 2017)",
       true,
       0,
       0,
       {}},
  };
}

std::vector<ParameterSpec> lastParameters() {
  return {
      real("cosine_power", "Cosine power",
           "For directions: 0 for length along the direction alone, more to point that way exactly (Lucid)", 1.0, 0.0,
           16.0),
      real("diversity", "Diversity",
           "How strongly pictures of one group are pushed apart, as a share of what they are for", 1.0, 0.0, 100.0),
      real("l1", "L1", "Pull towards grey, as a share of what the picture is for", 0.0, 0.0, 100.0),
      real("tv", "Total variation", "Pull towards smooth pictures, as a share of what they are for", 0.0, 0.0, 100.0),
      real("blur", "Blur", "Pull towards a blurred copy, as a share of what the picture is for", 0.0, 0.0, 1000.0),
  };
}

ParameterSpec transformsParameter() {
  return {"transforms",
          "Transforms",
          "How the picture is moved about between steps: shifts, sizes and turns (Lucid's), small shifts alone, or not",
          std::string("standard"),
          0,
          0,
          {"standard", "gentle", "none"}};
}

MethodInfo methodOf(std::string id, std::string title, std::string description, std::string citation,
                    std::vector<ParameterSpec> parameters) {
  MethodInfo info;
  info.id = std::move(id);
  info.title = std::move(title);
  info.description = std::move(description);
  info.citation = std::move(citation);
  info.usesLayer = true;
  info.isSigned = false;
  info.parameters = std::move(parameters);
  return info;
}

std::vector<MethodInfo> makeMethods() {
  const std::string adam = "Of Adam (Lucid: 0.05)";
  std::vector<MethodInfo> methods;
  const auto add = [&](MethodInfo info, std::vector<ParameterSpec> own) {
    std::ranges::move(own, std::back_inserter(info.parameters));
    std::ranges::move(lastParameters(), std::back_inserter(info.parameters));
    methods.push_back(std::move(info));
  };
  add(methodOf("fourier", "Fourier",
               "Gradient ascent on the Fourier coefficients of the picture, in decorrelated colours, while it is moved "
               "about. Shows what excites the unit most, in the strongest colours and shapes that the network knows.",
               "Olah, Mordvintsev & Schubert 2017", firstParameters(0.05, adam)),
      {real("decay", "Frequency decay",
            "The power of the frequency by which its coefficients learn more slowly: 1 in Lucid, more for less fine "
            "noise",
            1.25, 0.0, 3.0),
       transformsParameter()});
  add(methodOf("pixels", "Pixels",
               "Gradient ascent on the pixels themselves. High frequencies win more easily than in the Fourier "
               "parameterisation: good to see what the network is sensitive to, less so to see what it looks for.",
               "Erhan, Bengio, Courville & Vincent 2009", firstParameters(0.05, adam)),
      {transformsParameter()});
  add(methodOf(
          "maco", "MaCo",
          "Only the phases of the Fourier coefficients are learned; their magnitudes stay those of natural "
          "pictures, so that noise cannot win, also in deep and large networks. Shown with the places that "
          "mattered opaque.",
          "Fel et al. 2023",
          firstParameters(0.1, "Of Adam, in radians (Fel et al. 2023: 1.0; less leaves more that holds together)")),
      {real("crop_smallest", "Smallest crop", "Share of the side that is shown to the network at least", 0.7, 0.05,
            1.0),
       real("crop_largest", "Largest crop", "Share of the side that is shown to the network at most", 1.0, 0.05, 1.0),
       real("noise", "Noise", "Deviation of the noise added to what is shown, of the range from black to white", 0.08,
            0.0, 1.0)});
  return methods;
}

}  // namespace

std::vector<MethodInfo> featureMethods() {
  return makeMethods();
}

const MethodInfo& featureMethod(const std::string& id) {
  static const std::vector<MethodInfo> methods = makeMethods();
  const auto it = std::ranges::find(methods, id, &MethodInfo::id);
  if (it != methods.end()) return *it;
  std::string known;
  for (const MethodInfo& info : methods) known += (known.empty() ? "" : ", ") + info.id;
  throw Error("method " + id, "is none of feature visualization; known are " + known);
}

}  // namespace unitscope
