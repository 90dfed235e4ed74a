#pragma once

#include <QJsonObject>
#include <QList>
#include <QWidget>

#include "app/context.h"

class QAction;

namespace unitscope {

/// One tab of the window: a way of looking at the opened network. It listens to the document and the selection
/// that it finds in its Context and asks the engine through the bridge.
class Workspace : public QWidget {
  Q_OBJECT
 public:
  explicit Workspace(const Context& context, QWidget* parent = nullptr) : QWidget(parent), context_(context) {}

  virtual QString id() const = 0;           ///< "attribution": key in sessions and on the command line of `tour`
  virtual QString title() const = 0;        ///< translated, for the tab
  virtual QString explanation() const = 0;  ///< one sentence, for tooltip and screen reader

  /// Everything that the user set here; what can be computed again is left out.
  virtual QJsonObject saveState() const = 0;
  /// Takes what it understands and ignores the rest: sessions come from other versions and from editors.
  virtual void restoreState(const QJsonObject& state) = 0;

  /// What File > Export offers while this tab is shown. The workspace owns the actions; one that cannot be used
  /// now is disabled and says why.
  virtual QList<QAction*> exportActions() const { return {}; }
  /// The command line that reproduces what is shown; empty when nothing is.
  virtual QString commandLine() const { return {}; }
  /// Whether results are still to come; `tour` and the tests wait for it.
  virtual bool busy() const { return false; }

 Q_SIGNALS:
  void stateChanged();  ///< saveState() would now differ: the session saves itself
  void busyChanged();
  void workspaceWanted(const QString& id);  ///< what was picked here is best looked at there
  void builtInWanted(const QString& name);  ///< a built-in network that this tab is made for

 protected:
  EngineBridge& engine() const { return context_.engine; }
  Document& document() const { return context_.document; }
  Selection& selection() const { return context_.selection; }
  Messages& messages() const { return context_.messages; }
  QUndoStack& undo() const { return context_.undo; }
  AppSettings& settings() const { return context_.settings; }
  const Context& context() const { return context_; }

 private:
  Context context_;
};

}  // namespace unitscope
