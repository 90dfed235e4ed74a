// Layout of the measuring tools, and how they show what they found.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>

#include "app/generator/directions/attribute_choice.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/measure_tool.h"
#include "widgets/stacked_bars.h"
#include "widgets/theme.h"

namespace unitscope {
namespace {

constexpr std::size_t kMostParts = 6;  // colours of the chart

QString signedText(double value) {
  if (!std::isfinite(value)) return QStringLiteral("\u2013");
  if (std::abs(value) < 0.005) return QLocale().toString(0.0, 'f', 2);
  return (value > 0 ? QStringLiteral("+") : QString()) + QLocale().toString(value, 'f', 2);
}

}  // namespace

QWidget* MeasureTool::makeControls() {
  auto* controls = new QWidget;
  auto* column = new QVBoxLayout(controls);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  form_ = new QFormLayout;
  form_->setSpacing(4);
  direction_ = new QComboBox;
  direction_->setAccessibleName(tr("Direction"));
  direction_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  direction_->setMinimumContentsLength(10);
  groups_ = new QComboBox;
  groups_->addItem(tr("Ranges"), QStringLiteral("ranges"));
  groups_->addItem(tr("Each by itself"), QStringLiteral("single"));
  groups_->setAccessibleName(tr("Layers that are tried together"));
  groups_->setToolTip(tr("Ranges are those of HiGAN: layout, objects, attributes, colours"));
  samples_ = new QSpinBox;
  samples_->setRange(2, 100000);
  samples_->setValue(ofLayers() ? 100 : 200);
  samples_->setSingleStep(50);
  samples_->setAccessibleName(tr("Samples"));
  samples_->setToolTip(tr("How many pictures are scored before and after; 1,000 in the paper"));
  step_ = new QDoubleSpinBox;
  step_->setRange(0.1, 20.0);
  step_->setValue(2.0);
  step_->setSingleStep(0.5);
  step_->setAccessibleName(tr("How far they are moved"));
  step_->setToolTip(
      tr("In standard deviations of the samples where the direction knows them (boundaries, GANSpace), else in lengths "
         "of its vector"));
  if (ofLayers()) {
    form_->addRow(tr("Direction"), direction_);
    form_->addRow(tr("Layers"), groups_);
  } else {
    direction_->setParent(controls);
    direction_->hide();
    groups_->setParent(controls);
    groups_->hide();
  }
  form_->addRow(tr("Samples"), samples_);
  form_->addRow(tr("Step"), step_);
  column->addLayout(form_);
  start_ = new QPushButton;
  column->addWidget(start_);
  summary_ = new QLabel;
  summary_->setWordWrap(true);
  summary_->setAccessibleName(tr("What was measured"));
  column->addWidget(summary_);
  column->addStretch(1);
  connect(direction_, &QComboBox::activated, this, &MeasureTool::show);
  connect(groups_, &QComboBox::activated, this, &DirectionTool::stateChanged);
  connect(samples_, &QSpinBox::valueChanged, this, &DirectionTool::stateChanged);
  connect(step_, &QDoubleSpinBox::valueChanged, this, &DirectionTool::stateChanged);
  connect(start_, &QPushButton::clicked, this, [this] {
    if (running_)
      context().engine.cancelPane(QStringLiteral("generator/directions/") + id());
    else
      run();
  });
  return controls;
}

QWidget* MeasureTool::makeResult() {
  stack_ = new QStackedWidget;
  empty_ = new QLabel;
  empty_->setWordWrap(true);
  empty_->setAlignment(Qt::AlignCenter);
  empty_->setForegroundRole(QPalette::PlaceholderText);
  empty_->setContentsMargins(24, 16, 24, 16);
  stack_->addWidget(empty_);
  legend_ = new QLabel;
  if (!ofLayers()) {
    table_ = new QTableWidget;
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setTabKeyNavigation(false);
    table_->setAccessibleName(tr("Change of each attribute by each direction, in deviations"));
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->verticalHeader()->setDefaultSectionSize(int(fontMetrics().height() * 1.6));
    connect(table_, &QTableWidget::cellClicked, this, [this](int row, int) {
      for (int i = 0; i < list().count(); ++i)
        if (result_ && list().at(i).name == result_->rows[std::size_t(row)]) Q_EMIT directionWanted(i);
    });
    legend_->setParent(stack_);
    legend_->hide();
    stack_->addWidget(table_);
    return stack_;
  }
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(4, 4, 4, 4);
  legend_->setWordWrap(true);
  legend_->setTextFormat(Qt::RichText);
  legend_->setAccessibleName(tr("Colours of the attributes"));
  column->addWidget(legend_);
  chart_ = new StackedBars(tr("What the layers change"));
  auto* port = new QScrollArea;
  port->setWidget(chart_);
  port->setWidgetResizable(true);
  port->setFrameShape(QFrame::NoFrame);
  port->viewport()->setAutoFillBackground(false);
  column->addWidget(port, 1);
  stack_->addWidget(page);
  connect(chart_, &StackedBars::picked, this, &MeasureTool::applyLayers);
  return stack_;
}

void MeasureTool::showTable() {
  const ChangeTable& found = *result_;
  const int rows = int(found.rows.size()), columns = int(found.attributes.size());
  table_->setRowCount(rows);
  table_->setColumnCount(columns);
  QStringList names, titles;
  for (const std::string& row : found.rows) names << QString::fromStdString(row);
  for (const PictureAttribute& attribute : found.attributes) titles << titleOf(attribute);
  table_->setVerticalHeaderLabels(names);
  QStringList heads = titles;  // in two lines, so that more columns are seen
  heads.replaceInStrings(QStringLiteral(", "), QStringLiteral(",\n"));
  heads.replaceInStrings(tr("area of "), tr("area of\n"));
  table_->setHorizontalHeaderLabels(heads);
  double most = 1e-9;
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      const double value = std::abs(found.strength(std::size_t(r), std::size_t(c)));
      if (std::isfinite(value)) most = std::max(most, value);
    }
  const ThemeColors& theme = themeColors(palette());
  const QColor ground = palette().color(QPalette::Base), ink = palette().color(QPalette::Text);
  const QColor negative = theme.series.value(1, theme.accent);
  for (int r = 0; r < rows; ++r) {
    const ChangeTable::Target target = found.targetOf(std::size_t(r));
    for (int c = 0; c < columns; ++c) {
      const double value = found.strength(std::size_t(r), std::size_t(c));
      auto* item = new QTableWidgetItem(signedText(value));
      item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
      // Pale enough for the numbers to stand out.
      if (std::isfinite(value))
        item->setBackground(mixed(ground, value >= 0 ? theme.accent : negative, 0.5 * std::abs(value) / most));
      item->setForeground(ink);
      if (target.attribute == c) {
        QFont bold = table_->font();
        bold.setBold(true);
        item->setFont(bold);
      }
      const std::size_t at = std::size_t(r) * std::size_t(columns) + std::size_t(c);
      item->setToolTip(tr("%1 changes %2 by %3 (95 %: %4 to %5), which is %6 of its deviations")
                           .arg(names[r], titles[c])
                           .arg(double(found.change.values[at]), 0, 'g', 3)
                           .arg(double(found.changeLow.values[at]), 0, 'g', 3)
                           .arg(double(found.changeHigh.values[at]), 0, 'g', 3)
                           .arg(signedText(value)));
      table_->setItem(r, c, item);
    }
  }
  summary_->setText(
      tr("Change in standard deviations of each attribute; bold is what a direction changes most. A click on a row "
         "shows its slider."));
}

