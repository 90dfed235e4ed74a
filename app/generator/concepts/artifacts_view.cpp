#include "app/generator/concepts/artifacts_view.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QSpinBox>

#include "app/availability.h"
#include "app/data_box.h"
#include "app/engine_bridge.h"
#include "app/generator/concepts/concept_edits.h"
#include "app/generator/generator_stage.h"
#include "app/generator/lent_generator.h"
#include "app/image_convert.h"
#include "app/selection.h"
#include "gan/gan_dissection.h"
#include "gan/unit_edits_file.h"
#include "widgets/bar_list.h"
#include "widgets/icons.h"
#include "widgets/region_picker.h"
#include "widgets/theme.h"
#include "widgets/tile_grid.h"

namespace unitscope {

namespace {

constexpr std::size_t kSamples = 24, kAtOnce = 4;
constexpr std::size_t kMostUnits = 100;

const QString kLayersPane = QStringLiteral("generator/artifacts/layers");
const QString kSamplesPane = QStringLiteral("generator/artifacts/samples");
const QString kRankPane = QStringLiteral("generator/artifacts/rank");
const QString kMeasurePane = QStringLiteral("generator/artifacts/measure");

/// Some of the rows of a question.
SynthesisQuestion rowsOf(const SynthesisQuestion& all, std::size_t from, std::size_t count) {
  SynthesisQuestion some = all;
  const std::size_t each = all.latents.values.size() / std::size_t(all.latents.shape.front());
  const auto begin = all.latents.values.begin() + std::ptrdiff_t(from * each);
  some.latents.values.assign(begin, begin + std::ptrdiff_t(count * each));
  some.latents.shape.front() = std::int64_t(count);
  return some;
}

}  // namespace

void ArtifactsView::forget() {
  ++round_;
  for (const QString& pane : {kLayersPane, kSamplesPane, kRankPane, kMeasurePane}) context_.engine.cancelPane(pane);
  drawing_ = ranking_ = measuring_ = asking_ = false;
  drawn_ = {};
  pictures_.clear();
  bad_.clear();
  regions_.clear();
  ranked_.clear();
  shown_ = -1;
  verdict_->clear();
  grid_->setTiles(0, {});
  region_->setImage({});
  region_->setRegion({});
  layers_->clear();
  showRanking();
  refresh();
  Q_EMIT busyChanged();
  if (active_) setActive(true);
}

void ArtifactsView::askLayers() {
  asking_ = true;
  Q_EMIT busyChanged();
  context_.engine.ask<std::vector<std::string>>(
      tr("Listing the layers"), kLayersPane,
      [generator = stage_.generator()](const Progress&, const CancelToken& cancel) {
        return generatorLayers(*generator, cancel);
      },
      this,
      [this, round = round_](const std::vector<std::string>& layers) {
        if (round != round_) return;
        asking_ = false;
        for (const std::string& layer : layers)
          layers_->addItem(QString::fromStdString(layer), QString::fromStdString(layer));
        const int selected = layers_->findData(context_.selection.focus().layer);
        layers_->setCurrentIndex(selected >= 0 ? selected : layers_->count() / 2);
        refresh();
        Q_EMIT busyChanged();
      },
      [this, round = round_](const Problem&) {
        if (round != round_) return;
        asking_ = false;
        refresh();
        Q_EMIT busyChanged();
      });
}

void ArtifactsView::setActive(bool active) {
  active_ = active;
  if (!active_ || !stage_.generator()) return;
  if (layers_->count() == 0 && !asking_) askLayers();
  if (drawn_.latents.values.empty() && !drawing_) draw(false);
}

void ArtifactsView::draw(bool others) {
  if (!stage_.generator() || stage_.scene().empty() || drawing_) return;
  if (others) firstSeed_ += kSamples;
  pictures_.clear();
  bad_.clear();
  regions_.clear();
  showSample(-1);
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < kSamples; ++i) seeds.push_back(firstSeed_ + i);
  drawn_ = stage_.seeded(0).sample;
  drawn_.latents = stage_.generator()->drawLatents(seeds);
  // What is painted belongs to one picture.
  drawn_.edits = stage_.scene().sample.edits;
  std::erase_if(drawn_.edits, [](const UnitEdit& edit) { return !edit.where.values.empty(); });
  grid_->setTiles(int(kSamples), [this](int index) {
    Tile tile;
    tile.title = bad_.contains(index) ? tr("bad") : regions_.contains(index) ? tr("bad part") : QString();
    tile.picture = marked(index);
    tile.help = tr("Seed %1. A click marks it as bad, or takes the mark away.").arg(firstSeed_ + std::uint64_t(index));
    return tile;
  });
  drawing_ = true;
  Q_EMIT busyChanged();
  drawNext();
}

