// What the counterfactual workspace shows, and the ways out of it.
#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QLabel>
#include <QPainter>
#include <QSettings>
#include <QSlider>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QUndoStack>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/commands.h"
#include "app/counterfactual/brush_canvas.h"
#include "app/counterfactual/change_chart.h"
#include "app/counterfactual/counterfactual_workspace.h"
#include "app/counterfactual/tool_panel.h"
#include "app/image_convert.h"
#include "app/messages.h"
#include "app/picture_loader.h"
#include "app/shell_text.h"
#include "widgets/control_column.h"
#include "widgets/elided_label.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"
#include "widgets/top_chart.h"

namespace unitscope {

using Tool = ToolSettings::Tool;

namespace {

QSize sizeOf(const ImagePtr& image) {
  return image ? QSize(image->width, image->height) : QSize();
}

}  // namespace

void CounterfactualWorkspace::makeLayout() {
  auto* side = new QWidget;
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(6);
  heading_ = new ElidedLabel;
  heading_->setBold(true);
  chart_ = new ChangeChart;
  explained_ = new QLabel;
  explained_->setWordWrap(true);
  panel_ = new ToolPanel(LiveHeat::fastMethods());
  column->addWidget(heading_);
  column->addWidget(chart_);
  column->addWidget(explained_);
  column->addSpacing(8);
  column->addWidget(panel_, 1);

  auto* page = new QWidget;
  auto* right = new QVBoxLayout(page);
  right->setContentsMargins(0, 4, 0, 0);
  right->setSpacing(4);
  auto* line = new QHBoxLayout;
  line->setContentsMargins(10, 0, 8, 0);
  line->setSpacing(8);
  auto* dividerName = new QLabel(tr("Original"));
  divider_ = new QSlider(Qt::Horizontal);
  divider_->setRange(0, 100);
  divider_->setFixedWidth(110);
  divider_->setAccessibleName(tr("How much of the original is shown"));
  divider_->setToolTip(
      tr("Shows the original from the left up to here. Holding C on the picture shows all of it for as long."));
  dividerName->setBuddy(divider_);
  hint_ = new ElidedLabel;
  hint_->setMuted(true);
  hint_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  auto* fit = new QToolButton;
  fit->setIcon(themedIcon(QStringLiteral("zoom-fit")));
  fit->setAutoRaise(true);
  fit->setToolTip(tr("Show the whole picture (0)"));
  fit->setAccessibleName(tr("Fit"));
  line->addWidget(dividerName);
  line->addWidget(divider_);
  line->addWidget(hint_, 1);
  line->addWidget(fit);
  right->addLayout(line);
  canvas_ = new BrushCanvas;
  right->addWidget(canvas_, 1);
  connect(fit, &QToolButton::clicked, canvas_, &ImageCanvas::fit);

  stack_ = new QStackedWidget;
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("counterfactual"));
  stack_->addWidget(empty_);
  stack_->addWidget(page);

  layBeside(this, side, stack_, {270, 700});
}

void CounterfactualWorkspace::makeActions() {
  const auto add = [this](const QString& icon, const QString& text, const QString& help, auto work) {
    auto* action = new QAction(themedIcon(icon), text, this);
    action->setToolTip(help);
    connect(action, &QAction::triggered, this, work);
    actions_ << action;
  };
  add(QStringLiteral("image"), tr("Edited &picture\u2026"), tr("The edited picture as PNG, without loss"),
      [this] { askFile(); });
  add(QStringLiteral("terminal"), tr("Copy command &line"),
      tr("The command that classifies the edited picture, to the clipboard"), [this] {
        QApplication::clipboard()->setText(commandLine());
        messages().info(tr("Copied"), commandLine());
      });
}

QImage CounterfactualWorkspace::besideOriginal(const QImage& original, const QImage& now) const {
  const int split = now.width() * divider_->value() / 100;
  if (split <= 0 || original.isNull()) return now;
  QImage both = now.convertToFormat(QImage::Format_ARGB32_Premultiplied);
  QPainter painter(&both);
  painter.setCompositionMode(QPainter::CompositionMode_Source);
  const QRect part(0, 0, split, now.height());
  painter.drawImage(part, original.size() == now.size() ? original : original.scaled(now.size()), part);
  return both;
}

