#include "app/failures/failures_workspace.h"

#include <algorithm>
#include <cmath>

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QUndoStack>

#include "app/app_settings.h"
#include "app/commands.h"
#include "app/failures/class_table_model.h"
#include "app/failures/failures_panel.h"
#include "app/messages.h"
#include "app/picture_loader.h"
#include "app/shell_text.h"
#include "widgets/confusion_matrix.h"
#include "widgets/empty_state.h"
#include "widgets/gallery_grid.h"

namespace unitscope {

namespace {

const QString kPane = QStringLiteral("failures/hunt");
constexpr quint64 kSeed = 3;  // a series of scenes that no built-in network was trained on
constexpr int kMostMatrixClasses = 40;

QString percent(double share) {
  return std::isfinite(share) ? QLocale().toString(100.0 * share, 'f', 1) + QStringLiteral(" %")
                              : QStringLiteral("\u2013");
}

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

}  // namespace

FailuresWorkspace::FailuresWorkspace(const Context& context, QWidget* parent)
    : Workspace(context, parent), pictures_(new FailurePictures(context.engine, this)) {
  makeLayout();
  makeActions();
  connectParts();
  apply(state_);
}

QString FailuresWorkspace::explanation() const {
  return tr("What the network gets wrong, and what it gets right for the wrong reason");
}

void FailuresWorkspace::connectParts() {
  connect(&document(), &Document::modelChanged, this, &FailuresWorkspace::forget);
  connect(&document(), &Document::cardChanged, this, &FailuresWorkspace::forget);
  connect(panel_, &FailuresPanel::startWanted, this, &FailuresWorkspace::start);
  connect(panel_, &FailuresPanel::stopWanted, this, &FailuresWorkspace::stop);
  connect(panel_, &FailuresPanel::dataPicked, this, [this](const QString& data) {
    change(tr("Choose the pictures"), [&](FailuresState& state) { state.data = data; });
  });
  connect(panel_, &FailuresPanel::picturesChanged, this, [this](int count) {
    change(
        tr("How many pictures"), [&](FailuresState& state) { state.pictures = count; }, QStringLiteral("count"));
  });
  connect(panel_, &FailuresPanel::methodPicked, this, [this](const QString& method) {
    change(tr("Choose the heatmaps"), [&](FailuresState& state) { state.method = method; });
  });
  connect(views_, &QTabBar::currentChanged, this, [this](int index) {
    const QString view = views_->tabData(index).toString();
    if (view.isEmpty() || view == state_.view) return;
    state_.view = view;  // which page is seen is no change worth an undo step
    showView();
    Q_EMIT stateChanged();
  });
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
    if (row.isValid()) pickClass(row.data(ClassTableModel::kClassRole).toInt());
  });
  connect(matrix_, &ConfusionMatrix::cellPicked, this, &FailuresWorkspace::showCell);
  connect(gallery_, &GalleryGrid::activatedId, this, &FailuresWorkspace::openPicture);
  connect(gallery_->gallery(), &GalleryModel::thumbnailNeeded, this, [this](const QString& id) {
    if (const auto found = shown_.constFind(id); found != shown_.cend()) pictures_->want(found->thumbnail);
  });
  connect(pictures_, &FailurePictures::ready, gallery_->gallery(), &GalleryModel::setThumbnail);
  connect(pictures_, &FailurePictures::failed, gallery_->gallery(), &GalleryModel::setFailed);
}

void FailuresWorkspace::change(const QString& text, const std::function<void(FailuresState&)>& edit,
                               const QString& mergeKey) {
  FailuresState next = state_;
  edit(next);
  if (next == state_) return;
  const QJsonObject before = saveState();
  apply(next);
  undo().push(new WorkspaceStateCommand(*this, text, before, saveState(), mergeKey));
  Q_EMIT stateChanged();
}

void FailuresWorkspace::restoreState(const QJsonObject& state) {
  apply(FailuresState::fromJson(state));
  Q_EMIT stateChanged();
}

void FailuresWorkspace::apply(const FailuresState& state) {
  state_ = state;
  panel_->setState(state_);
  show();
}

