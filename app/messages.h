#pragma once

#include <functional>

#include <QHash>
#include <QObject>
#include <QString>

#include "app/problem.h"
#include "widgets/message_bar.h"

namespace unitscope {

/// Where any part of the window reports; the message bar shows it. Nothing here ever blocks the user.
class Messages : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  void info(const QString& subject, const QString& text) { post({Message::Severity::Info, subject, text, {}, {}}); }
  void success(const QString& subject, const QString& text) {
    post({Message::Severity::Success, subject, text, {}, {}});
  }
  void warn(const QString& subject, const QString& text) { post({Message::Severity::Warning, subject, text, {}, {}}); }
  void error(const QString& subject, const QString& text) { post({Message::Severity::Error, subject, text, {}, {}}); }
  /// A cancelled job is not worth a message.
  void report(const Problem& problem) {
    if (!problem.cancelled) error(problem.subject, problem.reason);
  }
  /// A message with a button; `action` runs when it is pressed.
  void offer(Message message, std::function<void()> action) {
    message.actionId = QString::number(++lastAction_);
    actions_.insert(message.actionId, std::move(action));
    post(message);
  }
  void runAction(const QString& id) {
    if (const auto action = actions_.take(id)) action();
  }

 Q_SIGNALS:
  void posted(const unitscope::Message& message);

 private:
  void post(const Message& message) { Q_EMIT posted(message); }
  QHash<QString, std::function<void()>> actions_;
  int lastAction_ = 0;
};

}  // namespace unitscope
