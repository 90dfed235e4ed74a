#pragma once

#include <vector>

#include <QWidget>

#include "app/context.h"
#include "app/neurons/neurons_state.h"
#include "app/neurons/unit_order.h"
#include "widgets/tile_grid.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace unitscope {

class ActivationPictures;
class EmptyState;
class TopPictures;
class UnitKnowledge;
class UnitPortraits;

/// All units of one layer as tiles.
class LayerGallery : public QWidget {
  Q_OBJECT
 public:
  /// `name` tells its questions to the engine from those of others.
  LayerGallery(const Context& context, UnitPortraits& portraits, UnitKnowledge& knowledge, const QString& name,
               QWidget* parent = nullptr);

  /// What is shown: the layer, and of the state what the tiles look like and in which order.
  void setView(const QString& layer, const NeuronsState& state);
  /// Whether it is seen; nothing is asked for otherwise.
  void setAwake(bool awake);
  QString layer() const { return layer_; }

  int units() const { return int(facts_.size()); }
  const std::vector<int>& order() const { return order_; }
  const std::vector<UnitFacts>& facts() const { return facts_; }
  int currentUnit() const;
  void setCurrentUnit(int unit);
  /// The unit that comes `by` places after this one in the order; -1 at the ends.
  int neighbour(int unit, int by) const;
  Tile tileOf(int unit) const;
  ActivationPictures& activations() const { return *activations_; }
  TileGrid* grid() const { return grid_; }
  QLabel* caption() const { return caption_; }
  EmptyState* empty() const { return empty_; }
  QPushButton* collectButton() const { return collect_; }
  bool busy() const;

 Q_SIGNALS:
  void unitMoved(int unit);   ///< by keyboard or mouse
  void unitOpened(int unit);  ///< click or Enter
  void collectWanted();
  void tileSizeChanged(int pixels);
  void factsChanged();

 private:
  void makeLayout();
  void update(bool knowledgeToo);
  void rearrange();
  void want();
  void showEmpty();
  void showCaption();
  int placeOf(int unit) const;

  Context context_;
  UnitPortraits& portraits_;
  UnitKnowledge& knowledge_;
  QString name_, layer_;
  NeuronsState state_;
  bool awake_ = false;
  std::vector<UnitFacts> facts_;
  std::vector<int> order_;
  std::vector<int> places_;  // of each unit in order_, -1 for none
  ActivationPictures* activations_;
  TopPictures* top_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QPushButton* collect_;
  QLabel* caption_;
  TileGrid* grid_;
};

}  // namespace unitscope
