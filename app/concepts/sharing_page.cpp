#include "app/concepts/sharing_page.h"

#include <algorithm>

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/concepts/vectors_page.h"
#include "widgets/heat_matrix.h"

namespace unitscope {

SharingPage::SharingPage(QWidget* parent)
    : QWidget(parent), caption_(new QLabel), matrix_(new HeatMatrix(tr("Units shared by concepts"))) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 4);
  caption_->setWordWrap(true);
  column->addWidget(caption_);
  auto* area = new QScrollArea;
  area->setFrameShape(QFrame::NoFrame);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidgetResizable(true);
  area->setWidget(matrix_);
  column->addWidget(area, 1);
  connect(matrix_, &HeatMatrix::cellPicked, this, [this](int row, int place) {
    Q_EMIT cellPicked(unitOf(row), QString::fromStdString(vectors_->concepts[std::size_t(place)].name));
  });
}

void SharingPage::show(const Net2VecPtr& vectors, const QString& conceptName, int unit) {
  if (vectors != vectors_) {
    vectors_ = vectors;
    units_.clear();
    QStringList rows, columns;
    QVector<float> cells;
    if (vectors_) {
      const std::size_t concepts = vectors_->concepts.size();
      std::vector<std::pair<int, int>> order;  // fewer concepts come later
      for (std::size_t u = 0; u < std::size_t(vectors_->units); ++u) {
        const auto first = vectors_->sharing.values.begin() + std::ptrdiff_t(u * concepts);
        const auto count = int(std::count_if(first, first + std::ptrdiff_t(concepts), [](float w) { return w != 0; }));
        if (count > 0) order.emplace_back(-count, int(u));
      }
      std::sort(order.begin(), order.end());
      for (const ConceptVector& one : vectors_->concepts) columns << QString::fromStdString(one.name);
      for (const auto& [count, u] : order) {
        units_.push_back(u);
        rows << tr("unit %1").arg(u);
        for (std::size_t k = 0; k < concepts; ++k) cells << vectors_->sharing.values[std::size_t(u) * concepts + k];
      }
    }
    matrix_->setCells(rows, columns, cells);
    caption_->setText(
        vectors_ ? tr("The ten strongest units of each concept: <b>%1 of %2 units</b>, %3 of them shared by several "
                      "concepts. Along a row one unit for many concepts, down a column one concept's units. Blue "
                      "speaks for it, orange against it.")
                       .arg(units_.size())
                       .arg(vectors_->units)
                       .arg(vectors_->shared.size())
                 : QString());
  }
  const auto found = std::find(units_.begin(), units_.end(), unit);
  matrix_->setCurrent(found == units_.end() ? -1 : int(found - units_.begin()),
                      vectors_ ? vectorIndex(*vectors_, conceptName) : -1);
}

QString SharingPage::csv() const {
  if (!vectors_) return {};
  QString out = QStringLiteral("unit");
  for (const ConceptVector& one : vectors_->concepts)
    out += QStringLiteral(",\"") + QString::fromStdString(one.name).replace(QLatin1Char('"'), QStringLiteral("\"\"")) +
           QLatin1Char('"');
  out += QLatin1Char('\n');
  for (int row = 0; row < matrix_->rowCount(); ++row) {
    out += QString::number(unitOf(row));
    for (int place = 0; place < matrix_->columnCount(); ++place)
      out += QLatin1Char(',') + QString::number(double(matrix_->value(row, place)), 'g', 6);
    out += QLatin1Char('\n');
  }
  return out;
}

}  // namespace unitscope