void CounterfactualWorkspace::showPicture() {
  const EditedPicture* edited = current();
  if (!edited || !edited->canvas()) {
    const PictureEntry* picture = document().picture(image());
    canvas_->setImage(picture ? picture->thumbnail : QImage());
    canvas_->setOverlay({});
    canvas_->setPointer(BrushCanvas::Pointer::None);
    canvas_->setDivider(0);
    return;
  }
  const QImage original = toQImage(*edited->canvas()->seen);
  const QImage now = painter_ && !livePixels_                         ? toQImage(painter_->image())
                     : livePixels_ && (painter_ || !edited->pixels()) ? toQImage(*livePixels_)
                                                                      : toQImage(*edited->best());
  canvas_->setImage(comparing_ ? original : besideOriginal(original, now));
  canvas_->setDivider(comparing_ ? 0 : divider_->value() / 100.0);
  canvas_->setBanner(comparing_ ? tr("Original") : QString());
  canvas_->setPointer(settings_.tool == Tool::Occluder ? BrushCanvas::Pointer::Window : BrushCanvas::Pointer::Brush);

  QImage overlay;
  if (settings_.tool == Tool::Occluder) {
    if (!comparing_) overlay = visited_.picture();
  } else if (!settings_.heat.isEmpty() && !painter_) {
    const auto before = heat_->heat(edited->canvas()->seen, settings_.heat, target());
    const auto after = heat_->heat(edited->pixels(), settings_.heat, target());
    if (comparing_) {
      if (before) overlay = before->overlay;
    } else if (after) {
      overlay = besideOriginal(before ? before->overlay : QImage(), after->overlay);
    }
  }
  canvas_->setOverlay(overlay);
  canvas_->setOverlayOpacity(settings_.heatOpacity / 100.0);
  panel_->setPictureSize(sizeOf(edited->canvas()->seen));
}

void CounterfactualWorkspace::showOccluder() {
  const ImagePtr now = pixels();
  const PixelBox window = hovered_ ? windowAt(*hovered_) : PixelBox();
  if (!now || window.empty() || settings_.tool != Tool::Occluder) {
    canvas_->setWindow({}, {});
    return;
  }
  const double w = now->width, h = now->height;
  QString text;
  if (reading_) {
    const double drop = reading_->drop();
    text =
        tr("%1%2\n%3 \u2192 %4")
            .arg(drop > 0   ? QStringLiteral("\u2212")
                 : drop < 0 ? QStringLiteral("+")
                            : QString())
            .arg(std::abs(drop), 0, 'f', 2)
            .arg(TopChart::percentText(reading_->probabilityBefore), TopChart::percentText(reading_->probabilityAfter));
  }
  canvas_->setWindow(QRectF(QPointF(window.left / w, window.top / h), QPointF(window.right / w, window.bottom / h)),
                     text);
}

void CounterfactualWorkspace::showChart() {
  const EditedPicture* edited = current();
  const PictureEntry* picture = document().picture(image());
  heading_->setText(picture ? tr("%1, before \u2192 after").arg(picture->name) : tr("Before \u2192 after"));
  const bool known = edited && edited->canvas() && networkProblem().isEmpty();
  const std::vector<Prediction> none;
  const auto& before = known ? edited->canvas()->classes : none;
  chart_->setRows(changeRows(before, after_.empty() ? before : after_, known ? target() : -1));
  chart_->setVisible(!chart_->rows().empty());
  chart_->setChosen(target());
  explained_->setText(
      !picture || !networkProblem().isEmpty() ? tr("No picture yet.")
      : notPrepared_.contains(image())        ? tr("The network could not look at this picture.")
      : !known                                ? tr("Looking at the picture\u2026")
               : tr("Shares in percent, before above and after below. Explained: %1").arg(document().label(target())));
}

void CounterfactualWorkspace::showReasons() {
  const EditedPicture* edited = current();
  const bool ready = edited && edited->canvas();
  const QString none = !document().hasModel()           ? tr("Open a network first")
                       : !networkProblem().isEmpty()    ? networkProblem()
                       : !document().picture(image())   ? tr("Bring in a picture first")
                       : notPrepared_.contains(image()) ? tr("The network could not look at this picture")
                       : !ready                         ? tr("The picture is being prepared")
                                                        : QString();
  const QString unchanged = !none.isEmpty()     ? none
                            : !edited->edited() ? tr("Nothing has been painted on this picture")
                            : !edited->pixels() ? tr("The strokes are being drawn")
                                                : QString();
  panel_->setReasons(none, unchanged, unchanged, visited_.empty() ? tr("The window has not been anywhere") : QString());
  QString problem;
  if (ready && settings_.tool == Tool::Brush) {
    problem = fillProblem(settings_.fill, *edited->canvas(), sources_.value(settings_.source));
    if (settings_.fill == Stroke::Fill::Copy && preparing_.contains(-settings_.source)) {
      problem = tr("The other picture is being prepared");
    }
  }
  panel_->setFillReason(problem);
  setAvailable(*actions_[0], unchanged);
  setAvailable(*actions_[1], !none.isEmpty()           ? none
                             : commandLine().isEmpty() ? tr("Save the edited picture first: a command needs a file")
                                                       : QString());
  setAvailable(*divider_, ready && edited->edited() ? QString() : tr("Nothing has been painted on this picture"));
  const QString size = ready ? tr("%1 \u00d7 %2, as the network sees it")
                                   .arg(edited->canvas()->seen->width)
                                   .arg(edited->canvas()->seen->height)
                             : QString();
  const QString heatProblem = settings_.heat.isEmpty() ? QString() : heat_->problem();
  hint_->setText(!heatProblem.isEmpty() ? tr("No heatmap: %1").arg(heatProblem) : size);
  hint_->setHelp(
      tr("Left button: the tool. Middle button: pan. Wheel: zoom. [ and ]: size. X: eraser. C: the "
         "original, while held. Arrows and Enter: paint from the keyboard. Escape: give the stroke up."));
}

