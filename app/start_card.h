#pragma once

#include <utility>
#include <vector>

#include <QWidget>

class QLabel;
class QPushButton;

namespace unitscope {

class Document;
class Workspace;

/// Above the workspaces while a built-in model is open: what it is, what can be asked of it, and how to go on with a
/// model of one's own. Stays away once it was closed, until another built-in model is opened.
class StartCard : public QWidget {
  Q_OBJECT
 public:
  StartCard(Document& document, const std::vector<Workspace*>& workspaces, QWidget* parent = nullptr);

 Q_SIGNALS:
  void workspaceWanted(const QString& id);
  void openWanted();
  void builtInWanted(const QString& name);

 protected:
  void changeEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void update();
  void restyle();

  Document& document_;
  QLabel* icon_;
  QLabel* headline_;
  QLabel* text_;
  std::vector<std::pair<QString, QPushButton*>> leads_;  // by the workspace's id
  QString shownFor_, closedFor_;
  bool restyling_ = false;
};

}  // namespace unitscope
