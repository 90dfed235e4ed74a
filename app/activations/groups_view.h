#pragma once

#include <memory>

#include "activations/groups.h"
#include "app/activations/activations_view.h"

class QLabel;
class QPushButton;
class QSlider;

namespace unitscope {

class BarList;
class FeaturePictures;
class PictureBoard;
class StepsBox;

/// Units that fire together, as a few groups: where each is active, what it looks for, and what it does for the class.
class GroupsView : public ActivationsView {
  Q_OBJECT
 public:
  explicit GroupsView(const Context& context, QObject* parent = nullptr);

  bool busy() const override;
  bool ready() const override { return found_ != nullptr; }
  QImage picture() const override;
  QString numbers() const override;
  QStringList command() const override;

  QSlider* slider() const { return slider_; }
  BarList* groups() const { return groups_; }
  BarList* units() const { return units_; }
  PictureBoard* board() const { return board_; }
  QLabel* summary() const { return summary_; }
  /// Null until the groups are there.
  const ChannelGroups* found() const { return found_.get(); }
  int pickedGroup() const { return picked_; }

 protected:
  void refresh() override;
  void takeState() override;
  void sleep() override;

 private:
  using Found = std::shared_ptr<const ChannelGroups>;
  struct Asked {
    ScenePtr scene;
    int picture = -1, target = -2, groups = 0;
    bool operator==(const Asked&) const = default;
  };
  void ask();
  void askFeatures();
  void pick(int group);
  void showGroups();
  void showOverlays();
  void showUnits();
  void showSummary();

  Asked asked_;
  Found found_;
  std::vector<QImage> pictures_;  // a group's feature visualization
  ScenePtr featuresScene_;
  bool featuresWanted_ = false;
  int featureSteps_ = 0;
  bool grouping_ = false;
  int picked_ = -1;
  FeaturePictures* features_;
  QSlider* slider_;
  QLabel *count_, *summary_, *unitsHeading_;
  StepsBox* steps_;
  BarList *groups_, *units_;
  QPushButton* all_;
  PictureBoard* board_;
};

}  // namespace unitscope
