#include "app/judging/picture_page.h"

#include <algorithm>
#include <cmath>

#include <QCheckBox>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTimer>

#include "app/app_settings.h"
#include "app/attribution/method_panel.h"
#include "app/availability.h"
#include "app/image_convert.h"
#include "app/judging/check_list.h"
#include "app/judging/mask_editor.h"
#include "app/judging/sanity_panel.h"
#include "app/judging/score_table.h"
#include "app/selection.h"
#include "app/shell_text.h"
#include "image/image.h"
#include "sources/picture_mask.h"
#include "widgets/curve_chart.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"
#include "widgets/top_chart.h"

namespace unitscope {

namespace {

const QString kSanityPane = QStringLiteral("judge/sanity");

/// Charts take their time to be drawn anew.
void showCurves(CurveChart& chart, const QVector<CurveSeries>& curves) {
  const bool same =
      std::equal(curves.begin(), curves.end(), chart.curves().begin(), chart.curves().end(),
                 [](const CurveSeries& a, const CurveSeries& b) { return a.name == b.name && a.points == b.points; });
  if (!same) chart.setCurves(curves);
}

}  // namespace

PicturePage::PicturePage(const Context& context, const std::vector<MethodInfo>& methods, ChangeState change,
                         std::function<QJsonObject()> attributionState, QWidget* parent)
    : QWidget(parent),
      context_(context),
      infos_(methods),
      change_(std::move(change)),
      attributionState_(std::move(attributionState)),
      state_(JudgeState::defaults(methods)),
      judge_(new PictureJudge(context.engine, this)),
      refresh_(new QTimer(this)) {
  refresh_->setSingleShot(true);
  refresh_->setInterval(0);
  makeLayout();
  connectParts();
}

void PicturePage::connectParts() {
  connect(refresh_, &QTimer::timeout, this, &PicturePage::refresh);
  connect(&context_.document, &Document::modelChanged, this, &PicturePage::forget);
  connect(&context_.document, &Document::cardChanged, this, &PicturePage::forget);
  connect(&context_.document, &Document::picturesChanged, this, &PicturePage::refreshSoon);
  connect(&context_.document, &Document::layersKnown, this,
          [this] { panel_->setLayers(context_.document.opened().spatialLayers); });
  connect(&context_.selection, &Selection::changed, this, &PicturePage::refreshSoon);
  connect(&context_.engine, &EngineBridge::allCancelled, this, &PicturePage::stop);
  connect(judge_, &PictureJudge::changed, this, &PicturePage::showResults);
  connect(judge_, &PictureJudge::busyChanged, this, [this] {
    showReady();
    Q_EMIT busyChanged();
  });
  connect(judge_, &PictureJudge::cancelled, this, [this] { active_ = false; });
  connect(start_, &QPushButton::clicked, this, [this] {
    if (judge_->busy()) {
      stop();
    } else {
      start();
    }
  });
  connect(adopt_, &QPushButton::clicked, this, &PicturePage::adoptMethods);

  connect(panel_, &MethodPanel::methodToggled, this, [this](const QString& method, bool on) {
    change_(on ? tr("Judge %1").arg(titleOf(method)) : tr("Do not judge %1").arg(titleOf(method)),
            [&](JudgeState& state) {
              state.compared.methods.removeAll(method);
              if (on) state.compared.methods << method;
              if (on) state.compared.current = method;
            },
            {});
  });
  connect(panel_, &MethodPanel::methodPicked, this, [this](const QString& method) {
    change_({}, [&](JudgeState& state) { state.compared.current = method; }, {});
  });
  connect(panel_, &MethodPanel::parameterChanged, this,
          [this](const QString& method, const QString& id, const QVariant& value) {
            const MethodInfo* info = findMethod(infos_, method);
            if (!info) return;
            change_(
                tr("Set %1 of %2").arg(id, titleOf(method)),
                [&](JudgeState& state) {
                  QVariantMap values = state.compared.parameters.value(method);
                  values.insert(id, value);
                  state.compared.parameters.insert(method, onlyChanges(*info, values));
                },
                QStringLiteral("judge/") + method + QLatin1Char('/') + id);
          });
  connect(panel_, &MethodPanel::parametersReset, this, [this](const QString& method) {
    change_(tr("Published defaults"), [&](JudgeState& state) { state.compared.parameters.remove(method); }, {});
  });
  connect(panel_, &MethodPanel::layerPicked, this, [this](const QString& method, const QString& layer) {
    change_(tr("Choose the layer"),
            [&](JudgeState& state) {
              if (layer.isEmpty()) {
                state.compared.layers.remove(method);
              } else {
                state.compared.layers.insert(method, layer);
              }
            },
            {});
  });
  connect(table_, &ScoreTable::methodPicked, this, [this](const QString& method) {
    change_({}, [&](JudgeState& state) { state.compared.current = method; }, {});
  });
  connect(metrics_, &CheckList::checkedChanged, this, [this](const QStringList& ids) {
    change_(tr("Choose the metrics"), [&](JudgeState& state) { state.metrics = ids; }, {});
  });
  connect(points_, &QSpinBox::valueChanged, this, [this](int points) {
    change_(
        tr("Points of a curve"), [&](JudgeState& state) { state.points = points; }, QStringLiteral("judge/points"));
  });
  connect(absolute_, &QCheckBox::clicked, this, [this](bool on) {
    change_(on ? tr("Judge magnitudes") : tr("Judge sums"), [&](JudgeState& state) { state.absolute = on; }, {});
  });

  connect(mask_, &MaskEditor::drawn, this, [this](const MaskShape& shape) {
    editMask(tr("Mark the object"), [&](MaskDrawing& mask) { mask.shapes << shape; });
  });
  connect(mask_, &MaskEditor::clearWanted, this,
          [this] { editMask(tr("Clear the mask"), [](MaskDrawing& mask) { mask = MaskDrawing(); }); });
  connect(mask_, &MaskEditor::fileWanted, this, &PicturePage::pickMaskFile);

  connect(sanity_, &SanityPanel::startWanted, this, &PicturePage::checkSanity);
  connect(sanity_, &SanityPanel::stopWanted, this, &PicturePage::stopSanity);
  connect(sanity_, &SanityPanel::methodPicked, this, [this](const QString& method) {
    change_(tr("Choose what is checked"), [&](JudgeState& state) { state.sanityMethod = method; }, {});
  });
  connect(sanity_, &SanityPanel::kindPicked, this, [this](const QString& kind) {
    change_(tr("Choose the check"), [&](JudgeState& state) { state.sanityKind = kind; }, {});
  });
}

void PicturePage::setState(const JudgeState& state) {
  state_ = state;
  panel_->setState(state_.compared);
  metrics_->setChecked(state_.metrics);
  {
    const QSignalBlocker quiet(points_);
    points_->setValue(state_.points);
  }
  absolute_->setChecked(state_.absolute);
  refreshSoon();
}

void PicturePage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  refreshSoon();
}

