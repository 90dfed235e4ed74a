#include "app/concepts/vectors_page.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>

#include "widgets/bar_list.h"
#include "widgets/curve_chart.h"

namespace unitscope {

namespace {

constexpr std::size_t kStrongest = 40, kNearest = 12;
enum Column { Name, Category, BestUnit, Alone, Together, Gain, Enough, Columns };

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

QString number(double value) {
  return QLocale().toString(value, 'f', 3);
}

/// Units from which nine tenths of what all of them reach is there.
std::int64_t enoughUnits(const ConceptVector& one) {
  for (const SubsetIou& point : one.curve)
    if (point.validation >= 0.9 * one.validationIou) return point.units;
  return one.curve.empty() ? 0 : one.curve.back().units;
}

/// Sorts by its number where there is one.
class Cell : public QTableWidgetItem {
 public:
  Cell(const QString& shown, double value) : QTableWidgetItem(shown) {
    setData(Qt::UserRole, value);
    setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
  }
  bool operator<(const QTableWidgetItem& other) const override {
    return data(Qt::UserRole).toDouble() < other.data(Qt::UserRole).toDouble();
  }
};

}  // namespace

int vectorIndex(const Net2Vec& vectors, const QString& name) {
  const std::string wanted = name.toStdString();
  for (std::size_t k = 0; k < vectors.concepts.size(); ++k)
    if (vectors.concepts[k].name == wanted) return int(k);
  return -1;
}

VectorsPage::VectorsPage(QWidget* parent)
    : QWidget(parent),
      table_(new QTableWidget),
      curve_(new CurveChart),
      unitsCaption_(new QLabel(tr("Strongest: left against it"))),
      strongest_(new BarList(tr("Strongest units of the concept"))),
      formula_(new QLabel),
      plus_(new QComboBox),
      minus_(new QComboBox),
      nearest_(new BarList(tr("Concepts with similar vectors"))) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 4);
  table_->setColumnCount(Columns);
  table_->setHorizontalHeaderLabels(
      {tr("concept"), tr("category"), tr("best unit"), tr("IoU alone"), tr("IoU all"), tr("gain"), tr("90 % with")});
  const QStringList helps{{},
                          {},
                          tr("The unit that agrees best with it alone"),
                          tr("IoU of the best unit, on the pictures kept aside"),
                          tr("IoU of all units together, on the pictures kept aside"),
                          tr("What the other units add"),
                          tr("So many units give nine tenths of what all of them reach")};
  for (int i = 0; i < Columns; ++i) table_->horizontalHeaderItem(i)->setToolTip(helps[i]);
  table_->setAccessibleName(tr("Best single unit against all units, for each concept"));
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setTabKeyNavigation(false);
  table_->setShowGrid(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(int(fontMetrics().height() * 1.6));
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table_->horizontalHeader()->setHighlightSections(false);
  curve_->setAxisTitles(tr("Units"), tr("IoU"));

  auto* below = new QSplitter;
  below->setChildrenCollapsible(false);
  below->addWidget(curve_);
  auto* units = new QWidget;
  auto* middle = new QVBoxLayout(units);
  middle->setContentsMargins(4, 0, 4, 0);
  middle->addWidget(unitsCaption_);
  middle->addWidget(strongest_, 1);
  strongest_->setPictureSize(0);
  strongest_->setToolTip(
      tr("Weights of the units. A click selects the unit everywhere, a double click or Enter opens "
         "its page"));
  below->addWidget(units);
  auto* sums = new QWidget;
  auto* right = new QVBoxLayout(sums);
  right->setContentsMargins(4, 0, 0, 0);
  formula_->setWordWrap(true);
  right->addWidget(formula_);
  auto* row = new QHBoxLayout;
  for (QComboBox* box : {plus_, minus_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(6);
    row->addWidget(new QLabel(box == plus_ ? QStringLiteral("+") : QStringLiteral("\u2212")));
    row->addWidget(box, 1);
    connect(box, &QComboBox::activated, this,
            [this] { Q_EMIT sumPicked(plus_->currentData().toString(), minus_->currentData().toString()); });
  }
  plus_->setAccessibleName(tr("Concept that is added"));
  plus_->setToolTip(tr("Adds the vector of another concept"));
  minus_->setAccessibleName(tr("Concept that is taken off"));
  minus_->setToolTip(tr("Takes the vector of another concept off"));
  right->addLayout(row);
  right->addWidget(nearest_, 1);
  nearest_->setPictureSize(0);
  nearest_->setToolTip(tr("Cosine of the vectors. A click or Enter goes to the concept"));
  below->addWidget(sums);
  below->setSizes({300, 170, 200});
  auto* halves = new QSplitter(Qt::Vertical);
  halves->setChildrenCollapsible(false);
  halves->addWidget(table_);
  halves->addWidget(below);
  halves->setSizes({260, 300});
  column->addWidget(halves, 1);

  connect(table_, &QTableWidget::itemSelectionChanged, this, [this] {
    const QTableWidgetItem* item = table_->item(table_->currentRow(), Name);
    if (!silent_ && item) Q_EMIT conceptPicked(item->text());
  });
  connect(table_, &QTableWidget::cellClicked, this, [this](int line, int place) {
    if (place == BestUnit) Q_EMIT unitPicked(table_->item(line, place)->data(Qt::UserRole).toInt());
  });
  connect(strongest_, &BarList::picked, this, &VectorsPage::unitPicked);
  connect(strongest_, &BarList::opened, this, &VectorsPage::unitOpened);
  connect(nearest_, &BarList::opened, this,
          [this](int id) { Q_EMIT conceptPicked(text(vectors_->concepts[std::size_t(id)].name)); });
}

void VectorsPage::show(const Net2VecPtr& vectors, const Choice& choice) {
  const bool fresh = vectors != vectors_;
  const Choice before = choice_;
  const int shown = index_;
  vectors_ = vectors;
  choice_ = choice;
  silent_ = true;
  if (fresh) fillTable();
  index_ = vectors_ ? vectorIndex(*vectors_, choice_.conceptName) : -1;
  if (index_ < 0 && vectors_ && !vectors_->concepts.empty()) index_ = 0;
  const QString name = index_ < 0 ? QString() : text(vectors_->concepts[std::size_t(index_)].name);
  for (int line = 0; line < table_->rowCount(); ++line)
    if (table_->item(line, Name)->text() == name && table_->currentRow() != line) table_->selectRow(line);
  silent_ = false;
  plus_->setCurrentIndex(std::max(0, plus_->findData(choice_.plus)));
  minus_->setCurrentIndex(std::max(0, minus_->findData(choice_.minus)));
  if (fresh || shown != index_) showConcept();
  if (fresh || shown != index_ || before.plus != choice_.plus || before.minus != choice_.minus) showNeighbours();
  strongest_->mark(choice_.unit);
}

void VectorsPage::fillTable() {
  table_->setSortingEnabled(false);
  table_->setRowCount(0);
  for (QComboBox* box : {plus_, minus_}) {
    box->clear();
    box->addItem(tr("nothing"), QString());
  }
  if (!vectors_) return;
  table_->setRowCount(int(vectors_->concepts.size()));
  for (int k = 0; k < int(vectors_->concepts.size()); ++k) {
    const ConceptVector& one = vectors_->concepts[std::size_t(k)];
    for (QComboBox* box : {plus_, minus_}) box->addItem(text(one.name), text(one.name));
    table_->setItem(k, Name, new QTableWidgetItem(text(one.name)));
    table_->setItem(k, Category, new QTableWidgetItem(text(one.category)));
    table_->setItem(k, BestUnit, new Cell(QString::number(one.bestUnit), double(one.bestUnit)));
    table_->setItem(k, Alone, new Cell(number(one.bestUnitIou), one.bestUnitIou));
    table_->setItem(k, Together, new Cell(number(one.validationIou), one.validationIou));
    const double gain = one.validationIou - one.bestUnitIou;
    table_->setItem(k, Gain, new Cell((gain > 0 ? QStringLiteral("+") : QString()) + number(gain), gain));
    table_->setItem(k, Enough, new Cell(QString::number(enoughUnits(one)), double(enoughUnits(one))));
  }
  table_->setSortingEnabled(true);
  table_->sortByColumn(Together, Qt::DescendingOrder);
}

void VectorsPage::showConcept() {
  QVector<BarRow> rows;
  if (index_ < 0) {
    curve_->setTitle({});
    curve_->setCurves({});
    curve_->clearLevel();
    strongest_->setRows({});
    return;
  }
  const ConceptVector& one = vectors_->concepts[std::size_t(index_)];
  CurveSeries train{tr("learned from"), {}}, aside{tr("kept aside"), {}};
  for (const SubsetIou& point : one.curve) {
    train.points << QPointF(double(point.units), point.train);
    aside.points << QPointF(double(point.units), point.validation);
  }
  curve_->setTitle(tr("%1: IoU against units").arg(text(one.name)));
  curve_->setCurves({aside, train});
  curve_->setLevel(one.bestUnitIou, tr("unit %1 alone").arg(one.bestUnit));

  std::vector<std::size_t> order(one.weights.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return std::abs(one.weights[a]) > std::abs(one.weights[b]); });
  order.resize(std::min(order.size(), kStrongest));
  const double largest = order.empty() ? 1.0 : std::max(1e-9, double(std::abs(one.weights[order.front()])));
  for (const std::size_t unit : order) {
    BarRow row;
    row.id = int(unit);
    row.title = tr("unit %1").arg(unit);
    row.detail = QLocale().toString(double(one.weights[unit]), 'f', 2);
    row.bars = {one.weights[unit] / largest};
    row.help = one.weights[unit] < 0 ? tr("Speaks against it") : tr("Speaks for it");
    rows << row;
  }
  strongest_->setRows(rows);
}