QString CounterfactualWorkspace::commandLine() const {
  const PictureEntry* picture = document().picture(image());
  if (!picture || !networkProblem().isEmpty()) return {};
  QString file = picture->path;
  if (!strokes(image()).empty()) {
    const Saved saved = saved_.value(image());
    file = saved.pixels && saved.pixels == pixels() ? saved.file : QString();
  }
  if (file.isEmpty()) return {};
  const QString model = document().opened().path.isEmpty() ? document().opened().builtIn : document().opened().path;
  return QStringLiteral("unitscope classify %1 %2").arg(shellWord(model), shellWord(file));
}

void CounterfactualWorkspace::keep() {
  const EditedPicture* edited = current();
  const PictureEntry* picture = document().picture(image());
  if (!edited || !picture || !edited->pixels()) return;
  PictureEntry entry;
  entry.id = document().newImageId();
  entry.name = tr("%1, edited").arg(picture->name);
  auto whole = std::make_shared<Image>(wholeWith(*edited->canvas(), *edited->pixels()));
  entry.thumbnail = makeThumbnail(*whole);
  entry.pixels = std::move(whole);
  undo().push(new AddPicturesCommand(document(), {entry}));
  messages().success(entry.name, tr("added to the pictures"));
}

bool CounterfactualWorkspace::savePicture(const QString& file) {
  const EditedPicture* edited = current();
  if (!edited || !edited->pixels()) return false;
  if (!toQImage(wholeWith(*edited->canvas(), *edited->pixels())).save(file, "PNG")) {
    messages().error(file, tr("could not be written; is the folder writable?"));
    return false;
  }
  saved_.insert(image(), {file, edited->pixels()});
  showReasons();
  Q_EMIT stateChanged();
  return true;
}

void CounterfactualWorkspace::askFile() {
  const PictureEntry* picture = document().picture(image());
  if (!picture) return;
  QSettings& store = settings().store();
  auto* dialog = new QFileDialog(this, tr("Save the edited picture"),
                                 store.value("folders/export", QDir::homePath()).toString(), tr("Pictures (*.png)"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->selectFile(QFileInfo(picture->name).completeBaseName() + QStringLiteral("-edited.png"));
  dialog->setDefaultSuffix(QStringLiteral("png"));
  connect(dialog, &QFileDialog::fileSelected, this, [this, &store](const QString& file) {
    store.setValue("folders/export", QFileInfo(file).absolutePath());
    if (savePicture(file)) messages().success(QFileInfo(file).fileName(), tr("saved"));
  });
  dialog->open();
}

// Sessions know pictures by their place and name: their numbers are new each time.

QJsonObject CounterfactualWorkspace::saveState() const {
  QJsonObject state = settings_.toJson();
  QJsonArray edits;
  for (const PictureEntry& picture : document().pictures()) {
    const Strokes all = strokes(picture.id);
    if (all.empty()) continue;
    QJsonArray list;
    for (const StrokePtr& stroke : all) list.append(strokeToJson(*stroke, document().indexOf(stroke->source)));
    edits.append(QJsonObject{{"picture", document().indexOf(picture.id)}, {"name", picture.name}, {"strokes", list}});
  }
  state.insert("edits", edits);
  return state;
}

void CounterfactualWorkspace::restoreState(const QJsonObject& state) {
  const auto idAt = [this](int index) {
    const auto& all = document().pictures();
    return index >= 0 && index < int(all.size()) ? all[std::size_t(index)].id : 0;
  };
  abandonStroke();
  edits_.clear();
  shown_ = 0;
  for (const QJsonValue& value : state["edits"].toArray()) {
    const QJsonObject edit = value.toObject();
    const QString name = edit["name"].toString();
    ImageId image = idAt(edit["picture"].toInt(-1));
    // A file that is gone shifts the others.
    if (const PictureEntry* there = document().picture(image); !there || there->name != name) {
      const auto& all = document().pictures();
      const auto it = std::find_if(all.begin(), all.end(), [&](const PictureEntry& p) { return p.name == name; });
      image = it == all.end() ? 0 : it->id;
    }
    if (image == 0) continue;
    Strokes strokes;
    for (const QJsonValue& one : edit["strokes"].toArray()) {
      int source = -1;
      std::optional<Stroke> stroke = strokeFromJson(one.toObject(), source);
      if (!stroke) continue;
      stroke->source = idAt(source);
      strokes.push_back(std::make_shared<const Stroke>(std::move(*stroke)));
    }
    edits_[image].setStrokes(std::move(strokes));
  }
  ToolSettings settings = ToolSettings::fromJson(state);
  settings.source = settings_.source;
  takeSettings(settings);
}

}  // namespace unitscope
