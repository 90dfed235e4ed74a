#include "app/help_dialogs.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include "app/engine_bridge.h"
#include "widgets/dialog_buttons.h"

namespace unitscope {

namespace {

QString say(const char* text) {
  return QCoreApplication::translate("Help", text);
}

QDialog* makeDialog(const QString& title, QWidget* parent) {
  auto* dialog = new QDialog(parent);
  dialog->setWindowTitle(title);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  return dialog;
}

void addClose(QDialog* dialog, QVBoxLayout* column) {
  auto* buttons = makeDialogButtons(QDialogButtonBox::Close);
  QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
  column->addWidget(buttons);
}

}  // namespace

QDialog* makeShortcutsDialog(const QList<QAction*>& actions, QWidget* parent) {
  QDialog* dialog = makeDialog(say("Keyboard shortcuts"), parent);
  QList<QPair<QString, QString>> rows;
  for (const QAction* action : actions) {
    if (action->shortcut().isEmpty()) continue;
    QString text = action->text();
    text.remove('&').remove("...");
    rows << qMakePair(text, action->shortcut().toString(QKeySequence::NativeText));
  }
  rows << qMakePair(say("Next or previous panel"), QStringLiteral("F6, Shift+F6"))
       << qMakePair(say("Workspace 1 to 9"), QStringLiteral("Ctrl+1 ... Ctrl+9"))
       << qMakePair(say("Remove the selected images (in the list)"), QStringLiteral("Del"));
  auto* table = new QTableWidget(int(rows.size()), 2);
  table->setHorizontalHeaderLabels({say("What"), say("Keys")});
  table->verticalHeader()->hide();
  table->setShowGrid(false);
  table->setAlternatingRowColors(true);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setAccessibleName(dialog->windowTitle());
  for (int row = 0; row < rows.size(); ++row) {
    table->setItem(row, 0, new QTableWidgetItem(rows[row].first));
    table->setItem(row, 1, new QTableWidgetItem(rows[row].second));
  }
  table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  auto* column = new QVBoxLayout(dialog);
  column->addWidget(table);
  addClose(dialog, column);
  dialog->resize(460, 520);
  return dialog;
}

QDialog* makeAboutDialog(const Context& context, QWidget* parent) {
  QDialog* dialog = makeDialog(say("About Unitscope"), parent);
  auto* text = new QLabel(say("<h2>Unitscope %1</h2><p>Opens vision networks and shows why they answer as they do."
                              "</p><p>Qt %2. Licence: Apache 2.0.</p>")
                              .arg(QApplication::applicationVersion(), QString::fromLatin1(qVersion())));
  text->setTextFormat(Qt::RichText);
  text->setWordWrap(true);
  text->setTextInteractionFlags(Qt::TextBrowserInteraction);
  auto* engine = new QLabel(say("Asking the engine..."));
  engine->setObjectName("engine");
  engine->setWordWrap(true);
  engine->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  auto* column = new QVBoxLayout(dialog);
  column->addWidget(text);
  column->addWidget(engine);
  column->addStretch(1);
  addClose(dialog, column);
  dialog->setMinimumWidth(420);
  context.engine.ask<QString>(
      say("Asking the engine"), QStringLiteral("about"),
      [](const Progress&, const CancelToken&) { return QString::fromStdString(engineDescription()); }, engine,
      [engine](const QString& description) { engine->setText(description); });
  return dialog;
}

}  // namespace unitscope
