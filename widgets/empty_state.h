#pragma once

#include <QIcon>
#include <QWidget>

class QLabel;
class QPushButton;
class QHBoxLayout;
class QVBoxLayout;

namespace unitscope {

/// What a pane shows while it has nothing: an icon, a headline, a sentence that says what to do, and buttons that do
/// it. Takes dropped files where wanted.
class EmptyState : public QWidget {
  Q_OBJECT
 public:
  explicit EmptyState(QWidget* parent = nullptr);

  void setIcon(const QString& themedName);
  void setHeadline(const QString& text);
  void setText(const QString& text);
  /// The first button is drawn as the default. The caller connects it.
  QPushButton* addButton(const QString& text, const QString& iconName = {});
  /// A widget of the caller's below the buttons (a list of recent files, say).
  void addExtra(QWidget* widget);
  /// With true a dashed frame invites files; filesDropped tells of them.
  void setAcceptsFiles(bool accepts);

 Q_SIGNALS:
  void filesDropped(const QStringList& files);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void restyle();

  QString iconName_;
  QLabel* icon_;
  QLabel* headline_;
  QLabel* text_;
  QHBoxLayout* buttons_;
  QVBoxLayout* extras_;
  bool acceptsFiles_ = false;
  bool dragging_ = false;
};

}  // namespace unitscope
