#include "app/attribution/enlarged_view.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/attribution/answer_panel.h"
#include "widgets/elided_label.h"
#include "widgets/heat_legend.h"
#include "widgets/icons.h"
#include "widgets/image_canvas.h"

namespace unitscope {

namespace {

constexpr int kSide = 290;      // of the panel beside the map
constexpr double kSlim = 1.25;  // a view less wide than so many times its height has the panel below

QToolButton* button(const QString& icon, const QString& help) {
  auto* made = new QToolButton;
  made->setIcon(themedIcon(icon));
  made->setToolTip(help);
  made->setAccessibleName(help);
  made->setAutoRaise(true);
  return made;
}

}  // namespace

QString readingText(const HeatPicture& heat, QPointF place) {
  const int x = int(place.x() * heat.seen.width()), y = int(place.y() * heat.seen.height());
  return QObject::tr("x %1, y %2: %3").arg(x).arg(y).arg(HeatLegend::numberText(heat.valueAt(place)));
}

EnlargedView::EnlargedView(ViewLink* link, QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 2, 8, 8);
  column->setSpacing(6);
  auto* line = new QHBoxLayout;
  back_ = new QToolButton;
  back_->setIcon(themedIcon(QStringLiteral("back")));
  back_->setText(tr("All methods"));
  back_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  back_->setToolTip(tr("Back to the comparison (Esc)"));
  line->addWidget(back_);
  title_ = new ElidedLabel;
  title_->setBold(true);
  line->addSpacing(6);
  line->addWidget(title_, 1);
  previous_ = button(QStringLiteral("back"), tr("Previous method (Page Up)"));
  next_ = button(QStringLiteral("forward"), tr("Next method (Page Down)"));
  line->addWidget(previous_);
  line->addWidget(next_);
  column->addLayout(line);
  facts_ = new ElidedLabel;
  facts_->setMuted(true);
  column->addWidget(facts_);
  auto* large = new QWidget;
  auto* body = new QHBoxLayout(large);
  body->setContentsMargins(0, 0, 0, 0);
  canvas_ = new ImageCanvas;
  canvas_->setLink(link);
  canvas_->setKeyboardCursor(true);
  canvas_->setAccessibleName(tr("Enlarged heatmap"));
  canvas_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  legend_ = new HeatLegend(Qt::Vertical);
  body->addWidget(canvas_, 1);
  body->addWidget(legend_);
  answer_ = new AnswerPanel;
  side_ = new QScrollArea;
  side_->setFrameShape(QFrame::NoFrame);
  side_->setWidgetResizable(true);
  side_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  side_->setWidget(answer_);
  side_->setMinimumSize(210, 120);
  answer_->setAutoFillBackground(false);
  side_->viewport()->setAutoFillBackground(false);
  side_->hide();
  splitter_ = new QSplitter(Qt::Horizontal);
  splitter_->setChildrenCollapsible(false);
  splitter_->addWidget(large);
  splitter_->addWidget(side_);
  splitter_->setStretchFactor(0, 1);
  splitter_->setStretchFactor(1, 0);
  splitter_->setSizes({600, kSide});
  column->addWidget(splitter_, 1);
  status_ = new QLabel;
  status_->setWordWrap(true);
  column->addWidget(status_);
  connect(back_, &QToolButton::clicked, this, &EnlargedView::backRequested);
  connect(previous_, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(-1); });
  connect(next_, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(1); });
  connect(link, &ViewLink::cursorChanged, this, &EnlargedView::readCursor);
  connect(answer_, &AnswerPanel::pictureChosen, this, &EnlargedView::showCanvas);
  connect(answer_, &AnswerPanel::curvesSaved, this, &EnlargedView::curvesSaved);
  canvas_->setReadout([this](QPointF place) { return heat_ ? readingText(*heat_, place) : QString(); });
}

void EnlargedView::setContent(const QString& title, const QString& facts, const QImage& picture,
                              const AttributionResults::Cell* cell) {
  if (title != title_->text()) answer_->choose(-1);
  title_->setText(title);
  facts_->setText(facts);
  picture_ = picture;
  const auto heat = cell ? cell->seen() : nullptr;
  const auto answer = heat ? cell->newest() : nullptr;
  if (heat != heat_ || answer != shown_) {  // progress alone comes many times a second
    heat_ = heat;
    shown_ = answer;
    if (answer) {
      answer_->setAnswer(answer->answer, heat->overlay, heat->pictures);
    } else {
      answer_->clear();
    }
    side_->setVisible(!answer_->isEmpty());
  }
  showCanvas();
  using State = AttributionResults::State;
  QString status;
  if (cell && cell->state == State::Failed) status = tr("It did not work: %1").arg(cell->text);
  if (cell && cell->state == State::Stopped)
    status = cell->forming ? tr("Stopped: this is what was found until then.") : tr("Stopped.");
  if (cell && cell->state == State::Waiting) status = tr("Waiting for its turn\u2026");
  if (cell && cell->state == State::Running) {
    status = cell->fraction >= 0 ? tr("Computing\u2026 %1 %").arg(int(100 * cell->fraction)) : tr("Computing\u2026");
  }
  status_->setText(status);
  status_->setVisible(!status.isEmpty());
  canvas_->setAccessibleDescription(title + QStringLiteral(". ") + facts + QLatin1Char(' ') + status +
                                    QLatin1Char(' ') + answer_->notes()->text());
  readCursor();
}

// Heatmaps are about square: the panel goes where the view has room to spare.
void EnlargedView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  const bool below = splitter_->width() < kSlim * splitter_->height();
  if (below == (splitter_->orientation() == Qt::Vertical)) return;
  splitter_->setOrientation(below ? Qt::Vertical : Qt::Horizontal);
  answer_->setBelow(below);
  const int side = below ? splitter_->height() * 2 / 5 : kSide;
  splitter_->setSizes({std::max(1, (below ? splitter_->height() : splitter_->width()) - side), side});
}

void EnlargedView::showCanvas() {
  const int chosen = answer_->chosen();
  const bool instead = heat_ && chosen >= 0 && chosen < heat_->pictures.size();
  canvas_->setImage(instead ? heat_->pictures[chosen].picture : heat_ ? heat_->seen : picture_);
  canvas_->setOverlay(heat_ && !instead ? heat_->overlay : QImage());
  legend_->setVisible(heat_ && !instead);
  if (!heat_ || instead) return;
  legend_->setColors(heat_->colors);
  legend_->setRange(heat_->range.low, heat_->range.high, heat_->clipped);
}

void EnlargedView::setOverlayOpacity(double opacity) {
  canvas_->setOverlayOpacity(opacity);
}

void EnlargedView::readCursor() {
  const auto cursor = canvas_->link()->cursor();
  legend_->setMarker(cursor && heat_ ? std::optional<double>(heat_->valueAt(*cursor)) : std::nullopt);
}

void EnlargedView::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Escape:
    case Qt::Key_Backspace:
      if (answer_->chosen() >= 0) return answer_->choose(-1);
      Q_EMIT backRequested();
      return;
    case Qt::Key_PageUp: Q_EMIT stepRequested(-1); return;
    case Qt::Key_PageDown: Q_EMIT stepRequested(1); return;
    default: QWidget::keyPressEvent(event);
  }
}

}  // namespace unitscope
