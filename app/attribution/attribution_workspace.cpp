#include "app/attribution/attribution_workspace.h"

#include <algorithm>

#include <QFileInfo>
#include <QStackedWidget>
#include <QTimer>
#include <QUndoStack>

#include "app/attribution/enlarged_view.h"
#include "app/attribution/look_bar.h"
#include "app/attribution/method_panel.h"
#include "app/attribution/score_panel.h"
#include "app/attribution/target_panel.h"
#include "app/commands.h"
#include "app/image_convert.h"
#include "app/messages.h"
#include "app/selection.h"
#include "sources/planes.h"
#include "widgets/comparison_grid.h"
#include "widgets/empty_state.h"
#include "widgets/top_chart.h"
#include "widgets/view_link.h"

namespace unitscope {

namespace {

const QString kSegmentPane = QStringLiteral("attribution/segments");
const QString kPicture = QStringLiteral("picture");  // the column without a heatmap
constexpr int kKeptCells = 400;

QString rowOf(ImageId image) {
  return QString::number(image);
}

}  // namespace

AttributionWorkspace::AttributionWorkspace(const Context& context, QWidget* parent)
    : Workspace(context, parent),
      methods_(attributionMethods()),
      state_(AttributionState::defaults(methods_)),
      results_(new AttributionResults(context, this)),
      refresh_(new QTimer(this)) {
  refresh_->setSingleShot(true);
  refresh_->setInterval(0);
  makeLayout();
  makeActions();
  connectParts();
  apply(state_);
}

AttributionWorkspace::~AttributionWorkspace() = default;

QString AttributionWorkspace::explanation() const {
  return tr("Which parts of a picture speak for a class: heatmaps of several methods side by side");
}

void AttributionWorkspace::connectParts() {
  connect(refresh_, &QTimer::timeout, this, &AttributionWorkspace::refresh);
  connect(&document(), &Document::modelChanged, this, &AttributionWorkspace::modelOrCardChanged);
  connect(&document(), &Document::cardChanged, this, &AttributionWorkspace::modelOrCardChanged);
  connect(&document(), &Document::picturesChanged, this, &AttributionWorkspace::refreshSoon);
  connect(&document(), &Document::layersKnown, this, [this] { panel_->setLayers(document().opened().spatialLayers); });
  connect(&selection(), &Selection::changed, this, [this](const Focus& now, const Focus& before) {
    if (now.image != before.image || now.target != before.target) refreshSoon();
    if (!now.layer.isEmpty()) targets_->score()->suggestUnit(now.layer, now.unit);
    if (now.image != before.image && isEnlarged()) enlarge(now.image, large_.second);
  });

  connect(results_, &AttributionResults::changed, this, [this](ImageId image, const QString& method) {
    showCell({image, method});
  });
  connect(results_, &AttributionResults::busyChanged, this, &Workspace::busyChanged);

  connect(targets_, &TargetPanel::targetPicked, this, [this](int target) {
    using Kind = ScoreChoice::Kind;
    const Kind kind = state_.score.kind;
    const QString text = target < 0 ? tr("Explain the first choice") : tr("Explain %1").arg(document().label(target));
    // Whoever picks a class while a unit is explained means the class.
    const bool other = kind == Kind::Unit || kind == Kind::Resemblance;
    undo().beginMacro(text);
    if (target != selection().focus().target) undo().push(new SetTargetCommand(selection(), target, text));
    if (other) change(text, [](AttributionState& state) { state.score.kind = Kind::Class; });
    undo().endMacro();
  });
  connect(targets_, &TargetPanel::scoreChosen, this, [this](const ScoreChoice& choice, const QString& mergeKey) {
    const int target = targetOf(selection().focus().image);
    const QString text = whatIsMissing(choice, document(), target).isEmpty()
                             ? tr("Explain %1").arg(scoreText(choice, document(), target))
                             : tr("Ask another question");
    change(
        text, [&](AttributionState& state) { state.score = choice; }, mergeKey);
  });
  connect(panel_, &MethodPanel::methodToggled, this, [this](const QString& method, bool on) {
    const MethodInfo* info = findMethod(methods_, method);
    if (!info) return;
    const QString name = QString::fromStdString(info->title);
    change(on ? tr("Add %1").arg(name) : tr("Remove %1").arg(name), [&](AttributionState& state) {
      state.methods.removeAll(method);
      if (on) state.methods << method;
      if (on) state.current = method;
    });
  });
  connect(panel_, &MethodPanel::methodPicked, this, [this](const QString& method) {
    pick(method);
    if (isEnlarged() && state_.methods.contains(method)) enlarge(large_.first, method);
  });
  connect(panel_, &MethodPanel::parameterChanged, this,
          [this](const QString& method, const QString& id, const QVariant& value) {
            const MethodInfo* info = findMethod(methods_, method);
            if (!info) return;
            change(
                tr("Set %1 of %2").arg(id, QString::fromStdString(info->title)),
                [&](AttributionState& state) {
                  QVariantMap values = state.parameters.value(method);
                  values.insert(id, value);
                  state.parameters.insert(method, onlyChanges(*info, values));
                },
                method + QLatin1Char('/') + id);
          });
  connect(panel_, &MethodPanel::parametersReset, this, [this](const QString& method) {
    change(tr("Published defaults"), [&](AttributionState& state) { state.parameters.remove(method); });
  });
  connect(panel_, &MethodPanel::layerPicked, this, [this](const QString& method, const QString& layer) {
    change(tr("Choose the layer"), [&](AttributionState& state) {
      if (layer.isEmpty()) {
        state.layers.remove(method);
      } else {
        state.layers.insert(method, layer);
      }
    });
  });
  connect(panel_, &MethodPanel::segmentsPicked, this, [this](const QString& file) {
    const auto use = [this, file] {
      change(file.isEmpty() ? tr("Superpixels found by the method")
                            : tr("Superpixels of %1").arg(QFileInfo(file).fileName()),
             [&](AttributionState& state) { state.segments = file; });
    };
    if (file.isEmpty()) return use();
    // What cannot be read is told and changes nothing.
    readSegmentMap(file, use, {});
  });
  connect(look_, &LookBar::opacityChanged, this, [this](double opacity) {
    change(
        tr("Opacity"), [&](AttributionState& state) { state.opacity = opacity; }, QStringLiteral("opacity"));
  });
  connect(look_, &LookBar::absoluteChanged, this, [this](bool absolute) {
    change(absolute ? tr("Show magnitudes") : tr("Show signs"),
           [&](AttributionState& state) { state.absolute = absolute; });
  });
  connect(look_, &LookBar::colorsChanged, this, [this](const QString& colors) {
    change(tr("Colours"), [&](AttributionState& state) { state.colors = colors; });
  });
  connect(look_, &LookBar::fitRequested, this, [this] { grid_->link()->fit(); });

  connect(grid_, &ComparisonGrid::visibleCellsChanged, this, &AttributionWorkspace::refreshSoon);
  connect(grid_, &ComparisonGrid::rowPicked, this, [this](const QString& row) { selection().setImage(row.toInt()); });
  connect(grid_, &ComparisonGrid::columnPicked, this, &AttributionWorkspace::pick);
  connect(grid_, &ComparisonGrid::columnRemoveRequested, this,
          [this](const QString& method) { Q_EMIT panel_->methodToggled(method, false); });
  connect(grid_, &ComparisonGrid::cellActivated, this, [this](const QString& row, const QString& method) {
    selection().setImage(row.toInt());
    pick(method);
    enlarge(row.toInt(), method);
  });
  connect(grid_, &ComparisonGrid::cellMenuRequested, this,
          [this](const QString& row, const QString& method, QPoint at) {
            showMenu({row.toInt(), method}, at);
          });
  connect(grid_, &ComparisonGrid::cancelRequested, this, [this](const QString& row, const QString& method) {
    results_->stop({row.toInt(), method});
  });
  connect(grid_, &ComparisonGrid::retryRequested, this, [this](const QString& row, const QString& method) {
    results_->retry({row.toInt(), method});
  });
  grid_->setProbe([this](const ComparisonGrid::CellId& id, QPointF place) -> ComparisonGrid::Reading {
    const auto* cell = results_->cell({id.first.toInt(), id.second});
    if (cell && cell->seen()) return {readingText(*cell->seen(), place), cell->seen()->valueAt(place)};
    const QImage picture = pictureOf(id.first.toInt());
    if (id.second != kPicture || picture.isNull()) return {};
    const QPoint at(int(place.x() * picture.width()), int(place.y() * picture.height()));
    if (!picture.rect().contains(at)) return {};
    const QColor color = picture.pixelColor(at);
    return {tr("x %1, y %2: %3 %4 %5").arg(at.x()).arg(at.y()).arg(color.red()).arg(color.green()).arg(color.blue()),
            std::nullopt};
  });
  connect(enlarged_, &EnlargedView::backRequested, this, [this] { enlarge(0, {}); });
  connect(enlarged_, &EnlargedView::curvesSaved, this, [this](const QString& file, bool fine) {
    if (fine) return messages().success(QFileInfo(file).fileName(), tr("saved"));
    messages().error(file, tr("could not be written; is the folder writable?"));
  });
  connect(enlarged_, &EnlargedView::stepRequested, this, [this](int by) {
    QStringList shown{kPicture};
    shown << state_.methods;
    const qsizetype at = shown.indexOf(large_.second);
    enlarge(large_.first, shown[(at + by + shown.size()) % shown.size()]);
  });
}

// Which method's settings are seen is no change worth an undo step.
void AttributionWorkspace::pick(const QString& method) {
  if (!findMethod(methods_, method)) return;
  AttributionState state = state_;
  state.current = method;
  apply(state);
  Q_EMIT stateChanged();
}

void AttributionWorkspace::change(const QString& text, const std::function<void(AttributionState&)>& edit,
                                  const QString& mergeKey) {
  AttributionState next = state_;
  edit(next);
  if (next == state_) return;
  const QJsonObject before = saveState();
  apply(next);
  undo().push(new WorkspaceStateCommand(*this, text, before, saveState(), mergeKey));
  Q_EMIT stateChanged();
}

void AttributionWorkspace::restoreState(const QJsonObject& state) {
  apply(AttributionState::fromJson(state, methods_));
  Q_EMIT stateChanged();
}

void AttributionWorkspace::apply(const AttributionState& state) {
  if (!region_ || state.score.region != state_.score.region) region_ = regionWeights(state.score.region);
  state_ = state;
  if (!state_.segments.isEmpty() && state_.segments != segmentFile_) {
    // Of a session or an undone step: the file may be gone by now.
    readSegmentMap(
        state_.segments, [this] { refreshSoon(); },
        [this] {
          state_.segments.clear();
          apply(AttributionState(state_));
        });
  }
  panel_->setState(state_);
  targets_->setScore(state_.score);
  look_->setState(state_);
  grid_->setOverlayOpacity(state_.opacity);
  enlarged_->setOverlayOpacity(state_.opacity);
  results_->setLook({state_.absolute, colorMapFromId(state_.colors.toStdString()).value_or(ColorMap::Viridis)});
  grid_->setCurrentColumn(state_.current);
  if (isEnlarged() && large_.second != kPicture && !state_.methods.contains(large_.second)) enlarge(0, {});
  refreshSoon();
}

void AttributionWorkspace::readSegmentMap(const QString& file, const std::function<void()>& done,
                                          const std::function<void()>& failed) {
  using Map = std::shared_ptr<const Array>;
  engine().ask<Map>(
      tr("Read %1").arg(QFileInfo(file).fileName()), kSegmentPane,
      [path = std::filesystem::path(file.toStdString())](const Progress&, const CancelToken&) -> Map {
        return std::make_shared<const Array>(readSegments(path));
      },
      this,
      [this, file, done](const Map& map) {
        segmentFile_ = file;
        segments_ = map;
        done();
        Q_EMIT busyChanged();
      },
      [this, failed](const Problem&) {
        if (failed) failed();
        Q_EMIT busyChanged();
      });
}

void AttributionWorkspace::modelOrCardChanged() {
  results_->clear();
  for (const ImageId image : std::as_const(classifying_)) {
    engine().cancelPane(QStringLiteral("attribution/classify/%1").arg(image));
  }
  classifying_.clear();
  notClassified_.clear();
  seen_.clear();
  panel_->setLayers(document().opened().spatialLayers);
  refreshSoon();
}

void AttributionWorkspace::showEvent(QShowEvent* event) {
  Workspace::showEvent(event);
  refreshSoon();
}

// Behind another tab nothing new is begun, so that what the user looks at there is answered at once. What runs already
// runs to its end.
void AttributionWorkspace::hideEvent(QHideEvent* event) {
  Workspace::hideEvent(event);
  if (isVisibleTo(window())) return;  // the whole window is hidden or minimised
  for (const CellId& id : results_->ids()) {
    const auto* cell = results_->cell(id);
    if (cell && cell->state == AttributionResults::State::Waiting) results_->drop(id);
  }
}

// Many changes in a row (a folder of pictures, undo of several steps) are answered once.
void AttributionWorkspace::refreshSoon() {
  if (!refresh_->isActive()) refresh_->start();
}

void AttributionWorkspace::refresh() {
  const ImageId current = selection().focus().image;
  targets_->setTarget(selection().focus().target);
  const bool draws = networkDraws();
  const bool ready = document().hasModel() && !draws && !document().pictures().empty();
  empty_->setHeadline(draws                   ? tr("This network draws pictures")
                      : document().hasModel() ? tr("Drop a picture here")
                                              : tr("Open a network to begin"));
  empty_->setText(draws ? tr("Heatmaps explain networks that look at pictures. Its layers and weights are on the left.")
                  : document().hasModel()
                      ? tr("Files, folders or a picture from the clipboard: you will see what the network takes it "
                           "for, and why.")
                      : tr("Drop a model file on the window, or open a built-in one from the File menu."));
  if (!ready) {
    large_ = {};
    stack_->setCurrentWidget(empty_);
  } else if (!isEnlarged()) {
    stack_->setCurrentWidget(grid_);
  }
  setHeadings();
  grid_->setCurrentRow(rowOf(current));
  for (const CellId& id : results_->ids()) {
    if (!document().picture(id.first) || !state_.methods.contains(id.second)) results_->drop(id);
  }
  if (ready && isVisibleTo(window())) askVisible();
  showPredictions();
  showEnlarged();
  showReasons();
  Q_EMIT busyChanged();
}

void AttributionWorkspace::setHeadings() {
  QVector<GridHeading> rows, columns;
  for (const PictureEntry& picture : document().pictures()) {
    QString subtitle;
    if (const auto* predictions = predictionsOf(picture.id); predictions && !predictions->empty()) {
      subtitle = tr("%1 %2").arg(QString::fromStdString(predictions->front().label),
                                 TopChart::percentText(predictions->front().probability));
    }
    rows.append({rowOf(picture.id), picture.name, subtitle, picture.path, false});
  }
  columns.append({kPicture, tr("Picture"), {}, tr("What the network sees"), false});
  for (const QString& id : state_.methods) {
    const MethodInfo* method = findMethod(methods_, id);
    if (!method) continue;
    columns.append({id,
                    QString::fromStdString(method->title),
                    {},
                    QStringLiteral("<p>%1</p><p><i>%2</i></p>")
                        .arg(QString::fromStdString(method->description).toHtmlEscaped(),
                             QString::fromStdString(method->citation).toHtmlEscaped()),
                    true});
  }
  const auto same = [](const QVector<GridHeading>& a, const QVector<GridHeading>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const GridHeading& x, const GridHeading& y) { return x.id == y.id && x.title == y.title; });
  };
  if (!same(rows, grid_->rows()) || !same(columns, grid_->columns())) {
    grid_->setHeadings(rows, columns);
  } else {
    for (const GridHeading& row : rows) grid_->setRowSubtitle(row.id, row.subtitle);
  }
}

