#include "app/generator/directions/layers_edit.h"

#include "gan/direction.h"
#include "runtime/error.h"
#include "widgets/theme.h"

namespace unitscope {

LayersEdit::LayersEdit(const QString& accessibleName, const QString& help, QWidget* parent)
    : QLineEdit(parent), help_(help) {
  setAccessibleName(accessibleName);
  setPlaceholderText(tr("all"));
  setToolTip(help_);
  connect(this, &QLineEdit::textChanged, this, &LayersEdit::read);
  connect(this, &QLineEdit::editingFinished, this, &LayersEdit::taken);
}

void LayersEdit::setCount(std::int64_t count) {
  count_ = count;
  read();
}

void LayersEdit::read() {
  reason_.clear();
  try {
    std::vector<std::int64_t> layers =
        layersFrom(text().simplified().remove(QLatin1Char(' ')).toStdString(), tr("Layers").toStdString());
    if (!layers.empty() && count_ > 0 && layers.back() >= count_)
      reason_ = tr("There is no layer %1: they go from 0 to %2").arg(layers.back()).arg(count_ - 1);
    else
      layers_ = std::move(layers);
  } catch (const Error& e) {
    reason_ = QString::fromStdString(e.reason());
  }
  setToolTip(reason_.isEmpty() ? help_ : reason_);
  setAccessibleDescription(reason_.isEmpty() ? help_ : reason_);
  QPalette colors;
  if (!reason_.isEmpty()) colors.setColor(QPalette::Text, themeColors(palette()).error.icon);
  setPalette(colors);
}

}  // namespace unitscope
