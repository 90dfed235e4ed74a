#include "app/judging/sanity_panel.h"

#include <cmath>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/image_convert.h"
#include "app/judging/judge_state.h"
#include "app/judging/score_table_model.h"
#include "image/heat.h"
#include "widgets/curve_chart.h"
#include "widgets/elided_label.h"
#include "widgets/gallery_grid.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kSide = 72;

QImage thumbnailOf(const Array& array) {
  if (array.shape.size() != 2 || array.values.empty()) return {};
  HeatMap map;
  map.height = int(array.shape[0]);
  map.width = int(array.shape[1]);
  map.values = array.values;
  HeatPaint paint;
  paint.colors = ColorMap::Viridis;
  paint.range = HeatPaint::Range::MinMax;
  paint.outliers = 0.01;
  return toQImage(paintHeat(map, paint)).scaled(kSide, kSide, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

}  // namespace

SanityPanel::SanityPanel(QWidget* parent)
    : QWidget(parent),
      method_(new QComboBox),
      kind_(new QComboBox),
      start_(new QPushButton),
      verdict_(new ElidedLabel),
      chart_(new CurveChart),
      gallery_(new GalleryGrid) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(6, 6, 6, 0);
  column->setSpacing(4);
  auto* row = new QHBoxLayout;
  method_->setAccessibleName(tr("Method that is checked"));
  method_->setToolTip(tr("One of the methods that are compared"));
  kind_->setAccessibleName(tr("Kind of check"));
  for (const MetricInfo& info : judgeMetrics()) {
    const QString id = QString::fromStdString(info.id);
    if (!isSanityCheck(id)) continue;
    kind_->addItem(id == QLatin1String("sanity_cascade") ? tr("Layer after layer") : tr("One layer at a time"), id);
    kind_->setItemData(kind_->count() - 1, metricHelp(info), Qt::ToolTipRole);
  }
  kind_->setToolTip(
      tr("Weights are drawn anew at random, and the heatmap is made again. One that stays alike does not show what the "
         "network learned"));
  for (QComboBox* box : {method_, kind_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(11);
    row->addWidget(box);
  }
  verdict_->setMuted(true);
  row->addWidget(start_);
  row->addWidget(verdict_, 1);
  column->addLayout(row);
  auto* halves = new QSplitter(Qt::Horizontal);
  halves->setChildrenCollapsible(false);
  chart_->setAxisTitles(tr("Layers drawn anew"), tr("Similarity"));
  chart_->setToolTip(tr("From the output to the input"));
  gallery_->setAcceptDrops(false);
  gallery_->setAccessibleName(tr("Heatmaps with random weights"));
  gallery_->setThumbnailSize(kSide);
  gallery_->setEmptyText(tr("The heatmap after each layer will stand here"));
  halves->addWidget(chart_);
  halves->addWidget(gallery_);
  halves->setSizes({400, 400});
  column->addWidget(halves, 1);

  connect(method_, &QComboBox::activated, this, [this] { Q_EMIT methodPicked(method_->currentData().toString()); });
  connect(kind_, &QComboBox::activated, this, [this] { Q_EMIT kindPicked(kind_->currentData().toString()); });
  connect(start_, &QPushButton::clicked, this, [this] {
    if (running_) {
      Q_EMIT stopWanted();
    } else {
      Q_EMIT startWanted();
    }
  });
  // Only those that are seen are painted, and not while the list paints itself.
  connect(
      gallery_->gallery(), &GalleryModel::thumbnailNeeded, this,
      [this](const QString& id) {
        const auto index = std::size_t(id.toInt());
        if (index < stages_.size()) gallery_->gallery()->setThumbnail(id, thumbnailOf(stages_[index].map));
      },
      Qt::QueuedConnection);
  setReady({}, false);
}

void SanityPanel::setMethods(const QVector<QPair<QString, QString>>& methods, const QString& chosen) {
  method_->clear();
  for (const auto& [id, title] : methods) method_->addItem(title, id);
  method_->setCurrentIndex(std::max(0, method_->findData(chosen)));
}

void SanityPanel::setKind(const QString& metric) {
  kind_->setCurrentIndex(std::max(0, kind_->findData(metric)));
  const bool cascade = metric == QLatin1String("sanity_cascade");
  chart_->setAxisTitles(cascade ? tr("Layers drawn anew") : tr("Layer drawn anew"), tr("Similarity"));
}

void SanityPanel::setReady(const QString& reasonIfNot, bool running) {
  running_ = running;
  start_->setText(running ? tr("Stop") : tr("Check"));
  start_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("check")));
  setAvailable(*start_, running ? QString() : reasonIfNot);
}

void SanityPanel::setResult(const MetricResult* result, const QString& method) {
  QVector<GalleryItem> items;
  QVector<CurveSeries> curves;
  verdict_->setText({});
  verdict_->setHelp({});
  stages_.clear();
  if (result) {
    stages_ = result->stages;
    CurveSeries ssim{tr("SSIM"), {}}, rank{tr("Rank correlation"), {}};
    const QLocale locale;
    const auto number = [&](double value) {
      return std::isfinite(value) ? locale.toString(value, 'f', 2) : QStringLiteral("\u2013");
    };
    for (std::size_t i = 0; i < result->stages.size(); ++i) {
      const SanityStage& stage = result->stages[i];
      const double x = i < result->x.size() ? result->x[i] : double(i + 1);
      ssim.points << QPointF(x, stage.similarity);
      rank.points << QPointF(x, stage.rankCorrelation);
      GalleryItem item;
      item.id = QString::number(i);
      item.title = QString::fromStdString(stage.layer);
      item.subtitle = tr("rank %1").arg(number(stage.rankCorrelation));
      items << item;
    }
    curves << rank << ssim;
    verdict_->setText(tr("Mean rank correlation %1").arg(number(result->value)));
    verdict_->setHelp(tr("%1: the nearer to 0, the more the heatmap depends on what the network learned").arg(method));
  }
  chart_->setCurves(curves);
  gallery_->gallery()->setItems(items);
}

}  // namespace unitscope