AttributionRequest AttributionWorkspace::requestFor(ImageId image, const MethodInfo& method) const {
  AttributionRequest request;
  request.title = QString::fromStdString(method.title);
  if (const PictureEntry* picture = document().picture(image)) {
    request.picture = picture->pixels;
    request.title = tr("%1, %2").arg(request.title, picture->name);
  }
  request.method = QString::fromStdString(method.id);
  request.target = selection().focus().target;
  if (method.usesLayer) request.layer = state_.layers.value(request.method);
  request.parameters = parameterValues(method, state_.parameters.value(request.method));
  if (takesSegments(method) && !state_.segments.isEmpty() && state_.segments == segmentFile_)
    request.segments = segments_;
  if (whatIsMissing(state_.score, document(), targetOf(image)).isEmpty())
    applyScore(state_.score, document(), region_, request);
  return request;
}

int AttributionWorkspace::targetOf(ImageId image) const {
  const int target = selection().focus().target;
  if (target >= 0) return target;
  const auto* predictions = predictionsOf(image);
  return predictions && !predictions->empty() ? int(predictions->front().index) : -1;
}

QString AttributionWorkspace::explainedFor(ImageId image, int target) const {
  const bool asked = whatIsMissing(state_.score, document(), targetOf(image)).isEmpty();
  return asked ? scoreText(state_.score, document(), target) : document().label(target);
}

