#include "app/generator/directions/relations_tool.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/directions/attribute_choice.h"
#include "app/generator/directions/attributes_tool.h"
#include "app/generator/directions/direction_list.h"
#include "app/messages.h"
#include "gan/boundary.h"
#include "runtime/error.h"
#include "widgets/control_column.h"
#include "widgets/heat_matrix.h"
#include "widgets/icons.h"

namespace unitscope {

RelationsTool::RelationsTool(const Context& context, GeneratorStage& stage, DirectionList& list,
                             AttributesTool& attributes, QWidget* parent)
    : DirectionTool(context, stage, list, parent),
      attributes_(attributes),
      what_(new QComboBox),
      matrix_(new HeatMatrix(tr("How they hang together"))),
      reading_(new QLabel),
      empty_(new QLabel),
      apart_(new QPushButton) {
  auto* controls = new QWidget;
  auto* column = new QVBoxLayout(controls);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  what_->addItem(tr("Scores (correlation)"), QStringLiteral("correlation"));
  what_->addItem(tr("Boundaries (cosine)"), QStringLiteral("cosine"));
  what_->addItem(tr("The list (cosine)"), QStringLiteral("list"));
  what_->setAccessibleName(tr("What is compared"));
  what_->setToolTip(
      tr("Correlation of the attributes' scores over the samples, or the cosine of the angle between directions: both "
         "are 0 for what does not hang together"));
  column->addWidget(what_);
  reading_->setWordWrap(true);
  reading_->setAccessibleName(tr("The chosen pair"));
  column->addWidget(reading_);
  apart_->setIcon(themedIcon(QStringLiteral("filter")));
  apart_->setText(tr("Take apart"));
  apart_->setToolTip(
      tr("Adds the first direction without its part along the second, so that the second's score stays"));
  column->addWidget(apart_);
  column->addStretch(1);
  auto* side = new QWidget;
  auto* stack = new QVBoxLayout(side);
  stack->setContentsMargins(0, 0, 0, 0);
  empty_->setWordWrap(true);
  empty_->setAlignment(Qt::AlignCenter);
  empty_->setForegroundRole(QPalette::PlaceholderText);
  empty_->setContentsMargins(24, 16, 24, 16);
  auto* port = new QScrollArea;
  port->setWidget(matrix_);
  port->setFrameShape(QFrame::NoFrame);
  port->setWidgetResizable(true);
  stack->addWidget(empty_);
  stack->addWidget(port, 1);
  layBeside(this, controls, side, {230, 340});
  connect(what_, &QComboBox::activated, this, [this] {
    show();
    Q_EMIT stateChanged();
  });
  connect(matrix_, &HeatMatrix::cellPicked, this, [this](int row, int column) {
    row_ = row;
    column_ = column;
    read();
  });
  connect(apart_, &QPushButton::clicked, this, &RelationsTool::separate);
  connect(&attributes_, &AttributesTool::resultChanged, this, &RelationsTool::show);
  connect(&list, &DirectionList::changed, this, &RelationsTool::show);
  show();
}

RelationsTool::Cells RelationsTool::cells() const {
  Cells cells;
  const QString what = what_->currentData().toString();
  Array values;
  if (what == "list") {
    // Those of the space and size that most have, counted from the first.
    std::vector<Array> vectors;
    for (int i = 0; i < list().count(); ++i) {
      const LatentDirection& direction = list().at(i);
      if (!vectors.empty() && (direction.vector.shape != vectors.front().shape ||
                               (direction.space == "z") != (list().at(cells.entries.front()).space == "z")))
        continue;
      vectors.push_back(direction.vector);
      cells.entries.push_back(i);
      cells.names << QString::fromStdString(direction.name);
    }
    if (vectors.size() > 1) values = entanglement({}, vectors).cosine;
  } else if (const BoundariesPtr& result = attributes_.result()) {
    for (const AttributeBoundary& one : result->boundaries) cells.names << titleOf(one.attribute);
    if (cells.names.size() > 1)
      values = what == "cosine" ? result->entanglement.cosine : result->entanglement.correlation;
  }
  if (values.values.size() != std::size_t(cells.names.size() * cells.names.size()) || cells.names.size() < 2) return {};
  for (const float value : values.values) cells.values << (std::isfinite(value) ? value : 0.0F);
  return cells;
}

void RelationsTool::show() {
  cells_ = cells();
  row_ = column_ = -1;
  matrix_->setCells(cells_.names, cells_.names, cells_.values);
  const bool any = !cells_.names.isEmpty();
  matrix_->parentWidget()->parentWidget()->setVisible(any);
  empty_->setVisible(!any);
  empty_->setText(what_->currentData().toString() == "list"
                      ? tr("Two directions are needed to compare them")
                      : tr("Train directions of two attributes at least, in the tab \u201cAttributes\u201d"));
  read();
}

void RelationsTool::read() {
  const bool pair = row_ >= 0 && column_ >= 0 && row_ < cells_.names.size() && column_ < cells_.names.size();
  QString reason;
  if (!pair)
    reason = tr("Choose a pair in the matrix first");
  else if (row_ == column_)
    reason = tr("A direction cannot be taken apart from itself");
  else if (cells_.entries.empty())
    reason = tr("Choose \u201cThe list\u201d: directions are taken apart, not scores");
  setAvailable(*apart_, reason);
  if (!pair) {
    reading_->setText(cells_.names.isEmpty() ? QString() : tr("A click on a cell reads it out."));
    return;
  }
  const double value = double(matrix_->value(row_, column_));
  const QString number = QLocale().toString(value, 'f', 2);
  reading_->setText(
      what_->currentData().toString() == "correlation"
          ? tr("%1 and %2 correlate by %3 over the samples.").arg(cells_.names[row_], cells_.names[column_], number)
          : tr("%1 and %2: cosine %3, an angle of %4\u00b0. %5")
                .arg(cells_.names[row_], cells_.names[column_], number,
                     QLocale().toString(std::acos(std::clamp(value, -1.0, 1.0)) * 180.0 / M_PI, 'f', 0),
                     row_ != column_ && std::abs(value) > 0.3 ? tr("Moving along one changes the other.") : QString()));
}

void RelationsTool::separate() {
  if (row_ < 0 || column_ < 0 || cells_.entries.empty()) return;
  LatentDirection direction = list().at(cells_.entries[std::size_t(row_)]);
  const LatentDirection& other = list().at(cells_.entries[std::size_t(column_)]);
  try {
    direction.vector = withoutParts(direction.vector, {other.vector});
  } catch (const Error& e) {
    context().messages.warn(QString::fromStdString(direction.name), QString::fromStdString(e.reason()));
    return;
  }
  direction.name += tr(" without ").toStdString() + other.name;
  // The plane that was trained is another.
  for (const char* of : {"bias", "train_accuracy", "validation_accuracy", "remaining_accuracy", "explained_variance",
                         "eigenvalue", "deviation"})
    direction.details.erase(of);
  const int first = list().add(tr("Take directions apart"), {direction}, true);
  if (first >= 0) Q_EMIT directionWanted(first);
}

QJsonObject RelationsTool::saveState() const {
  return {{"what", what_->currentData().toString()}};
}

void RelationsTool::restoreState(const QJsonObject& state) {
  if (state.isEmpty()) return;
  what_->setCurrentIndex(std::max(0, what_->findData(state["what"].toString())));
  show();
}

}  // namespace unitscope
