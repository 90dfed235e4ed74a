#include "app/cli/gan_attribute_options.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace unitscope::cli {

std::vector<PictureAttribute> AttributeWords::list() const {
  std::vector<PictureAttribute> all;
  for (const std::string& text : attributes) all.push_back(attributeFrom(text));
  return all;
}

AttributeModels AttributeWords::models(const ModelOptions& model, Console& console) const {
  const auto opened = [&](const std::string& name) -> std::shared_ptr<Model> {
    if (name.empty()) return nullptr;
    ModelOptions other = model;
    other.model = name;
    other.card.clear();
    return openModel(other, console);
  };
  return {opened(classifier), opened(segmenter)};
}

void addScorerOptions(CLI::App& command, AttributeWords& words) {
  command.add_option("--classifier", words.classifier, "Network whose classes score pictures (default: built in)");
  command.add_option("--segmenter", words.segmenter,
                     "Network whose concepts' areas score pictures (default: built in)");
}

CLI::Option* addAttributeOptions(CLI::App& command, AttributeWords& words) {
  addScorerOptions(command, words);
  return command
      .add_option("--attribute", words.attributes,
                  "class:LABEL, score:LABEL, area:CONCEPT, color:NAME, brightness, contrast, saturation, warmth; "
                  "@top, @middle or @bottom behind it is a third of the picture. Repeatable (`gan attributes` lists)")
      ->allow_extra_args(false);
}

Json finiteNumber(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json tableJson(const Array& table) {
  Json rows = Json::array();
  if (table.shape.size() != 2 || table.shape[1] == 0) return rows;
  const auto width = static_cast<std::size_t>(table.shape[1]);
  for (std::size_t i = 0; i < table.values.size(); i += width) {
    Json row = Json::array();
    for (std::size_t k = 0; k < width; ++k) row.push_back(finiteNumber(static_cast<double>(table.values[i + k])));
    rows.push_back(std::move(row));
  }
  return rows;
}

void printTable(std::ostream& out, const std::vector<std::string>& rows, const std::vector<std::string>& columns,
                const std::vector<double>& values) {
  constexpr std::size_t kLeast = 7;
  std::size_t first = 0;
  for (const std::string& row : rows) first = std::max(first, row.size());
  const auto cell = [&](const std::string& text, std::size_t column) {
    out << "  " << std::setw(static_cast<int>(std::max(columns[column].size(), kLeast))) << text;
  };
  out << std::setw(static_cast<int>(first)) << "";
  for (std::size_t k = 0; k < columns.size(); ++k) cell(columns[k], k);
  out << '\n';
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out << std::left << std::setw(static_cast<int>(first)) << rows[i] << std::right;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      std::ostringstream text;
      const double value = values[i * columns.size() + k];
      if (std::isnan(value))
        text << '-';
      else
        text << std::fixed << std::setprecision(2) << value;
      cell(text.str(), k);
    }
    out << '\n';
  }
}

}  // namespace unitscope::cli
