#include "app/card_text.h"

#include <cmath>

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

namespace unitscope {

namespace {

// As cardFromJson() takes them.
constexpr int kLargestSide = 8192;

QString say(const char* text) {
  return QCoreApplication::translate("CardText", text);
}

QString numbers(const std::vector<double>& values) {
  QStringList texts;
  for (const double value : values) texts << QLocale().toString(value, 'g', 4);
  return texts.join(' ');
}

}  // namespace

QString describePreprocessing(const ModelCard& card) {
  QString text = QStringLiteral("%1 \u00d7 %2 %3; ")
                     .arg(card.width)
                     .arg(card.height)
                     .arg(card.channels == 1 ? say("grey")
                          : card.bgr         ? QStringLiteral("BGR")
                                             : QStringLiteral("RGB"));
  text += card.resize == ModelCard::Resize::Stretch ? say("stretched")
                                                    : say("short side to %1, centre crop").arg(card.resizeTo);
  return text + say("; mean %1, std %2").arg(numbers(card.mean), numbers(card.std));
}

QString cardProblem(const ModelCard& card, const QStringList& inputs, const QStringList& outputs) {
  if (!inputs.contains(QString::fromStdString(card.input))) return say("The network has no such input");
  if (!outputs.contains(QString::fromStdString(card.output))) return say("The network has no such output");
  if (card.width < 1 || card.height < 1 || card.width > kLargestSide || card.height > kLargestSide) {
    return say("The size must lie between 1 and %1").arg(kLargestSide);
  }
  const bool crops = card.resize == ModelCard::Resize::ShortSideThenCrop;
  if (crops && card.resizeTo < std::max(card.width, card.height)) {
    return say("The short side must not be smaller than the crop");
  }
  const auto channels = static_cast<std::size_t>(card.channels);
  if (card.mean.size() != channels || card.std.size() != channels) {
    return say("Mean and std need one number for each channel");
  }
  for (std::size_t i = 0; i < channels; ++i) {
    if (!std::isfinite(card.mean[i]) || !std::isfinite(card.std[i])) return say("Mean and std must be numbers");
    if (card.std[i] == 0.0) return say("The std must not be 0: pixels are divided by it");
  }
  if (!std::isfinite(card.scale) || card.scale == 0.0) return say("The scale must be a number other than 0");
  return {};
}

}  // namespace unitscope
