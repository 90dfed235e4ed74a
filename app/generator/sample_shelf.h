#pragma once

#include <vector>

#include <QImage>
#include <QJsonArray>
#include <QObject>
#include <QString>
#include <QTimer>

#include "app/context.h"
#include "app/generator/generator_scene.h"

namespace unitscope {

class GeneratorStage;

/// A scene to come back to.
struct ShelvedScene {
  QString id;  ///< of its thumbnail
  GeneratorScene scene;
  QImage thumbnail;  ///< null until it is made
};

/// What was on stage, newest first, and what the user wants to keep. A sample that is being changed stays one entry,
/// with its newest changes.
class SampleShelf : public QObject {
  Q_OBJECT
 public:
  static constexpr std::size_t kLongestHistory = 60;

  SampleShelf(const Context& context, GeneratorStage& stage);

  const std::vector<ShelvedScene>& history() const { return history_; }
  const std::vector<ShelvedScene>& favourites() const { return favourites_; }
  /// Index among the favourites of what is on stage, -1 where it is none.
  int favouriteOnStage() const;
  /// Keeps what is on stage, or no longer; can be undone.
  void toggleFavourite();
  void removeFavourite(int index);
  /// For the undo stack and sessions.
  void setFavourites(std::vector<ShelvedScene> favourites);
  void setThumbnail(const QString& id, const QImage& picture);

  QJsonArray saveFavourites() const;
  void restoreFavourites(const QJsonArray& json);
  void clear();

 Q_SIGNALS:
  void historyChanged();
  void favouritesChanged();

 private:
  void record();
  ShelvedScene onStage();
  void pushFavourites(const QString& text, std::vector<ShelvedScene> next);

  Context context_;
  GeneratorStage& stage_;
  QTimer settle_;
  bool changed_ = false;  // since the last entry; a film's frames are no samples
  int lastId_ = 0;
  std::vector<ShelvedScene> history_, favourites_;
};

}  // namespace unitscope
