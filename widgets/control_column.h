#pragma once

#include <QList>
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

/// Fills an empty pane with a ControlColumn of `controls` and `main` beside it, with a handle between them. `widths`
/// are those that they begin with, as parts of the whole.
void layBeside(QWidget* pane, QWidget* controls, QWidget* main, const QList<int>& widths);

}  // namespace unitscope