// Many changes in a row are answered once.
void PicturePage::refreshSoon() {
  if (!refresh_->isActive()) refresh_->start();
}

// Another network, or another card: nothing holds any more.
void PicturePage::forget() {
  ++epoch_;
  active_ = false;
  context_.engine.cancelPane(QStringLiteral("judge/seen"));
  context_.engine.cancelPane(QStringLiteral("judge/mask"));
  classifying_ = notClassified_ = 0;
  seen_.clear();
  maskFiles_.clear();
  stopSanity();
  checked_.reset();
  judge_->clear();
  panel_->setLayers(context_.document.opened().spatialLayers);
  refreshSoon();
}

void PicturePage::refresh() {
  const ModelCard::Task task = context_.document.card().task;
  const bool draws = context_.document.hasModel() && task == ModelCard::Task::Generator;
  const bool ready = context_.document.hasModel() && !draws && picture();
  empty_->setHeadline(draws                                  ? tr("This network draws pictures")
                      : !context_.document.hasModel()        ? tr("Open a network to begin")
                      : context_.document.pictures().empty() ? tr("Drop a picture here")
                                                             : tr("Choose a picture"));
  empty_->setText(draws ? tr("Heatmaps explain networks that look at pictures.")
                        : tr("The heatmaps of several methods for it will be compared: which shows what the network "
                             "really goes by?"));
  stack_->setCurrentIndex(ready ? 1 : 0);
  const Focus& focus = context_.selection.focus();
  if (focus.image != shownImage_ || focus.target != shownTarget_) {
    shownImage_ = focus.image;
    shownTarget_ = focus.target;
    active_ = false;
    judge_->stop();
    stopSanity();
  }
  if (ready && isVisible()) classify();
  takeMask();
  ask();
  showResults();
  showReady();
  showSanity();
  Q_EMIT busyChanged();
  Q_EMIT contentChanged();
}