void VectorsPage::showNeighbours() {
  QVector<BarRow> rows;
  if (index_ < 0) {
    nearest_->setRows(rows);
    return formula_->clear();
  }
  std::vector<ConceptTerm> terms{{index_, 1.0}};
  QString said = text(vectors_->concepts[std::size_t(index_)].name);
  if (const int plus = vectorIndex(*vectors_, choice_.plus); plus >= 0) {
    terms.push_back({plus, 1.0});
    said += QStringLiteral(" + ") + choice_.plus;
  }
  if (const int minus = vectorIndex(*vectors_, choice_.minus); minus >= 0) {
    terms.push_back({minus, -1.0});
    said += QStringLiteral(" \u2212 ") + choice_.minus;
  }
  formula_->setText(tr("Nearest to <b>%1</b>").arg(said.toHtmlEscaped()));
  for (const ConceptNeighbour& near : nearestConcepts(*vectors_, terms, kNearest)) {
    BarRow row;
    row.id = int(near.conceptIndex);
    row.title = text(vectors_->concepts[std::size_t(near.conceptIndex)].name);
    row.detail = QLocale().toString(near.cosine, 'f', 2);
    row.bars = {std::clamp(near.cosine, -1.0, 1.0)};
    rows << row;
  }
  nearest_->setRows(rows);
}

QString VectorsPage::csv() const {
  QString out = QStringLiteral("concept,category,units,iou_learned_from,iou_kept_aside,best_unit,best_unit_iou\n");
  if (!vectors_) return {};
  for (const ConceptVector& one : vectors_->concepts)
    for (const SubsetIou& point : one.curve)
      out += QStringLiteral("\"%1\",\"%2\",%3,%4,%5,%6,%7\n")
                 .arg(text(one.name).replace(QLatin1Char('"'), QStringLiteral("\"\"")),
                      text(one.category).replace(QLatin1Char('"'), QStringLiteral("\"\"")))
                 .arg(point.units)
                 .arg(point.train, 0, 'g', 6)
                 .arg(point.validation, 0, 'g', 6)
                 .arg(one.bestUnit)
                 .arg(one.bestUnitIou, 0, 'g', 6);
  return out;
}

}  // namespace unitscope
