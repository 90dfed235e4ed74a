#include "app/activations/responsible_view.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "app/activations/feature_pictures.h"
#include "app/activations/place_canvas.h"
#include "app/activations/unit_thumbnails.h"
#include "app/availability.h"
#include "widgets/bar_list.h"
#include "widgets/curve_chart.h"
#include "widgets/heat_legend.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kMostListed = 100;
constexpr int kInversionSteps = 256;

// Quick ones first, so that there is something to see while the search goes on.
const QStringList& methodIds() {
  static const QStringList ids{"gradient_x_activation", "conductance", "extremal"};
  return ids;
}

QString titleOf(const QString& method) {
  if (method == QStringLiteral("extremal")) return QCoreApplication::translate("unitscope", "Extremal");
  if (method == QStringLiteral("conductance")) return QCoreApplication::translate("unitscope", "Conductance");
  return QCoreApplication::translate("unitscope", "Gradient \u00d7 activation");
}

QString paneOf(const QString& method) {
  return QStringLiteral("activations/channels/") + method;
}

}  // namespace

ResponsibleView::ResponsibleView(const Context& context, QObject* parent)
    : ActivationsView(context, parent),
      features_(new FeaturePictures(context, QStringLiteral("activations/inversion"), this)) {
  makeLayout();
  connectParts();
}

void ResponsibleView::connectParts() {
  connect(start_, &QPushButton::clicked, this, [this] {
    if (!running_.isEmpty()) {
      stop();
    } else {
      start();
    }
  });
  connect(method_, &QComboBox::activated, this, [this] {
    fillKept();
    showChannels();
  });
  connect(kept_, &QComboBox::activated, this, [this] {
    wanted_ = kept_->currentData().toLongLong();
    showChannels();
  });
  connect(channels_, &BarList::picked, this, &ActivationsView::unitPicked);
  connect(channels_, &BarList::opened, this, &ActivationsView::unitOpened);
  connect(open_, &QPushButton::clicked, this, [this] {
    if (channels_->marked() >= 0) Q_EMIT unitOpened(channels_->marked());
  });
  connect(invert_, &QPushButton::clicked, this, [this] {
    if (features_->busy()) {
      features_->stop();
    } else {
      invert();
    }
  });
  connect(features_, &FeaturePictures::changed, this, [this](int, const QImage& picture, bool finished) {
    inverted_->setImage(picture);
    inverted_->setCaption(finished ? tr("What the kept channels hold") : tr("Forming\u2026"));
    Q_EMIT outputsChanged();
  });
  connect(features_, &FeaturePictures::busyChanged, this, [this] {
    showReasons();
    Q_EMIT busyChanged();
  });
  connect(seen_, &PlaceCanvas::cellPicked, this, [this](QPoint cell) { Q_EMIT placePicked(asked_.picture, cell); });
  connect(seen_, &PlaceCanvas::released, this, &ActivationsView::placeReleased);
}

bool ResponsibleView::busy() const {
  return !running_.isEmpty() || features_->busy();
}

const ChannelAttribution* ResponsibleView::result(const QString& method) const {
  return results_.value(method).get();
}

// Until the chosen method has answered, another's answer is better than none.
QString ResponsibleView::ranking() const {
  const QString chosen = method_->currentData().toString();
  if (results_.contains(chosen)) return chosen;
  for (const QString& method : methodIds())
    if (results_.contains(method)) return method;
  return chosen;
}

void ResponsibleView::sleep() {
  features_->stop();
}

void ResponsibleView::forget() {
  stop();
  features_->stop();
  results_.clear();
  wanted_ = -1;
  inverted_->setImage({});
  inverted_->setCaption(tr("What the kept channels hold: not made yet"));
}

void ResponsibleView::refresh() {
  const Shown& now = shown();
  const Asked wanted{now.scene, now.picture, now.target};
  if (wanted != asked_) {
    forget();
    asked_ = wanted;
    const bool there = now.scene && now.picture >= 0;
    seen_->setImage(there ? now.scene->seen[std::size_t(now.picture)] : QImage());
    seen_->setCells(there ? now.scene->cells(now.picture) : QSize());
    seen_->setCaption(there ? now.scene->names[now.picture] : QString());
    showResults();
  }
  seen_->setPinned(now.place);
  channels_->mark(now.unit);
  showReasons();
}

