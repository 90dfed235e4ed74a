#pragma once

#include <QScrollArea>

namespace unitscope {

/// A column of controls at the side of a pane: it scrolls up and down and is never narrower than they are.
class ControlColumn : public QScrollArea {
  Q_OBJECT
 public:
  explicit ControlColumn(QWidget* controls, QWidget* parent = nullptr);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace unitscope
