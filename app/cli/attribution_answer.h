#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "app/cli/attribution_target.h"
#include "app/cli/json_text.h"
#include "engine/model.h"

namespace unitscope::cli {

/// A method's answer for one input, with what it was asked.
struct AnswerReport {
  std::string image;
  AttributionAnswer answer;
  std::vector<std::filesystem::path> pictures;  ///< where the answer's pictures were written; empty if nowhere
};

/// The answer as docs/cli.md describes it.
Json answerJson(const AnswerReport& report, const MethodInfo& info, const AttributionTarget& target,
                const Model& model);
void printAnswer(std::ostream& out, const AnswerReport& report, const MethodInfo& info, const AttributionTarget& target,
                 const Model& model);

/// Every point, `null` where a number is not finite.
Json curvesJson(const std::vector<AnswerCurve>& curves);
/// Some of the points, evenly chosen, the first and the last among them.
void printCurves(std::ostream& out, const std::vector<AnswerCurve>& curves);

/// Writes the answer's pictures as PNG files named after their titles and, where it is not empty, after `input`.
/// Makes the folder. Throws Error naming what cannot be written.
std::vector<std::filesystem::path> savePictures(const AttributionAnswer& answer, const Model& model,
                                                const std::filesystem::path& folder, const std::string& input);

}  // namespace unitscope::cli
