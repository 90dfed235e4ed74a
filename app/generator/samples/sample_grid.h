#pragma once

#include <map>
#include <optional>

#include <QImage>
#include <QObject>

#include "app/context.h"
#include "app/generator/generator_scene.h"

namespace unitscope {

class GeneratorStage;
class SceneThumbnails;
class TileGrid;

/// Samples of many seeds as tiles, with the truncation, noise and class of what is on stage. Only tiles that are seen
/// are made; more seeds follow as one goes on.
class SampleGrid : public QObject {
  Q_OBJECT
 public:
  static constexpr int kAtOnce = 24;
  static constexpr int kMost = 2400;

  SampleGrid(const Context& context, GeneratorStage& stage, TileGrid& grid);

  void setAwake(bool awake);
  /// Begins anew with this seed.
  void begin(quint64 first);
  quint64 first() const { return first_; }
  int count() const { return count_; }
  /// As many again.
  void more();
  quint64 seedAt(int index) const { return first_ + quint64(index); }
  /// Null until it is made.
  QImage picture(quint64 seed) const;
  bool busy() const;

  /// Whether the tiles are this grid's now, or something else's.
  void setShown(bool shown);

 Q_SIGNALS:
  void picked(quint64 seed);
  void busyChanged();

 private:
  void fill();
  void renew();
  void want();
  void fillUp();
  void mark();

  GeneratorStage& stage_;
  TileGrid& grid_;
  SceneThumbnails* thumbnails_;
  quint64 first_ = 0;
  int count_ = kAtOnce;
  bool awake_ = false, shown_ = true;
  GeneratorScene like_;  // what the pictures were made with, apart from the latents
  struct Entry {
    QImage picture;
    bool stale = false;
    QString failure;
  };
  std::map<quint64, Entry> entries_;
};

}  // namespace unitscope
