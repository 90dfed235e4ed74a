#include "app/neurons/neurons_workspace.h"

#include <utility>

#include <QSplitter>
#include <QStackedWidget>
#include <QUndoStack>

#include "app/commands.h"
#include "app/engine_bridge.h"
#include "app/neurons/layer_box.h"
#include "app/neurons/layer_gallery.h"
#include "app/neurons/live_switches.h"
#include "app/neurons/neurons_panel.h"
#include "app/neurons/unit_knowledge.h"
#include "app/neurons/unit_page.h"
#include "app/neurons/unit_portraits.h"
#include "app/picture_loader.h"
#include "app/shell_text.h"
#include "widgets/empty_state.h"
#include "widgets/tile_grid.h"

namespace unitscope {

namespace {

constexpr int kBeside = 960;  // pixels, from which the page stands beside the gallery instead of in its place

QJsonObject differing(const QJsonObject& these, const QJsonObject& others) {
  QJsonObject left;
  for (auto it = these.begin(); it != these.end(); ++it)
    if (others.value(it.key()) != it.value()) left.insert(it.key(), it.value());
  return left;
}

}  // namespace

NeuronsWorkspace::NeuronsWorkspace(const Context& context, QWidget* parent)
    : Workspace(context, parent),
      portraits_(new UnitPortraits(context, this)),
      knowledge_(new UnitKnowledge(context, this)),
      switches_(new LiveSwitches(context, this)) {
  makeLayout();
  makeActions();
  connectParts();
  connectPage();
  apply(state_);
}

QString NeuronsWorkspace::explanation() const {
  return tr("What every unit of a layer sees, and what it stands for");
}

void NeuronsWorkspace::connectParts() {
  connect(&document(), &Document::modelChanged, this, [this] {
    NeuronsState next = state_;
    next.layer.clear();
    next.second.clear();
    next.scales.clear();
    next.search.clear();
    next.pageOpen = false;
    apply(next);
  });
  connect(&document(), &Document::layersKnown, this, &NeuronsWorkspace::follow);
  connect(&document(), &Document::picturesChanged, this, &NeuronsWorkspace::showAll);
  connect(&selection(), &Selection::changed, this, [this](const Focus& now, const Focus& before) {
    if (now.unit != before.unit || now.layer != before.layer) state_.pageOpen = now.unit >= 0;
    follow();
  });
  connect(knowledge_, &UnitKnowledge::changed, this, &NeuronsWorkspace::showPanel);
  connect(knowledge_, &UnitKnowledge::busyChanged, this, [this] {
    showPanel();
    tellBusy();
  });
  connect(portraits_, &UnitPortraits::stateChanged, this, &NeuronsWorkspace::tellBusy);

  connect(panel_, &NeuronsPanel::layerPicked, this, [this](const QString& layer) { selection().setLayer(layer); });
  connect(panel_, &NeuronsPanel::comparesToggled, this, [this](bool compares) {
    change(tr("Compare two layers"), [&](NeuronsState& state) { state.compares = compares; });
  });
  connect(panel_, &NeuronsPanel::secondPicked, this, [this](const QString& layer) {
    change(tr("Choose the second layer"), [&](NeuronsState& state) { state.second = layer; });
  });
  connect(panel_, &NeuronsPanel::tilesPicked, this, [this](TileKind kind) {
    change(tr("Choose what tiles show"), [&](NeuronsState& state) { state.tiles = kind; });
  });
  connect(panel_, &NeuronsPanel::sortPicked, this,
          [this](UnitSort sort) { change(tr("Order the units"), [&](NeuronsState& state) { state.sort = sort; }); });
  connect(panel_, &NeuronsPanel::searched, this, [this](const QString& text) {
    change(
        tr("Search units"), [&](NeuronsState& state) { state.search = text; }, QStringLiteral("search"));
  });
  const auto resizeTiles = [this](int pixels) {
    change(
        tr("Size of the tiles"), [&](NeuronsState& state) { state.tileSize = pixels; }, QStringLiteral("size"));
  };
  connect(panel_, &NeuronsPanel::tileSizeChanged, this, resizeTiles);
  connect(panel_, &NeuronsPanel::dataPicked, this, [this](const QString& data) {
    change(tr("Choose the pictures"), [&](NeuronsState& state) {
      state.data = data;
      state.examplesFile.clear();
    });
  });
  connect(panel_, &NeuronsPanel::picturesChanged, this, [this](int pictures) {
    change(
        tr("How many pictures"), [&](NeuronsState& state) { state.pictures = pictures; }, QStringLiteral("count"));
  });
  const auto collect = [this] { knowledge_->collect({layer(), state_.compares ? secondLayer() : QString()}); };
  const auto dissect = [this] { knowledge_->dissect({layer(), state_.compares ? secondLayer() : QString()}); };
  connect(panel_, &NeuronsPanel::collectWanted, this, collect);
  connect(panel_, &NeuronsPanel::dissectWanted, this, dissect);
  connect(panel_, &NeuronsPanel::stopWanted, knowledge_, &UnitKnowledge::stop);
  connect(page_, &UnitPage::collectWanted, this, collect);
  connect(page_, &UnitPage::dissectWanted, this, dissect);
  for (LayerGallery* gallery : {gallery_, second_}) {
    connect(gallery, &LayerGallery::unitOpened, this, [this, gallery](int unit) { openUnit(gallery->layer(), unit); });
    connect(gallery, &LayerGallery::collectWanted, this, collect);
    connect(gallery, &LayerGallery::tileSizeChanged, this, resizeTiles);
    connect(gallery, &LayerGallery::factsChanged, this, [this] {
      for (QAction* action : std::as_const(actions_)) action->setEnabled(gallery_->units() > 0);
    });
  }
}

void NeuronsWorkspace::connectPage() {
  connect(page_, &UnitPage::closed, this, &NeuronsWorkspace::closePage);
  connect(page_, &UnitPage::stepWanted, this, &NeuronsWorkspace::step);
  connect(page_, &UnitPage::unitWanted, this, &NeuronsWorkspace::openUnit);
  connect(page_, &UnitPage::exampleOpened, this, &NeuronsWorkspace::openExample);
  connect(page_, &UnitPage::factorWanted, this, [this](double factor) {
    const UnitAddress at = page_->address();
    if (at.unit < 0) return;
    change(
        factor == 0.0 ? tr("Switch a unit off") : tr("Change a unit's strength"),
        [&](NeuronsState& state) { state.setFactor(at.layer, at.unit, factor); },
        QStringLiteral("scale/%1/%2").arg(at.layer).arg(at.unit));
  });
  connect(page_, &UnitPage::allOnWanted, this,
          [this] { change(tr("Switch all units back"), [](NeuronsState& state) { state.scales.clear(); }); });
}

void NeuronsWorkspace::change(const QString& text, const std::function<void(NeuronsState&)>& edit,
                              const QString& mergeKey) {
  NeuronsState next = state_;
  edit(next);
  if (next == state_) return;
  const QJsonObject before = saveState(), after = next.toJson();
  apply(next);
  // What was looked at meanwhile stays as it is when this is undone.
  undo().push(new WorkspaceStateCommand(*this, text, differing(before, after), differing(after, before), mergeKey));
  Q_EMIT stateChanged();
}

void NeuronsWorkspace::restoreState(const QJsonObject& state) {
  QJsonObject whole = saveState();
  for (auto it = state.begin(); it != state.end(); ++it) whole.insert(it.key(), it.value());
  apply(NeuronsState::fromJson(whole));
  Q_EMIT stateChanged();
}

void NeuronsWorkspace::apply(const NeuronsState& state) {
  state_ = state;
  knowledge_->setData(state_.data, state_.pictures, state_.examplesFile);
  page_->setState(state_);
  showAll();
}

QString NeuronsWorkspace::layer() const {
  for (const LayerOfUnits& one : unitLayers(document()))
    if (one.name == state_.layer) return state_.layer;
  return firstUnitLayer(document());
}

// The one before, where none was chosen.
QString NeuronsWorkspace::secondLayer() const {
  const QVector<LayerOfUnits> layers = unitLayers(document());
  const QString first = layer();
  QString before;
  for (const LayerOfUnits& one : layers) {
    if (one.name == state_.second) return state_.second;
    if (one.name == first) break;
    before = one.name;
  }
  return before.isEmpty() ? first : before;
}

LayerGallery* NeuronsWorkspace::galleryOf(const QString& layer) const {
  return state_.compares && layer == second_->layer() && layer != gallery_->layer() ? second_ : gallery_;
}

// The shared selection leads; a layer without units (a reshape, say) leaves the gallery as it is.
void NeuronsWorkspace::follow() {
  const QString focused = selection().focus().layer;
  const bool inSecond = state_.compares && focused == secondLayer();
  if (!inSecond && !focused.isEmpty() && focused != state_.layer)
    for (const LayerOfUnits& one : unitLayers(document()))
      if (one.name == focused) {
        state_.layer = focused;
        Q_EMIT stateChanged();
        break;
      }
  showAll();
}

QString NeuronsWorkspace::reasonNotReady() const {
  if (!document().hasModel()) return tr("Open a network first");
  if (document().card().task == ModelCard::Task::Generator)
    return tr("This network draws pictures: it does not look at any");
  return {};
}

void NeuronsWorkspace::showAll() {
  const QString reason = reasonNotReady();
  const bool ready = reason.isEmpty();
  stack_->setCurrentIndex(ready ? 1 : 0);
  empty_->setText(document().hasModel() ? reason
                                        : tr("Open a network, and see what each of its units looks for, which "
                                             "pictures excite it, and what it stands for."));
  gallery_->setView(ready ? layer() : QString(), state_);
  second_->setVisible(ready && state_.compares);
  second_->setView(ready && state_.compares ? secondLayer() : QString(), state_);
  setAwake(isVisible());
  showPage();
  showPanel();
}

bool NeuronsWorkspace::pageShown() const {
  return page_->isVisibleTo(this);
}

void NeuronsWorkspace::showPage() {
  const Focus& focus = selection().focus();
  int units = 0;
  for (const LayerOfUnits& one : unitLayers(document()))
    if (one.name == focus.layer) units = one.units;
  const bool shown = state_.pageOpen && focus.unit >= 0 && focus.unit < units && reasonNotReady().isEmpty();
  page_->setVisible(shown);
  galleries_->setVisible(!shown || width() >= kBeside);
  page_->showUnit(shown && awake_ ? UnitAddress{focus.layer, focus.unit} : UnitAddress{});
  if (focus.unit >= 0) galleryOf(focus.layer)->setCurrentUnit(focus.unit);
}

void NeuronsWorkspace::showPanel() {
  panel_->setState(state_, layer(), secondLayer());
  const bool examples = knowledge_->exampleLayer(layer()) >= 0;
  panel_->setKnown(examples, knowledge_->dissected(layer()) != nullptr);
  panel_->setReady(reasonNotReady(), knowledge_->collecting(), knowledge_->dissecting());
  QString html;
  if (const ExamplesPtr& known = knowledge_->examples())
    html +=
        tr("<p>Examples: %1 pictures, %2 layers.</p>").arg(known->store.pictures()).arg(known->store.layers().size());
  if (const LayerDissection* found = knowledge_->dissected(layer()))
    html += tr("<p>Dissection: %1 of %2 units detect one of %3 concepts.</p>")
                .arg(found->detectors)
                .arg(found->units.size())
                .arg(found->unique);
  panel_->setSummary(html);
}

void NeuronsWorkspace::openUnit(const QString& layer, int unit) {
  if (unit < 0) return;
  state_.pageOpen = true;
  const Focus before = selection().focus();
  selection().setUnit(layer, unit);
  if (selection().focus() == before) showPage();
  page_->setFocus();
  Q_EMIT stateChanged();
}

void NeuronsWorkspace::closePage() {
  state_.pageOpen = false;
  showPage();
  galleryOf(selection().focus().layer)->grid()->setFocus();
  Q_EMIT stateChanged();
}

void NeuronsWorkspace::step(int by) {
  const UnitAddress at = page_->address();
  const int next = galleryOf(at.layer)->neighbour(at.unit, by);
  if (next >= 0) openUnit(at.layer, next);
}

void NeuronsWorkspace::openExample(const QString& name, const QImage& picture) {
  PictureEntry entry = makePicture(name, picture);
  entry.id = document().newImageId();
  const ImageId image = entry.id;
  undo().push(new AddPicturesCommand(document(), {entry}));
  selection().setImage(image);
}

bool NeuronsWorkspace::busy() const {
  return awake_ &&
         (gallery_->busy() || second_->busy() || page_->busy() || switches_->busy() || portraits_->busy() ||
          portraits_->waiting() > 0 || knowledge_->searching() || knowledge_->collecting() || knowledge_->dissecting());
}

// Later, and many at once: pictures form a few times a second, and what listens may be going when the pane is hidden.
void NeuronsWorkspace::tellBusy() {
  if (std::exchange(busyTold_, true)) return;
  QMetaObject::invokeMethod(
      this,
      [this] {
        busyTold_ = false;
        Q_EMIT busyChanged();
      },
      Qt::QueuedConnection);
}

void NeuronsWorkspace::setAwake(bool awake) {
  awake_ = awake;
  gallery_->setAwake(awake && galleries_->isVisibleTo(this));
  second_->setAwake(awake && state_.compares && galleries_->isVisibleTo(this));
}

void NeuronsWorkspace::showEvent(QShowEvent* event) {
  Workspace::showEvent(event);
  setAwake(true);
  knowledge_->lookForDissection();
  showPage();
}

void NeuronsWorkspace::hideEvent(QHideEvent* event) {
  Workspace::hideEvent(event);
  setAwake(false);
  page_->showUnit({});
}

void NeuronsWorkspace::resizeEvent(QResizeEvent* event) {
  Workspace::resizeEvent(event);
  galleries_->setVisible(!page_->isVisibleTo(this) || width() >= kBeside);
}

QString NeuronsWorkspace::commandLine() const {
  if (!document().hasModel() || layer().isEmpty()) return {};
  const QString model = document().opened().path.isEmpty() ? document().opened().builtIn : document().opened().path;
  const bool one = page_->address().unit >= 0;
  const QString shown = one ? page_->address().layer : layer();
  const QString units =
      one ? QString::number(page_->address().unit) : QStringLiteral("0-%1").arg(std::max(0, gallery_->units() - 1));
  return QStringLiteral("unitscope visualize %1 --layer %2 --unit %3 --set steps=256 --out %4")
      .arg(shellWord(model), shellWord(shown), units,
           shellWord(one ? QStringLiteral("unit-%1.png").arg(units) : QStringLiteral("units")));
}

}  // namespace unitscope
