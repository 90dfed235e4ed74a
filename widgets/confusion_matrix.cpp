#include "widgets/confusion_matrix.h"

#include <algorithm>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kMostLabelWidth = 120;
constexpr int kGap = 6;

}  // namespace

ConfusionMatrix::ConfusionMatrix(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAccessibleName(tr("Confusion matrix"));
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ConfusionMatrix::setCounts(const QStringList& labels, const QVector<qint64>& counts) {
  const bool fits = counts.size() == labels.size() * labels.size();
  labels_ = fits ? labels : QStringList();
  counts_ = fits ? counts : QVector<qint64>();
  current_ = {-1, -1};
  updateGeometry();
  update();
}

qint64 ConfusionMatrix::rowSum(int truth) const {
  qint64 sum = 0;
  for (int said = 0; said < classes(); ++said) sum += count(truth, said);
  return sum;
}

int ConfusionMatrix::labelWidth() const {
  int widest = 0;
  for (const QString& label : labels_) widest = std::max(widest, fontMetrics().horizontalAdvance(label));
  return std::min(widest, kMostLabelWidth) + kGap;
}

int ConfusionMatrix::labelHeight() const {
  return fontMetrics().height() + kGap;
}

QRect ConfusionMatrix::table() const {
  if (labels_.isEmpty()) return {};
  // Room for the column's labels, which are written upwards, and for both axes' names.
  const int left = labelWidth() + labelHeight(), top = labelWidth() + labelHeight();
  const int cell =
      std::clamp(std::min((width() - left - kGap) / classes(), (height() - top - kGap) / classes()), 4, 64);
  return {left, top, cell * classes(), cell * classes()};
}

QRect ConfusionMatrix::cellRect(int truth, int said) const {
  const QRect all = table();
  if (all.isEmpty()) return {};
  const int cell = all.width() / classes();
  return {all.left() + said * cell, all.top() + truth * cell, cell, cell};
}

QString ConfusionMatrix::cellText(int truth, int said) const {
  const QLocale locale;
  const QString some = locale.toString(count(truth, said)), all = locale.toString(rowSum(truth));
  if (truth == said) return tr("%1 of %2 pictures of %3 were recognised").arg(some, all, labels_.value(truth));
  return tr("%1 of %2 pictures of %3 were taken for %4").arg(some, all, labels_.value(truth), labels_.value(said));
}

QPoint ConfusionMatrix::cellAt(QPoint place) const {
  const QRect all = table();
  if (!all.contains(place)) return {-1, -1};
  const int cell = all.width() / classes();
  return {(place.x() - all.left()) / cell, (place.y() - all.top()) / cell};
}

void ConfusionMatrix::setCurrent(QPoint cell) {
  if (cell == current_) return;
  current_ = cell;
  setAccessibleDescription(cell.x() < 0 ? QString() : cellText(cell.y(), cell.x()));
  update();
}

void ConfusionMatrix::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QRect all = table();
  if (all.isEmpty()) return;
  const ThemeColors& theme = themeColors(palette());
  const int cell = all.width() / classes();
  const QFontMetrics metrics = fontMetrics();
  painter.setPen(theme.mutedText);
  painter.drawText(QRect(all.left(), 0, std::max(all.width(), width() - all.left()), metrics.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, tr("Said by the network"));
  painter.save();
  painter.translate(0, all.bottom());
  painter.rotate(-90);
  painter.drawText(QRect(0, 0, std::max(all.height(), all.bottom()), metrics.height()), Qt::AlignLeft, tr("Shown"));
  painter.restore();
  const bool roomForLabels = cell >= metrics.height() - 2;
  painter.setPen(palette().color(QPalette::WindowText));
  if (roomForLabels) {
    for (int i = 0; i < classes(); ++i) {
      const QString label = metrics.elidedText(labels_[i], Qt::ElideRight, labelWidth() - kGap);
      painter.drawText(QRect(all.left() - labelWidth(), all.top() + i * cell, labelWidth() - kGap, cell),
                       Qt::AlignRight | Qt::AlignVCenter, label);
      painter.save();
      painter.translate(all.left() + i * cell, all.top() - kGap);
      painter.rotate(-90);
      painter.drawText(QRect(0, 0, labelWidth() - kGap, cell), Qt::AlignLeft | Qt::AlignVCenter, label);
      painter.restore();
    }
  }
  for (int truth = 0; truth < classes(); ++truth) {
    const auto sum = double(std::max<qint64>(1, rowSum(truth)));
    for (int said = 0; said < classes(); ++said) {
      const QRect where = cellRect(truth, said);
      const double share = double(count(truth, said)) / sum;
      const QColor full = truth == said ? theme.accent : theme.error.icon;
      const QColor color = mixed(theme.surface, full, count(truth, said) > 0 ? 0.12 + 0.88 * share : 0.0);
      painter.fillRect(where.adjusted(0, 0, -1, -1), color);
      const QString number = QString::number(count(truth, said));
      if (count(truth, said) == 0 || metrics.horizontalAdvance(number) + 2 > cell || metrics.height() > cell) continue;
      const QColor text = palette().color(QPalette::WindowText), other = palette().color(QPalette::Window);
      painter.setPen(contrastRatio(text, color) >= contrastRatio(other, color) ? text : other);
      painter.drawText(where.adjusted(0, 0, -1, -1), Qt::AlignCenter, number);
    }
  }
  if (current_.x() >= 0) {
    painter.setPen(QPen(palette().color(QPalette::WindowText), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(cellRect(current_.y(), current_.x()).adjusted(0, 0, -1, -1));
  } else if (hasFocus()) {
    painter.setPen(QPen(theme.accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(all.adjusted(-2, -2, 1, 1));
  }
}

void ConfusionMatrix::mousePressEvent(QMouseEvent* event) {
  const QPoint cell = cellAt(event->pos());
  if (event->button() != Qt::LeftButton || cell.x() < 0) return QWidget::mousePressEvent(event);
  setCurrent(cell);
  Q_EMIT cellPicked(cell.y(), cell.x());
}

void ConfusionMatrix::keyPressEvent(QKeyEvent* event) {
  QPoint step;
  switch (event->key()) {
    case Qt::Key_Left: step = {-1, 0}; break;
    case Qt::Key_Right: step = {1, 0}; break;
    case Qt::Key_Up: step = {0, -1}; break;
    case Qt::Key_Down: step = {0, 1}; break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
      if (current_.x() >= 0) Q_EMIT cellPicked(current_.y(), current_.x());
      return;
    default: return QWidget::keyPressEvent(event);
  }
  if (labels_.isEmpty()) return;
  const QPoint from = current_.x() < 0 ? QPoint(0, 0) - step : current_;
  setCurrent({std::clamp(from.x() + step.x(), 0, classes() - 1), std::clamp(from.y() + step.y(), 0, classes() - 1)});
}

bool ConfusionMatrix::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const QPoint cell = cellAt(help->pos());
  if (cell.x() >= 0) {
    QToolTip::showText(help->globalPos(), cellText(cell.y(), cell.x()), this);
  } else {
    QToolTip::hideText();
  }
  return true;
}

QSize ConfusionMatrix::sizeHint() const {
  const int side = labelWidth() + labelHeight() + 30 * std::max(1, classes());
  return {side, side};
}

QSize ConfusionMatrix::minimumSizeHint() const {
  const int side = labelWidth() + labelHeight() + 8 * std::max(1, classes());
  return {side, side};
}

}  // namespace unitscope
