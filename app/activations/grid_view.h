#pragma once

#include <memory>

#include "activations/groups.h"
#include "app/activations/activations_view.h"

class QLabel;
class QPushButton;
class QSlider;

namespace unitscope {

class FeaturePictures;
class PlaceCanvas;
class StepsBox;

/// The picture as the layer sees it: in each cell what its activation looks for, the larger the more active it is.
class GridView : public ActivationsView {
  Q_OBJECT
 public:
  explicit GridView(const Context& context, QObject* parent = nullptr);

  bool busy() const override;
  bool ready() const override { return grid_ != nullptr; }
  QImage picture() const override;
  QString numbers() const override;
  QStringList command() const override { return {QStringLiteral("activations")}; }

  void start();
  void stop();
  PlaceCanvas* canvas() const { return canvas_; }
  QPushButton* startButton() const { return start_; }
  QSlider* slider() const { return slider_; }
  const ActivationGrid* grid() const { return grid_.get(); }
  int finished() const { return finished_; }

 protected:
  void refresh() override;
  void takeState() override;
  void sleep() override { stop(); }

 private:
  struct Asked {
    ScenePtr scene;
    int picture = -1, side = 0;
    bool operator==(const Asked&) const = default;
  };
  void measure();
  void draw();
  void showReasons();
  QImage composed(int tile, const QColor& ground) const;

  Asked asked_;
  std::shared_ptr<const ActivationGrid> grid_;
  std::vector<QImage> pictures_;  // by cell
  std::vector<int> cellOfGoal_;
  std::vector<bool> done_;
  int finished_ = 0;
  bool measuring_ = false;
  FeaturePictures* features_;
  QTimer* drawSoon_;
  QSlider* slider_;
  QLabel *side_, *facts_;
  StepsBox* steps_;
  QPushButton* start_;
  PlaceCanvas* canvas_;
};

}  // namespace unitscope
