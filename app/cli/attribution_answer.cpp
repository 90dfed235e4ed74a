#include "app/cli/attribution_answer.h"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <set>
#include <system_error>

#include "app/cli/files.h"
#include "app/cli/statistics.h"
#include "image/image.h"
#include "runtime/error.h"

namespace unitscope::cli {
namespace {

constexpr std::size_t kPointsShown = 12;

/// Methods give [1,C,H,W] whatever the network takes; pictureOf() wants the network's own layout.
Array inLayoutOf(const Model& model, const Array& picture) {
  const Shape& s = picture.shape;
  if (!model.card().channelsLast || s.size() != 4) return picture;
  Array last{{s[0], s[2], s[3], s[1]}, {}};
  last.values.reserve(picture.values.size());
  const auto places = static_cast<std::size_t>(s[2] * s[3]);
  for (std::size_t place = 0; place < places; ++place)
    for (std::size_t c = 0; c < static_cast<std::size_t>(s[1]); ++c)
      last.values.push_back(picture.values.at(c * places + place));
  return last;
}

}  // namespace

Json curvesJson(const std::vector<AnswerCurve>& curves) {
  Json list = Json::array();
  for (const AnswerCurve& curve : curves) {
    Json json{
        {"title", curve.title}, {"x_title", curve.xTitle}, {"y_title", curve.yTitle}, {"x", curve.x}, {"y", curve.y}};
    if (curve.level) {
      json["level"] = *curve.level;
      json["level_title"] = curve.levelTitle;
    }
    list.push_back(std::move(json));
  }
  return list;
}

void printCurves(std::ostream& out, const std::vector<AnswerCurve>& curves) {
  for (const AnswerCurve& curve : curves) {
    out << "curve    " << curve.title << '\n';
    out << "         " << curve.xTitle << "  " << curve.yTitle << '\n';
    const std::size_t points = std::min(curve.x.size(), curve.y.size());
    const std::size_t shown = std::min(points, kPointsShown);
    for (std::size_t i = 0; i < shown; ++i) {
      const std::size_t at = shown == 1 ? 0 : i * (points - 1) / (shown - 1);
      out << "         " << curve.x[at] << "  " << curve.y[at] << '\n';
    }
    if (curve.level) out << "         " << curve.levelTitle << ' ' << *curve.level << '\n';
  }
}

Json answerJson(const AnswerReport& report, const MethodInfo& info, const AttributionTarget& target,
                const Model& model) {
  const AttributionAnswer& answer = report.answer;
  const Statistics s = statisticsOf(answer.map.values);
  Json json{{"image", report.image},
            {"method", info.id},
            {"target", target.isSimilarity() ? Json() : Json(answer.target)},
            {"label", target.label(model, answer.target)},
            {"explained", target.text(model, answer.target)},
            {"layer", answer.layer},
            {"shape", shapeJson(answer.map.shape)},
            {"minimum", s.minimum},
            {"maximum", s.maximum},
            {"mean", s.mean},
            {"seconds", answer.seconds},
            {"notes", answer.notes}};
  if (target.against() >= 0) {
    json["against"] = target.against();
    json["against_label"] = model.label(target.against());
  }
  if (!target.unitLayer().empty()) json["unit_layer"] = target.unitLayer();
  if (!target.region().empty()) json["region"] = target.region();
  if (!target.resemble().empty()) json["resemble"] = target.resemble();
  if (!answer.channelScores.empty()) json["channel_scores"] = answer.channelScores;
  if (!answer.curves.empty()) json["curves"] = curvesJson(answer.curves);
  for (std::size_t i = 0; i < answer.pictures.size(); ++i) {
    Json picture{{"title", answer.pictures[i].title}};
    if (i < report.pictures.size()) picture["file"] = report.pictures[i].string();
    json["pictures"].push_back(std::move(picture));
  }
  return json;
}

void printAnswer(std::ostream& out, const AnswerReport& report, const MethodInfo& info, const AttributionTarget& target,
                 const Model& model) {
  const AttributionAnswer& answer = report.answer;
  const Statistics s = statisticsOf(answer.map.values);
  out << report.image << "\nmethod   " << info.title << "\ntarget   " << target.text(model, answer.target);
  if (target.isClass()) {
    out << " (" << answer.target;
    if (target.against() >= 0) out << ", " << target.against();
    out << ')';
  }
  out << '\n';
  if (!answer.layer.empty()) out << "layer    " << answer.layer << '\n';
  out << "map      " << toString(answer.map.shape) << ", from " << s.minimum << " to " << s.maximum << '\n';
  for (const std::string& note : answer.notes) out << "note     " << note << '\n';
  printCurves(out, answer.curves);
  for (const std::filesystem::path& file : report.pictures) out << "picture  " << file.string() << '\n';
  out << "time     " << std::setprecision(3) << answer.seconds << " s\n" << std::setprecision(6);
}

std::vector<std::filesystem::path> savePictures(const AttributionAnswer& answer, const Model& model,
                                                const std::filesystem::path& folder, const std::string& input) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) throw Error(folder.string(), "cannot be made: " + failed.message());
  std::set<std::string> taken;
  std::vector<std::filesystem::path> files;
  for (const AnswerPicture& picture : answer.pictures) {
    const std::string wanted = safeFileName(input.empty() ? picture.title : input + "_" + picture.title);
    std::string name = wanted;
    for (int i = 2; !taken.insert(name).second; ++i) name = wanted + "_" + std::to_string(i);
    const std::filesystem::path file = folder / (name + ".png");
    saveImage(model.pictureOf(inLayoutOf(model, picture.picture)), file);
    files.push_back(file);
  }
  return files;
}

}  // namespace unitscope::cli