void AttributionWorkspace::askVisible() {
  const ImageId current = selection().focus().image;
  // The current picture first, then what else is seen; only that is computed.
  QVector<CellId> wanted;
  if (document().picture(current)) {
    classify(current);
    if (isEnlarged()) wanted.append(large_);
  }
  if (!isEnlarged()) {
    // Whole rows: whoever scrolls sideways wants to compare, not to wait.
    for (const ComparisonGrid::CellId& id : grid_->visibleCells()) {
      const ImageId image = id.first.toInt();
      if (wanted.contains(CellId{image, kPicture})) continue;
      wanted.append({image, kPicture});
      for (const QString& method : state_.methods) wanted.append({image, method});
    }
    // Of the others one method after the other, so that what is quick fills all rows before what takes long begins.
    const auto turn = [this, current](const CellId& id) {
      return id.first == current ? -1 : int(state_.methods.indexOf(id.second));
    };
    std::stable_sort(wanted.begin(), wanted.end(),
                     [&turn](const CellId& a, const CellId& b) { return turn(a) < turn(b); });
  }
  for (const CellId& id : wanted) classify(id.first);
  for (const CellId& id : wanted) {
    const MethodInfo* method = findMethod(methods_, id.second);
    if (!method || !document().picture(id.first)) {
      showPicture(id.first);
      continue;
    }
    const bool early = takesSegments(*method) && !state_.segments.isEmpty() && state_.segments != segmentFile_;
    if (!early) results_->want(id, requestFor(id.first, *method), method->isSigned);
    showCell(id);
  }
  // What scrolled away before its turn came is not computed after all; old results go when there are many.
  const QList<CellId> all = results_->ids();
  for (const CellId& id : all) {
    if (wanted.contains(id)) continue;
    const auto* cell = results_->cell(id);
    const bool waits = cell && cell->state == AttributionResults::State::Waiting && !isEnlarged();
    if (waits || all.size() > kKeptCells) results_->drop(id);
  }
  results_->arrange(wanted, current);
}