void PicturePage::classify() {
  const PictureEntry* entry = picture();
  if (seen_.contains(entry->id) || classifying_ == entry->id || notClassified_ == entry->id) return;
  classifying_ = entry->id;
  context_.engine.classify(
      context_.document.model(), QStringLiteral("judge/seen"), entry->pixels, 10000, this,
      [this, image = entry->id, epoch = epoch_](const Classification& answer) {
        if (epoch != epoch_) return;
        classifying_ = 0;
        seen_.insert(image, {answer.top, toQImage(*answer.prepared.seen)});
        refreshSoon();
      },
      [this, image = entry->id, epoch = epoch_](const Problem&) {
        if (epoch != epoch_) return;
        classifying_ = 0;
        notClassified_ = image;
        refreshSoon();
      });
}

// What is drawn, over the file where there is one, in the network's geometry.
void PicturePage::takeMask() {
  const Seen* now = seen();
  mask_->setPicture(now ? now->picture : QImage());
  const PictureEntry* entry = picture();
  mask_->setTitle(!entry                 ? QString()
                  : now && target() >= 0 ? tr("Why \u201c%1\u201d?").arg(context_.document.label(target()))
                                         : entry->name);
  const MaskDrawing drawing = state_.masks.value(key());
  if (!drawing.file.isEmpty() && now) readMaskFile(drawing.file);
  mask_->setMask(drawing.shapes, maskFiles_.value(drawing.file));
  if (mask_->mask() != takenMask_) {
    takenMask_ = mask_->mask();
    Array array = maskArray(takenMask_);
    maskArray_ = array.values.empty() ? nullptr : std::make_shared<const Array>(std::move(array));
  }
}

void PicturePage::readMaskFile(const QString& file) {
  if (maskFiles_.contains(file)) return;
  maskFiles_.insert(file, {});
  context_.engine.ask<QImage>(
      tr("Reading the mask"), QStringLiteral("judge/mask"),
      [path = file.toStdString(), card = context_.document.card()](const Progress&, const CancelToken&) {
        return maskPicture(maskAsSeen(loadImage(path), card));
      },
      this,
      [this, file, epoch = epoch_](const QImage& mask) {
        if (epoch != epoch_) return;
        maskFiles_.insert(file, mask);
        refreshSoon();
      });
}

void PicturePage::editMask(const QString& text, const std::function<void(MaskDrawing&)>& edit) {
  if (!picture()) return;
  change_(text,
          [&](JudgeState& state) {
            MaskDrawing mask = state.masks.value(key());
            edit(mask);
            if (mask.isEmpty()) {
              state.masks.remove(key());
            } else {
              state.masks.insert(key(), mask);
            }
          },
          {});
}

void PicturePage::adoptMethods() {
  const AttributionState theirs = AttributionState::fromJson(attributionState_(), infos_);
  change_(tr("Judge what is compared"),
          [&](JudgeState& state) {
            state.compared.methods = theirs.methods;
            state.compared.current = theirs.current;
            state.compared.parameters = theirs.parameters;
            state.compared.layers = theirs.layers;
          },
          {});
}

void PicturePage::start() {
  if (!reasonNotReady().isEmpty()) return;
  active_ = true;
  refresh();
}

void PicturePage::stop() {
  active_ = false;
  judge_->stop();
  showResults();
}

JudgedMethod PicturePage::methodAsSet(const QString& id) const {
  JudgedMethod method;
  const MethodInfo* info = findMethod(infos_, id);
  if (!info) return method;
  method.id = id;
  method.title = titleOf(id);
  if (info->usesLayer) method.layer = state_.compared.layers.value(id);
  method.parameters = parameterValues(*info, state_.compared.parameters.value(id));
  return method;
}

// Tells the judge what this is about, and what is wanted where somebody has asked for it.
void PicturePage::ask() {
  const PictureEntry* entry = picture();
  if (!entry || !seen()) return;
  judge_->setSubject({backgroundModel(), entry->pixels, target(), state_.points, state_.absolute, maskArray_});
  if (!active_) return;
  QVector<JudgedMethod> methods;
  for (const QString& id : state_.compared.methods) methods << methodAsSet(id);
  judge_->want(methods, state_.metrics);
}

QString PicturePage::reasonNotReady() const {
  if (!context_.document.hasModel()) return tr("Open a network first");
  if (context_.document.card().task == ModelCard::Task::Generator)
    return tr("This network draws pictures: there is nothing to explain");
  if (!picture()) return tr("Add a picture first");
  if (!seen()) return tr("The picture is being looked at");
  if (state_.compared.methods.isEmpty()) return tr("Tick a method first");
  if (state_.metrics.isEmpty()) return tr("Tick a metric first");
  return {};
}

