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
  /// A message with a button; `action` runs when it is pressed, `declined` when the message is closed instead.
  void offer(Message message, std::function<void()> action, std::function<void()> declined = {}) {
    message.actionId = QString::number(++lastAction_);
    actions_.insert(message.actionId, {std::move(action), std::move(declined)});
    post(message);
  }
  void runAction(const QString& id) {
    const Offer offer = actions_.take(id);
    if (offer.accepted) offer.accepted();
  }
  void declineAction(const QString& id) {
    const Offer offer = actions_.take(id);
    if (offer.declined) offer.declined();
  }

 Q_SIGNALS:
  void posted(const unitscope::Message& message);

 private:
  void post(const Message& message) { Q_EMIT posted(message); }
  struct Offer {
    std::function<void()> accepted, declined;
  };
  QHash<QString, Offer> actions_;
  int lastAction_ = 0;
};

}  // namespace unitscope
