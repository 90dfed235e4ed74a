#pragma once

#include <QWidget>

namespace unitscope {

/// One line of text that is cut with "..." where it does not fit; the whole text is then its tooltip.
class ElidedLabel : public QWidget {
  Q_OBJECT
 public:
  explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);

  void setText(const QString& text);
  const QString& text() const { return text_; }
  void setElideMode(Qt::TextElideMode mode);
  void setAlignment(Qt::Alignment alignment);
  /// Secondary text in the theme's muted colour.
  void setMuted(bool muted);
  void setBold(bool bold);
  /// Replaces the tooltip, which is otherwise the whole text where it was cut.
  void setHelp(const QString& help);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void updateToolTip();

  QString text_, help_;
  Qt::TextElideMode mode_ = Qt::ElideRight;
  Qt::Alignment alignment_ = Qt::AlignLeft | Qt::AlignVCenter;
  bool muted_ = false;
};

}  // namespace unitscope