void PicturePage::showReady() {
  const bool running = judge_->busy();
  start_->setText(running ? tr("Stop") : tr("Judge the heatmaps"));
  start_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("play")));
  setAvailable(*start_, running ? QString() : reasonNotReady());
  QString reason = reasonNotReady();
  if (state_.compared.methods.isEmpty()) reason = tr("Tick a method first");
  sanity_->setReady(reason, checking_);
}

void PicturePage::showResults() {
  QVector<CurveSeries> curves[2];
  QVector<ScoreRow> rows;
  std::vector<MetricInfo> columns;
  bool any = false;
  for (const MetricInfo& info : judgeMetrics())
    if (state_.metrics.contains(QString::fromStdString(info.id)) && (!info.needsMask || maskArray_))
      columns.push_back(info);
  const QLocale locale;
  int done = 0;
  for (const QString& id : state_.compared.methods) {
    ScoreRow row;
    row.id = id;
    row.title = titleOf(id);
    if (const MethodInfo* info = findMethod(infos_, id)) row.help = QString::fromStdString(info->description);
    row.map = state_.absolute ? QStringLiteral("magnitude") : QStringLiteral("sum");
    const JudgedHeat* heat = judge_->heat(id);
    // What was found with other parameters is about another heatmap.
    if (heat && !(heat->method == methodAsSet(id))) heat = nullptr;
    for (const MetricInfo& info : columns) {
      ScoreCell cell;
      if (heat && heat->results.contains(QString::fromStdString(info.id)))
        cell.value = heat->results.value(QString::fromStdString(info.id)).value;
      row.cells << cell;
    }
    if (heat) {
      row.problem = heat->problem;
      row.seconds = heat->seconds;
      any = any || !heat->results.isEmpty() || !heat->problem.isEmpty();
      done += heat->results.isEmpty() && heat->problem.isEmpty() ? 0 : 1;
      for (int which = 0; which < 2; ++which) {
        const QString metric = which == 0 ? QStringLiteral("deletion") : QStringLiteral("insertion");
        const auto found = heat->results.constFind(metric);
        if (found == heat->results.cend() || !state_.metrics.contains(metric)) continue;
        CurveSeries series;
        series.name = tr("%1 (AUC %2)").arg(row.title, locale.toString(found->value, 'f', 2));
        for (std::size_t i = 0; i < found->curve.size() && i < found->x.size(); ++i)
          series.points << QPointF(found->x[i], found->curve[i]);
        curves[which] << series;
      }
    }
    rows << row;
  }
  any = any || judge_->busy();
  showCurves(*deletion_, curves[0]);
  showCurves(*insertion_, curves[1]);
  deletion_->setVisible(state_.metrics.contains(QStringLiteral("deletion")));
  insertion_->setVisible(state_.metrics.contains(QStringLiteral("insertion")));
  table_->scores()->setTable(columns, rows);
  charts_->setCurrentIndex(any ? 1 : 0);
  const bool waits = judge_->busy() && context_.engine.pending(QStringLiteral("judge/league"));
  status_->setText(waits            ? tr("Waits for the league, which is under way")
                   : judge_->busy() ? tr("Judging %1: %2 of %3 done")
                                          .arg(titleOf(judge_->running()))
                                          .arg(done)
                                          .arg(state_.compared.methods.size())
                   : !any       ? QString()
                   : maskArray_ ? tr("The best of each metric stands in bold. \u2191 higher is better, \u2193 lower")
                                : tr("The best of each metric stands in bold. Mark the object on the picture to see "
                                     "which heatmaps find it"));
  showReady();
  Q_EMIT contentChanged();
}

QString PicturePage::sanityMethod() const {
  const QStringList& methods = state_.compared.methods;
  return methods.contains(state_.sanityMethod) ? state_.sanityMethod : methods.value(0);
}

void PicturePage::checkSanity() {
  const PictureEntry* entry = picture();
  if (!entry || !seen() || sanityMethod().isEmpty()) return;
  checking_ = true;
  Sanity asked{methodAsSet(sanityMethod()), state_.sanityKind, entry->id, target(), {}};
  context_.engine.askInBackground<MetricResult>(
      tr("Sanity check of %1").arg(asked.method.title), kSanityPane, backgroundModel(),
      [asked, picture = entry->pixels, absolute = state_.absolute](Model& model, const Progress& progress,
                                                                   const CancelToken& cancel) {
        JudgeQuestion question;
        question.asked.method = asked.method.id.toStdString();
        question.asked.input = model.preprocess(*picture);
        question.asked.target = asked.target;
        question.asked.layer = asked.method.layer.toStdString();
        question.asked.parameters = asked.method.parameters;
        question.metrics = {asked.kind.toStdString()};
        question.absolute = absolute;
        return judge(model, question, progress, cancel).at(0);
      },
      this,
      [this, asked, epoch = epoch_](MetricResult result) mutable {
        checking_ = false;
        asked.result = std::move(result);
        if (epoch == epoch_) {
          checked_ = std::move(asked);
          ++verdict_;
        }
        showSanity();
        showReady();
        Q_EMIT busyChanged();
      },
      [this](const Problem&) {
        checking_ = false;
        showReady();
        Q_EMIT busyChanged();
      });
  showReady();
  Q_EMIT busyChanged();
}

