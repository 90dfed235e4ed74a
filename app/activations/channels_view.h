#pragma once

#include <QHash>

#include "activations/channel_attribution.h"
#include "app/activations/activations_view.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace unitscope {

class GalleryGrid;
class PlaceCanvas;

/// The units of the layer as maps over the current picture, those that are most active first.
class ChannelsView : public ActivationsView {
  Q_OBJECT
 public:
  explicit ChannelsView(const Context& context, QObject* parent = nullptr);

  bool busy() const override { return measuring_ || attributing_; }
  bool ready() const override { return measures_ != nullptr; }
  QImage picture() const override;
  QString numbers() const override;
  QStringList command() const override { return {QStringLiteral("activations")}; }

  GalleryGrid* gallery() const { return gallery_; }
  QComboBox* order() const { return order_; }
  PlaceCanvas* canvas() const { return canvas_; }

 protected:
  void refresh() override;
  void takeState() override;

 private:
  struct Measures {
    std::vector<float> peak, mean;
  };
  void measure();
  void attribute();
  void fill();
  void showUnit();
  void makeThumbnail(const QString& id);

  ScenePtr scene_;  // what the gallery shows
  int picture_ = -1;
  QString filledOrder_;
  std::shared_ptr<const Measures> measures_;
  bool measuring_ = false, attributing_ = false;
  std::shared_ptr<const ChannelAttribution> attribution_;
  int attributedTarget_ = -2;
  int shownUnit_ = -1;
  int round_ = 0;
  QComboBox* order_;
  QLabel* explanation_;
  PlaceCanvas* canvas_;
  QLabel* facts_;
  QPushButton* open_;
  GalleryGrid* gallery_;
};

}  // namespace unitscope
