#include <cmath>
#include <iomanip>
#include <ostream>

#include "app/cli/commands.h"
#include "app/cli/files.h"
#include "app/cli/inversion_options.h"
#include "app/cli/json_text.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

struct InvertOptions {
  ModelOptions model;
  InversionOptions inversion;
  std::filesystem::path image, out, npy, target, errors;
  CropChoice crop;
  bool unchecked = false, json = false;
};

Json curveJson(const InversionCurves& curves) {
  return {
      {"total", curves.total}, {"pixels", curves.pixels}, {"perceptual", curves.perceptual}, {"domain", curves.domain}};
}

Json findingJson(const DomainFinding& finding) {
  Json measures = Json::array();
  for (const DomainMeasure& measure : finding.measures)
    measures.push_back({{"name", measure.name},
                        {"value", measure.value},
                        {"median", measure.median},
                        {"percentile", measure.percentile},
                        {"excess", measure.excess}});
  return {{"verdict", nameOf(finding.verdict)},
          {"score", finding.score},
          {"percentile", finding.percentile},
          {"reason", finding.reason},
          {"measures", std::move(measures)}};
}

void printText(std::ostream& out, const InversionAnswer& answer, const std::optional<DomainFinding>& finding) {
  out << std::fixed << std::setprecision(2) << "PSNR " << answer.psnr << " dB (" << answer.startPsnr
      << " at the start), "
      << "SSIM " << std::setprecision(3) << answer.ssim << ", " << answer.stepsDone << " steps in "
      << std::setprecision(1) << answer.seconds << " s, best after " << answer.bestStep << '\n';
  if (!finding) return;
  out << nameOf(finding->verdict) << ": " << finding->reason << '\n' << std::setprecision(3);
  for (const DomainMeasure& measure : finding->measures)
    out << "  " << std::left << std::setw(24) << measure.name << std::right << ' ' << std::setw(8) << measure.value
        << "   middle " << std::setw(8) << measure.median << "   above " << std::setprecision(0) << measure.percentile
        << "%\n"
        << std::setprecision(3);
}

int perform(const InvertOptions& options, Console& console) {
  if (options.out.empty() && options.npy.empty() && !options.json)
    throw Error("gan invert", "has nowhere to write to; give --out, --npy or --json");
  const std::shared_ptr<Generator> generator = Generator::from(openModel(options.model, console));
  InversionQuestion question = questionFrom(options.inversion, options.model, *generator, console);
  question.picture = cropFor(loadImage(options.image), *generator, options.crop);
  const InversionAnswer answer = invert(*generator, question, {}, console.progress("inverting"), console.cancel());
  console.clearProgress();
  // What was found by then is worth keeping; what comes after would only be cancelled too.
  if (answer.cancelled) console.note("stopped after " + std::to_string(answer.stepsDone) + " steps");
  if (!options.out.empty()) saveImage(answer.picture, options.out);
  if (!options.npy.empty()) writeNpyFile(options.npy, answer.latents);
  if (!options.target.empty()) saveImage(answer.target, options.target);
  if (!options.errors.empty()) writeNpyFile(options.errors, answer.errorMap);
  std::optional<DomainFinding> finding;
  if (!options.unchecked && !answer.cancelled)
    finding = checkDomain(referenceFor(options.inversion, *generator, question, console), answer);
  if (!options.json) {
    printText(console.out(), answer, finding);
    return answer.cancelled ? kFailed : kFine;
  }
  Json json{{"model", options.model.model},
            {"image", options.image.string()},
            {"space", nameOf(answer.space)},
            {"latents", shapeJson(answer.latents.shape)},
            {"psnr", answer.psnr},
            {"ssim", answer.ssim},
            {"start_psnr", answer.startPsnr},
            {"pixel_residual", answer.pixelResidual},
            {"feature_residual", answer.perceptualResidual},
            {"domain_residual", std::isfinite(answer.domainResidual) ? Json(answer.domainResidual) : Json(nullptr)},
            {"steps", answer.stepsDone},
            {"best_step", answer.bestStep},
            {"from_encoder", answer.fromEncoder},
            {"cancelled", answer.cancelled},
            {"seconds", answer.seconds},
            {"losses", curveJson(answer.curves)}};
  json["domain"] = finding ? findingJson(*finding) : Json(nullptr);
  printJson(console.out(), json);
  return answer.cancelled ? kFailed : kFine;
}

}  // namespace

void addGanInvert(CLI::App& gan, Action& chosen) {
  auto options = std::make_shared<InvertOptions>();
  CLI::App* command = gan.add_subcommand("invert",
                                         "Finds the latent of a picture, and says whether the picture is one "
                                         "that the generator can draw");
  addModelOptions(*command, options->model);
  command->add_option("IMAGE", options->image, "Picture")->required();
  command->add_option("--out", options->out, "What the generator draws of it, PNG or JPEG");
  command->add_option("--npy", options->npy, "The latent: z [1,D], w [1,D] or w+ [1,L,D]");
  command->add_option("--target", options->target, "The picture as it was cropped, PNG or JPEG");
  command->add_option("--error-npy", options->errors, "Mean absolute difference of each pixel, [H,W], 0..1");
  command->add_option("--crop-x", options->crop.x, "Middle of the crop, as a share of the picture")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--crop-y", options->crop.y, "The same from the top")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--crop-size", options->crop.size, "1: the largest crop that fits")
      ->check(CLI::Range(1e-3, 1.0))
      ->capture_default_str();
  addInversionOptions(*command, options->inversion);
  command->add_flag("--no-domain-check", options->unchecked, "Leaves the verdict out, which takes the longest");
  addJsonFlag(*command, options->json);
  command->callback(
      [options, &chosen] { chosen = [options](Console& console) { return perform(*options, console); }; });
}

}  // namespace unitscope::cli
