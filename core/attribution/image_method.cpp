#include "attribution/image_method.h"

#include <algorithm>
#include <iterator>
#include <locale>
#include <sstream>
#include <utility>

#include "runtime/error.h"

namespace unitscope {

Attribution ImageMethod::run(const AttributionQuery& query, const Progress& progress, const CancelToken& cancel) const {
  if (!query.input.defined() || query.input.dim() == 0 || query.input.numel() == 0)
    throw Error(info_.id, "there is no picture to explain");
  const ParameterValues parameters = query.parameters.completed(info_);
  const std::int64_t images = query.input.size(0);
  Attribution all;
  std::vector<at::Tensor> maps;
  for (std::int64_t i = 0; i < images; ++i) {
    cancel.check();
    const ScoreFunction score(query, query.input.narrow(0, i, 1), cancel);
    const auto from = static_cast<double>(i) / static_cast<double>(images);
    const Progress part = images == 1 ? progress : progress.part(from, from + 1.0 / static_cast<double>(images));
    Attribution one = explain(score, parameters, part, cancel);
    maps.push_back(one.map.detach().to(at::kCPU, at::kFloat).contiguous());
    all.channelScores.resize(one.channelScores.size(), 0.0F);
    for (std::size_t c = 0; c < one.channelScores.size(); ++c)
      all.channelScores[c] += one.channelScores[c] / static_cast<float>(images);
    for (std::string& note : one.notes)
      all.notes.push_back(images == 1 ? std::move(note) : "image " + std::to_string(i + 1) + ": " + note);
    std::ranges::move(one.curves, std::back_inserter(all.curves));
    std::ranges::move(one.pictures, std::back_inserter(all.pictures));
  }
  all.map = images == 1 ? maps.front() : at::cat(maps);
  progress.report(1.0);
  return all;
}

std::string shown(double number) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(4);
  text << number;
  return text.str();
}

}  // namespace unitscope
