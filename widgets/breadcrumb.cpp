#include "widgets/breadcrumb.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "widgets/icons.h"

namespace unitscope {
namespace {

QToolButton* makeButton(const QString& icon, const QString& name) {
  auto* button = new QToolButton;
  button->setAutoRaise(true);
  button->setIcon(themedIcon(icon));
  button->setAccessibleName(name);
  button->setEnabled(false);
  return button;
}

void explain(QToolButton* button, bool enabled, const QString& what, int key, const QString& whyNot) {
  button->setEnabled(enabled);
  const QString keys = QKeySequence(int(Qt::ALT) | key).toString(QKeySequence::NativeText);
  button->setToolTip(enabled ? QStringLiteral("%1 (%2)").arg(what, keys) : whyNot);
  button->setAccessibleDescription(button->toolTip());
}

}  // namespace

Breadcrumb::Breadcrumb(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Where you are"));
  layout_ = new QHBoxLayout(this);
  layout_->setContentsMargins(2, 0, 2, 0);
  layout_->setSpacing(1);
  back_ = makeButton(QStringLiteral("back"), tr("Back"));
  forward_ = makeButton(QStringLiteral("forward"), tr("Forward"));
  back_->setObjectName(QStringLiteral("back"));
  forward_->setObjectName(QStringLiteral("forward"));
  layout_->addWidget(back_);
  layout_->addWidget(forward_);
  layout_->addSpacing(6);
  layout_->addStretch(1);
  connect(back_, &QToolButton::clicked, this, &Breadcrumb::backRequested);
  connect(forward_, &QToolButton::clicked, this, &Breadcrumb::forwardRequested);
  setBackEnabled(false);
  setForwardEnabled(false);
}

void Breadcrumb::setPath(const QVector<Crumb>& path) {
  for (QWidget* part : parts_) {
    layout_->removeWidget(part);
    part->hide();
    part->deleteLater();
  }
  parts_.clear();
  path_ = path;
  const int first = 3;  // after the two buttons and the gap
  for (const Crumb& crumb : path_) {
    if (!parts_.isEmpty()) {
      auto* arrow = new QLabel(QStringLiteral("\u203a"));
      arrow->setEnabled(false);
      layout_->insertWidget(first + int(parts_.size()), arrow);
      parts_.append(arrow);
    }
    auto* button = new QToolButton;
    button->setAutoRaise(true);
    QString text = fontMetrics().elidedText(crumb.text, Qt::ElideMiddle, fontMetrics().averageCharWidth() * 48);
    button->setText(text.replace(QLatin1Char('&'), QStringLiteral("&&")));
    button->setToolTip(crumb.text);
    button->setAccessibleName(tr("Go to %1").arg(crumb.text));
    connect(button, &QToolButton::clicked, this, [this, id = crumb.id] { Q_EMIT crumbActivated(id); });
    layout_->insertWidget(first + int(parts_.size()), button);
    parts_.append(button);
  }
  if (!parts_.isEmpty()) {
    QFont bold = font();
    bold.setBold(true);
    parts_.back()->setFont(bold);
  }
}

void Breadcrumb::setBackEnabled(bool enabled) {
  explain(back_, enabled, tr("Back"), Qt::Key_Left, tr("Nowhere to go back to yet"));
}

void Breadcrumb::setForwardEnabled(bool enabled) {
  explain(forward_, enabled, tr("Forward"), Qt::Key_Right, tr("Nothing to go forward to"));
}

}  // namespace unitscope
