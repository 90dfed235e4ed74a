#include "widgets/control_column.h"

#include <algorithm>

#include <QEvent>
#include <QScrollBar>
#include <QSplitter>
#include <QVBoxLayout>

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

void layBeside(QWidget* pane, QWidget* controls, QWidget* main, const QList<int>& widths) {
  auto* outer = new QVBoxLayout(pane);
  outer->setContentsMargins(0, 0, 0, 0);
  auto* splitter = new QSplitter(Qt::Horizontal);
  splitter->setChildrenCollapsible(false);
  outer->addWidget(splitter);
  splitter->addWidget(new ControlColumn(controls));
  splitter->addWidget(main);
  splitter->setStretchFactor(0, 0);
  splitter->setStretchFactor(1, 1);
  splitter->setSizes(widths);
}

}  // namespace unitscope
