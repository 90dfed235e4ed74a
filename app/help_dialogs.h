#pragma once

#include <QList>

class QAction;
class QDialog;
class QWidget;

namespace unitscope {

/// A list of the actions that have keys; the caller shows it. It deletes itself when closed.
QDialog* makeShortcutsDialog(const QList<QAction*>& actions, QWidget* parent);
/// Version, engine and licences. It deletes itself when closed.
QDialog* makeAboutDialog(QWidget* parent);

}  // namespace unitscope
