#include "app/generator/inversion/inversion_result.h"

#include <algorithm>
#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include "app/image_convert.h"
#include "widgets/curve_chart.h"
#include "widgets/elided_label.h"
#include "widgets/image_canvas.h"
#include "widgets/view_link.h"

namespace unitscope {

namespace {

/// Dark where nothing differs, yellow at a difference of a half and more.
QImage errorPicture(const Array& map) {
  if (map.shape.size() != 2) return {};
  QImage image(int(map.shape[1]), int(map.shape[0]), QImage::Format_RGB32);
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) {
      const float value =
          std::clamp(2.0F * map.values[std::size_t(y) * std::size_t(image.width()) + std::size_t(x)], 0.0F, 1.0F);
      const float root = std::sqrt(value);
      image.setPixel(x, y, qRgb(int(255 * root), int(230 * value), int(60 * (1.0F - value) * root)));
    }
  return image;
}

}  // namespace

InversionResult::InversionResult(QWidget* parent)
    : QWidget(parent),
      link_(new ViewLink(this)),
      target_(new ImageCanvas),
      drawn_(new ImageCanvas),
      error_(new ImageCanvas),
      figures_(new QLabel),
      curves_(new CurveChart) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  auto* across = new QHBoxLayout;
  across->setSpacing(6);
  const auto add = [&](ImageCanvas* canvas, const QString& name, const QString& help) {
    auto* cell = new QVBoxLayout;
    cell->setSpacing(2);
    auto* title = new ElidedLabel(name);
    title->setMuted(true);
    cell->addWidget(title);
    canvas->setLink(link_);
    canvas->setAccessibleName(name);
    canvas->setToolTip(help);
    canvas->setMinimumSize(80, 70);
    cell->addWidget(canvas, 1);
    across->addLayout(cell, 1);
  };
  add(target_, tr("Picture"), tr("What the generator has to draw: cut and resized"));
  add(drawn_, tr("Drawn"), tr("What the generator draws from the code that was found"));
  add(error_, tr("Difference"),
      tr("Mean absolute difference of the colours; yellow is a half of their range and more"));
  column->addLayout(across, 3);
  figures_->setWordWrap(true);
  figures_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  figures_->setAccessibleName(tr("How close it comes"));
  column->addWidget(figures_);
  curves_->setAxisTitles(tr("Step"), tr("log loss"));
  curves_->setAccessibleName(tr("Losses by step"));
  // An empty chart says nothing, but the pictures must not jump when it comes.
  QSizePolicy policy = curves_->sizePolicy();
  policy.setRetainSizeWhenHidden(true);
  curves_->setSizePolicy(policy);
  curves_->setMinimumHeight(150);
  column->addWidget(curves_, 2);
}

void InversionResult::setTarget(const QImage& target) {
  target_->setImage(target);
}

void InversionResult::begin() {
  drawn_->setImage({});
  error_->setImage({});
  figures_->setText(tr("Searching\u2026"));
  for (QVector<QPointF>* one : {&total_, &pixels_, &features_, &domain_}) one->clear();
  showCurves();
}

void InversionResult::addPoint(double step, double total, double pixels, double features, double domain) {
  const auto put = [step](QVector<QPointF>& curve, double value) {
    if (value > 0.0 && std::isfinite(value)) curve << QPointF(step, std::log10(value));
  };
  put(total_, total);
  put(pixels_, pixels);
  put(features_, features);
  put(domain_, domain);
}

void InversionResult::showCurves() {
  QVector<CurveSeries> shown;
  const auto add = [&](const QString& name, const QVector<QPointF>& points) {
    if (!points.isEmpty()) shown << CurveSeries{name, points};
  };
  add(tr("all"), total_);
  add(tr("pixels"), pixels_);
  add(tr("features"), features_);
  add(tr("domain"), domain_);
  curves_->setCurves(shown);
  curves_->setVisible(!shown.isEmpty());
}

void InversionResult::showPreview(const InversionPreview& preview) {
  drawn_->setImage(toQImage(preview.picture));
  figures_->setText(
      tr("Step %1 of %2, loss %3").arg(preview.step).arg(preview.steps).arg(QLocale().toString(preview.total, 'g', 3)));
  addPoint(double(preview.step), preview.total, preview.pixels, preview.perceptual, preview.domain);
  showCurves();
}

void InversionResult::setAnswer(const InversionPtr& answer) {
  for (QVector<QPointF>* one : {&total_, &pixels_, &features_, &domain_}) one->clear();
  if (!answer) {
    drawn_->setImage({});
    error_->setImage({});
    figures_->setText(tr("Run looks for the code from which the generator draws this picture."));
    return showCurves();
  }
  target_->setImage(toQImage(answer->target));
  drawn_->setImage(toQImage(answer->picture));
  error_->setImage(errorPicture(answer->errorMap));
  const auto number = [](double value, int places) { return QLocale().toString(value, 'f', places); };
  QString said = tr("<b>PSNR %1 dB</b> (%2 at the start), SSIM %3; %4 steps, the best was %5, %6 s, in %7.")
                     .arg(number(answer->psnr, 1), number(answer->startPsnr, 1), number(answer->ssim, 3))
                     .arg(answer->stepsDone)
                     .arg(answer->bestStep)
                     .arg(number(answer->seconds, 1), QString::fromStdString(nameOf(answer->space)));
  if (answer->cancelled) said += tr(" Stopped early: the best so far.");
  figures_->setText(said);
  const InversionCurves& curves = answer->curves;
  for (std::size_t i = 0; i < curves.total.size(); ++i)
    addPoint(double(i), curves.total[i], i < curves.pixels.size() ? curves.pixels[i] : 0.0,
             i < curves.perceptual.size() ? curves.perceptual[i] : 0.0,
             i < curves.domain.size() ? curves.domain[i] : 0.0);
  showCurves();
}

}  // namespace unitscope
