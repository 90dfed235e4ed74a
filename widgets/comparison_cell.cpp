#include "widgets/comparison_cell.h"

#include <algorithm>
#include <cmath>

#include <QPainter>
#include <QToolButton>

#include "widgets/heat_legend.h"
#include "widgets/icons.h"
#include "widgets/image_canvas.h"
#include "widgets/theme.h"

namespace unitscope {

namespace {
constexpr int kRing = 3;
}

// Lies over the canvas and says what is going on; clicks go through to the canvas.
class ComparisonCell::Veil : public QWidget {
 public:
  explicit Veil(ComparisonCell* cell) : QWidget(cell), cell_(cell) { setAttribute(Qt::WA_TransparentForMouseEvents); }

 protected:
  void paintEvent(QPaintEvent*) override {
    const CellContent& content = cell_->content_;
    const ThemeColors& theme = themeColors(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    using State = CellContent::State;
    const bool failed = content.state == State::Failed;
    QColor dim = failed ? theme.error.background : theme.surface;
    const bool keepsOld = !content.overlay.isNull() && !failed;
    const bool forming = content.forming && keepsOld;
    dim.setAlphaF(failed ? 0.94F : keepsOld ? 0.35F : 0.72F);
    if (!forming) painter.fillRect(rect(), dim);
    if (failed) return drawFailure(painter, theme);

    const QString text =
        content.state == State::Waiting   ? tr("waiting")
        : content.state == State::Stopped ? tr("stopped")
        : content.state == State::Running
            ? (content.fraction >= 0 ? QStringLiteral("%1 %").arg(int(100 * content.fraction)) : tr("computing"))
            : QString();
    if (text.isEmpty()) return;
    const int high = fontMetrics().height();
    QRectF box(0, 0, std::min(width() - 24.0, 150.0), high + 30);
    box.moveCenter(QRectF(rect()).center());
    if (forming) box.moveBottom(height() - 6.0);  // out of the way of what there is to see
    QColor plate = palette().color(QPalette::Window);
    plate.setAlphaF(0.92F);
    painter.setPen(QPen(theme.border, 1));
    painter.setBrush(plate);
    painter.drawRoundedRect(box, 6, 6);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRectF(box.left(), box.top() + 5, box.width(), high), Qt::AlignCenter, text);
    QRectF track(box.left() + 12, box.bottom() - 15, box.width() - 24, 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.border);
    painter.drawRoundedRect(track, 3, 3);
    if (content.state != State::Running || !(content.fraction > 0)) return;
    track.setWidth(std::max(6.0, track.width() * std::min(1.0, content.fraction)));
    painter.setBrush(theme.accent);
    painter.drawRoundedRect(track, 3, 3);
  }

 private:
  void drawFailure(QPainter& painter, const ThemeColors& theme) {
    const QIcon icon = themedIcon(QStringLiteral("error"), theme.error.icon);
    const int side = 22;
    const QRect text = rect().adjusted(10, 10 + side + 6, -10, -36);
    const QRect bounds = fontMetrics().boundingRect(text, Qt::AlignHCenter | Qt::TextWordWrap, cell_->content_.text);
    const int used = side + 6 + std::min(bounds.height(), text.height());
    const int top = std::max(8, (height() - 30 - used) / 2);
    icon.paint(&painter, QRect((width() - side) / 2, top, side, side));
    painter.setPen(theme.error.text);
    painter.drawText(QRect(10, top + side + 6, width() - 20, text.height()), Qt::AlignHCenter | Qt::TextWordWrap,
                     cell_->content_.text);
  }

  ComparisonCell* cell_;
};

ComparisonCell::ComparisonCell(QWidget* parent) : QWidget(parent) {
  canvas_ = new ImageCanvas(this);
  canvas_->setFocusPolicy(Qt::NoFocus);
  legend_ = new HeatLegend(Qt::Horizontal, this);
  veil_ = new Veil(this);
  button_ = new QToolButton(this);
  button_->setFocusPolicy(Qt::NoFocus);
  button_->setAutoRaise(false);
  connect(button_, &QToolButton::clicked, this, [this] {
    if (content_.state == CellContent::State::Waiting || content_.state == CellContent::State::Running) {
      Q_EMIT cancelRequested();
    } else {
      Q_EMIT retryRequested();
    }
  });
  setContent({});
}

int ComparisonCell::legendHeight(const QFont& font) {
  return QFontMetrics(font).height() + 15;
}

void ComparisonCell::setContent(const CellContent& content) {
  using State = CellContent::State;
  content_ = content;
  if (canvas_->image().cacheKey() != content.picture.cacheKey()) canvas_->setImage(content.picture);
  if (canvas_->overlay().cacheKey() != content.overlay.cacheKey()) canvas_->setOverlay(content.overlay);
  legend_->setVisible(!content.colors.isEmpty() && !content.overlay.isNull() && content.state != State::Failed);
  if (!content.colors.isEmpty()) {
    legend_->setColors(content.colors);
    legend_->setRange(content.minimum, content.maximum, content.clipped);
  }
  const bool going = content.state == State::Waiting || content.state == State::Running;
  const bool over = content.state == State::Failed || content.state == State::Stopped;
  veil_->setVisible(going || over);
  veil_->update();
  button_->setVisible(going || over);
  button_->setIcon(themedIcon(going ? QStringLiteral("cancel") : QStringLiteral("reset")));
  button_->setToolTip(going ? tr("Cancel") : tr("Try again"));
  button_->setAccessibleName(button_->toolTip());
  canvas_->setToolTip(content.state == State::Failed ? content.text : QString());
  place();
}

void ComparisonCell::setCurrent(bool current, bool focused) {
  if (current == current_ && focused == focused_) return;
  current_ = current;
  focused_ = focused;
  update();
}

void ComparisonCell::setMarker(std::optional<double> value) {
  legend_->setMarker(value);
}

void ComparisonCell::place() {
  const int legend = legendHeight(font());
  const QRect inner = rect().adjusted(kRing, kRing, -kRing, -kRing);
  const QRect square(inner.left(), inner.top(), inner.width(), std::max(1, inner.height() - legend));
  canvas_->setGeometry(square);
  veil_->setGeometry(square);
  legend_->setGeometry(inner.left(), square.bottom() + 3, inner.width(), legend - 2);
  const QSize size = button_->sizeHint();
  button_->setGeometry(square.right() - size.width() - 5, square.top() + 6, size.width(), size.height());
  button_->raise();
}

void ComparisonCell::resizeEvent(QResizeEvent*) {
  place();
}

void ComparisonCell::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) place();
  QWidget::changeEvent(event);
}

void ComparisonCell::paintEvent(QPaintEvent*) {
  if (!current_) return;
  const ThemeColors& theme = themeColors(palette());
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(focused_ ? theme.accent : theme.border, 2));
  painter.setBrush(Qt::NoBrush);
  const QRectF ring = QRectF(canvas_->geometry()).adjusted(-1.5, -1.5, 1.5, 1.5);
  painter.drawRoundedRect(ring, 3, 3);
}

}  // namespace unitscope
