#pragma once

#include <QImage>
#include <QJsonObject>
#include <QObject>
#include <QPoint>

#include "app/activations/activation_scene.h"
#include "app/activations/activations_state.h"
#include "app/context.h"

class QWidget;

namespace unitscope {

/// One way of looking at a scene: controls for the side (panel) and what is seen (page). A view that is not shown asks
/// for nothing.
class ActivationsView : public QObject {
  Q_OBJECT
 public:
  struct Shown {
    ScenePtr scene;        ///< null: there is none yet
    int picture = -1;      ///< the current one, an index into the scene's
    int target = -1;       ///< class; -1: the network's first choice
    QString targetName;    ///< empty for the first choice
    int unit = -1;         ///< of the scene's layer
    QPoint place{-1, -1};  ///< pinned, in the scene's layer
  };

  ActivationsView(const Context& context, QObject* parent) : QObject(parent), context_(context) {}

  QWidget* panel() const { return panel_; }
  QWidget* page() const { return page_; }
  const Shown& shown() const { return shown_; }
  const ActivationsState& state() const { return state_; }
  void setState(const ActivationsState& state) {
    state_ = state;
    takeState();
    if (active_) refresh();
  }
  void show(const Shown& shown) {
    shown_ = shown;
    if (active_) refresh();
  }
  void setActive(bool active) {
    if (active == active_) return;
    active_ = active;
    if (active_) refresh();
    if (!active_) sleep();
  }
  bool active() const { return active_; }

  virtual bool busy() const { return false; }
  /// Whether there is something to export.
  virtual bool ready() const { return false; }
  virtual QImage picture() const { return {}; }
  virtual QString numbers() const { return {}; }
  /// Follows the model and the picture on the command line: "activations" first, then what comes after them.
  virtual QStringList command() const { return {}; }

 Q_SIGNALS:
  /// The user changed these keys of the state.
  void edited(const QString& text, const QJsonObject& keys, const QString& mergeKey);
  void unitPicked(int unit);
  void unitOpened(int unit);
  void placePicked(int picture, QPoint cell);
  void placeReleased();
  void busyChanged();
  void outputsChanged();

 protected:
  /// Brings everything up to date with shown() and state(); quick where nothing changed.
  virtual void refresh() = 0;
  virtual void takeState() {}
  /// Another view is looked at: gives up what nobody waits for.
  virtual void sleep() {}
  EngineBridge& engine() const { return context_.engine; }

  QWidget* panel_ = nullptr;
  QWidget* page_ = nullptr;

 private:
  Context context_;
  Shown shown_;
  ActivationsState state_;
  bool active_ = false;
};

}  // namespace unitscope
