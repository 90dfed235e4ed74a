#include "app/counterfactual/counterfactual_workspace.h"

#include <algorithm>
#include <cmath>

#include <QSlider>
#include <QStackedWidget>
#include <QTimer>
#include <QUndoStack>

#include "app/commands.h"
#include "app/counterfactual/brush_canvas.h"
#include "app/counterfactual/change_chart.h"
#include "app/counterfactual/strokes_command.h"
#include "app/counterfactual/tool_panel.h"
#include "app/image_convert.h"
#include "app/messages.h"
#include "app/selection.h"
#include "runtime/error.h"
#include "widgets/empty_state.h"

namespace unitscope {

using Tool = ToolSettings::Tool;

CounterfactualWorkspace::CounterfactualWorkspace(const Context& context, QWidget* parent)
    : Workspace(context, parent),
      scores_(new LiveScores(
          context.engine, [this] { return question(); }, this)),
      heat_(new LiveHeat(context.engine, this)),
      probe_(new HoverProbe(context.engine, this)),
      refresh_(new QTimer(this)) {
  refresh_->setSingleShot(true);
  refresh_->setInterval(0);
  makeLayout();
  makeActions();
  connectParts();
  takeSettings({});
}

CounterfactualWorkspace::~CounterfactualWorkspace() = default;

QString CounterfactualWorkspace::explanation() const {
  return tr("Paint on the picture or cover parts of it, and see the network's answer change");
}

void CounterfactualWorkspace::connectParts() {
  connect(refresh_, &QTimer::timeout, this, &CounterfactualWorkspace::refresh);
  connect(&document(), &Document::modelChanged, this, &CounterfactualWorkspace::modelOrCardChanged);
  connect(&document(), &Document::cardChanged, this, &CounterfactualWorkspace::modelOrCardChanged);
  connect(&document(), &Document::picturesChanged, this, &CounterfactualWorkspace::picturesChanged);
  connect(&selection(), &Selection::changed, this, [this](const Focus& now, const Focus& before) {
    if (now.target != before.target) forgetVisits();
    if (now.image != before.image || now.target != before.target) refreshSoon();
  });
  connect(scores_, &LiveScores::answered, this, &CounterfactualWorkspace::takeScores);
  connect(scores_, &LiveScores::busyChanged, this, &Workspace::busyChanged);
  connect(heat_, &LiveHeat::changed, this, [this] {
    askHeat();
    showPicture();
    Q_EMIT busyChanged();
  });
  connect(probe_, &HoverProbe::answered, this, &CounterfactualWorkspace::takeReading);
  connect(probe_, &HoverProbe::busyChanged, this, &Workspace::busyChanged);

  connect(canvas_, &BrushCanvas::strokeBegun, this, &CounterfactualWorkspace::beginStroke);
  connect(canvas_, &BrushCanvas::strokeMoved, this, [this](QPointF place) {
    if (!painter_) return;
    painter_->add(place);
    live_.points.push_back(place);
    showPicture();
    scores_->refresh();
  });
  connect(canvas_, &BrushCanvas::strokeEnded, this, &CounterfactualWorkspace::endStroke);
  connect(canvas_, &BrushCanvas::strokeAbandoned, this, &CounterfactualWorkspace::abandonStroke);
  connect(canvas_, &BrushCanvas::sizeStepped, this, [this](int steps) {
    ToolSettings settings = settings_;
    if (settings.tool == Tool::Occluder) {
      settings.window = std::clamp(windowSide() + steps * std::max(1, windowSide() / 8), 1, 4096);
    } else {
      settings.size = std::clamp(settings.size + steps * std::max(1, settings.size / 8), ToolSettings::kSmallest,
                                 ToolSettings::kLargest);
    }
    takeSettings(settings);
  });
  connect(canvas_, &BrushCanvas::eraserToggled, this, [this] {
    ToolSettings settings = settings_;
    settings.tool = settings.tool == Tool::Eraser ? Tool::Brush : Tool::Eraser;
    takeSettings(settings);
  });
  connect(canvas_, &BrushCanvas::compareHeld, this, [this](bool held) {
    comparing_ = held;
    showPicture();
  });
  connect(canvas_, &ImageCanvas::hovered, this, &CounterfactualWorkspace::hover);
  connect(canvas_, &ImageCanvas::left, this, [this] {
    hovered_.reset();
    probe_->forget();
    showOccluder();
  });
  connect(divider_, &QSlider::valueChanged, this, &CounterfactualWorkspace::showPicture);

  connect(panel_, &ToolPanel::settingsChanged, this, &CounterfactualWorkspace::takeSettings);
  connect(panel_, &ToolPanel::visitedCleared, this, [this] {
    forgetVisits();
    showPicture();
    showReasons();
  });
  connect(panel_, &ToolPanel::resetRequested, this, [this] {
    if (strokes(image()).empty()) return;
    undo().push(new StrokesCommand(*this, image(), tr("Take the strokes off"), strokes(image()), {}));
  });
  connect(panel_, &ToolPanel::keepRequested, this, &CounterfactualWorkspace::keep);
  connect(panel_, &ToolPanel::saveRequested, this, &CounterfactualWorkspace::askFile);
  connect(chart_, &ChangeChart::picked, this, [this](int target) {
    if (target == selection().focus().target) return;
    undo().push(new SetTargetCommand(selection(), target, tr("Explain %1").arg(document().label(target))));
  });
}

// What the pane is about.

ImageId CounterfactualWorkspace::image() const {
  const ImageId image = selection().focus().image;
  return document().picture(image) ? image : 0;
}

EditedPicture* CounterfactualWorkspace::current() {
  const auto it = edits_.find(image());
  return it == edits_.end() ? nullptr : &it->second;
}

const EditedPicture* CounterfactualWorkspace::current() const {
  const auto it = edits_.find(image());
  return it == edits_.end() ? nullptr : &it->second;
}

ImagePtr CounterfactualWorkspace::pixels() const {
  const EditedPicture* edited = current();
  return edited ? edited->pixels() : nullptr;
}

Strokes CounterfactualWorkspace::strokes(ImageId image) const {
  const auto it = edits_.find(image);
  return it == edits_.end() ? Strokes() : it->second.strokes();
}

int CounterfactualWorkspace::target() const {
  if (selection().focus().target >= 0) return selection().focus().target;
  const EditedPicture* edited = current();
  // The first choice for the original: it must not change under the brush.
  return edited && edited->canvas() && !edited->canvas()->classes.empty() ? int(edited->canvas()->classes.front().index)
                                                                          : -1;
}

QString CounterfactualWorkspace::networkProblem() const {
  if (!document().hasModel()) return tr("Open a network to begin");
  if (document().card().task == ModelCard::Task::Generator) return tr("This network draws pictures");
  return {};
}

bool CounterfactualWorkspace::busy() const {
  return refresh_->isActive() || !preparing_.isEmpty() || scores_->busy() || heat_->busy() || probe_->busy();
}

void CounterfactualWorkspace::showEvent(QShowEvent* event) {
  Workspace::showEvent(event);
  refreshSoon();
}

void CounterfactualWorkspace::refreshSoon() {
  // A hidden tab asks for nothing.
  if (isVisible() && !refresh_->isActive()) refresh_->start();
}

void CounterfactualWorkspace::refresh() {
  const ImageId now = image();
  if (now != shown_) {
    abandonStroke();
    forgetVisits();
    livePixels_.reset();
    hovered_.reset();
    after_.clear();
    scored_.reset();
    // Only the current picture's pixels are held; strokes are drawn again when one comes back.
    for (auto it = edits_.begin(); it != edits_.end();) {
      if (it->first == now) {
        ++it;
      } else if (it->second.edited()) {
        it->second.setCanvas(nullptr);
        ++it;
      } else {
        it = edits_.erase(it);
      }
    }
    shown_ = now;
  }
  const QString problem = networkProblem();
  const bool ready = problem.isEmpty() && now != 0;
  empty_->setHeadline(!problem.isEmpty() ? problem : tr("Drop a picture here"));
  empty_->setText(!document().hasModel()
                      ? tr("Drop a model file on the window, or open a built-in one from the File menu.")
                  : !problem.isEmpty() ? tr("There is no picture that could be painted on.")
                                       : tr("Then paint on it and watch the network change its mind."));
  stack_->setCurrentIndex(ready ? 1 : 0);
  if (ready) {
    prepare(now);
    prepareSources(now);
    if (settings_.fill == Stroke::Fill::Copy && settings_.tool == Tool::Brush) prepareSource(settings_.source);
    const EditedPicture* edited = current();
    if (edited && edited->canvas() && (!edited->pixels() || scored_ != edited->pixels())) scores_->refresh();
  }
  showPicture();
  showChart();
  showReasons();
  askHeat();
  Q_EMIT busyChanged();
}

void CounterfactualWorkspace::modelOrCardChanged() {
  abandonStroke();
  for (const ImageId image : std::as_const(preparing_)) {
    engine().cancelPane(QStringLiteral("counterfactual/prepare/%1").arg(image));
    engine().cancelPane(QStringLiteral("counterfactual/source/%1").arg(image));
  }
  ++epoch_;
  preparing_.clear();
  notPrepared_.clear();
  sources_.clear();
  for (auto& [image, edited] : edits_) edited.setCanvas(nullptr);
  heat_->clear();
  after_.clear();
  scored_.reset();
  saved_.clear();
  forgetVisits();
  refreshSoon();
}

void CounterfactualWorkspace::picturesChanged() {
  QVector<QPair<ImageId, QString>> others;
  for (const PictureEntry& picture : document().pictures()) others.append({picture.id, picture.name});
  panel_->setSources(others);
  if (!document().picture(settings_.source)) {
    ToolSettings settings = settings_;
    settings.source = 0;
    for (const auto& [id, name] : others) {
      if (settings.source == 0 && id != image()) settings.source = id;
    }
    settings_ = settings;
    panel_->setSettings(settings_);
  }
  refreshSoon();
}

void CounterfactualWorkspace::prepare(ImageId image) {
  EditedPicture& edited = edits_[image];
  if (edited.canvas() || preparing_.contains(image) || notPrepared_.contains(image)) return;
  preparing_.insert(image);
  using Canvas = std::shared_ptr<const CanvasPicture>;
  engine().ask<Canvas>(
      tr("Preparing %1").arg(document().picture(image)->name), QStringLiteral("counterfactual/prepare/%1").arg(image),
      [model = document().model(), pixels = document().picture(image)->pixels](const Progress&,
                                                                               const CancelToken& cancel) {
        return std::make_shared<const CanvasPicture>(prepareCanvasPicture(*model, pixels, cancel));
      },
      this,
      [this, image, epoch = epoch_](const Canvas& canvas) {
        if (epoch != epoch_) return;
        preparing_.remove(image);
        if (edits_.contains(image)) edits_[image].setCanvas(canvas);
        refreshSoon();
        Q_EMIT busyChanged();
      },
      [this, image, epoch = epoch_](const Problem&) {
        if (epoch != epoch_) return;
        preparing_.remove(image);
        notPrepared_.insert(image);
        refreshSoon();
        Q_EMIT busyChanged();
      });
}

void CounterfactualWorkspace::prepareSource(ImageId source) {
  const PictureEntry* picture = document().picture(source);
  if (!picture || sources_.contains(source) || preparing_.contains(-source) || notPrepared_.contains(source)) return;
  preparing_.insert(-source);  // apart from the same picture's own canvas
  engine().ask<ImagePtr>(
      tr("Preparing %1").arg(picture->name), QStringLiteral("counterfactual/source/%1").arg(-source),
      [model = document().model(), pixels = picture->pixels](const Progress&, const CancelToken&) {
        return std::make_shared<const Image>(model->pictureOf(model->preprocess(*pixels)));
      },
      this,
      [this, source, epoch = epoch_](const ImagePtr& seen) {
        if (epoch != epoch_) return;
        preparing_.remove(-source);
        sources_.insert(source, seen);
        refreshSoon();
        Q_EMIT busyChanged();
      },
      [this, source, epoch = epoch_](const Problem&) {
        if (epoch != epoch_) return;
        preparing_.remove(-source);
        notPrepared_.insert(source);
        refreshSoon();
        Q_EMIT busyChanged();
      });
}

// Strokes that copy keep their pixels; those of a session, or made under another network, get new ones.
void CounterfactualWorkspace::prepareSources(ImageId image) {
  EditedPicture& edited = edits_[image];
  Strokes strokes = edited.strokes();
  bool changed = false;
  for (StrokePtr& stroke : strokes) {
    if (stroke->fill != Stroke::Fill::Copy || !document().picture(stroke->source)) continue;
    const ImagePtr seen = sources_.value(stroke->source);
    if (!seen) {
      prepareSource(stroke->source);
    } else if (!stroke->copied || stroke->copied->pixels != seen->pixels) {
      Stroke renewed = *stroke;
      renewed.copied = seen;
      stroke = std::make_shared<const Stroke>(renewed);
      changed = true;
    }
  }
  if (changed) edited.setStrokes(strokes);
}

void CounterfactualWorkspace::takeSettings(const ToolSettings& settings) {
  const bool copies = settings.fill == Stroke::Fill::Copy && settings.tool == Tool::Brush;
  const bool trailEnds = settings.cover != settings_.cover || settings.window != settings_.window;
  settings_ = settings;
  if (copies && (!document().picture(settings_.source) || settings_.source == image())) {
    for (const PictureEntry& picture : document().pictures()) {
      if (picture.id == image()) continue;
      settings_.source = picture.id;
      break;
    }
  }
  panel_->setSettings(settings_);
  settings_ = panel_->settings();
  canvas_->setBrush(settings_.size / 200.0, settings_.softness / 100.0);
  if (trailEnds) forgetVisits();
  if (hovered_) hover(*hovered_);
  showPicture();
  showReasons();
  refreshSoon();
  Q_EMIT stateChanged();
}

// Strokes.

void CounterfactualWorkspace::beginStroke(QPointF place) {
  EditedPicture* edited = current();
  if (!edited || !edited->canvas()) return;
  if (const EditedPicture::Work work = edited->work(); !work.rest.empty() && work.rest.size() <= 2) {
    // Rather a moment of waiting than a stroke that is lost.
    edited->take(work, EditedPicture::draw(work));
  }
  const ImagePtr before = pixels();
  if (!before) return;
  Stroke stroke = settings_.stroke();
  stroke.copied = sources_.value(stroke.source);
  if (!fillProblem(stroke.fill, *current()->canvas(), stroke.copied).isEmpty()) return;
  heat_->stop();  // the network is needed for the scores
  live_ = stroke;
  painter_ = std::make_unique<StrokePainter>(current()->canvas(), before, live_);
  painter_->add(place);
  live_.points.push_back(place);
  livePixels_.reset();
  showPicture();
  scores_->refresh();
}

void CounterfactualWorkspace::abandonStroke() {
  if (!painter_) return;
  painter_.reset();
  livePixels_.reset();
  showPicture();
  scores_->refresh();
}

void CounterfactualWorkspace::endStroke() {
  if (!painter_) return;
  const std::unique_ptr<StrokePainter> painter = std::move(painter_);
  const auto stroke = std::make_shared<const Stroke>(std::exchange(live_, {}));
  EditedPicture* edited = current();
  if (!edited) return;
  const Strokes before = edited->strokes();
  Strokes after = before;
  after.push_back(stroke);
  const QString text = stroke->fill == Stroke::Fill::Restore ? tr("Erase") : tr("Brush");
  undo().push(new StrokesCommand(*this, image(), text, before, after));
  if (stroke->fill == Stroke::Fill::Inpaint) {
    // Shown until the engine thread has drawn it.
    if (!livePixels_) livePixels_ = std::make_shared<const Image>(painter->image());
    showPicture();
  } else {
    // Already drawn, to the last pixel as it would be drawn again.
    edited->take(edited->work(), {std::make_shared<const Image>(painter->image())});
    showPicture();
    showReasons();
  }
  scores_->refresh();
}

void CounterfactualWorkspace::setStrokes(ImageId image, const Strokes& strokes) {
  edits_[image].setStrokes(strokes);
  if (document().picture(image)) selection().setImage(image);
  refreshSoon();
  showPicture();
  showReasons();
  Q_EMIT stateChanged();
}

std::optional<LiveScores::Question> CounterfactualWorkspace::question() {
  EditedPicture* edited = current();
  if (!isVisible() || !edited || !edited->canvas() || !document().hasModel()) return std::nullopt;
  LiveScores::Question question;
  question.model = document().model();
  question.image = image();
  question.work = edited->work();
  if (painter_ && live_.fill == Stroke::Fill::Inpaint) {
    question.live = std::make_shared<const Stroke>(live_);
  } else if (painter_) {
    question.pixels = std::make_shared<const Image>(painter_->image());
  } else {
    if (!question.work.rest.empty() && !EditedPicture::isSlow(question.work)) {
      edited->take(question.work, EditedPicture::draw(question.work));
      question.work = edited->work();
      showPicture();
    }
    question.pixels = edited->pixels();
    if (question.pixels && question.pixels == edited->canvas()->seen && scored_ != question.pixels) {
      takeOriginal();
      return std::nullopt;
    }
    if (question.pixels && question.pixels == scored_) return std::nullopt;
  }
  return question;
}

// Its scores are known.
void CounterfactualWorkspace::takeOriginal() {
  const EditedPicture* edited = current();
  livePixels_.reset();
  after_ = edited->canvas()->classes;
  scored_ = edited->canvas()->seen;
  showPicture();
  showChart();
  showReasons();
  askHeat();
}

void CounterfactualWorkspace::takeScores(const LiveScores::Answer& answer) {
  EditedPicture* edited = current();
  // Of a picture or a network that is no longer looked at.
  if (!edited || answer.question.image != image() || answer.question.work.canvas != edited->canvas()) return;
  edited->take(answer.question.work, answer.drawn);
  if (answer.question.live && painter_) {
    livePixels_ = answer.pixels;
  } else if (edited->pixels()) {
    livePixels_.reset();
  }
  after_ = answer.classes;
  scored_ = answer.pixels;
  showPicture();
  showChart();
  showReasons();
  if (!painter_ && scored_ != edited->pixels()) {
    scores_->refresh();
  } else {
    askHeat();
  }
}

void CounterfactualWorkspace::askHeat() {
  const EditedPicture* edited = current();
  if (settings_.heat.isEmpty() || settings_.tool == Tool::Occluder || painter_ || !isVisible() || !edited ||
      !edited->pixels() || target() < 0 || !networkProblem().isEmpty())
    return;
  // The original's first, to compare with; then the picture's as it is.
  for (const ImagePtr& seen : {edited->canvas()->seen, edited->pixels()}) {
    heat_->want(document().model(), seen, settings_.heat, target());
    if (heat_->busy()) break;
  }
}

// The occluder.

int CounterfactualWorkspace::windowSide() const {
  const EditedPicture* edited = current();
  return edited && edited->canvas()
             ? settings_.windowOn(std::min(edited->canvas()->seen->width, edited->canvas()->seen->height))
             : std::max(1, settings_.window);
}

PixelBox CounterfactualWorkspace::windowAt(QPointF place) const {
  const ImagePtr now = pixels();
  if (!now || place.x() < 0 || place.y() < 0 || place.x() >= 1 || place.y() >= 1) return {};
  const int side = windowSide();
  const int left = int(std::lround(place.x() * now->width - side / 2.0));
  const int top = int(std::lround(place.y() * now->height - side / 2.0));
  return {std::max(left, 0), std::max(top, 0), std::min(left + side, now->width), std::min(top + side, now->height)};
}

void CounterfactualWorkspace::hover(QPointF place) {
  if (settings_.tool != Tool::Occluder || !pixels() || target() < 0) return;
  hovered_ = place;
  if (visitedPixels_ != pixels()) {
    forgetVisits();
    visitedPixels_ = pixels();
    visited_ = VisitedMap(visitedPixels_->width, visitedPixels_->height);
  }
  probe_->setPicture(document().model(), visitedPixels_, settings_.cover);
  const PixelBox window = windowAt(place);
  if (!window.empty()) probe_->probe(window, target());
  showOccluder();
}

void CounterfactualWorkspace::takeReading(const HoverReading& reading) {
  if (settings_.tool != Tool::Occluder || visitedPixels_ != pixels()) return;
  const bool first = visited_.empty();
  reading_ = reading;
  ++readings_;
  visited_.add(reading.window, reading.drop());
  showPicture();
  showOccluder();
  if (first) showReasons();
}

void CounterfactualWorkspace::forgetVisits() {
  reading_.reset();
  visitedPixels_.reset();
  visited_ = {};
  probe_->setPicture(nullptr, nullptr, settings_.cover);
  showOccluder();
}

}  // namespace unitscope
