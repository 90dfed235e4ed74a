#include "attribution/perturbation/number_list.h"

#include <locale>
#include <sstream>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kMost = 64;

}  // namespace

std::vector<double> partsFrom(const std::string& text, const std::string& subject) {
  std::vector<double> parts;
  std::istringstream all(text);
  for (std::string word; std::getline(all, word, ',');) {
    std::istringstream one(word);
    one.imbue(std::locale::classic());
    double part = 0.0;
    std::string rest;
    if (!(one >> part) || one >> rest) throw Error(subject, "'" + word + "' is no number");
    if (!(part > 0.0 && part < 1.0)) throw Error(subject, "must lie between 0 and 1, not " + word);
    parts.push_back(part);
    if (parts.size() > kMost) throw Error(subject, "are more than " + std::to_string(kMost));
  }
  if (parts.empty()) throw Error(subject, "needs numbers between 0 and 1, with commas between them");
  return parts;
}

}  // namespace unitscope
