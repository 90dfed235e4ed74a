#include "gan/generator_samples.h"

#include <algorithm>

#include "runtime/error.h"

namespace unitscope {

SynthesisQuestion drawSamples(const Generator& generator, std::uint64_t firstSeed, std::int64_t count,
                              double truncation, const Array& classes) {
  if (!classes.values.empty() && classes.shape.size() == 2 && classes.shape.front() != 1)
    throw Error("class", "must be one for all samples");
  std::vector<std::uint64_t> seeds;
  for (std::int64_t i = 0; i < count; ++i) seeds.push_back(firstSeed + static_cast<std::uint64_t>(i));
  SynthesisQuestion question;
  question.latents = generator.drawLatents(seeds);
  question.truncation = truncation;
  question.classes = classes;
  return question;
}

Array firstStyles(Generator& generator, const SynthesisQuestion& question, const CancelToken& cancel) {
  const Array rows = generator.styles(question, cancel);
  const auto count = static_cast<std::size_t>(rows.shape.front()), width = static_cast<std::size_t>(rows.shape.back());
  Array first{{rows.shape.front(), rows.shape.back()}, {}};
  first.values.reserve(count * width);
  const std::size_t step = rows.values.size() / count;
  for (std::size_t i = 0; i < count; ++i) {
    const auto from = rows.values.begin() + static_cast<std::ptrdiff_t>(i * step);
    first.values.insert(first.values.end(), from, from + static_cast<std::ptrdiff_t>(width));
  }
  return first;
}

std::int64_t picturesAtOnce(const GeneratorPlan& plan) {
  constexpr std::int64_t kMost = 250, kNumbers = std::int64_t{1} << 24;
  return std::clamp<std::int64_t>(kNumbers / std::max<std::int64_t>(elementCount(plan.imageShape), 1), 1, kMost);
}

}  // namespace unitscope