void AttributionWorkspace::classify(ImageId image) {
  const PictureEntry* picture = document().picture(image);
  if (!picture || seen_.contains(image) || classifying_.contains(image) || notClassified_.contains(image)) return;
  classifying_.insert(image);
  engine().classify(
      document().model(), QStringLiteral("attribution/classify/%1").arg(image), picture->pixels, 10000, this,
      [this, image](const Classification& answer) {
        classifying_.remove(image);
        seen_.insert(image, {answer.top, toQImage(*answer.prepared.seen)});
        refreshSoon();
        Q_EMIT busyChanged();
      },
      [this, image](const Problem&) {
        classifying_.remove(image);
        notClassified_.insert(image);
        refreshSoon();
        Q_EMIT busyChanged();
      });
}

bool AttributionWorkspace::busy() const {
  return refresh_->isActive() || engine().pending(kSegmentPane) || !classifying_.isEmpty() || results_->busy();
}

QImage AttributionWorkspace::pictureOf(ImageId image) const {
  const auto it = seen_.constFind(image);
  if (it != seen_.cend()) return it->picture;
  const PictureEntry* picture = document().picture(image);
  return picture ? picture->thumbnail : QImage();
}

const std::vector<Prediction>* AttributionWorkspace::predictionsOf(ImageId image) const {
  const auto it = seen_.constFind(image);
  return it == seen_.cend() ? nullptr : &it->predictions;
}

