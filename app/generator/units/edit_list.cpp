#include "app/generator/units/edit_list.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/generator_concepts.h"
#include "app/generator/generator_stage.h"
#include "widgets/icons.h"

namespace unitscope {

EditList::EditList(GeneratorStage& stage, QWidget* parent) : QWidget(parent), stage_(stage) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  none_ =
      new QLabel(tr("No unit was changed. What is switched or painted is listed here, from the first to the last."));
  none_->setWordWrap(true);
  list_ = new QListWidget;
  list_->setAccessibleName(tr("Changes of units"));
  list_->setFrameShape(QFrame::NoFrame);
  list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  remove_ = new QPushButton(themedIcon(QStringLiteral("trash")), tr("Remove"));
  remove_->setToolTip(tr("Takes back what is marked (Delete)"));
  removeAll_ = new QPushButton(themedIcon(QStringLiteral("reset")), tr("Remove all"));
  removeAll_->setToolTip(tr("All units as they were; directions stay"));
  auto* line = new QHBoxLayout;
  line->addStretch(1);
  line->addWidget(remove_);
  line->addWidget(removeAll_);
  column->addWidget(none_);
  column->addWidget(list_, 1);
  column->addLayout(line);
  new QShortcut(QKeySequence::Delete, list_, remove_, &QPushButton::click, Qt::WidgetShortcut);
  connect(list_, &QListWidget::itemSelectionChanged, this,
          [this] { setAvailable(*remove_, list_->selectedItems().isEmpty() ? tr("Mark a change first") : QString()); });
  connect(list_, &QListWidget::itemClicked, this, [this](const QListWidgetItem* item) {
    const auto at = std::size_t(list_->row(item));
    if (at < groups_.size()) Q_EMIT groupPicked(groups_[at].layer, groups_[at].units);
  });
  connect(remove_, &QPushButton::clicked, this, [this] {
    std::vector<std::size_t> edits;
    QString text;
    for (const QListWidgetItem* item : list_->selectedItems()) {
      const EditGroup& group = groups_[std::size_t(list_->row(item))];
      edits.insert(edits.end(), group.edits.begin(), group.edits.end());
      text = group.text;
    }
    if (!edits.empty()) stage_.change(tr("Take back %1").arg(text), withoutEdits(stage_.scene(), edits));
  });
  connect(removeAll_, &QPushButton::clicked, this, [this] {
    GeneratorScene scene = stage_.scene();
    scene.sample.edits.clear();
    stage_.change(tr("All units as they were"), scene);
  });
  connect(&stage_, &GeneratorStage::sceneChanged, this, &EditList::show);
  connect(stage_.concepts(), &GeneratorConcepts::changed, this, &EditList::show);
  show();
}

void EditList::show() {
  groups_ = editGroups(stage_.scene(), *stage_.concepts());
  const QSignalBlocker quiet(list_);
  // The rows stay while a slider moves, so that the mark does too.
  while (list_->count() > int(groups_.size())) delete list_->takeItem(list_->count() - 1);
  while (list_->count() < int(groups_.size())) new QListWidgetItem(list_);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    QListWidgetItem* item = list_->item(int(i));
    item->setText(QStringLiteral("%1  \u00b7  %2").arg(groups_[i].text, groups_[i].layer));
    item->setIcon(themedIcon(groups_[i].painted ? QStringLiteral("brush") : QStringLiteral("unit")));
  }
  const bool any = !groups_.empty();
  none_->setVisible(!any);
  list_->setVisible(any);
  setAvailable(*removeAll_, any ? QString() : tr("No unit was changed"));
  setAvailable(*remove_, !any                               ? tr("No unit was changed")
                         : list_->selectedItems().isEmpty() ? tr("Mark a change first")
                                                            : QString());
  Q_EMIT countChanged(int(groups_.size()));
}

}  // namespace unitscope
