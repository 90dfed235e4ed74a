#pragma once

#include <memory>

#include <QHash>

#include "activations/channel_attribution.h"
#include "app/activations/activations_view.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace unitscope {

class BarList;
class CurveChart;
class FeaturePictures;
class PlaceCanvas;

/// Which channels of the layer are responsible for the class: how few of them suffice, by three methods, and what
/// picture those few still hold.
class ResponsibleView : public ActivationsView {
  Q_OBJECT
 public:
  explicit ResponsibleView(const Context& context, QObject* parent = nullptr);

  bool busy() const override;
  bool ready() const override { return !results_.isEmpty(); }
  QImage picture() const override;
  QString numbers() const override;
  QStringList command() const override { return {QStringLiteral("channels")}; }

  void start();
  void stop();
  QPushButton* startButton() const { return start_; }
  QPushButton* invertButton() const { return invert_; }
  QComboBox* method() const { return method_; }
  QComboBox* kept() const { return kept_; }
  BarList* channels() const { return channels_; }
  CurveChart* chart() const { return chart_; }
  PlaceCanvas* inverted() const { return inverted_; }
  /// Null until it is there.
  const ChannelAttribution* result(const QString& method) const;

 protected:
  void refresh() override;
  void sleep() override;

 private:
  using Found = std::shared_ptr<const ChannelAttribution>;
  struct Asked {
    ScenePtr scene;
    int picture = -1, target = -2;
    bool operator==(const Asked&) const = default;
  };
  void makeLayout();
  void connectParts();
  void ask(const QString& method);
  void invert();
  void forget();
  void showResults();
  void showCurves();
  void fillKept();
  void showChannels();
  void showReasons();
  const KeptChannels* chosen() const;
  QString ranking() const;

  Asked asked_;
  QHash<QString, Found> results_;
  QStringList running_;
  qlonglong wanted_ = -1;  ///< how many channels the user wants kept
  FeaturePictures* features_;
  QLabel *target_, *facts_;
  QPushButton *start_, *open_, *invert_;
  QComboBox *method_, *kept_;
  BarList* channels_;
  CurveChart* chart_;
  PlaceCanvas *seen_, *inverted_;
};

}  // namespace unitscope
