// Layout of the view of artifact units.
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/data_box.h"
#include "app/engine_bridge.h"
#include "app/generator/concepts/artifacts_view.h"
#include "app/generator/generator_stage.h"
#include "widgets/bar_list.h"
#include "widgets/icons.h"
#include "widgets/region_picker.h"
#include "widgets/tile_grid.h"

namespace unitscope {

ArtifactsView::ArtifactsView(const Context& context, GeneratorStage& stage, QWidget* parent)
    : QWidget(parent),
      context_(context),
      stage_(stage),
      grid_(new TileGrid),
      region_(new RegionPicker),
      layers_(new QComboBox),
      again_(new QPushButton(themedIcon(QStringLiteral("reset")), tr("Others"))),
      rank_(new QPushButton(themedIcon(QStringLiteral("search")), tr("Rank units"))),
      list_(new BarList(tr("Units that are active where samples are bad"))),
      count_(new QSpinBox),
      measured_(new QSpinBox),
      off_(new QPushButton(themedIcon(QStringLiteral("cancel")), tr("Switch off"))),
      measure_(new QPushButton),
      reference_(new DataBox(tr("Real pictures to compare with"))),
      hint_(
          new QLabel(tr("Click the samples that look wrong, or drag a rectangle round what is wrong in one of them."))),
      verdict_(new QLabel) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  hint_->setWordWrap(true);
  head->addWidget(hint_, 1);
  again_->setToolTip(tr("Draws other samples, with the units as they are on stage"));
  head->addWidget(again_);
  column->addLayout(head);
  auto* halves = new QSplitter(Qt::Vertical);
  halves->setChildrenCollapsible(false);
  auto* upper = new QWidget;
  auto* across = new QHBoxLayout(upper);
  across->setContentsMargins(0, 0, 0, 0);
  grid_->setAccessibleName(tr("Samples to judge"));
  grid_->setTileSize(64);
  grid_->setEmptyText(tr("Samples are being drawn"));
  across->addWidget(grid_, 3);
  auto* side = new QVBoxLayout;
  region_->setAccessibleName(tr("What is wrong in the sample"));
  side->addWidget(region_);
  side->addStretch(1);
  across->addLayout(side, 2);
  halves->addWidget(upper);
  auto* below = new QWidget;
  auto* lower = new QVBoxLayout(below);
  lower->setContentsMargins(0, 4, 0, 0);
  lower->setSpacing(4);
  auto* first = new QHBoxLayout;
  layers_->setAccessibleName(tr("Layer whose units are ranked"));
  layers_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  layers_->setMinimumContentsLength(12);
  first->addWidget(layers_, 1);
  rank_->setToolTip(
      tr("Orders the layer's units by how active they are where samples are bad, compared with elsewhere"));
  first->addWidget(rank_);
  lower->addLayout(first);
  list_->setPictureSize(0);
  list_->setEmptyText(tr("Mark what is wrong, then rank the units"));
  lower->addWidget(list_, 1);
  auto* second = new QHBoxLayout;
  count_->setRange(1, 512);
  count_->setValue(4);
  count_->setPrefix(tr("first "));
  count_->setAccessibleName(tr("How many of the ranked units to switch off"));
  off_->setToolTip(tr("Switches the first units of the list off on stage"));
  second->addWidget(count_);
  second->addWidget(off_);
  second->addStretch(1);
  lower->addLayout(second);
  auto* third = new QHBoxLayout;
  measured_->setRange(50, 50000);
  measured_->setValue(500);
  measured_->setSingleStep(100);
  measured_->setSuffix(tr(" pictures"));
  measured_->setAccessibleName(tr("Pictures to measure with"));
  reference_->setToolTip(tr("Real pictures that the generated ones should be like"));
  third->addWidget(measured_);
  third->addWidget(reference_, 1);
  third->addWidget(measure_);
  lower->addLayout(third);
  verdict_->setWordWrap(true);
  verdict_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  lower->addWidget(verdict_);
  halves->addWidget(below);
  halves->setSizes({260, 300});
  column->addWidget(halves, 1);

  connect(again_, &QPushButton::clicked, this, [this] { draw(true); });
  connect(grid_, &TileGrid::activated, this, &ArtifactsView::mark);
  connect(grid_, &TileGrid::currentChanged, this, &ArtifactsView::showSample);
  connect(region_, &RegionPicker::regionDrawn, this, [this](const QRectF& where) {
    if (shown_ < 0) return;
    regions_[shown_] = where;
    grid_->refresh(shown_);
    refresh();
  });
  connect(layers_, &QComboBox::activated, this, [this] { refresh(); });
  connect(rank_, &QPushButton::clicked, this, &ArtifactsView::rank);
  connect(list_, &BarList::picked, this, [this](int unit) { context_.selection.setUnit(rankedLayer_, unit); });
  connect(off_, &QPushButton::clicked, this, &ArtifactsView::switchOff);
  connect(measure_, &QPushButton::clicked, this, [this] {
    if (measuring_) {
      stopMeasuring();
    } else {
      measure();
    }
  });
  connect(&stage_, &GeneratorStage::generatorChanged, this, &ArtifactsView::forget);
  // The first sample comes after the generator.
  connect(&stage_, &GeneratorStage::sceneChanged, this, [this] {
    if (active_) setActive(true);
  });
  refresh();
}

}  // namespace unitscope
