#include "widgets/color_map_picker.h"

#include <QIconEngine>
#include <QPainter>
#include <QSignalBlocker>

namespace unitscope {

namespace {

// Drawn when needed, so that it is sharp at any device pixel ratio.
class StripEngine : public QIconEngine {
 public:
  explicit StripEngine(QVector<QRgb> colors) : colors_(std::move(colors)) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    QLinearGradient gradient(rect.topLeft(), rect.topRight());
    for (int i = 0; i < colors_.size(); ++i) {
      gradient.setColorAt(double(i) / double(std::max<qsizetype>(1, colors_.size() - 1)), QColor::fromRgb(colors_[i]));
    }
    painter->setOpacity(mode == QIcon::Disabled ? 0.35 : 1.0);
    painter->fillRect(rect, gradient);
    painter->setOpacity(1.0);
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(0, 0), size), mode, state);
    return pixmap;
  }
  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
    return pixmap(size, mode, state);
  }
  QIconEngine* clone() const override { return new StripEngine(colors_); }

 private:
  QVector<QRgb> colors_;
};

}  // namespace

ColorMapPicker::ColorMapPicker(QWidget* parent) : QComboBox(parent) {
  setIconSize({56, 14});
  setAccessibleName(tr("Colour map"));
  connect(this, &QComboBox::currentIndexChanged, this, [this] {
    if (currentIndex() >= 0) Q_EMIT picked(current());
  });
}

void ColorMapPicker::setChoices(const QVector<ColorMapChoice>& choices) {
  const QString before = current();
  const QSignalBlocker silent(this);
  clear();
  for (const ColorMapChoice& choice : choices) {
    addItem(QIcon(new StripEngine(choice.colors)), choice.title, choice.id);
  }
  setCurrent(before);
}

QString ColorMapPicker::current() const {
  return currentData().toString();
}

void ColorMapPicker::setCurrent(const QString& id) {
  const int index = findData(id);
  if (index < 0) return;
  const QSignalBlocker silent(this);
  setCurrentIndex(index);
}

}  // namespace unitscope