BackgroundModel FailuresWorkspace::backgroundModel() const {
  return {document().model(), document().card(), settings().compute()};
}

void FailuresWorkspace::forget() {
  stop();
  pictures_->clear();
  found_.reset();
  show();
}

QString FailuresWorkspace::reasonNotReady() const {
  if (!document().hasModel()) return tr("Open a network first");
  if (document().card().task == ModelCard::Task::Generator) return tr("This network draws pictures: it has no classes");
  return {};
}

void FailuresWorkspace::start() {
  if (!reasonNotReady().isEmpty()) return;
  FailuresQuestion question;
  question.data = state_.data.toStdString();
  question.count = state_.pictures;
  question.seed = kSeed;
  question.method = state_.method.toStdString();
  pictures_->clear();
  running_ = true;
  asked_ = state_;
  engine().askInBackground<std::shared_ptr<Failures>>(
      tr("Looking for failures"), kPane, backgroundModel(),
      [question](Model& model, const Progress& progress, const CancelToken& cancel) {
        return std::make_shared<Failures>(findFailures(model, question, progress, cancel));
      },
      this,
      [this, model = document().model()](const std::shared_ptr<Failures>& found) {
        running_ = false;
        // It may have ended just before another network came in its place.
        if (document().model() == model) found_ = std::make_unique<Failures>(std::move(*found));
        show();
        Q_EMIT busyChanged();
      },
      [this](const Problem&) {
        running_ = false;
        show();
        Q_EMIT busyChanged();
      });
  show();
  Q_EMIT busyChanged();
}

void FailuresWorkspace::stop() {
  if (running_) engine().cancelPane(kPane);
}

void FailuresWorkspace::show() {
  showReady();
  stack_->setCurrentIndex(found_ ? 1 : 0);
  showSummary();
  classes_->setClasses(found_ ? found_->classes : std::vector<ClassFindings>());
  showMatrix();
  if (!found_) {
    fill({}, {});
    return;
  }
  table_->sortByColumn(ClassTableModel::Without, Qt::DescendingOrder);
  if (classes_->rowOf(state_.classIndex) < 0)
    state_.classIndex = found_->classes.empty() ? -1 : int(found_->classes.front().index);
  showView();
}

void FailuresWorkspace::showReady() {
  const QString reason = reasonNotReady();
  panel_->setReady(reason, running_);
  empty_->setHeadline(running_ ? tr("Looking for failures\u2026") : tr("What does it get wrong?"));
  empty_->setText(running_ ? tr("Every picture is classified, and each class that the network sees in it explained. "
                                "You can go on working meanwhile.")
                  : !reason.isEmpty()
                      ? reason
                      : tr("Run labelled pictures through the network: you will see its mistakes, how well it tells "
                           "the classes apart, and whether it looks at the things themselves or at something that "
                           "merely comes with them."));
  for (QAction* action : std::as_const(actions_)) action->setEnabled(found_ != nullptr);
}

void FailuresWorkspace::showSummary() {
  if (!found_) {
    panel_->setSummary({});
    return;
  }
  QString html =
      found_->multiLabel
          ? tr("<p>%1 pictures, mean average precision <b>%2</b></p>")
                .arg(found_->pictures)
                .arg(percent(found_->meanAveragePrecision))
          : tr("<p>%1 pictures, accuracy <b>%2</b></p>").arg(found_->pictures).arg(percent(found_->accuracy));
  int suspicious = 0;
  for (const ClassFindings& f : found_->classes) {
    if (!f.suspicious) continue;
    ++suspicious;
    html += QStringLiteral("<p><b>%1</b>: %2</p>").arg(text(f.label).toHtmlEscaped(), text(f.reason).toHtmlEscaped());
  }
  const bool masks = std::any_of(found_->classes.begin(), found_->classes.end(),
                                 [](const ClassFindings& f) { return std::isfinite(f.saidWithout); });
  if (suspicious == 0)
    html += masks ? tr("<p>No class is recognised without its object: nothing speaks for a cheat.</p>")
                  : tr("<p>Where the objects are is not known here, so that only the walls of heatmaps can show a "
                       "cheat.</p>");
  if (asked_.data != state_.data || asked_.pictures != state_.pictures || asked_.method != state_.method)
    html += tr("<p><i>The choices above have changed since.</i></p>");
  panel_->setSummary(html);
}

