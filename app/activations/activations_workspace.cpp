#include "app/activations/activations_workspace.h"

#include <algorithm>

#include <QComboBox>
#include <QSlider>
#include <QStackedWidget>
#include <QTabBar>
#include <QTimer>
#include <QUndoStack>

#include "app/activations/channels_view.h"
#include "app/activations/grid_view.h"
#include "app/activations/groups_view.h"
#include "app/activations/places_view.h"
#include "app/activations/responsible_view.h"
#include "app/app_settings.h"
#include "app/availability.h"
#include "app/commands.h"
#include "app/selection.h"
#include "app/shell_text.h"
#include "widgets/empty_state.h"

namespace unitscope {

namespace {

// Activations kept at a time, of all pictures together: a quarter of a gigabyte. Of early layers of large pictures
// fewer pictures are looked at together.
constexpr std::int64_t kMostValues = std::int64_t{64} << 20;

}  // namespace

ActivationsWorkspace::ActivationsWorkspace(const Context& context, QWidget* parent)
    : Workspace(context, parent),
      refresh_(new QTimer(this)),
      places_(new PlacesView(context, this)),
      channels_(new ChannelsView(context, this)),
      groups_(new GroupsView(context, this)),
      grid_(new GridView(context, this)),
      responsible_(new ResponsibleView(context, this)),
      views_{places_, channels_, groups_, grid_, responsible_} {
  refresh_->setSingleShot(true);
  refresh_->setInterval(0);
  makeLayout();
  makeActions();
  connectParts();
  apply(state_);
  refresh();
}

QString ActivationsWorkspace::explanation() const {
  return tr(
      "What a layer makes of a picture: its units place by place, in groups, and those that the decision rests on");
}

void ActivationsWorkspace::connectParts() {
  connect(refresh_, &QTimer::timeout, this, &ActivationsWorkspace::refresh);
  connect(&document(), &Document::modelChanged, this, &ActivationsWorkspace::forget);
  connect(&document(), &Document::cardChanged, this, &ActivationsWorkspace::forget);
  connect(&document(), &Document::layersKnown, this, [this] {
    fillLayers();
    refreshSoon();
  });
  connect(&document(), &Document::picturesChanged, this, &ActivationsWorkspace::refreshSoon);
  connect(&selection(), &Selection::changed, this, [this](const Focus& now, const Focus& before) {
    // A place that was picked elsewhere, a heatmap's hot spot, is to be read. One that comes with a session is not: it
    // has no history.
    const bool other = now.place != before.place || now.layer != before.layer || now.image != before.image;
    if (!isVisible() && now.place.x() >= 0 && other && selection().canGoBack()) tabs_->setCurrentIndex(0);
    refreshSoon();
  });
  connect(layers_, &QComboBox::activated, this, [this] {
    const QString layer = layers_->currentData().toString();
    if (layer.isEmpty()) return;
    state_.layer = layer;
    selection().setLayer(layer);
    refreshSoon();
    Q_EMIT stateChanged();
  });
  connect(tabs_, &QTabBar::currentChanged, this, [this](int index) {
    // Which view is looked at is no change worth an undo step.
    ActivationsState next = state_;
    next.view = ActivationsState::views().value(index);
    if (next == state_) return;
    apply(next);
    Q_EMIT stateChanged();
  });
  connect(opacity_, &QSlider::valueChanged, this, [this](int opacity) {
    change(
        tr("Opacity"), [opacity](ActivationsState& state) { state.opacity = opacity; }, QStringLiteral("opacity"));
  });
  for (ActivationsView* view : views_) {
    connect(view, &ActivationsView::edited, this,
            [this](const QString& text, const QJsonObject& keys, const QString& mergeKey) {
              change(
                  text,
                  [&keys](ActivationsState& state) {
                    QJsonObject all = state.toJson();
                    for (auto it = keys.begin(); it != keys.end(); ++it) all[it.key()] = it.value();
                    state = ActivationsState::fromJson(all);
                  },
                  mergeKey);
            });
    connect(view, &ActivationsView::unitPicked, this, [this](int unit) {
      if (scene_) selection().setUnit(scene_->layer, unit);
    });
    connect(view, &ActivationsView::unitOpened, this, &ActivationsWorkspace::openUnit);
    connect(view, &ActivationsView::placePicked, this, &ActivationsWorkspace::pickPlace);
    connect(view, &ActivationsView::placeReleased, this, [this] { selection().setPlace({-1, -1}); });
    connect(view, &ActivationsView::busyChanged, this, &Workspace::busyChanged);
    connect(view, &ActivationsView::outputsChanged, this, &ActivationsWorkspace::showReasons);
  }
}

void ActivationsWorkspace::change(const QString& text, const std::function<void(ActivationsState&)>& edit,
                                  const QString& mergeKey) {
  ActivationsState next = state_;
  edit(next);
  if (next == state_) return;
  const QJsonObject before = saveState();
  apply(next);
  undo().push(new WorkspaceStateCommand(*this, text, before, saveState(), mergeKey));
  Q_EMIT stateChanged();
}

void ActivationsWorkspace::restoreState(const QJsonObject& state) {
  ActivationsState next = ActivationsState::fromJson(state);
  apply(next);
  refreshSoon();
  Q_EMIT stateChanged();
}

void ActivationsWorkspace::apply(const ActivationsState& state) {
  state_ = state;
  {
    const QSignalBlocker quiet(opacity_);
    opacity_->setValue(state_.opacity);
  }
  const int index = std::max(0, int(ActivationsState::views().indexOf(state_.view)));
  {
    const QSignalBlocker quiet(tabs_);
    tabs_->setCurrentIndex(index);
  }
  // Not a stack, which is as tall as its tallest page: the column shall only scroll for the page that is seen.
  for (std::size_t i = 0; i < views_.size(); ++i) views_[i]->panel()->setVisible(int(i) == index);
  pages_->setCurrentIndex(index);
  for (ActivationsView* view : views_) view->setState(state_);
  setAvailable(*opacity_, currentView() == grid_ || currentView() == responsible_
                              ? tr("In this view no map lies over the picture")
                              : QString());
  showViews();
}

void ActivationsWorkspace::forget() {
  engine().cancelPane(QStringLiteral("activations/scene"));
  asked_ = {};
  scene_.reset();
  asking_ = false;
  failure_.clear();
  fillLayers();
  showViews();
  refreshSoon();
}

void ActivationsWorkspace::showEvent(QShowEvent* event) {
  Workspace::showEvent(event);
  refreshSoon();
}

// Feature visualizations take long: behind another tab they would keep those of others waiting.
void ActivationsWorkspace::hideEvent(QHideEvent* event) {
  Workspace::hideEvent(event);
  if (isVisibleTo(window())) return;  // the whole window is hidden or minimised
  currentView()->setActive(false);
}

void ActivationsWorkspace::refreshSoon() {
  // A hidden tab asks for nothing.
  if (isVisible() && !refresh_->isActive()) refresh_->start();
}

void ActivationsWorkspace::fillLayers() {
  placed_ = placedLayers(document());
  layers_->clear();
  for (const PlacedLayer& layer : placed_) {
    layers_->addItem(tr("%1   %2 \u00d7 %3").arg(layer.name).arg(layer.cells.width()).arg(layer.cells.height()),
                     layer.name);
    layers_->setItemData(layers_->count() - 1, layer.shape, Qt::ToolTipRole);
  }
}

QString ActivationsWorkspace::chosenLayer() const {
  const auto there = [this](const QString& name) {
    return std::any_of(placed_.begin(), placed_.end(), [&](const PlacedLayer& layer) { return layer.name == name; });
  };
  // The shared selection leads, as long as it is a layer that has places.
  if (there(selection().focus().layer)) return selection().focus().layer;
  if (there(state_.layer)) return state_.layer;
  return firstPlacedLayer(document());
}

ImageId ActivationsWorkspace::currentImage() const {
  const ImageId image = selection().focus().image;
  if (document().picture(image)) return image;
  return document().pictures().empty() ? 0 : document().pictures().front().id;
}

// As long as the current picture is among those at hand, they stay: nothing has to be computed again.
std::vector<ImageId> ActivationsWorkspace::chosenImages() const {
  const std::vector<PictureEntry>& all = document().pictures();
  const ImageId current = currentImage();
  const auto kept = [&](ImageId image) { return document().picture(image) != nullptr; };
  std::int64_t most = kMostPictures;
  for (const PlacedLayer& layer : placed_)
    if (layer.name == chosenLayer())
      most = std::clamp<std::int64_t>(
          kMostValues / std::max<std::int64_t>(1, layer.units * layer.cells.width() * layer.cells.height()), 1, most);
  const bool full = std::int64_t(all.size()) > most;
  if (full && std::int64_t(asked_.images.size()) == most &&
      std::all_of(asked_.images.begin(), asked_.images.end(), kept) &&
      std::find(asked_.images.begin(), asked_.images.end(), current) != asked_.images.end())
    return asked_.images;
  const int at = document().indexOf(current);
  const int first = full ? std::clamp(at - (most > 1 ? 1 : 0), 0, int(all.size()) - int(most)) : 0;
  std::vector<ImageId> images;
  for (int i = first; i < int(all.size()) && std::int64_t(images.size()) < most; ++i)
    images.push_back(all[std::size_t(i)].id);
  return images;
}

QString ActivationsWorkspace::problem() const {
  if (!document().hasModel()) return tr("Open a network to begin");
  if (document().card().task == ModelCard::Task::Generator) return tr("This network draws pictures");
  if (document().pictures().empty()) return tr("Drop a picture here");
  if (document().opened().layerShapes.empty()) return tr("Measuring the layers\u2026");
  if (placed_.empty()) return tr("No layer of this network has places");
  return failure_;
}

void ActivationsWorkspace::refresh() {
  const QString problem = this->problem();
  empty_->setHeadline(problem);
  empty_->setText(!document().hasModel()
                      ? tr("Drop a model file on the window, or open a built-in one from the File menu.")
                  : document().card().task == ModelCard::Task::Generator
                      ? tr("Its layers' activations belong to no picture of yours.")
                  : document().pictures().empty()
                      ? tr("Files, folders or a picture from the clipboard: you will see what each layer makes of it.")
                  : placed_.empty() ? tr("Places come from convolutions, poolings and tokens.")
                                    : tr("Choose another layer at the left."));
  stack_->setCurrentIndex(problem.isEmpty() ? 1 : 0);
  const QString layer = chosenLayer();
  layers_->setCurrentIndex(layers_->findData(layer));
  setAvailable(*layers_, placed_.empty() ? tr("There is no layer to choose yet") : QString());
  const bool other = problem != failure_;  // than what went wrong with the layer that was asked for
  if (problem.isEmpty() || !other) {
    if (state_.layer != layer) {
      state_.layer = layer;
      Q_EMIT stateChanged();
    }
    const Asked wanted{document().model(), layer, chosenImages()};
    if (wanted != asked_) askScene(wanted);
  } else if (scene_) {
    scene_.reset();
    asked_ = {};
  }
  showViews();
  Q_EMIT busyChanged();
}

void ActivationsWorkspace::askScene(const Asked& wanted) {
  asked_ = wanted;
  asking_ = true;
  failure_.clear();
  SceneQuestion question;
  question.model = {document().model(), document().card(), settings().compute()};
  question.modelName = document().opened().path.isEmpty() ? document().opened().builtIn : document().opened().path;
  question.layer = wanted.layer;
  for (const ImageId image : wanted.images) question.pictures.push_back(*document().picture(image));
  engine().ask<ScenePtr>(
      tr("Activations of %1").arg(wanted.layer), QStringLiteral("activations/scene"),
      [question](const Progress& progress, const CancelToken& cancel) { return makeScene(question, progress, cancel); },
      this,
      [this, wanted](const ScenePtr& scene) {
        if (wanted != asked_) return;
        asking_ = false;
        scene_ = scene;
        refresh();
      },
      [this, wanted](const Problem& problem) {
        if (wanted != asked_) return;
        asking_ = false;
        scene_.reset();
        failure_ = problem.cancelled ? tr("Stopped") : problem.reason;
        refresh();
      });
}

void ActivationsWorkspace::showViews() {
  const Focus& focus = selection().focus();
  ActivationsView::Shown shown;
  // While another layer is on its way, places and units of the one that is still seen mean nothing.
  if (scene_ && asked_.layer == scene_->layer) {
    shown.scene = scene_;
    shown.picture = scene_->indexOf(currentImage());
    if (shown.picture < 0) shown.scene.reset();
  }
  shown.target = focus.target;
  if (focus.target >= 0) shown.targetName = document().label(focus.target);
  if (shown.scene && focus.layer == scene_->layer) {
    if (focus.unit < scene_->maps.units()) shown.unit = focus.unit;
    if (QRect(QPoint(0, 0), scene_->cells(shown.picture)).contains(focus.place)) shown.place = focus.place;
  }
  ActivationsView* current = currentView();
  for (ActivationsView* view : views_) {
    if (view != current) view->setActive(false);
    view->show(shown);
  }
  current->setActive(isVisible());
  showReasons();
}

ActivationsView* ActivationsWorkspace::currentView() const {
  return views_[std::size_t(std::max(0, int(ActivationsState::views().indexOf(state_.view))))];
}

bool ActivationsWorkspace::busy() const {
  return refresh_->isActive() || asking_ || currentView()->busy();
}

void ActivationsWorkspace::pickPlace(int picture, QPoint cell) {
  if (!scene_ || picture < 0 || std::size_t(picture) >= scene_->images.size()) return;
  Focus focus = selection().focus();
  if (focus.layer != scene_->layer) focus.unit = -1;
  focus.layer = scene_->layer;
  focus.image = scene_->images[std::size_t(picture)];
  focus.place = cell;
  selection().set(focus);
}

void ActivationsWorkspace::openUnit(int unit) {
  if (!scene_) return;
  selection().setUnit(scene_->layer, unit);
  Q_EMIT workspaceWanted(QStringLiteral("neurons"));
}

QString ActivationsWorkspace::commandLine() const {
  const ActivationsView* view = currentView();
  const QStringList command = view->command();
  const int picture = scene_ ? scene_->indexOf(currentImage()) : -1;
  if (picture < 0 || command.isEmpty()) return {};
  // Groups are found in all pictures together, the current one first.
  QStringList files{scene_->files[picture]};
  if (view == groups_)
    for (int i = 0; i < scene_->files.size(); ++i)
      if (i != picture) files << scene_->files[i];
  if (files.contains(QString())) return {};
  QStringList words{QStringLiteral("unitscope"), command.front(), shellWord(scene_->modelName)};
  for (const QString& file : std::as_const(files)) words << shellWord(file);
  words << QStringLiteral("--layer") << shellWord(scene_->layer) << command.mid(1);
  const int target = selection().focus().target;
  if (target >= 0 && (view == groups_ || view == responsible_))
    words << QStringLiteral("--target") << QString::number(target);
  return words.join(QLatin1Char(' '));
}

}  // namespace unitscope
