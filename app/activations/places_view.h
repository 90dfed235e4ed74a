#pragma once

#include "app/activations/activations_view.h"
#include "app/activations/place_reader.h"

class QCheckBox;
class QLabel;
class QPushButton;

namespace unitscope {

class BarList;
class HeatLegend;
class PictureBoard;

/// Point anywhere: which units make up the vector there, and where else the network has vectors like it.
class PlacesView : public ActivationsView {
  Q_OBJECT
 public:
  explicit PlacesView(const Context& context, QObject* parent = nullptr);

  bool busy() const override { return reader_->busy(); }
  bool ready() const override { return reading_.scene != nullptr; }
  QImage picture() const override;
  QString numbers() const override;
  QStringList command() const override { return {QStringLiteral("activations")}; }

  PictureBoard* board() const { return board_; }
  BarList* units() const { return units_; }
  QLabel* heading() const { return heading_; }
  QPushButton* openButton() const { return open_; }
  /// Nothing before the first place was pointed at.
  const PlaceReading& reading() const { return reading_; }
  int readings() const { return readings_; }  ///< since the program began

 protected:
  void refresh() override;
  void takeState() override;

 private:
  void point(int picture, QPoint cell);
  void take(const PlaceReading& reading);
  void showMarks();
  void showHeading();
  bool pinned() const { return shown().place.x() >= 0; }

  PlaceReader* reader_;
  PlaceReading reading_;
  int readings_ = 0;
  ScenePtr asked_;
  int askedPicture_ = -1;
  QPoint askedCell_{-1, -1};
  int pointedPicture_ = -1;
  QPoint pointed_{-1, -1};
  PictureBoard* board_;
  HeatLegend* legend_;
  QLabel* heading_;
  QCheckBox* lines_;
  BarList* units_;
  QPushButton *open_, *release_;
};

}  // namespace unitscope