void MeasureTool::showChart() {
  const ChangeTable& found = *result_;
  // The attributes that change most anywhere get the colours.
  std::vector<std::size_t> order(found.attributes.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  const auto largest = [&](std::size_t k) {
    double most = 0.0;
    for (std::size_t r = 0; r < found.rows.size(); ++r)
      if (const double value = std::abs(found.strength(r, k)); std::isfinite(value)) most = std::max(most, value);
    return most;
  };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return largest(a) > largest(b); });
  order.resize(std::min(order.size(), kMostParts));
  QStringList parts, legend;
  for (const std::size_t k : order) parts << titleOf(found.attributes[k]);
  chart_->setParts(parts);
  QVector<StackedRow> rows;
  for (std::size_t r = 0; r < found.rows.size(); ++r) {
    StackedRow row;
    row.id = int(r);
    row.label = QString::fromStdString(found.rows[r]);
    QStringList lines;
    for (const std::size_t k : order) {
      const double value = found.strength(r, k);
      row.parts << (std::isfinite(value) ? std::abs(value) : 0.0);
      lines << tr("%1: %2").arg(titleOf(found.attributes[k]), signedText(value));
    }
    const ChangeTable::Target target = found.targetOf(r);
    if (target.attribute >= 0)
      row.text = tr("%1 %2").arg(titleOf(found.attributes[std::size_t(target.attribute)]), signedText(target.strength));
    row.explanation = lines.join(QLatin1Char('\n')) + QLatin1Char('\n') + tr("A click applies the direction there");
    rows << row;
  }
  chart_->setRows(rows);
  for (int part = 0; part < parts.size(); ++part)
    legend << QStringLiteral("<span style=\"color:%1\">\u25a0</span>\u00a0%2")
                  .arg(chart_->partColor(part).name(), parts[part].toHtmlEscaped());
  legend_->setText(legend.join(QStringLiteral(" &nbsp; ")));
  summary_->setText(tr("How much %1 changes each attribute, in deviations, when these layers alone are moved. A click "
                       "on a bar applies the direction to its layers.")
                        .arg(QString::fromStdString(measured_.name)));
}

}  // namespace unitscope