// In small steps, so that the picture on stage gets its turn between them.
void ArtifactsView::drawNext() {
  const std::size_t from = pictures_.size(), count = std::min(kAtOnce, kSamples - from);
  if (count == 0) {
    drawing_ = false;
    refresh();
    Q_EMIT busyChanged();
    return;
  }
  context_.engine.ask<std::vector<QImage>>(
      tr("Drawing samples"), kSamplesPane,
      [question = rowsOf(drawn_, from, count), generator = stage_.generator()](const Progress&,
                                                                               const CancelToken& cancel) {
        std::vector<QImage> pictures;
        for (const Image& picture : generator->picturesOf(generator->synthesise(question, {}, cancel)))
          pictures.push_back(toQImage(picture));
        return pictures;
      },
      this,
      [this, round = round_, from](const std::vector<QImage>& pictures) {
        if (round != round_) return;
        pictures_.insert(pictures_.end(), pictures.begin(), pictures.end());
        for (std::size_t i = 0; i < pictures.size(); ++i) grid_->refresh(int(from + i));
        if (shown_ < 0) showSample(0);
        drawNext();
      },
      [this, round = round_](const Problem&) {
        if (round != round_) return;
        drawing_ = false;
        refresh();
        Q_EMIT busyChanged();
      });
}

QImage ArtifactsView::marked(int index) const {
  if (index < 0 || std::size_t(index) >= pictures_.size()) return {};
  QImage picture = pictures_[std::size_t(index)].convertToFormat(QImage::Format_RGB32);
  const bool bad = bad_.contains(index);
  const auto region = regions_.find(index);
  if (!bad && region == regions_.end()) return picture;
  QPainter painter(&picture);
  painter.setPen(QPen(themeColors(palette()).error.icon, std::max(2.0, picture.width() / 24.0)));
  if (bad) painter.drawRect(picture.rect());
  if (region != regions_.end())
    painter.drawRect(QRectF(region->second.x() * picture.width(), region->second.y() * picture.height(),
                            region->second.width() * picture.width(), region->second.height() * picture.height()));
  return picture;
}

void ArtifactsView::mark(int index) {
  if (std::size_t(index) >= pictures_.size()) return;
  if (bad_.erase(index) + regions_.erase(index) == 0) bad_.insert(index);
  grid_->refresh(index);
  showSample(index);
  refresh();
}

void ArtifactsView::showSample(int index) {
  shown_ = index >= 0 && std::size_t(index) < pictures_.size() ? index : -1;
  region_->setImage(shown_ < 0 ? QImage() : pictures_[std::size_t(shown_)]);
  const auto region = regions_.find(shown_);
  region_->setRegion(region == regions_.end() ? QRectF() : region->second);
}

void ArtifactsView::rank() {
  ArtifactQuestion question;
  question.samples = drawn_;
  for (const int index : bad_) question.bad.push_back(index);
  for (const auto& [index, where] : regions_)
    if (!bad_.contains(index))
      question.regions.push_back({index, placesOfRegion(where.top(), where.left(), where.bottom(), where.right())});
  question.layer = layers_->currentData().toString().toStdString();
  ranking_ = true;
  refresh();
  Q_EMIT busyChanged();
  context_.engine.askInBackground<std::vector<ArtifactUnit>>(
      tr("Ranking units"), kRankPane, backgroundModel(context_),
      [question](Model& lent, const Progress& progress, const CancelToken& cancel) {
        return rankArtifactUnits(*generatorOf(lent), question, progress, cancel);
      },
      this,
      [this, round = round_, layer = layers_->currentData().toString()](const std::vector<ArtifactUnit>& ranked) {
        if (round != round_) return;
        ranking_ = false;
        ranked_ = ranked;
        rankedLayer_ = layer;
        showRanking();
        refresh();
        Q_EMIT busyChanged();
      },
      [this, round = round_](const Problem& problem) {
        if (round != round_) return;
        ranking_ = false;
        if (!problem.cancelled) verdict_->setText(problem.reason.toHtmlEscaped());
        refresh();
        Q_EMIT busyChanged();
      });
}

