#include <algorithm>
#include <cmath>
#include <cstdio>
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
const cv::Scalar kInk(40, 40, 40), kGrid(222, 222, 222), kLine(31, 119, 180);

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

void drawPanel(cv::Mat& canvas, const LossCurve& curve, std::size_t column, cv::Rect area) {
  Range x, y;
  for (const LossCurve::Row& row : curve.rows()) {
    if (!std::isfinite(row.values[column])) continue;
    x.take(static_cast<double>(row.step));
    y.take(row.values[column]);
  }
  write(canvas, curve.columns()[column], {area.x, area.y - 8}, 0.48);
  cv::rectangle(canvas, area, kGrid);
  if (!(x.low <= x.high)) return;
  if (x.high == x.low) x.high = x.low + 1;
  if (y.high == y.low) y.high = y.low + (y.low == 0.0 ? 1.0 : std::abs(y.low));
  for (int i = 0; i <= 4; ++i) {
    const int row = area.y + area.height * i / 4;
    cv::line(canvas, {area.x, row}, {area.x + area.width, row}, kGrid);
    write(canvas, numberText(y.high - (y.high - y.low) * i / 4), {6, row + 4});
    write(canvas, numberText(x.low + (x.high - x.low) * i / 4),
          {area.x + area.width * i / 4 - (i == 4 ? 34 : 0), area.y + area.height + 16});
  }
  // Eighths of a pixel, so that slow curves do not become stairs.
  constexpr int kShift = 3;
  std::vector<cv::Point> points;
  for (const LossCurve::Row& row : curve.rows()) {
    if (!std::isfinite(row.values[column])) continue;
    const double px = area.x + area.width * (static_cast<double>(row.step) - x.low) / (x.high - x.low);
    const double py = area.y + area.height * (y.high - row.values[column]) / (y.high - y.low);
    points.emplace_back(cvRound(px * (1 << kShift)), cvRound(py * (1 << kShift)));
  }
  cv::polylines(canvas, points, false, kLine, 1, cv::LINE_AA, kShift);
}

}  // namespace

void LossCurve::writePng(const std::string& title, const std::filesystem::path& file) const {
  const int panels = std::max<int>(1, static_cast<int>(columns_.size()));
  cv::Mat canvas(kTop + panels * (kPanel + kGap), kWidth, CV_8UC3, cv::Scalar(255, 255, 255));
  write(canvas, title, {kLeft, 18}, 0.52);
  for (std::size_t i = 0; i < columns_.size(); ++i)
    drawPanel(canvas, *this, i,
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
