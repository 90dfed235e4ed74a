#pragma once

#include <functional>
#include <vector>

#include "app/activations/activation_scene.h"
#include "app/activations/activations_state.h"
#include "app/activations/activations_view.h"
#include "app/workspace.h"

class QComboBox;
class QSlider;
class QStackedWidget;
class QTabBar;
class QTimer;

namespace unitscope {

class ChannelsView;
class EmptyState;
class GridView;
class GroupsView;
class PlacesView;
class ResponsibleView;

/// What does a layer make of a picture? Its activations place by place, unit by unit, in groups, as a grid of what
/// each cell looks for, and the channels that the decision rests on.
class ActivationsWorkspace : public Workspace {
  Q_OBJECT
 public:
  /// Pictures that are looked at together, at most.
  static constexpr int kMostPictures = 4;

  explicit ActivationsWorkspace(const Context& context, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("activations"); }
  QString title() const override { return tr("Activations"); }
  QString explanation() const override;
  QJsonObject saveState() const override { return state_.toJson(); }
  void restoreState(const QJsonObject& state) override;
  QList<QAction*> exportActions() const override { return actions_; }
  QString commandLine() const override;
  bool busy() const override;

  /// What is looked at; null until it is there.
  const ScenePtr& scene() const { return scene_; }
  QComboBox* layers() const { return layers_; }
  QTabBar* tabs() const { return tabs_; }
  PlacesView* places() const { return places_; }
  ChannelsView* channels() const { return channels_; }
  GroupsView* groups() const { return groups_; }
  GridView* grid() const { return grid_; }
  ResponsibleView* responsible() const { return responsible_; }
  EmptyState* empty() const { return empty_; }

  /// What the export actions do once the name is known. False where there is nothing to write or it failed; failures
  /// are told in the message bar.
  bool savePicture(const QString& file);
  bool saveNumbers(const QString& file);

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  struct Asked {
    std::shared_ptr<Model> model;
    QString layer;
    std::vector<ImageId> images;
    bool operator==(const Asked&) const = default;
  };
  void makeLayout();
  void makeActions();
  void connectParts();
  void change(const QString& text, const std::function<void(ActivationsState&)>& edit, const QString& mergeKey = {});
  void apply(const ActivationsState& state);
  void forget();
  void fillLayers();
  void refreshSoon();
  void refresh();
  void askScene(const Asked& wanted);
  void showViews();
  void showReasons();
  void pickPlace(int picture, QPoint cell);
  void openUnit(int unit);
  void askFile(const QString& title, const QString& filter, const QString& name,
               bool (ActivationsWorkspace::*save)(const QString&));
  QString problem() const;
  QString chosenLayer() const;
  ImageId currentImage() const;
  std::vector<ImageId> chosenImages() const;
  ActivationsView* currentView() const;

  ActivationsState state_;
  std::vector<PlacedLayer> placed_;
  Asked asked_;
  ScenePtr scene_;
  bool asking_ = false;
  QString failure_;  ///< why there is no scene
  QTimer* refresh_;
  QList<QAction*> actions_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QTabBar* tabs_;
  QStackedWidget* pages_;
  QComboBox* layers_;
  QSlider* opacity_;
  PlacesView* places_;
  ChannelsView* channels_;
  GroupsView* groups_;
  GridView* grid_;
  ResponsibleView* responsible_;
  std::vector<ActivationsView*> views_;  ///< in the order of the tabs
};

}  // namespace unitscope