// Of a thousand classes those that are mistaken most often; a picture is worth more than a table of noughts.
void FailuresWorkspace::showMatrix() {
  matrixClasses_.clear();
  const bool any = found_ && !found_->confusion.empty();
  views_->setTabVisible(1, any);
  if (!any) {
    matrix_->setCounts({}, {});
    return;
  }
  const auto n = int(found_->labels.size());
  const auto at = [&](int truth, int said) { return found_->confusion[std::size_t(truth) * std::size_t(n) + said]; };
  std::vector<std::pair<qint64, int>> order;
  for (int k = 0; k < n; ++k) {
    qint64 wrong = 0, all = 0;
    for (int other = 0; other < n; ++other) {
      all += at(k, other) + at(other, k);
      if (other != k) wrong += at(k, other) + at(other, k);
    }
    if (all > 0) order.emplace_back(-wrong, k);
  }
  std::sort(order.begin(), order.end());
  if (order.size() > kMostMatrixClasses) order.resize(kMostMatrixClasses);
  for (const auto& [wrong, k] : order) matrixClasses_.append(k);
  std::sort(matrixClasses_.begin(), matrixClasses_.end());
  QStringList labels;
  QVector<qint64> counts;
  for (const int truth : std::as_const(matrixClasses_)) {
    labels << text(found_->labels[std::size_t(truth)]);
    for (const int said : std::as_const(matrixClasses_)) counts << at(truth, said);
  }
  matrix_->setCounts(labels, counts);
}

void FailuresWorkspace::showView() {
  if (!found_) return;
  if (state_.view == QStringLiteral("confusion") && found_->confusion.empty()) state_.view = QStringLiteral("classes");
  for (int i = 0; i < views_->count(); ++i)
    if (views_->tabData(i).toString() == state_.view) views_->setCurrentIndex(i);
  const bool classes = state_.view == QStringLiteral("classes"), confusion = state_.view == QStringLiteral("confusion");
  upper_->setVisible(classes || confusion);
  upper_->setCurrentWidget(confusion ? static_cast<QWidget*>(matrix_) : table_);
  if (classes) {
    const QModelIndex row = sorted_->mapFromSource(classes_->index(classes_->rowOf(state_.classIndex), 0));
    if (row.isValid() && table_->currentIndex().row() != row.row()) {
      table_->selectRow(row.row());
    } else {
      showWall(state_.classIndex);
    }
  } else if (confusion) {
    fill({}, tr("Pick a cell to see its pictures"));
  } else if (state_.view == QStringLiteral("mistakes")) {
    showVerdicts(found_->mistakes, tr("The surest mistakes first"));
  } else {
    showVerdicts(found_->weakHits, tr("Right, but barely: the least sure first"));
  }
}

void FailuresWorkspace::pickClass(int classIndex) {
  state_.classIndex = classIndex;
  showWall(classIndex);
  Q_EMIT stateChanged();
}

void FailuresWorkspace::showWall(int classIndex) {
  const int row = classes_->rowOf(classIndex);
  if (!found_ || row < 0) {
    fill({}, {});
    return;
  }
  const ClassFindings& f = classes_->classes()[std::size_t(row)];
  QVector<QPair<Shown, QString>> items;
  if (f.maps > 0) {
    Shown average{{QStringLiteral("mean"), -1, f.heat}, tr("All %1").arg(f.maps), -1};
    items.append({average, tr("mean heatmap")});
  }
  if (f.clusters.size() > 1) {
    for (std::size_t i = 0; i < f.clusters.size(); ++i) {
      const HeatCluster& cluster = f.clusters[i];
      Shown group{{QStringLiteral("group%1").arg(i), -1, cluster.mean}, tr("Group %1").arg(i + 1), -1};
      items.append({group, std::isfinite(cluster.inside)
                               ? tr("%1 alike, %2 on it").arg(cluster.size).arg(percent(cluster.inside))
                               : tr("%1 alike").arg(cluster.size)});
    }
  }
  int place = 0;
  for (const HeatCase& one : found_->heat) {
    if (one.classIndex != f.index) continue;
    Shown picture{{QStringLiteral("heat%1").arg(place++), one.picture, one.heat}, text(one.name), int(one.classIndex)};
    QString line = percent(one.probability);
    if (f.clusters.size() > 1) line = tr("group %1, %2").arg(one.cluster + 1).arg(line);
    if (!one.right) line += tr(", wrong");
    items.append({picture, line});
  }
  QString caption = tr("Heatmaps for %1, similar ones together").arg(text(f.label));
  if (std::isfinite(f.inside))
    caption +=
        tr(": %1 of the heat on objects that take %2 of the picture").arg(percent(f.inside), percent(f.maskShare));
  fill(items, items.isEmpty() ? tr("The network never says %1 here").arg(text(f.label)) : caption);
}

