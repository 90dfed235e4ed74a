#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli/json_text.h"
#include "app/cli/options.h"
#include "gan/attributes.h"

namespace unitscope::cli {

/// Attributes of pictures and the networks that score them, as typed.
struct AttributeWords {
  std::vector<std::string> attributes;
  std::string classifier, segmenter;

  std::vector<PictureAttribute> list() const;
  /// Opens what is named, to compute where `model` does. Throws Error.
  AttributeModels models(const ModelOptions& model, Console& console) const;
};

/// --attribute (repeatable), --classifier, --segmenter. Returns --attribute.
CLI::Option* addAttributeOptions(CLI::App& command, AttributeWords& words);
/// --classifier and --segmenter alone.
void addScorerOptions(CLI::App& command, AttributeWords& words);

/// NaN and infinity, which JSON does not have, are null.
Json finiteNumber(double value);
/// [R,K] as rows.
Json tableJson(const Array& table);
/// A table of numbers with names for rows and columns, two digits behind the point; "-" for NaN.
void printTable(std::ostream& out, const std::vector<std::string>& rows, const std::vector<std::string>& columns,
                const std::vector<double>& values);

}  // namespace unitscope::cli
