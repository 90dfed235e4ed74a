#pragma once

#include <QImage>
#include <QVector>
#include <QWidget>

namespace unitscope {

/// Small pictures of the sample along a direction, with how far each has gone. A click, or arrow keys and Enter, goes
/// there.
class DirectionStrip : public QWidget {
  Q_OBJECT
 public:
  static constexpr int kPictures = 7;

  explicit DirectionStrip(QWidget* parent = nullptr);

  /// Forgets the pictures where the amounts are others.
  void setRange(double from, double to);
  double amountOf(int picture) const;
  void setPicture(int picture, const QImage& image);
  const QImage& picture(int index) const { return pictures_[index]; }
  void forget();
  /// The picture nearest to it is marked.
  void setAmount(double amount);
  QRect pictureRect(int picture) const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void picked(double amount);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  int pictureAt(QPoint point) const;
  int heightFor(int width) const;
  void describe();

  double from_ = -3.0, to_ = 3.0, amount_ = 0.0;
  QVector<QImage> pictures_;
  int current_ = kPictures / 2, hovered_ = -1;
};

}  // namespace unitscope
