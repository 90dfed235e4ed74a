#pragma once

#include <QObject>
#include <QString>

#include "app/problem.h"

namespace unitscope {

/// Where any part of the window reports; the message bar shows it. Nothing here ever blocks the user.
class Messages : public QObject {
  Q_OBJECT
 public:
  enum class Severity { Info, Warning, Error };
  Q_ENUM(Severity)
  using QObject::QObject;

  void info(const QString& subject, const QString& text) { Q_EMIT posted(Severity::Info, subject, text); }
  void warn(const QString& subject, const QString& text) { Q_EMIT posted(Severity::Warning, subject, text); }
  void error(const QString& subject, const QString& text) { Q_EMIT posted(Severity::Error, subject, text); }
  /// A cancelled job is not worth a message.
  void report(const Problem& problem) {
    if (!problem.cancelled) error(problem.subject, problem.reason);
  }

 Q_SIGNALS:
  void posted(unitscope::Messages::Severity severity, const QString& subject, const QString& text);
};

}  // namespace unitscope
