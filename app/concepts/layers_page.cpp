#include "app/concepts/layers_page.h"

#include <array>
#include <cmath>

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QTableWidget>
#include <QVBoxLayout>

#include "app/concepts/concept_choice.h"
#include "widgets/theme.h"

namespace unitscope {

namespace {

constexpr int kOthers = 1 << 20;  // ids of the second dissection's layers begin there

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

QString quoted(QString cell) {
  return QLatin1Char('"') + cell.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

ConceptTable tableOf(const DissectionPtr& dissection, const DissectionPtr& other) {
  if (!dissection) return {};
  const std::array<const Dissection*, 2> both{dissection.get(), other.get()};
  return conceptTable({both.data(), other ? std::size_t(2) : std::size_t(1)});
}

}  // namespace

LayersPage::LayersPage(QWidget* parent)
    : QWidget(parent),
      counted_(new QComboBox),
      legend_(new QLabel),
      chart_(new StackedBars(tr("Detectors of each layer"))) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 4);
  auto* head = new QHBoxLayout;
  auto* label = new QLabel(tr("&Count"));
  label->setBuddy(counted_);
  counted_->addItem(tr("Units"));
  counted_->addItem(tr("Different concepts"));
  counted_->setAccessibleName(tr("What is counted"));
  counted_->setToolTip(
      tr("Units that detect a concept, against all units (pale); or how many different concepts they "
         "detect, against all concepts"));
  head->addWidget(label);
  head->addWidget(counted_);
  legend_->setWordWrap(true);
  legend_->setAccessibleName(tr("Colours"));
  head->addWidget(legend_, 1);
  column->addLayout(head);
  auto* area = new QScrollArea;
  area->setFrameShape(QFrame::NoFrame);
  area->setWidgetResizable(true);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidget(chart_);
  area->setAlignment(Qt::AlignTop);
  column->addWidget(area, 1);
  connect(counted_, &QComboBox::activated, this, [this](int index) { Q_EMIT uniquePicked(index == 1); });
  connect(chart_, &StackedBars::picked, this, [this](int id) {
    if (id < kOthers) Q_EMIT layerPicked(text(dissection_->layers[std::size_t(id)].layer));
  });
}

void LayersPage::addRows(QVector<StackedRow>& rows, const Dissection& dissection, const QStringList& names,
                         int firstId) {
  for (std::size_t i = 0; i < dissection.layers.size(); ++i) {
    const LayerDissection& layer = dissection.layers[i];
    StackedRow row;
    row.id = firstId + int(i);
    row.label = text(layer.layer);
    row.parts = QVector<double>(names.size(), 0.0);
    QStringList kinds;
    for (const CategoryCount& count : layer.categories) {
      const int part = int(names.indexOf(text(count.category)));
      const auto number = unique_ ? count.unique : count.detectors;
      if (part < 0 || number == 0) continue;
      row.parts[part] = double(number);
      kinds << QStringLiteral("%1 %2").arg(number).arg(text(count.category));
    }
    const auto all = unique_ ? dissection.concepts.size() : layer.units.size();
    row.total = double(all);
    row.text = unique_ ? tr("%1 of %2 concepts").arg(layer.unique).arg(all)
                       : tr("%1 of %2 units, %3 concepts").arg(layer.detectors).arg(all).arg(layer.unique);
    row.explanation = kinds.isEmpty() ? tr("Detects nothing") : kinds.join(QStringLiteral(", "));
    if (firstId > 0) row.label = tr("%1 \u2022 other").arg(row.label);
    rows << row;
  }
}

void LayersPage::show(const DissectionPtr& dissection, const DissectionPtr& other, const QString& layer, bool unique) {
  const bool same = dissection == dissection_ && other == other_ && unique == unique_;
  dissection_ = dissection;
  other_ = other;
  unique_ = unique;
  counted_->setCurrentIndex(unique ? 1 : 0);
  if (!same) {
    QVector<StackedRow> rows;
    QString legend;
    if (dissection_) {
      QStringList names = categoriesOf(*dissection_);
      if (other_)
        for (const QString& name : categoriesOf(*other_))
          if (!names.contains(name)) names << name;
      chart_->setParts(names);
      addRows(rows, *dissection_, names, 0);
      if (other_) addRows(rows, *other_, names, kOthers);
      for (int i = 0; i < names.size(); ++i)
        legend += QStringLiteral("<span style='color:%1'>\u25a0</span> %2&nbsp;&nbsp; ")
                      .arg(chart_->partColor(i).name(), names[i].toHtmlEscaped());
      if (other_) legend += tr("<br>other: %1").arg(text(other_->model).toHtmlEscaped());
    }
    chart_->setRows(rows);
    legend_->setText(legend);
  }
  chart_->setChosen(dissection_ ? layerIndex(*dissection_, layer) : -1);
}

