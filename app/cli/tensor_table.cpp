#include "app/cli/tensor_table.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <string_view>

namespace unitscope::cli {
namespace {

constexpr int kBins = 24;
constexpr std::size_t kWidestName = 60;
constexpr std::size_t kWidestShape = 30;

std::string shortNumber(double value) {
  std::ostringstream text;
  text << std::setprecision(4) << value;
  return text.str();
}

bool isMeasured(const NamedTensor& tensor) {
  return isFloating(tensor.data.dtype()) || isInteger(tensor.data.dtype()) || tensor.data.dtype() == DType::Bool;
}

}  // namespace

std::vector<TensorStatistics> measureTensors(const std::vector<NamedTensor>& tensors, Console& console) {
  double all = 1.0;
  for (const NamedTensor& tensor : tensors) all += static_cast<double>(tensor.data.count());
  const Progress progress = console.progress("Looking through the tensors");
  std::vector<TensorStatistics> statistics;
  double done = 0.0;
  for (const NamedTensor& tensor : tensors) {
    statistics.push_back(statisticsOf(tensor.data, kBins, console.cancel()));
    done += static_cast<double>(tensor.data.count());
    progress.report(done / all, tensor.name);
  }
  console.clearProgress();
  return statistics;
}

Json tensorsJson(const std::vector<NamedTensor>& tensors, const std::vector<TensorStatistics>& statistics) {
  Json json = Json::array();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    Json one{{"name", tensors[i].name},
             {"dtype", nameOf(tensors[i].data.dtype())},
             {"shape", shapeJson(tensors[i].data.shape())}};
    const TensorStatistics& s = statistics[i];
    if (isMeasured(tensors[i])) {
      one["zeros"] = s.zeros;
      one["not_finite"] = s.notFinite;
      one["min"] = s.least;
      one["max"] = s.most;
      one["mean"] = s.mean;
      one["std"] = s.deviation;
      one["histogram"] = s.histogram;
    }
    json.push_back(std::move(one));
  }
  return json;
}

std::string sparkline(const std::vector<std::int64_t>& histogram) {
  static constexpr std::array<std::string_view, 9> kBlocks = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                                              "\u2585", "\u2586", "\u2587", "\u2588"};
  std::string line;
  const std::int64_t fullest = histogram.empty() ? 0 : *std::ranges::max_element(histogram);
  for (const std::int64_t n : histogram) {
    const double height = fullest > 0 ? 8.0 * static_cast<double>(n) / static_cast<double>(fullest) : 0.0;
    line += kBlocks[n == 0 ? 0 : std::clamp<std::size_t>(static_cast<std::size_t>(height + 0.5), 1, 8)];
  }
  return line;
}

void printTensors(std::ostream& out, const std::vector<NamedTensor>& tensors,
                  const std::vector<TensorStatistics>& statistics) {
  std::size_t width = 6;
  std::size_t shapeWidth = 5;
  for (const NamedTensor& tensor : tensors) {
    width = std::min(kWidestName, std::max(width, tensor.name.size()));
    shapeWidth = std::min(kWidestShape, std::max(shapeWidth, toString(tensor.data.shape()).size()));
  }
  const auto line = [&](const std::string& name, std::string_view dtype, const std::string& shape,
                        const std::array<std::string, 4>& numbers, const std::string& rest) {
    out << std::left << std::setw(static_cast<int>(width) + 2) << name << std::setw(10) << dtype
        << std::setw(static_cast<int>(shapeWidth) + 1) << shape << std::right;
    for (const std::string& number : numbers) out << std::setw(12) << number;
    out << "  " << rest << '\n';
  };
  out << '\n';
  line("tensor", "dtype", "shape", {"min", "max", "mean", "std"}, "min to max");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const TensorStatistics& s = statistics[i];
    const NamedTensor& tensor = tensors[i];
    std::array<std::string, 4> numbers;
    if (isMeasured(tensor) && s.count > s.notFinite)
      numbers = {shortNumber(s.least), shortNumber(s.most), shortNumber(s.mean), shortNumber(s.deviation)};
    std::string rest = s.count > 1 ? sparkline(s.histogram) : "";
    if (s.notFinite > 0) rest += (rest.empty() ? "" : "  ") + std::to_string(s.notFinite) + " not finite";
    line(tensor.name, nameOf(tensor.data.dtype()), toString(tensor.data.shape()), numbers, rest);
  }
}

}  // namespace unitscope::cli
