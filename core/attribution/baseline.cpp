#include "attribution/baseline.h"

#include <algorithm>

#include <ATen/CPUGeneratorImpl.h>

#include "attribution/gaussian_blur.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

// Fong & Vedaldi 2017 blur pictures of 224 pixels with sigma 10.
constexpr double kBlurSigma = 10.0 / 224.0;

at::Tensor colour(const at::Tensor& values, const at::Tensor& image, const char* name) {
  if (!values.defined() || image.dim() != 4 || values.numel() != image.size(1))
    throw Error("baseline", "the model card does not say what " + std::string(name) + " is for this network");
  return values.to(image.device(), at::kFloat).reshape({1, -1, 1, 1}).expand_as(image).contiguous();
}

at::Tensor blurred(const ScoreFunction& score) {
  score.requirePicture("baseline blur");
  const at::Tensor& image = score.image();
  const double sigma = std::max(0.5, kBlurSigma * static_cast<double>(std::max(image.size(2), image.size(3))));
  return gaussianBlur(image, sigma);
}

at::Tensor randomColours(const at::Tensor& image) {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{0});
  const at::Tensor random = at::rand(image.sizes(), generator, at::TensorOptions(at::kFloat)).to(image.device());
  return random * (image.max() - image.min()) + image.min();
}

}  // namespace

ParameterSpec baselineParameter() {
  return {"baseline",
          "Baseline",
          "What an absent pixel is: zero after normalisation (the mean colour of the training pictures), black, white, "
          "the picture's own mean colour, its blur, or uniform noise.",
          std::string("zero"),
          0,
          0,
          {"zero", "black", "white", "mean", "blur", "uniform"}};
}

at::Tensor baselineFor(const ScoreFunction& score, const std::string& choice) {
  const at::NoGradGuard noGradients;
  const at::Tensor& image = score.image();
  if (choice == "black") return colour(score.query().black, image, "black");
  if (choice == "white") return colour(score.query().white, image, "white");
  if (choice == "blur") return blurred(score);
  if (choice == "uniform") return randomColours(image);
  if (choice == "mean") {
    score.requirePicture("baseline mean");
    return image.mean(at::IntArrayRef{2, 3}, /*keepdim=*/true).expand_as(image).contiguous();
  }
  return at::zeros_like(image);
}

}  // namespace unitscope