QImage LayersPage::picture() {
  if (!dissection_) return {};
  const qreal ratio = std::max(2.0, devicePixelRatioF());
  const int head = legend_->height() + 8;
  QImage image(QSize(chart_->width(), chart_->height() + head) * ratio, QImage::Format_RGB32);
  image.setDevicePixelRatio(ratio);
  image.fill(palette().color(QPalette::Window));
  QPainter painter(&image);
  legend_->render(&painter, {4, 4}, {}, QWidget::DrawChildren);
  chart_->QWidget::render(&painter, {0, head}, {}, QWidget::DrawChildren);
  return image;
}

ConceptTablePage::ConceptTablePage(QWidget* parent) : QWidget(parent), table_(new QTableWidget) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 4);
  auto* said = new QLabel(tr("Units that detect each concept, layer by layer. A click on a number goes there."));
  said->setWordWrap(true);
  column->addWidget(said);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setTabKeyNavigation(false);
  table_->setAccessibleName(tr("Detectors of each concept in each layer"));
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table_->verticalHeader()->setDefaultSectionSize(int(fontMetrics().height() * 1.6));
  column->addWidget(table_, 1);
  const auto go = [this](int row, int place) {
    if (!dissection_ || place < 1 || place > int(dissection_->layers.size())) return;
    Q_EMIT cellPicked(text(dissection_->layers[std::size_t(place - 1)].layer), table_->verticalHeaderItem(row)->text());
  };
  connect(table_, &QTableWidget::cellClicked, this, go);
  connect(table_, &QTableWidget::cellActivated, this, go);
}

void ConceptTablePage::show(const DissectionPtr& dissection, const DissectionPtr& other) {
  if (dissection == dissection_ && other == other_) return;
  dissection_ = dissection;
  other_ = other;
  const ConceptTable all = tableOf(dissection_, other_);
  table_->clear();
  table_->setRowCount(int(all.rows.size()));
  table_->setColumnCount(int(all.columns.size()) + 1);
  QStringList heads{tr("category")}, names;
  for (std::size_t i = 0; i < all.columns.size(); ++i)
    heads << (i < dissection_->layers.size()
                  ? text(all.columns[i].layer)
                  : tr("%1\n%2").arg(text(all.columns[i].model), text(all.columns[i].layer)));
  for (const ConceptTable::Row& row : all.rows) names << text(row.name);
  table_->setHorizontalHeaderLabels(heads);
  table_->setVerticalHeaderLabels(names);
  const QColor accent = themeColors(palette()).accent;
  for (int row = 0; row < int(all.rows.size()); ++row) {
    const ConceptTable::Row& one = all.rows[std::size_t(row)];
    table_->setItem(row, 0, new QTableWidgetItem(text(one.category)));
    for (std::size_t i = 0; i < one.detectors.size(); ++i) {
      const bool known = std::isfinite(one.bestIou[i]);
      auto* item = new QTableWidgetItem(!known                  ? QStringLiteral("\u2013")
                                        : one.detectors[i] == 0 ? QString()
                                                                : QString::number(one.detectors[i]));
      item->setTextAlignment(Qt::AlignCenter);
      if (known) item->setToolTip(tr("best IoU %1").arg(QLocale().toString(one.bestIou[i], 'f', 3)));
      if (one.detectors[i] > 0) {
        QColor tint = accent;
        tint.setAlphaF(
            float(std::min(0.5, 0.08 + 0.5 * std::sqrt(double(one.detectors[i]) /
                                                       double(std::max<std::int64_t>(1, all.columns[i].units))))));
        item->setBackground(tint);
      }
      table_->setItem(row, int(i) + 1, item);
    }
  }
}

QString ConceptTablePage::csv() const {
  const ConceptTable all = tableOf(dissection_, other_);
  QString out = QStringLiteral("concept,category,model,layer,units,detectors,best_iou\n");
  for (const ConceptTable::Row& row : all.rows)
    for (std::size_t i = 0; i < all.columns.size(); ++i) {
      const ConceptTable::Column& column = all.columns[i];
      out += QStringList{quoted(text(row.name)),
                         quoted(text(row.category)),
                         quoted(text(column.model)),
                         quoted(text(column.layer)),
                         QString::number(column.units),
                         QString::number(row.detectors[i]),
                         std::isfinite(row.bestIou[i]) ? QString::number(row.bestIou[i], 'g', 6) : QString()}
                 .join(QLatin1Char(',')) +
             QLatin1Char('\n');
    }
  return out;
}

}  // namespace unitscope
