#include "app/help_dialogs.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include "app/device_list.h"
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
    text = text.section(':', 0, 0);  // what would be undone now belongs to the menu
    rows << qMakePair(text, action->shortcut().toString(QKeySequence::NativeText));
  }
  rows << qMakePair(say("Next or previous panel"), QStringLiteral("F6, Shift+F6"))
       << qMakePair(say("Workspace 1 to 9"), QStringLiteral("Ctrl+1 ... Ctrl+9"))
       << qMakePair(say("Remove the selected images (in the list)"), QStringLiteral("Del"))
       << qMakePair(say("Heatmaps: go to another one"), say("arrow keys, Home, End"))
       << qMakePair(say("Heatmaps: enlarge, and back"), QStringLiteral("Enter, Esc"))
       << qMakePair(say("Enlarged: previous or next method"), QStringLiteral("PgUp, PgDown"))
       << qMakePair(say("Enlarged: read values"), say("arrow keys"))
       << qMakePair(say("Zoom all, show whole pictures"), QStringLiteral("+, -, 0"))
       << qMakePair(say("Settings of a heatmap's method; remove it"), say("Space; Del"));
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

QDialog* makeAboutDialog(QWidget* parent) {
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
  askDevices(engine, [engine](const DeviceFacts& facts) { engine->setText(facts.description); });
  return dialog;
}

}  // namespace unitscope
