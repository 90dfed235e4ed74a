#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <limits>

#include "image/image.h"
#include "runtime/error.h"
#include "training/loss_curve.h"

#ifdef UNITSCOPE_HAS_OPENCV
#include <opencv2/imgproc.hpp>
#endif

namespace unitscope {

#ifdef UNITSCOPE_HAS_OPENCV
namespace {

constexpr int kWidth = 760, kPanel = 190, kLeft = 74, kRight = 18, kTop = 40, kGap = 42;
const cv::Scalar kInk(40, 40, 40), kGrid(222, 222, 222);
/// One a curve of a panel, told apart without colour vision too (Okabe and Ito 2008).
const cv::Scalar kLines[] = {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {86, 180, 233}};
/// Curves that span more than this are drawn on a logarithmic scale.
constexpr double kWide = 20.0;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  void take(double v) {
    if (!std::isfinite(v)) return;
    low = std::min(low, v);
    high = std::max(high, v);
  }
};

std::string numberText(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", v);
  return text;
}

void write(cv::Mat& canvas, const std::string& text, cv::Point at, double size = 0.42) {
  cv::putText(canvas, text, at, cv::FONT_HERSHEY_SIMPLEX, size, kInk, 1, cv::LINE_AA);
}

/// Columns that are drawn into one panel: those whose names agree up to a colon.
struct Panel {
  std::string title;
  std::vector<std::size_t> columns;
  std::vector<std::string> names;  ///< what follows the colon
};

std::vector<Panel> panelsOf(const std::vector<std::string>& columns) {
  std::vector<Panel> panels;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::size_t colon = columns[i].find(": ");
    const std::string title = columns[i].substr(0, colon);
    auto same = std::ranges::find(panels, title, &Panel::title);
    if (colon == std::string::npos || same == panels.end()) same = panels.insert(panels.end(), Panel{title, {}, {}});
    same->columns.push_back(i);
    same->names.push_back(colon == std::string::npos ? "" : columns[i].substr(colon + 2));
  }
  return panels;
}

void drawLegend(cv::Mat& canvas, const Panel& panel, cv::Rect area) {
  int right = area.x + area.width;
  for (std::size_t k = panel.columns.size(); k-- > 0;) {
    if (panel.names[k].empty()) continue;
    int below = 0;
    const int width = cv::getTextSize(panel.names[k], cv::FONT_HERSHEY_SIMPLEX, 0.4, 1, &below).width;
    right -= width;
    write(canvas, panel.names[k], {right, area.y - 8}, 0.4);
    cv::line(canvas, {right - 20, area.y - 12}, {right - 6, area.y - 12}, kLines[k % std::size(kLines)], 2,
             cv::LINE_AA);
    right -= 34;
  }
}

void drawPanel(cv::Mat& canvas, const LossCurve& curve, const Panel& panel, cv::Rect area) {
  Range x, y;
  for (const LossCurve::Row& row : curve.rows()) {
    for (const std::size_t column : panel.columns) {
      if (!std::isfinite(row.values[column])) continue;
      x.take(static_cast<double>(row.step));
      y.take(row.values[column]);
    }
  }
  const bool wide = y.low > 0.0 && y.high > kWide * y.low;
  write(canvas, panel.title + (wide ? " (logarithmic)" : ""), {area.x, area.y - 8}, 0.48);
  drawLegend(canvas, panel, area);
  cv::rectangle(canvas, area, kGrid);
  if (!(x.low <= x.high)) return;
  if (x.high == x.low) x.high = x.low + 1;
  if (y.high == y.low) y.high = y.low + (y.low == 0.0 ? 1.0 : std::abs(y.low));
  const auto heightOf = [&](double v) {
    return wide ? std::log(y.high / v) / std::log(y.high / y.low) : (y.high - v) / (y.high - y.low);
  };
  for (int i = 0; i <= 4; ++i) {
    const int row = area.y + area.height * i / 4;
    cv::line(canvas, {area.x, row}, {area.x + area.width, row}, kGrid);
    const double along = i / 4.0;
    const double value = wide ? y.high * std::pow(y.low / y.high, along) : y.high - (y.high - y.low) * along;
    write(canvas, numberText(value), {6, row + 4});
    write(canvas, std::to_string(std::llround(x.low + (x.high - x.low) * along)),
          {area.x + area.width * i / 4 - (i == 4 ? 34 : 0), area.y + area.height + 16});
  }
  for (std::size_t k = 0; k < panel.columns.size(); ++k) {
    // Eighths of a pixel, so that slow curves do not become stairs.
    constexpr int kShift = 3;
    std::vector<cv::Point> points;
    for (const LossCurve::Row& row : curve.rows()) {
      const double value = row.values[panel.columns[k]];
      if (!std::isfinite(value)) continue;
      const double px = area.x + area.width * (static_cast<double>(row.step) - x.low) / (x.high - x.low);
      const double py = area.y + area.height * heightOf(value);
      points.emplace_back(cvRound(px * (1 << kShift)), cvRound(py * (1 << kShift)));
    }
    cv::polylines(canvas, points, false, kLines[k % std::size(kLines)], 1, cv::LINE_AA, kShift);
  }
}

}  // namespace

void LossCurve::writePng(const std::string& title, const std::filesystem::path& file) const {
  const std::vector<Panel> groups = panelsOf(columns_);
  const int panels = std::max<int>(1, static_cast<int>(groups.size()));
  cv::Mat canvas(kTop + panels * (kPanel + kGap), kWidth, CV_8UC3, cv::Scalar(255, 255, 255));
  write(canvas, title, {kLeft, 18}, 0.52);
  for (std::size_t i = 0; i < groups.size(); ++i)
    drawPanel(canvas, *this, groups[i],
              {kLeft, kTop + static_cast<int>(i) * (kPanel + kGap), kWidth - kLeft - kRight, kPanel - 6});
  Image picture{canvas.cols, canvas.rows, 3, {canvas.data, canvas.data + canvas.total() * 3}};
  saveImage(picture, file);
}
#else
void LossCurve::writePng(const std::string&, const std::filesystem::path& file) const {
  throw Error(file.string(), "this build cannot draw curves (it was made without OpenCV)");
}
#endif

}  // namespace unitscope