void PicturePage::stopSanity() {
  if (checking_) context_.engine.cancelPane(kSanityPane);
}

void PicturePage::showSanity() {
  QVector<QPair<QString, QString>> methods;
  for (const QString& id : state_.compared.methods) methods.append({id, titleOf(id)});
  sanity_->setMethods(methods, sanityMethod());
  sanity_->setKind(state_.sanityKind);
  const Focus& focus = context_.selection.focus();
  const bool current = checked_ && checked_->image == focus.image && checked_->target == target() &&
                       checked_->kind == state_.sanityKind && checked_->method == methodAsSet(sanityMethod());
  const int verdict = current ? verdict_ : 0;
  if (verdict == shownVerdict_) return;
  shownVerdict_ = verdict;
  sanity_->setResult(current ? &checked_->result : nullptr, titleOf(sanityMethod()));
}

bool PicturePage::anyScores() const {
  return std::ranges::any_of(table_->scores()->rows(), [](const ScoreRow& row) {
    return std::ranges::any_of(row.cells, [](const ScoreCell& cell) { return std::isfinite(cell.value); });
  });
}

bool PicturePage::busy() const {
  return refresh_->isActive() || classifying_ != 0 || judge_->busy() || checking_;
}

BackgroundModel PicturePage::backgroundModel() const {
  return {context_.document.model(), context_.document.card(), context_.settings.compute()};
}

const PictureEntry* PicturePage::picture() const {
  return context_.document.picture(context_.selection.focus().image);
}

QString PicturePage::key() const {
  const PictureEntry* entry = picture();
  return entry ? pictureKey(*entry) : QString();
}

const PicturePage::Seen* PicturePage::seen() const {
  const auto found = seen_.constFind(context_.selection.focus().image);
  return found == seen_.cend() ? nullptr : &*found;
}

int PicturePage::target() const {
  const int chosen = context_.selection.focus().target;
  if (chosen >= 0) return chosen;
  const Seen* now = seen();
  return now && !now->predictions.empty() ? int(now->predictions.front().index) : -1;
}

QString PicturePage::titleOf(const QString& method) const {
  const MethodInfo* info = findMethod(infos_, method);
  return info ? QString::fromStdString(info->title) : method;
}

QString PicturePage::commandLine() const {
  const PictureEntry* entry = picture();
  const MethodInfo* info = findMethod(infos_, state_.compared.current);
  const Document& document = context_.document;
  if (!document.hasModel() || !entry || entry->path.isEmpty() || !info || state_.metrics.isEmpty()) return {};
  const QString model = document.opened().path.isEmpty() ? document.opened().builtIn : document.opened().path;
  const JudgedMethod method = methodAsSet(state_.compared.current);
  const QString file = state_.masks.value(key()).file;
  QStringList metrics;
  for (const MetricInfo& metric : judgeMetrics())
    if (state_.metrics.contains(QString::fromStdString(metric.id)) && (!metric.needsMask || !file.isEmpty()))
      metrics << QString::fromStdString(metric.id);
  QStringList words{"unitscope", "judge", shellWord(model), shellWord(entry->path), "--method", method.id};
  if (target() >= 0) words << "--target" << QString::number(target());
  if (!metrics.isEmpty()) words << "--metrics" << metrics.join(QLatin1Char(','));
  if (!method.layer.isEmpty()) words << "--layer" << shellWord(method.layer);
  const QVariantMap changes = state_.compared.parameters.value(method.id);
  for (auto it = changes.cbegin(); it != changes.cend(); ++it)
    words << "--set" << shellWord(it.key() + QLatin1Char('=') + it.value().toString());
  if (!file.isEmpty()) words << "--mask" << shellWord(file);
  if (state_.absolute) words << "--absolute";
  const ModelCard& card = document.card();
  words << "--step" << QString::number(std::max<qint64>(1, qint64{card.width} * card.height / state_.points));
  if (!state_.masks.value(key()).shapes.isEmpty())
    words << tr("# without the mask as drawn here: --mask takes a file of it");
  return words.join(QLatin1Char(' '));
}

}  // namespace unitscope
