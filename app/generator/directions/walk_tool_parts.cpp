// Layout of the walk tool.
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/generator/directions/walk_tool.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr int kMostSeed = 1'000'000;

QSpinBox* spin(int least, int most, int value, int step, const QString& suffix, const QString& name,
               const QString& help) {
  auto* box = new QSpinBox;
  box->setRange(least, most);
  box->setValue(value);
  box->setSingleStep(step);
  box->setSuffix(suffix);
  box->setKeyboardTracking(false);
  box->setAccessibleName(name);
  box->setToolTip(help);
  return box;
}

}  // namespace

QWidget* WalkTool::makeControls() {
  auto* controls = new QWidget;
  auto* column = new QVBoxLayout(controls);
  column->setContentsMargins(8, 6, 8, 6);
  form_ = new QFormLayout;
  form_->setSpacing(4);
  kind_ = new QComboBox;
  kind_->addItem(tr("Random walk"), QStringLiteral("random"));
  kind_->addItem(tr("Along a direction"), QStringLiteral("along"));
  kind_->addItem(tr("To another sample"), QStringLiteral("between"));
  kind_->setAccessibleName(tr("Kind of film"));
  kind_->setToolTip(tr("All begin at the sample on stage"));
  space_ = new QComboBox;
  space_->addItem(tr("w, straight"), QStringLiteral("w"));
  space_->addItem(tr("z, straight"), QStringLiteral("z"));
  space_->addItem(tr("z, along the sphere"), QStringLiteral("zs"));
  space_->setAccessibleName(tr("Through which latent"));
  space_->setToolTip(
      tr("w is what the layers take. Samples of z lie near a sphere: on the way between two of them the angle grows "
         "evenly"));
  along_ = new QComboBox;
  along_->setAccessibleName(tr("Direction"));
  along_->setToolTip(tr("Forth and back over its range"));
  along_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  along_->setMinimumContentsLength(10);
  seconds_ = spin(1, 120, 10, 1, tr(" s"), tr("Length"), tr("At 24 frames a second"));
  radius_ = spin(5, 300, 60, 5, tr(" %"), tr("Radius"),
                 tr("How far the walk leads from the sample: 100 % is as far as from one sample to another"));
  speed_ = spin(1, 300, 30, 5, tr(" %/s"), tr("Speed"),
                tr("How far it goes in a second: 100 % is from one sample to another"));
  seed_ = spin(0, kMostSeed, 0, 1, {}, tr("Seed of the walk"), tr("Another number walks another way"));
  endSeed_ = spin(0, kMostSeed, 1, 1, {}, tr("Seed of the other sample"), tr("The film ends at this sample"));
  pin_ = new QPushButton;
  pin_->setToolTip(
      tr("The sample on stage becomes the end of the film: then go back, or to another sample, for its beginning"));
  form_->addRow(tr("Film"), kind_);
  form_->addRow(tr("Through"), space_);
  form_->addRow(tr("Along"), along_);
  form_->addRow(tr("To seed"), endSeed_);
  form_->addRow(tr("Or"), pin_);
  form_->addRow(tr("Length"), seconds_);
  form_->addRow(tr("Radius"), radius_);
  form_->addRow(tr("Speed"), speed_);
  form_->addRow(tr("Seed"), seed_);
  column->addLayout(form_);
  column->addStretch(1);
  return controls;
}

QWidget* WalkTool::makePlayer() {
  auto* side = new QWidget;
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  auto* buttons = new QHBoxLayout;
  play_ = new QPushButton;
  play_->setDefault(true);
  play_->setToolTip(tr("Frames are made ahead of where the film is"));
  stop_ = new QPushButton(themedIcon(QStringLiteral("cancel")), tr("Stop"));
  stop_->setToolTip(tr("Ends the film and brings the sample back"));
  keepFrame_ = new QPushButton(themedIcon(QStringLiteral("check")), tr("Keep this frame"));
  keepFrame_->setToolTip(tr("The frame that is shown becomes the sample"));
  buttons->addWidget(play_);
  buttons->addWidget(stop_);
  buttons->addStretch(1);
  column->addLayout(buttons);
  position_ = new QSlider(Qt::Horizontal);
  position_->setAccessibleName(tr("Frame"));
  position_->setToolTip(tr("The frame that is shown"));
  // Not beside the other buttons: three in a row would make the whole page wider.
  auto* film = new QHBoxLayout;
  film->addWidget(position_, 1);
  film->addWidget(keepFrame_);
  column->addLayout(film);
  status_ = new QLabel;
  status_->setWordWrap(true);
  status_->setAccessibleName(tr("State of the film"));
  column->addWidget(status_);
  keepTitle_ = new QLabel(tr("Stays as it is:"));
  keepTitle_->setToolTip(tr("The walk stays at right angles to these boundaries, so that their attributes keep"));
  column->addWidget(keepTitle_);
  keepList_ = new QListWidget;
  keepList_->setAccessibleName(tr("Directions whose attributes must not change"));
  keepTitle_->setBuddy(keepList_);
  column->addWidget(keepList_, 1);
  column->addStretch(0);
  return side;
}

}  // namespace unitscope
