#pragma once

#include <QWidget>

class QPushButton;
class QVBoxLayout;

namespace unitscope {

class AppSettings;
class EmptyState;

/// What the middle of the window shows while no network is open: drop one here, a recent one, or one that is
/// built in.
class WelcomePage : public QWidget {
  Q_OBJECT
 public:
  explicit WelcomePage(AppSettings& settings, QWidget* parent = nullptr);
  /// A session that could be gone on with; empty hides the offer.
  void setLastSession(const QString& path);

 Q_SIGNALS:
  void openWanted();
  void builtInWanted(const QString& name);
  void catalogueWanted();
  void pathsWanted(const QStringList& paths);
  void lastSessionWanted();

 private:
  void listRecent();
  AppSettings& settings_;
  EmptyState* invitation_;
  QPushButton* goOn_;
  QWidget* recent_;
  QVBoxLayout* recentRows_;
};

}  // namespace unitscope
