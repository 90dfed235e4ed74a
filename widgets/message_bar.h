#pragma once

#include <QString>
#include <QVector>
#include <QWidget>

class QVBoxLayout;

namespace unitscope {

/// Something the user should know. `subject` is what it is about (a file, a layer), `reason` what is the matter.
struct Message {
  enum class Severity { Info, Success, Warning, Error };
  Severity severity = Severity::Info;
  QString subject;
  QString reason;
  QString actionText;  ///< a button, where something can be done about it
  QString actionId;    ///< what actionTriggered says
};

/// Messages in the window, newest on top, at most three; they never block. Errors and warnings stay until closed or
/// pushed out; the others go by themselves. Screen readers are told as of an alert.
class MessageBar : public QWidget {
  Q_OBJECT
 public:
  static constexpr int kMaximum = 3;

  explicit MessageBar(QWidget* parent = nullptr);

  /// Returns an id for dismiss(). A message equal to one that is shown replaces it.
  int show(const Message& message);
  void dismiss(int id);
  void clear();
  int count() const { return int(entries_.size()); }
  /// Newest first.
  QVector<Message> messages() const;
  /// How long messages that are not warnings or errors stay.
  void setLifetime(int milliseconds) { lifetime_ = milliseconds; }

 Q_SIGNALS:
  void actionTriggered(const QString& actionId);
  void dismissed(int id);
  /// The user pressed a message's close button; dismissed() follows.
  void closed(const unitscope::Message& message);

 private:
  struct Entry {
    int id;
    Message message;
    QWidget* row;
  };
  QWidget* makeRow(int id, const Message& message);

  QVector<Entry> entries_;
  QVBoxLayout* layout_;
  int nextId_ = 1;
  int lifetime_ = 8000;
};

}  // namespace unitscope
