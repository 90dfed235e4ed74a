#include "app/judging/judge_workspace.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QSaveFile>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QUndoStack>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/commands.h"
#include "app/judging/league_page.h"
#include "app/judging/picture_page.h"
#include "app/judging/score_table.h"
#include "app/messages.h"
#include "widgets/icons.h"

namespace unitscope {

JudgeWorkspace::JudgeWorkspace(const Context& context, std::function<QJsonObject()> attributionState, QWidget* parent)
    : Workspace(context, parent), methods_(attributionMethods()), state_(JudgeState::defaults(methods_)) {
  makeActions();
  makeLayout(std::move(attributionState));
  apply(state_);
}

QString JudgeWorkspace::explanation() const {
  return tr("Which heatmap is to be believed: curves and scores for one picture, and a league over many");
}

void JudgeWorkspace::makeLayout(std::function<QJsonObject()> attributionState) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(2);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 8, 0);
  pages_ = new QTabBar;
  pages_->setDrawBase(false);
  pages_->setExpanding(false);
  pages_->setAccessibleName(tr("What is judged"));
  pages_->setTabData(pages_->addTab(tr("This picture")), QStringLiteral("picture"));
  pages_->setTabData(pages_->addTab(tr("League")), QStringLiteral("league"));
  pages_->setTabToolTip(0, tr("The heatmaps of several methods for the current picture"));
  pages_->setTabToolTip(1, tr("Methods against metrics over many pictures"));
  row->addWidget(pages_);
  row->addStretch(1);
  auto* exports = new QToolButton;
  exports->setIcon(themedIcon(QStringLiteral("export")));
  exports->setText(tr("Export"));
  exports->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  exports->setPopupMode(QToolButton::InstantPopup);
  exports->setToolTip(tr("The table as a file, or the command line that makes it"));
  auto* menu = new QMenu(exports);
  menu->setToolTipsVisible(true);
  menu->addActions(actions_);
  exports->setMenu(menu);
  row->addWidget(exports);
  column->addLayout(row);

  const ChangeState change = [this](const QString& text, const std::function<void(JudgeState&)>& edit,
                                    const QString& mergeKey) { this->change(text, edit, mergeKey); };
  stack_ = new QStackedWidget;
  picture_ = new PicturePage(context(), methods_, change, std::move(attributionState));
  league_ = new LeaguePage(context(), methods_, change);
  stack_->addWidget(picture_);
  stack_->addWidget(league_);
  column->addWidget(stack_, 1);

  connect(pages_, &QTabBar::currentChanged, this, [this](int index) {
    // Which page is seen is no change worth an undo step.
    const QString page = pages_->tabData(index).toString();
    stack_->setCurrentIndex(index);
    if (page != state_.page) {
      state_.page = page;
      Q_EMIT stateChanged();
    }
    showActions();
  });
  connect(picture_, &PicturePage::busyChanged, this, &Workspace::busyChanged);
  connect(league_, &LeaguePage::busyChanged, this, &Workspace::busyChanged);
  connect(picture_, &PicturePage::contentChanged, this, &JudgeWorkspace::showActions);
  connect(league_, &LeaguePage::contentChanged, this, &JudgeWorkspace::showActions);
}

void JudgeWorkspace::makeActions() {
  auto* table = new QAction(themedIcon(QStringLiteral("table")), tr("Scores as &table\u2026"), this);
  table->setToolTip(tr("Methods against metrics, as CSV"));
  connect(table, &QAction::triggered, this, [this] {
    QSettings& store = settings().store();
    auto* dialog = new QFileDialog(this, tr("Save the scores"),
                                   store.value("folders/export", QDir::homePath()).toString(), tr("Table (*.csv)"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(state_.page == QLatin1String("league") ? QStringLiteral("league.csv")
                                                              : QStringLiteral("scores.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, &store](const QString& file) {
      store.setValue("folders/export", QFileInfo(file).absolutePath());
      if (saveTable(file)) messages().success(QFileInfo(file).fileName(), tr("saved"));
    });
    dialog->open();
  });
  auto* command = new QAction(themedIcon(QStringLiteral("terminal")), tr("Copy &command line"), this);
  command->setToolTip(tr("What computes this without the window"));
  connect(command, &QAction::triggered, this, [this] {
    QApplication::clipboard()->setText(commandLine());
    messages().success(tr("Copied"), commandLine());
  });
  actions_ << table << command;
}

void JudgeWorkspace::change(const QString& text, const std::function<void(JudgeState&)>& edit,
                            const QString& mergeKey) {
  JudgeState next = state_;
  edit(next);
  if (next == state_) return;
  const QJsonObject before = saveState();
  apply(next);
  if (!text.isEmpty()) undo().push(new WorkspaceStateCommand(*this, text, before, saveState(), mergeKey));
  Q_EMIT stateChanged();
}

void JudgeWorkspace::restoreState(const QJsonObject& state) {
  apply(JudgeState::fromJson(state, methods_));
  Q_EMIT stateChanged();
}

void JudgeWorkspace::apply(const JudgeState& state) {
  state_ = state;
  pages_->setCurrentIndex(state_.page == QLatin1String("league") ? 1 : 0);
  picture_->setState(state_);
  league_->setState(state_);
  showActions();
}

ScoreTable* JudgeWorkspace::table() const {
  return pages_->currentIndex() == 1 ? league_->table() : picture_->table();
}

void JudgeWorkspace::showActions() {
  const bool any = pages_->currentIndex() == 1 ? league_->found() != nullptr : picture_->anyScores();
  setAvailable(*actions_[0], any ? QString() : tr("Nothing has been judged yet"));
  setAvailable(*actions_[1], !commandLine().isEmpty() ? QString()
                             : !document().hasModel() ? tr("Open a network first")
                                                      : tr("The picture has no file that a command line could name"));
}

QString JudgeWorkspace::commandLine() const {
  return pages_->currentIndex() == 1 ? league_->commandLine() : picture_->commandLine();
}

bool JudgeWorkspace::busy() const {
  return picture_->busy() || league_->busy();
}

bool JudgeWorkspace::saveTable(const QString& file) {
  QSaveFile out(file);
  if (out.open(QIODevice::WriteOnly) && out.write(table()->scores()->csv().toUtf8()) >= 0 && out.commit()) return true;
  messages().error(file, tr("could not be written: %1").arg(out.errorString()));
  return false;
}

}  // namespace unitscope
