#include "features/random_stream.h"

#include <ATen/CPUGeneratorImpl.h>

#include "runtime/content_hash.h"

namespace unitscope {

at::Generator generatorFor(std::uint64_t seed, const FeatureGoal& goal, std::int64_t copy) {
  ContentHash hash;
  hash.add(seed);
  hash.add(goal.layer);
  hash.add(static_cast<std::uint64_t>(goal.unit));
  hash.add(static_cast<std::uint64_t>(copy));
  return at::make_generator<at::CPUGeneratorImpl>(hash.low());
}

at::Generator generatorFor(std::uint64_t seed) {
  ContentHash hash;
  hash.add("steps");
  hash.add(seed);
  return at::make_generator<at::CPUGeneratorImpl>(hash.low());
}

double uniform(at::Generator& generator, double from, double to) {
  return at::empty({}, at::kDouble).uniform_(from, to, generator).item<double>();
}

std::int64_t uniformInteger(at::Generator& generator, std::int64_t from, std::int64_t to) {
  return at::randint(from, to + 1, {1}, generator, at::kLong).item<std::int64_t>();
}

}  // namespace unitscope