void AttributionWorkspace::showPicture(ImageId image) {
  CellContent content;
  content.picture = pictureOf(image);
  content.state = content.picture.isNull() ? CellContent::State::Empty : CellContent::State::Ready;
  grid_->setContent({rowOf(image), kPicture}, content);
}

void AttributionWorkspace::showCell(const CellId& id) {
  CellContent content;
  content.picture = pictureOf(id.first);
  if (const auto* cell = results_->cell(id)) {
    using State = AttributionResults::State;
    content.state = cell->state == State::Waiting   ? CellContent::State::Waiting
                    : cell->state == State::Running ? CellContent::State::Running
                    : cell->state == State::Ready   ? CellContent::State::Ready
                    : cell->state == State::Failed  ? CellContent::State::Failed
                                                    : CellContent::State::Stopped;
    content.fraction = cell->fraction;
    content.text = cell->text;
    if (const auto& heat = cell->seen()) {
      content.picture = heat->seen;
      content.overlay = heat->overlay;
      content.colors = heat->colors;
      content.minimum = heat->range.low;
      content.maximum = heat->range.high;
      content.clipped = heat->clipped;
      content.forming = cell->forming != nullptr && cell->state == State::Running;
    }
  }
  grid_->setContent({rowOf(id.first), id.second}, content);
  if (id == large_) showEnlarged();
  if (id == currentCell()) showReasons();
}

