// Layout of the view of responsible channels.
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/activations/place_canvas.h"
#include "app/activations/responsible_view.h"
#include "widgets/bar_list.h"
#include "widgets/curve_chart.h"
#include "widgets/icons.h"

namespace unitscope {

void ResponsibleView::makeLayout() {
  panel_ = new QWidget;
  auto* column = new QVBoxLayout(panel_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  target_ = new QLabel;
  target_->setWordWrap(true);
  start_ = new QPushButton;
  start_->setDefault(true);
  start_->setToolTip(
      tr("Searches the channels that alone give the highest score (extremal perturbation), next to gradient x "
         "activation and conductance"));
  method_ = new QComboBox;
  method_->addItem(tr("Extremal"), QStringLiteral("extremal"));
  method_->addItem(tr("Gradient \u00d7 activation"), QStringLiteral("gradient_x_activation"));
  method_->addItem(tr("Conductance"), QStringLiteral("conductance"));
  method_->setAccessibleName(tr("Method that ranks the channels"));
  kept_ = new QComboBox;
  kept_->setAccessibleName(tr("How many channels are kept"));
  kept_->setToolTip(tr("The score with these channels alone, all others set to 0"));
  for (QComboBox* box : {method_, kept_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(12);
  }
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  form->addRow(tr("Ranked by"), method_);
  form->addRow(tr("Channels kept"), kept_);
  channels_ = new BarList(tr("Kept channels"));
  channels_->setPictureSize(40);
  channels_->setEmptyText(tr("The channels are listed here once they are found."));
  channels_->setToolTip(
      tr("Bars: gradient x activation, conductance, extremal, each relative to its largest. Double "
         "click opens the unit's page."));
  open_ = new QPushButton(themedIcon(QStringLiteral("unit")), tr("Open unit"));
  invert_ = new QPushButton;
  invert_->setToolTip(tr("Makes a picture that excites the kept channels as this one does, and the others not at all"));
  facts_ = new QLabel;
  facts_->setWordWrap(true);
  facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(open_);
  buttons->addWidget(invert_);
  column->addWidget(target_);
  column->addWidget(start_);
  column->addLayout(form);
  column->addWidget(channels_, 1);
  column->addLayout(buttons);
  column->addWidget(facts_);

  auto* halves = new QSplitter(Qt::Vertical);
  halves->setChildrenCollapsible(false);
  chart_ = new CurveChart;
  chart_->setTitle(tr("Score with a few channels alone"));
  chart_->setAxisTitles(tr("Channels kept"), tr("Score"));
  auto* pictures = new QWidget;
  auto* line = new QHBoxLayout(pictures);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(4);
  seen_ = new PlaceCanvas;
  seen_->setAccessibleName(tr("The picture"));
  inverted_ = new PlaceCanvas;
  inverted_->setAccessibleName(tr("What the kept channels hold"));
  line->addWidget(seen_, 1);
  line->addWidget(inverted_, 1);
  halves->addWidget(chart_);
  halves->addWidget(pictures);
  halves->setSizes({360, 260});
  page_ = halves;
}

}  // namespace unitscope
