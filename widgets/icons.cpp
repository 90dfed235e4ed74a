#include "widgets/icons.h"

#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QSvgRenderer>

// Outside the namespace, as the macro demands: the resources live in a static library, whose initialiser the linker
// would drop.
static void registerResources() {
  Q_INIT_RESOURCE(resources);
}

namespace unitscope {
namespace {

QString pathOf(const QString& name) {
  return QStringLiteral(":/icons/%1.svg").arg(name);
}

class SvgIconEngine : public QIconEngine {
 public:
  SvgIconEngine(QByteArray svg, QColor fixed) : svg_(std::move(svg)), fixed_(fixed) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    QByteArray svg = svg_;
    svg.replace("currentColor", colorFor(mode).name().toLatin1());
    QSvgRenderer renderer(svg);
    renderer.setAspectRatioMode(Qt::KeepAspectRatio);
    renderer.render(painter, rect);
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(0, 0), size), mode, state);
    return pixmap;
  }

  // The base class would size the pixmap for the primary screen only.
  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
    return pixmap(size, mode, state);
  }

  QIconEngine* clone() const override { return new SvgIconEngine(svg_, fixed_); }
  bool isNull() override { return svg_.isEmpty(); }

 private:
  QColor colorFor(QIcon::Mode mode) const {
    const QPalette palette = QGuiApplication::palette();
    if (mode == QIcon::Disabled) return palette.color(QPalette::Disabled, QPalette::ButtonText);
    if (fixed_.isValid()) return fixed_;
    if (mode == QIcon::Selected) return palette.color(QPalette::HighlightedText);
    return palette.color(QPalette::ButtonText);
  }

  QByteArray svg_;
  QColor fixed_;
};

}  // namespace

QIcon themedIcon(const QString& name) {
  return themedIcon(name, QColor());
}

QIcon themedIcon(const QString& name, const QColor& color) {
  registerResources();
  QFile file(pathOf(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QIcon(new SvgIconEngine(file.readAll(), color));
}

QStringList themedIconNames() {
  registerResources();
  QStringList names = QDir(QStringLiteral(":/icons")).entryList({QStringLiteral("*.svg")}, QDir::Files, QDir::Name);
  for (QString& name : names) name.chop(4);
  return names;
}

}  // namespace unitscope