void ResponsibleView::start() {
  if (!asked_.scene || asked_.picture < 0) return;
  results_.clear();
  running_ = methodIds();
  showResults();
  for (const QString& method : methodIds()) ask(method);
  showReasons();
  Q_EMIT busyChanged();
}

void ResponsibleView::stop() {
  if (running_.isEmpty()) return;
  running_.clear();
  for (const QString& method : methodIds()) engine().cancelPane(paneOf(method));
  showReasons();
  Q_EMIT busyChanged();
}

void ResponsibleView::ask(const QString& method) {
  ChannelsQuestion question;
  question.input = asked_.scene->inputs[std::size_t(asked_.picture)];
  question.layer = asked_.scene->layer.toStdString();
  question.target = asked_.target;
  question.method = method.toStdString();
  engine().askInBackground<Found>(
      tr("Responsible channels: %1").arg(titleOf(method)), paneOf(method), asked_.scene->model,
      [question](Model& model, const Progress& progress, const CancelToken& cancel) -> Found {
        return std::make_shared<const ChannelAttribution>(attributeChannels(model, question, progress, cancel));
      },
      this,
      [this, method, asked = asked_](const Found& found) {
        if (asked != asked_ || !running_.removeOne(method)) return;
        results_.insert(method, found);
        showResults();
        Q_EMIT busyChanged();
        Q_EMIT outputsChanged();
      },
      [this, method, asked = asked_](const Problem&) {
        if (asked != asked_ || !running_.removeOne(method)) return;
        showReasons();
        Q_EMIT busyChanged();
      });
}

void ResponsibleView::invert() {
  const KeptChannels* kept = chosen();
  const ChannelAttribution* from = result(ranking());
  if (!kept || !from) return;
  FeatureGoal goal;
  goal.kind = FeatureGoal::Kind::Activation;
  goal.layer = from->layer;
  goal.vector = keptActivation(from->activation, kept->channels);
  inverted_->setCaption(tr("Forming\u2026"));
  features_->ask(tr("Back to a picture"), asked_.scene->model, {goal}, kInversionSteps);
}

void ResponsibleView::showResults() {
  showCurves();
  fillKept();
  showChannels();
  showReasons();
}

void ResponsibleView::showCurves() {
  QVector<CurveSeries> curves;
  const ChannelAttribution* any = nullptr;
  for (const QString& id : methodIds()) {
    const ChannelAttribution* found = result(id);
    if (!found) continue;
    any = found;
    CurveSeries curve{titleOf(id), {{0.0, found->emptyScore}}};
    for (const KeptChannels& kept : found->kept) curve.points.append({double(kept.number), kept.score});
    curves.append(curve);
  }
  chart_->setCurves(curves);
  if (any) {
    chart_->setLevel(any->score, tr("whole layer"));
  } else {
    chart_->clearLevel();
  }
}

// Unless the user has chosen a number, the fewest that do as well as the whole layer.
void ResponsibleView::fillKept() {
  kept_->clear();
  const ChannelAttribution* found = result(ranking());
  if (!found) return;
  int enough = -1;
  for (const KeptChannels& kept : found->kept) {
    kept_->addItem(tr("%1: score %2, %3 %")
                       .arg(kept.number)
                       .arg(HeatLegend::numberText(kept.score))
                       .arg(100.0 * kept.probability, 0, 'f', 1),
                   qlonglong(kept.number));
    if (enough < 0 && kept.probability >= found->probability) enough = kept_->count() - 1;
  }
  const int again = kept_->findData(wanted_);
  kept_->setCurrentIndex(again >= 0 ? again : enough >= 0 ? enough : kept_->count() - 1);
}

const KeptChannels* ResponsibleView::chosen() const {
  const ChannelAttribution* found = result(ranking());
  const int at = kept_->currentIndex();
  return found && at >= 0 && std::size_t(at) < found->kept.size() ? &found->kept[std::size_t(at)] : nullptr;
}

