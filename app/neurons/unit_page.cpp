#include "app/neurons/unit_page.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/neurons/concept_part.h"
#include "app/neurons/examples_part.h"
#include "app/neurons/live_switches.h"
#include "app/neurons/neighbours_part.h"
#include "app/neurons/portraits_part.h"
#include "app/neurons/purpose_part.h"
#include "app/neurons/responses_part.h"
#include "app/neurons/switch_part.h"
#include "app/neurons/unit_knowledge.h"
#include "app/neurons/unit_portraits.h"
#include "widgets/elided_label.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kTwoColumns = 820;  // pixels, from which the parts stand side by side

}  // namespace

UnitPage::UnitPage(const Context& context, UnitPortraits& portraits, UnitKnowledge& knowledge, LiveSwitches& switches,
                   QWidget* parent)
    : QWidget(parent), knowledge_(knowledge) {
  portraitsPart_ = new PortraitsPart(portraits);
  switch_ = new SwitchPart(context.selection, switches);
  concept_ = new ConceptPart(knowledge);
  responses_ = new ResponsesPart(context);
  examples_ = new ExamplesPart(context, knowledge);
  purpose_ = new PurposePart(context);
  neighbours_ = new NeighboursPart(context, portraits, knowledge);
  parts_ = {portraitsPart_, switch_, responses_, concept_, examples_, purpose_, neighbours_};
  makeLayout();
  connect(close_, &QToolButton::clicked, this, &UnitPage::closed);
  connect(before_, &QToolButton::clicked, this, [this] { Q_EMIT stepWanted(-1); });
  connect(after_, &QToolButton::clicked, this, [this] { Q_EMIT stepWanted(1); });
  connect(switch_, &SwitchPart::factorWanted, this, &UnitPage::factorWanted);
  connect(switch_, &SwitchPart::allOnWanted, this, &UnitPage::allOnWanted);
  connect(concept_, &ConceptPart::dissectWanted, this, &UnitPage::dissectWanted);
  connect(examples_, &ExamplesPart::collectWanted, this, &UnitPage::collectWanted);
  connect(examples_, &ExamplesPart::opened, this, &UnitPage::exampleOpened);
  connect(neighbours_, &NeighboursPart::unitWanted, this, &UnitPage::unitWanted);
  connect(&knowledge_, &UnitKnowledge::changed, this, &UnitPage::showTitle);
}

void UnitPage::makeLayout() {
  const auto button = [](const QString& icon, const QString& help) {
    auto* made = new QToolButton;
    made->setAutoRaise(true);
    made->setIcon(themedIcon(icon));
    made->setToolTip(help);
    made->setAccessibleName(help);
    return made;
  };
  close_ = button(QStringLiteral("close"), tr("Close the unit (Esc)"));
  before_ = button(QStringLiteral("back"), tr("Unit before this one (,)"));
  after_ = button(QStringLiteral("forward"), tr("Unit after this one (.)"));
  title_ = new ElidedLabel;
  title_->setBold(true);
  title_->setElideMode(Qt::ElideMiddle);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(8, 2, 4, 2);
  head->addWidget(title_, 1);
  head->addWidget(before_);
  head->addWidget(after_);
  head->addWidget(close_);

  auto* body = new QWidget;
  columns_ = new QBoxLayout(QBoxLayout::TopToBottom, body);
  columns_->setContentsMargins(10, 0, 10, 10);
  columns_->setSpacing(16);
  for (const bool left : {true, false}) {
    auto* column = new QVBoxLayout;
    column->setSpacing(6);
    for (PagePart* part : std::as_const(parts_)) {
      const bool isLeft = parts_.indexOf(part) < 4;
      if (isLeft == left) column->addWidget(part);
    }
    column->addStretch(left ? 0 : 1);
    columns_->addLayout(column, 1);
  }
  scroll_ = new QScrollArea;
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setWidgetResizable(true);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll_->setWidget(body);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(0);
  all->addLayout(head);
  all->addWidget(scroll_, 1);
  setAccessibleName(tr("Unit"));
  setFocusPolicy(Qt::ClickFocus);
}

void UnitPage::showUnit(const UnitAddress& address) {
  const bool other = address != address_;
  address_ = address;
  showTitle();
  for (PagePart* part : std::as_const(parts_)) part->showUnit(address);
  if (other) scroll_->verticalScrollBar()->setValue(0);
}

void UnitPage::setState(const NeuronsState& state) {
  switch_->setScales(state.scales);
  purpose_->setScales(state.scales);
  purpose_->setData(state.data);
  neighbours_->setData(state.data);
}

void UnitPage::showTitle() {
  if (address_.unit < 0) return title_->setText({});
  const QString name = knowledge_.conceptName(address_.layer, address_.unit);
  QString text = tr("%1, unit %2").arg(address_.layer).arg(address_.unit);
  if (!name.isEmpty()) text += QStringLiteral(" \u2013 ") + name;
  title_->setText(text);
  setAccessibleDescription(text);
}

bool UnitPage::busy() const {
  return address_.unit >= 0 &&
         std::any_of(parts_.cbegin(), parts_.cend(), [](const PagePart* part) { return part->busy(); });
}

void UnitPage::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  columns_->setDirection(width() >= kTwoColumns ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

void UnitPage::keyPressEvent(QKeyEvent* event) {
  if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier))
    return QWidget::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_Escape: Q_EMIT closed(); break;
    case Qt::Key_Comma: Q_EMIT stepWanted(-1); break;
    case Qt::Key_Period: Q_EMIT stepWanted(1); break;
    default: QWidget::keyPressEvent(event);
  }
}

}  // namespace unitscope
