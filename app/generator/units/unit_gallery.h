#pragma once

#include <cstdint>
#include <vector>

#include <QJsonObject>
#include <QWidget>

#include "app/context.h"
#include "app/neurons/neurons_state.h"
#include "app/neurons/unit_order.h"
#include "widgets/tile_grid.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace unitscope {

class GeneratorStage;
class MapLayers;
class SceneMaps;

/// The units of a layer of the generator as tiles: where they are active in the picture on stage, what they draw, and
/// what was done to them. One or several can be chosen.
class UnitGallery : public QWidget {
  Q_OBJECT
 public:
  UnitGallery(const Context& context, GeneratorStage& stage, QWidget* parent = nullptr);

  void setAwake(bool awake);
  QString layer() const { return layer_; }
  /// Does not tell of it. Layers that the generator lacks are ignored.
  void setLayer(const QString& layer);
  const std::vector<std::int64_t>& chosen() const { return chosen_; }
  /// Does not tell of it. Units that the layer lacks are left out.
  void choose(std::vector<std::int64_t> units);
  /// Every unit that the search finds.
  void chooseShown();

  const std::vector<int>& order() const { return order_; }
  const std::vector<UnitFacts>& facts() const { return facts_; }
  Tile tileOf(int unit) const;
  MapLayers& layers() const { return *layers_; }
  SceneMaps& maps() const { return *maps_; }
  TileGrid* grid() const { return grid_; }
  QComboBox* layerBox() const { return layerBox_; }
  QComboBox* sortBox() const { return sortBox_; }
  QLineEdit* search() const { return search_; }
  bool busy() const;

  QJsonObject saveState() const;
  void restoreState(const QJsonObject& state);

 Q_SIGNALS:
  void layerPicked();    ///< by the user
  void chosenChanged();  ///< by the user, or with the layer
  void unitOpened(int unit);
  void viewChanged();  ///< sort, search or size
  void busyChanged();

 private:
  void makeLayout();
  void fillLayers();
  void fillFacts();
  void rearrange();
  void want();
  void pick(int place, Qt::KeyboardModifiers modifiers);
  int placeOf(std::int64_t unit) const;

  GeneratorStage& stage_;
  MapLayers* layers_;
  SceneMaps* maps_;
  QString layer_, restored_;
  std::vector<std::int64_t> chosen_;
  std::int64_t anchor_ = -1;  // where a range chosen with Shift begins
  std::vector<UnitFacts> facts_;
  std::vector<int> order_;
  QComboBox *layerBox_, *sortBox_;
  QLineEdit* search_;
  QLabel* caption_;
  TileGrid* grid_;
};

}  // namespace unitscope