bool AttributionWorkspace::networkDraws() const {
  return document().hasModel() && document().card().task == ModelCard::Task::Generator;
}

void AttributionWorkspace::showPredictions() {
  const PictureEntry* picture = networkDraws() ? nullptr : document().picture(selection().focus().image);
  const auto* predictions = picture ? predictionsOf(picture->id) : nullptr;
  targets_->score()->setPicture(picture ? pictureOf(picture->id) : QImage());
  targets_->setPredictions(picture ? picture->name : QString(), predictions ? *predictions : std::vector<Prediction>());
}

void AttributionWorkspace::enlarge(ImageId image, const QString& method) {
  const bool was = isEnlarged();
  if (method.isEmpty() || !document().picture(image)) {
    large_ = {};
    if (was) stack_->setCurrentWidget(grid_);
    if (was) grid_->setFocus();
  } else {
    large_ = {image, method};
    stack_->setCurrentWidget(enlarged_);
    enlarged_->setFocusProxy(nullptr);
  }
  refreshSoon();
  showEnlarged();
  showReasons();
}

void AttributionWorkspace::showEnlarged() {
  if (!isEnlarged()) return;
  const PictureEntry* picture = document().picture(large_.first);
  if (!picture) return enlarge(0, {});
  const auto* cell = results_->cell(large_);
  const MethodInfo* method = findMethod(methods_, large_.second);
  QStringList facts;
  if (method && cell && cell->newest()) {
    const AttributionAnswer& answer = cell->newest()->answer;
    // An older answer that is still seen was to another question.
    const bool current = cell->state == AttributionResults::State::Ready || cell->interim;
    if (current) facts << tr("why \u201c%1\u201d").arg(explainedFor(large_.first, int(answer.target)));
    if (!answer.layer.empty()) facts << tr("layer %1").arg(QString::fromStdString(answer.layer));
    if (answer.seconds > 0) facts << tr("%1 s").arg(answer.seconds, 0, 'f', answer.seconds < 10 ? 2 : 0);
    if (cell->seen()) facts << tr("map %1 \u00d7 %2").arg(cell->seen()->map.width).arg(cell->seen()->map.height);
  }
  if (method) facts << QString::fromStdString(method->citation);
  const QString name = method ? QString::fromStdString(method->title) : tr("Picture");
  enlarged_->setContent(tr("%1 \u2014 %2").arg(name, picture->name), facts.join(QStringLiteral(" \u00b7 ")),
                        pictureOf(large_.first), cell);
}

AttributionWorkspace::CellId AttributionWorkspace::currentCell() const {
  return isEnlarged() ? large_ : CellId{selection().focus().image, state_.current};
}

}  // namespace unitscope
