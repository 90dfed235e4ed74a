#pragma once

#include <functional>
#include <vector>

#include <QList>
#include <QObject>

#include "app/context.h"
#include "app/generator/film/film_dialog.h"

class QAction;

namespace unitscope {

class GeneratorPage;
class GeneratorStage;

/// What leaves the generator workspace as files: films and strips, and the network with its changes.
class FilmExports : public QObject {
  Q_OBJECT
 public:
  /// `pages` tell of directions and walks; `window` is the parent of dialogs.
  FilmExports(const Context& context, GeneratorStage& stage, const std::vector<GeneratorPage*>& pages, QWidget* window);

  QList<QAction*> actions() const { return actions_; }
  bool busy() const { return writing_ > 0; }

  FilmChoices choices() const;
  /// Asks for all that is needed.
  FilmDialog* askForFilm();
  /// What the dialogs do once the name is known; success and failure are told in the messages.
  void writeFilmTo(const FilmPlan& plan, const QString& file);
  void saveNetwork(const QString& file);

 Q_SIGNALS:
  void busyChanged();

 private:
  void refresh();
  void probe();
  void began();
  std::function<void(bool)> ended(const QString& file);
  void askFile(const QString& title, const QString& filter, const QString& name, bool folder,
               const std::function<void(const QString&)>& done);

  Context context_;
  GeneratorStage& stage_;
  std::vector<GeneratorPage*> pages_;
  QWidget* window_;
  int writing_ = 0;
  bool probed_ = false;
  QHash<QString, QString> reasons_;  // formats that cannot be written
  QAction *film_, *network_;
  QList<QAction*> actions_;
};

}  // namespace unitscope
