#include "widgets/control_column.h"

#include <algorithm>

#include <QEvent>
#include <QScrollBar>

namespace unitscope {

namespace {

constexpr int kLeast = 230, kMost = 380;

}  // namespace

ControlColumn::ControlColumn(QWidget* controls, QWidget* parent) : QScrollArea(parent) {
  setFrameShape(QFrame::NoFrame);
  setWidgetResizable(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setWidget(controls);
  setMinimumWidth(kLeast);
  controls->setAutoFillBackground(false);
  viewport()->setAutoFillBackground(false);
}

bool ControlColumn::eventFilter(QObject* watched, QEvent* event) {
  if (watched == widget() && event->type() == QEvent::LayoutRequest) {
    const int needed = widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width();
    setMinimumWidth(std::clamp(needed, kLeast, kMost));
  }
  return QScrollArea::eventFilter(watched, event);
}

}  // namespace unitscope
