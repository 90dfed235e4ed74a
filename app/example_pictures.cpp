#include "app/example_pictures.h"

#include <cmath>
#include <random>

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

namespace unitscope {

namespace {

constexpr int kSide = 384;

QString say(const char* text) {
  return QCoreApplication::translate("ExamplePictures", text);
}

QImage canvas() {
  return QImage(kSide, kSide, QImage::Format_RGB888);
}

void fillGradient(QPainter& painter, QColor top, QColor bottom, const QRect& area) {
  QLinearGradient gradient(area.topLeft(), area.bottomLeft());
  gradient.setColorAt(0, top);
  gradient.setColorAt(1, bottom);
  painter.fillRect(area, gradient);
}

QImage drawSea() {
  QImage image = canvas();
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  fillGradient(painter, QColor(250, 190, 120), QColor(255, 232, 190), QRect(0, 0, kSide, 170));
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(255, 245, 215));
  painter.drawEllipse(QPointF(270, 150), 34, 34);
  for (int i = 0; i < 11; ++i) {
    const int y = 170 + i * 20;
    const int shade = i % 2 == 0 ? 60 : 150;
    painter.fillRect(QRect(0, y, kSide, 20), QColor(20 + shade / 3, 60 + shade / 2, 90 + shade));
  }
  return image;
}

QImage drawBirches() {
  QImage image = canvas();
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  fillGradient(painter, QColor(70, 110, 90), QColor(45, 75, 50), image.rect());
  std::mt19937 random(3);
  for (int i = 0; i < 7; ++i) {
    const int x = 18 + i * 53 + static_cast<int>(random() % 9);
    const int width = 18 + static_cast<int>(random() % 9);
    painter.fillRect(QRect(x, 0, width, kSide), QColor(236, 232, 220));
    painter.fillRect(QRect(x + width * 3 / 4, 0, width / 4, kSide), QColor(196, 190, 178));
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(120, 112, 102));
    for (int k = 0; k < 5; ++k) {
      painter.drawEllipse(
          QPointF(x + static_cast<int>(random() % 6) + 5, 30 + 75 * k + static_cast<int>(random() % 40)), 4, 1.6);
    }
  }
  return image;
}

QImage drawRain() {
  QImage image = canvas();
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  fillGradient(painter, QColor(54, 66, 92), QColor(88, 104, 132), image.rect());
  std::mt19937 random(11);
  for (int i = -8; i < 18; ++i) {
    const double x = i * 30.0 + static_cast<double>(random() % 8);
    painter.setPen(QPen(QColor(205, 220, 240), 5.0 + static_cast<double>(random() % 3), Qt::SolidLine, Qt::RoundCap));
    double at = -20.0 + static_cast<double>(random() % 60);
    while (at < kSide + 20) {
      const double length = 70.0 + static_cast<double>(random() % 70);
      painter.drawLine(QPointF(x + kSide - at - 100, at), QPointF(x + kSide - at - length - 100, at + length));
      at += length + 22.0;
    }
  }
  return image;
}

QImage drawRipples() {
  QImage image = canvas();
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  fillGradient(painter, QColor(18, 84, 104), QColor(12, 54, 78), image.rect());
  const QPointF centre(198, 186);
  for (int ring = 9; ring >= 0; --ring) {
    const double radius = 14.0 + ring * 24.0;
    painter.setPen(QPen(QColor(150 + 10 * (9 - ring), 214, 220), 9.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(centre, radius, radius);
  }
  return image;
}

}  // namespace

std::vector<ExamplePicture> drawExamplePictures() {
  return {{say("Sea"), drawSea()},
          {say("Birches"), drawBirches()},
          {say("Rain"), drawRain()},
          {say("Ripples"), drawRipples()}};
}

}  // namespace unitscope
