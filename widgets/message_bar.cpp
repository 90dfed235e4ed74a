#include "widgets/message_bar.h"

#include <algorithm>

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/icons.h"
#include "widgets/theme.h"

namespace unitscope {
namespace {

using Severity = Message::Severity;

const StatusColors& colorsOf(Severity severity, const QPalette& palette) {
  const ThemeColors& theme = themeColors(palette);
  switch (severity) {
    case Severity::Success: return theme.success;
    case Severity::Warning: return theme.warning;
    case Severity::Error: return theme.error;
    case Severity::Info: break;
  }
  return theme.info;
}

QString iconName(Severity severity) {
  switch (severity) {
    case Severity::Success: return QStringLiteral("check");
    case Severity::Warning: return QStringLiteral("warning");
    case Severity::Error: return QStringLiteral("error");
    case Severity::Info: break;
  }
  return QStringLiteral("info");
}

// One message. Repaints itself in the colours of its severity whenever the theme changes.
class MessageRow : public QWidget {
 public:
  explicit MessageRow(const Message& message) : severity_(message.severity) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 6, 6);
    row->setSpacing(10);
    icon_ = new QLabel;
    row->addWidget(icon_, 0, Qt::AlignTop);
    text_ = new QLabel;
    text_->setTextFormat(Qt::RichText);
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    const QString reason = message.reason.toHtmlEscaped();
    text_->setText(message.subject.isEmpty()
                       ? reason
                       : QStringLiteral("<b>%1</b>&nbsp; %2").arg(message.subject.toHtmlEscaped(), reason));
    row->addWidget(text_, 1);
    if (!message.actionText.isEmpty()) {
      action_ = new QPushButton(message.actionText);
      row->addWidget(action_);
    }
    close_ = new QToolButton;
    close_->setAutoRaise(true);
    close_->setToolTip(MessageBar::tr("Close this message"));
    close_->setAccessibleName(close_->toolTip());
    row->addWidget(close_, 0, Qt::AlignTop);
    restyle();
  }

  QPushButton* action() const { return action_; }
  QToolButton* closeButton() const { return close_; }

 protected:
  void changeEvent(QEvent* event) override {
    if (event->type() == QEvent::PaletteChange && !restyling_) restyle();
    QWidget::changeEvent(event);
  }

  void paintEvent(QPaintEvent*) override {
    const StatusColors& colors = colorsOf(severity_, window()->palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colors.border);
    painter.setBrush(colors.background);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.icon);
    painter.drawRoundedRect(QRectF(0, 0, 4, height()), 2, 2);
  }

 private:
  void restyle() {
    restyling_ = true;
    const StatusColors& colors = colorsOf(severity_, QGuiApplication::palette());
    icon_->setPixmap(themedIcon(iconName(severity_), colors.icon).pixmap(QSize(20, 20), devicePixelRatioF()));
    close_->setIcon(themedIcon(QStringLiteral("close"), colors.text));
    QPalette own = text_->palette();
    own.setColor(QPalette::WindowText, colors.text);
    own.setColor(QPalette::Text, colors.text);
    text_->setPalette(own);
    restyling_ = false;
  }

  Severity severity_;
  QLabel* icon_ = nullptr;
  QLabel* text_ = nullptr;
  QPushButton* action_ = nullptr;
  QToolButton* close_ = nullptr;
  bool restyling_ = false;
};

bool same(const Message& a, const Message& b) {
  return a.severity == b.severity && a.subject == b.subject && a.reason == b.reason && a.actionId == b.actionId;
}

}  // namespace

MessageBar::MessageBar(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Messages"));
  layout_ = new QVBoxLayout(this);
  layout_->setContentsMargins(6, 4, 6, 4);
  layout_->setSpacing(4);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  hide();
}

int MessageBar::show(const Message& message) {
  for (const Entry& entry : QVector<Entry>(entries_))
    if (same(entry.message, message)) dismiss(entry.id);
  while (count() >= kMaximum) dismiss(entries_.back().id);

  const int id = nextId_++;
  QWidget* row = makeRow(id, message);
  layout_->insertWidget(0, row);
  entries_.prepend({id, message, row});
  QWidget::show();
  if (message.severity == Severity::Info || message.severity == Severity::Success)
    QTimer::singleShot(lifetime_, row, [this, id] { dismiss(id); });

  QAccessibleEvent alert(row, QAccessible::Alert);
  QAccessible::updateAccessibility(&alert);
  return id;
}

void MessageBar::dismiss(int id) {
  const auto it = std::find_if(entries_.begin(), entries_.end(), [id](const Entry& e) { return e.id == id; });
  if (it == entries_.end()) return;
  QWidget* row = it->row;
  entries_.erase(it);
  layout_->removeWidget(row);
  row->hide();
  row->deleteLater();
  if (entries_.isEmpty()) hide();
  Q_EMIT dismissed(id);
}

void MessageBar::clear() {
  while (!entries_.isEmpty()) dismiss(entries_.front().id);
}

QVector<Message> MessageBar::messages() const {
  QVector<Message> all;
  for (const Entry& entry : entries_) all.append(entry.message);
  return all;
}

QWidget* MessageBar::makeRow(int id, const Message& message) {
  auto* row = new MessageRow(message);
  row->setAccessibleName(message.subject.isEmpty() ? message.reason
                                                   : message.subject + QStringLiteral(": ") + message.reason);
  connect(row->closeButton(), &QToolButton::clicked, this, [this, id, message] {
    Q_EMIT closed(message);
    dismiss(id);
  });
  if (row->action())
    connect(row->action(), &QPushButton::clicked, this, [this, id, action = message.actionId] {
      dismiss(id);
      Q_EMIT actionTriggered(action);
    });
  return row;
}

}  // namespace unitscope
