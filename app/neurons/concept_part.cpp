#include "app/neurons/concept_part.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/neurons/bar_rows.h"
#include "app/neurons/unit_knowledge.h"
#include "widgets/bar_list.h"
#include "widgets/icons.h"

namespace unitscope {

ConceptPart::ConceptPart(UnitKnowledge& knowledge, QWidget* parent)
    : PagePart(tr("What it stands for"),
               tr("Agreement (intersection over union) of where the unit fires with where concepts are, over the data "
                  "(Network Dissection, Bau et al. 2017)"),
               parent),
      knowledge_(knowledge),
      list_(new BarList(tr("Concepts of the unit"))),
      dissect_(new QPushButton(themedIcon(QStringLiteral("class")), tr("Dissect"))) {
  list_->setSelectionMode(QAbstractItemView::NoSelection);
  list_->setPictureSize(0);
  auto* row = new QHBoxLayout;
  row->addWidget(dissect_);
  row->addStretch(1);
  column()->addLayout(row);
  column()->addWidget(list_);
  dissect_->setToolTip(tr("Compares all units with the concepts of the data, in the background"));
  connect(dissect_, &QPushButton::clicked, this, &ConceptPart::dissectWanted);
  connect(&knowledge_, &UnitKnowledge::changed, this, &ConceptPart::showFound);
  connect(&knowledge_, &UnitKnowledge::busyChanged, this, &ConceptPart::showFound);
  showFound();
}

void ConceptPart::showUnit(const UnitAddress& address) {
  address_ = address;
  showFound();
}

void ConceptPart::showFound() {
  const LayerDissection* layer = knowledge_.dissected(address_.layer);
  const bool known = layer && address_.unit >= 0 && std::size_t(address_.unit) < layer->units.size();
  dissect_->setVisible(!known);
  list_->setVisible(known);
  setAvailable(*dissect_, knowledge_.dissecting() ? tr("The units are being dissected") : QString());
  if (!known)
    return say(knowledge_.dissecting() ? tr("The units are being dissected\u2026")
                                       : tr("This layer was not compared with concepts yet."));
  const UnitConcepts& unit = layer->units[std::size_t(address_.unit)];
  const QLocale locale;
  QVector<BarRow> rows;
  for (const ConceptMatch& match : unit.best) {
    const auto index = std::size_t(match.conceptIndex);
    if (match.conceptIndex < 0 || index >= knowledge_.dissection()->concepts.size()) continue;
    const DissectedConcept& one = knowledge_.dissection()->concepts[index];
    BarRow row;
    row.id = int(match.conceptIndex);
    row.title = QStringLiteral("%1 (%2)").arg(QString::fromStdString(one.name), QString::fromStdString(one.category));
    row.detail = tr("IoU %1").arg(locale.toString(match.iou, 'f', 3));
    row.bars = {std::clamp(match.iou, 0.0, 1.0)};
    rows << row;
  }
  list_->setRows(rows);
  fitToRows(*list_);
  const QString name = knowledge_.conceptName(address_.layer, address_.unit);
  const double least = knowledge_.dissection()->iouThreshold;
  say(unit.dead ? tr("Never active in these pictures.")
      : name.isEmpty()
          ? tr("Detects no known concept: none reaches an IoU of %1.").arg(locale.toString(least, 'g', 2))
          : tr("Detects %1. Fires on %2 % of the pixels.").arg(name, locale.toString(100.0 * unit.fired, 'f', 1)));
}

}  // namespace unitscope
