#pragma once

#include "app/generator/generator_page.h"

class QPushButton;
class QSpinBox;
class QTabBar;
class QToolButton;

namespace unitscope {

class MixPanel;
class SampleGrid;
class SceneThumbnails;
class StagePanel;
class TileGrid;

/// Many samples to choose from, those that were kept, and mixes of two.
class SamplesPage : public GeneratorPage {
  Q_OBJECT
 public:
  SamplesPage(const Context& context, GeneratorStage& stage, StagePanel& panel, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("samples"); }
  QString title() const override { return tr("Samples"); }
  QString explanation() const override { return tr("Samples of many seeds, favourites, and mixes of two"); }
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  bool busy() const override;
  void setActive(bool active) override;

  TileGrid* grid() const { return grid_; }
  SampleGrid& samples() const { return *samples_; }
  QTabBar* sections() const { return sections_; }
  QSpinBox* from() const { return from_; }
  QPushButton* anew() const { return anew_; }
  QPushButton* more() const { return more_; }
  QToolButton* mixing() const { return mixing_; }
  MixPanel* mix() const { return mix_; }
  QPushButton* remove() const { return remove_; }

 private:
  bool favouritesShown() const;
  void makeLayout();
  void show();
  void fillFavourites();
  void pickFavourite(int index);
  void wantThumbnails();

  StagePanel& panel_;
  bool active_ = false;
  QTabBar* sections_;
  TileGrid* grid_;
  SampleGrid* samples_;
  SceneThumbnails* thumbnails_;  // of favourites
  QWidget* bar_;
  QSpinBox* from_;
  QPushButton *anew_, *more_, *remove_;
  QToolButton* mixing_;
  MixPanel* mix_;
};

}  // namespace unitscope
