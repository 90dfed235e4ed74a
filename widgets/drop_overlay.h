#pragma once

#include <QWidget>

namespace unitscope {

/// A veil over its parent that says what may be dropped there. It lets everything through: drops still reach the
/// widget below.
class DropOverlay : public QWidget {
  Q_OBJECT
 public:
  explicit DropOverlay(QWidget* parent);
  void setText(const QString& text);
  void appear();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString text_;
};

}  // namespace unitscope
