#pragma once

#include <functional>

#include "app/judging/judge_state.h"
#include "app/workspace.h"

class QStackedWidget;
class QTabBar;

namespace unitscope {

class LeaguePage;
class PicturePage;
class ScoreTable;

/// Which heatmap is to be believed? Judges those of one picture, and methods over many pictures.
class JudgeWorkspace : public Workspace {
  Q_OBJECT
 public:
  /// `attributionState`: what the attribution workspace would save now; may be empty.
  explicit JudgeWorkspace(const Context& context, std::function<QJsonObject()> attributionState = {},
                          QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("judge"); }
  QString title() const override { return tr("Judge"); }
  QString explanation() const override;
  QJsonObject saveState() const override { return state_.toJson(); }
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  QString commandLine() const override;
  bool busy() const override;

  QTabBar* pages() const { return pages_; }
  PicturePage* picturePage() const { return picture_; }
  LeaguePage* leaguePage() const { return league_; }
  /// The table of the page that is seen, as CSV. False when it cannot be written, which the message bar tells.
  bool saveTable(const QString& file);

 private:
  void makeLayout(std::function<QJsonObject()> attributionState);
  void makeActions();
  /// Without a text the change is no step of undo.
  void change(const QString& text, const std::function<void(JudgeState&)>& edit, const QString& mergeKey);
  void apply(const JudgeState& state);
  void showActions();
  ScoreTable* table() const;

  std::vector<MethodInfo> methods_;
  JudgeState state_;
  QList<QAction*> actions_;
  QTabBar* pages_;
  QStackedWidget* stack_;
  PicturePage* picture_;
  LeaguePage* league_;
};

}  // namespace unitscope