void ResponsibleView::showChannels() {
  QVector<BarRow> rows;
  QHash<QString, double> largest;
  for (auto it = results_.cbegin(); it != results_.cend(); ++it)
    for (const float score : it.value()->scores)
      largest[it.key()] = std::max(largest[it.key()], double(std::abs(score)));
  if (const KeptChannels* kept = chosen()) {
    for (const std::int64_t channel : kept->channels) {
      if (rows.size() >= kMostListed) break;
      BarRow row;
      row.id = int(channel);
      row.title = tr("unit %1").arg(channel);
      QStringList help;
      for (const QString& id : methodIds()) {
        const ChannelAttribution* found = result(id);
        const bool there = found && std::size_t(channel) < found->scores.size() && largest[id] > 0;
        row.bars << (there ? double(found->scores[std::size_t(channel)]) / largest[id] : 0.0);
        if (there)
          help << titleOf(id) + QStringLiteral(": ") + HeatLegend::numberText(found->scores[std::size_t(channel)]);
      }
      row.help = help.join(QLatin1Char('\n'));
      rows.append(row);
    }
  }
  QVector<QColor> colors;
  for (int i = 0; i < 3; ++i) colors << chart_->curveColor(i);
  channels_->setBarColors(colors);
  channels_->setRows(rows);
  channels_->mark(shown().unit);
  std::vector<int> listed;
  for (const BarRow& row : rows) listed.push_back(row.id);
  if (asked_.scene) addUnitMaps(*channels_, asked_.scene, asked_.picture, listed);
  showReasons();
}

void ResponsibleView::showReasons() {
  const bool ready = asked_.scene && asked_.picture >= 0;
  const bool running = !running_.isEmpty();
  start_->setText(running ? tr("Stop") : tr("Find the channels"));
  start_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("search")));
  setAvailable(*start_, running || ready ? QString() : tr("The activations are on their way"));
  const ChannelAttribution* any = results_.isEmpty() ? nullptr : results_.cbegin()->get();
  const QString name = any ? QString::fromStdString(any->targetLabel) : shown().targetName;
  target_->setText(name.isEmpty() ? tr("Explained: the network's first choice") : tr("Explained: %1").arg(name));
  const ChannelAttribution* found = result(ranking());
  QStringList notes;
  if (running) notes << tr("Searching: %1\u2026").arg(titleOf(running_.front()));
  if (found)
    for (const std::string& note : found->notes) notes << QString::fromStdString(note);
  facts_->setText(notes.join(QLatin1Char('\n')));
  setAvailable(*method_, any ? QString() : tr("Find the channels first"));
  setAvailable(*kept_, chosen() ? QString() : tr("Find the channels first"));
  setAvailable(*open_, channels_->rowRect(channels_->marked()).isValid() ? QString() : tr("Pick a channel first"));
  const bool forming = features_->busy();
  invert_->setText(forming ? tr("Stop") : tr("Back to a picture"));
  setAvailable(*invert_, forming || chosen() ? QString() : tr("Find the channels first"));
}

QString ResponsibleView::numbers() const {
  if (results_.isEmpty()) return {};
  QString csv = QStringLiteral("channel");
  std::size_t channels = 0;
  for (const QString& method : methodIds()) {
    if (const ChannelAttribution* found = result(method)) {
      csv += QLatin1Char(',') + method;
      channels = std::max(channels, found->scores.size());
    }
  }
  for (std::size_t channel = 0; channel < channels; ++channel) {
    csv += QStringLiteral("\n%1").arg(channel);
    for (const QString& method : methodIds())
      if (const ChannelAttribution* found = result(method))
        csv += QStringLiteral(",%1").arg(double(found->scores.at(channel)), 0, 'g', 9);
  }
  csv += QStringLiteral("\n\nmethod,kept,score,probability\n");
  for (const QString& method : methodIds())
    if (const ChannelAttribution* found = result(method))
      for (const KeptChannels& kept : found->kept)
        csv += QStringLiteral("%1,%2,%3,%4\n")
                   .arg(method)
                   .arg(kept.number)
                   .arg(kept.score, 0, 'g', 9)
                   .arg(kept.probability, 0, 'g', 9);
  return csv;
}

QImage ResponsibleView::picture() const {
  return results_.isEmpty() ? QImage() : page_->grab().toImage();
}

}  // namespace unitscope