void FailuresWorkspace::showCell(int truth, int said) {
  if (!found_) return;
  std::vector<Verdict> some;
  for (const Verdict& v : found_->verdicts)
    if (v.truth == matrixClasses_.value(truth) && v.said == matrixClasses_.value(said)) some.push_back(v);
  std::stable_sort(some.begin(), some.end(),
                   [](const Verdict& a, const Verdict& b) { return a.probability > b.probability; });
  showVerdicts(some, matrix_->cellText(truth, said));
}

void FailuresWorkspace::showVerdicts(const std::vector<Verdict>& verdicts, const QString& caption) {
  QVector<QPair<Shown, QString>> items;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const Verdict& v = verdicts[i];
    const auto label = [&](std::int64_t k) { return k < 0 ? QString() : text(found_->labels[std::size_t(k)]); };
    QString title = v.said < 0          ? tr("misses %1").arg(label(v.truth))
                    : v.truth < 0       ? tr("invents %1").arg(label(v.said))
                    : v.said == v.truth ? label(v.said)
                                        : tr("%1, is %2").arg(label(v.said), label(v.truth));
    Shown picture{{QStringLiteral("verdict%1").arg(i), v.picture, {}}, title, int(v.said < 0 ? v.truth : v.said)};
    items.append({picture, tr("%1, %2").arg(percent(v.probability), text(v.name))});
  }
  fill(items, items.isEmpty() ? tr("None") : caption);
}

void FailuresWorkspace::fill(const QVector<QPair<Shown, QString>>& pictures, const QString& caption) {
  caption_->setText(caption);
  shown_.clear();
  QVector<GalleryItem> items;
  for (const auto& [shown, subtitle] : pictures) {
    shown_.insert(shown.thumbnail.id, shown);
    items.append({shown.thumbnail.id, shown.name, subtitle, {}, false});
  }
  if (found_) pictures_->setSource(backgroundModel(), asked_.data, kSeed);
  gallery_->gallery()->setItems(items);
  gallery_->scrollToTop();
}

// To the attribution workspace, with the class that it stands here for as the one to explain.
void FailuresWorkspace::openPicture(const QString& id) {
  const auto found = shown_.constFind(id);
  if (found == shown_.cend() || found->thumbnail.number < 0) return;
  pictures_->fetch(found->thumbnail.number, [this, shown = *found](const QImage& picture) {
    PictureEntry entry = makePicture(shown.name, picture);
    entry.id = document().newImageId();
    const ImageId image = entry.id;
    undo().push(new AddPicturesCommand(document(), {entry}));
    Focus focus = selection().focus();
    focus.image = image;
    focus.target = shown.classIndex;
    selection().set(focus);
    Q_EMIT workspaceWanted(QStringLiteral("attribution"));
  });
}

QString FailuresWorkspace::commandLine() const {
  if (!document().hasModel()) return {};
  const QString model = document().opened().path.isEmpty() ? document().opened().builtIn : document().opened().path;
  return QStringLiteral("unitscope failures %1 --data %2 --count %3 --method %4 --json")
      .arg(shellWord(model), shellWord(state_.data))
      .arg(state_.pictures)
      .arg(shellWord(state_.method));
}

}  // namespace unitscope