void ArtifactsView::showRanking() {
  QVector<BarRow> rows;
  const double best = ranked_.empty() ? 1.0 : std::max(1e-9, std::abs(ranked_.front().score));
  for (std::size_t i = 0; i < std::min(kMostUnits, ranked_.size()); ++i) {
    const ArtifactUnit& unit = ranked_[i];
    BarRow row;
    row.id = int(unit.unit);
    row.title = tr("unit %1").arg(unit.unit);
    row.detail = QLocale().toString(unit.score, 'f', 2);
    row.bars = {std::clamp(unit.score / best, 0.0, 1.0)};
    row.help = tr("Mean activation %1 where samples are bad, %2 elsewhere; the difference in standard deviations is %3")
                   .arg(QLocale().toString(unit.there, 'g', 3), QLocale().toString(unit.elsewhere, 'g', 3), row.detail);
    rows << row;
  }
  list_->setRows(rows);
}

void ArtifactsView::switchOff() {
  GeneratorScene next = stage_.scene();
  std::vector<std::int64_t> units;
  for (std::size_t i = 0; i < std::min(std::size_t(count_->value()), ranked_.size()); ++i)
    units.push_back(ranked_[i].unit);
  setFactor(next, rankedLayer_, units, 0.0);
  stage_.change(tr("Switch off %1 units of %2").arg(units.size()).arg(rankedLayer_), next);
}

void ArtifactsView::measure() {
  RepairQuestion question;
  question.edits = {ablationOf(rankedLayer_.toStdString(), ranked_, count_->value())};
  question.samples = question.referenceCount = measured_->value();
  question.reference = reference_->currentData().toString().toStdString();
  question.truncation = stage_.scene().sample.truncation;
  question.classes = stage_.scene().sample.classes;
  measuring_ = true;
  refresh();
  Q_EMIT busyChanged();
  context_.engine.askInBackground<RepairEffect>(
      tr("Measuring the repair"), kMeasurePane, backgroundModel(context_),
      [question](Model& lent, const Progress& progress, const CancelToken& cancel) {
        return measureRepair(*generatorOf(lent), question, progress, cancel);
      },
      this,
      [this, round = round_, units = count_->value()](const RepairEffect& effect) {
        if (round != round_) return;
        measuring_ = false;
        const auto number = [](double value) { return QLocale().toString(value, 'f', 2); };
        verdict_->setText(
            tr("Fr\u00e9chet distance <b>%1 \u2192 %2</b> (%3) with %4 units off: %5. Real pictures among "
               "themselves: %6.")
                .arg(number(effect.before), number(effect.after),
                     (effect.after > effect.before ? QStringLiteral("+") : QStringLiteral("\u2212")) +
                         number(std::abs(effect.after - effect.before)))
                .arg(units)
                .arg(effect.after < effect.before ? tr("the pictures became better")
                                                  : tr("the pictures became no better"))
                .arg(number(effect.reference)));
        refresh();
        Q_EMIT busyChanged();
      },
      [this, round = round_](const Problem& problem) {
        if (round != round_) return;
        measuring_ = false;
        if (!problem.cancelled) verdict_->setText(problem.reason.toHtmlEscaped());
        refresh();
        Q_EMIT busyChanged();
      });
}

void ArtifactsView::stopMeasuring() {
  context_.engine.cancelPane(kMeasurePane);
}

void ArtifactsView::refresh() {
  setAvailable(*again_, drawing_ ? tr("Samples are being drawn") : QString());
  setAvailable(*rank_, drawing_                           ? tr("Samples are being drawn")
                       : ranking_                         ? tr("The units are being ranked")
                       : layers_->currentIndex() < 0      ? tr("This network has no layers with maps")
                       : bad_.empty() && regions_.empty() ? tr("Mark a sample, or a part of one, as bad first")
                       : bad_.size() == pictures_.size() ? tr("If all samples are bad there is nothing to compare with")
                                                         : QString());
  const QString noRanking = ranked_.empty() ? tr("Rank the units first") : QString();
  setAvailable(*off_, noRanking);
  measure_->setText(measuring_ ? tr("Stop") : tr("Measure"));
  measure_->setIcon(themedIcon(measuring_ ? QStringLiteral("cancel") : QStringLiteral("chart")));
  measure_->setToolTip(
      tr("Fr\u00e9chet distance of generated pictures to real ones, with these units on and off; less is "
         "better"));
  setAvailable(*measure_, noRanking);
}

}  // namespace unitscope
