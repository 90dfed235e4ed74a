#pragma once

#include <vector>

#include <QObject>
#include <QString>

#include "app/context.h"

namespace unitscope {

class GeneratorStage;

/// A layer of the generator whose units have maps.
struct MapLayer {
  QString name;
  int units = 0;
  int height = 0, width = 0;
};

/// The layers of the generator on stage whose units are worth switching: what comes out of its nonlinearities, where
/// they have maps and more units than the picture has channels; all layers with maps where there is no such.
class MapLayers : public QObject {
  Q_OBJECT
 public:
  MapLayers(const Context& context, GeneratorStage& stage, QObject* parent = nullptr);

  /// In the order of evaluation; empty until known() was told.
  const std::vector<MapLayer>& all() const { return all_; }
  /// Whether they are being looked for.
  bool asking() const { return asking_; }
  /// Null where there is none of this name.
  const MapLayer* find(const QString& name) const;
  /// The layer to begin with: the last one at a quarter of the picture's size, where units draw whole objects.
  QString first() const;
  /// Dissections know of layers too.
  void add(const QString& name);

 Q_SIGNALS:
  void known();

 private:
  void ask();

  Context context_;
  GeneratorStage& stage_;
  bool asking_ = false;
  int round_ = 0;
  std::vector<MapLayer> all_, others_;
};

}  // namespace unitscope
