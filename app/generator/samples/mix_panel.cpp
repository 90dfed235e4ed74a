#include "app/generator/samples/mix_panel.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/generator_stage.h"
#include "app/generator/toggle_look.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr int kSlot = 64;
constexpr double kHundred = 100.0;

}  // namespace

MixPanel::MixPanel(const Context& context, GeneratorStage& stage, QWidget* parent)
    : QWidget(parent), stage_(stage), mix_(new StyleMix(context, stage, this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 4);
  column->setSpacing(6);
  hint_ = new QLabel;
  hint_->setWordWrap(true);
  column->addWidget(hint_);
  auto* line = new QHBoxLayout;
  auto* group = new QButtonGroup(this);
  const QString names[] = {tr("First"), tr("Second")};
  const QString helps[] = {
      tr("The sample that the layers follow which are not chosen; click, then pick a sample below"),
      tr("The sample that the chosen layers follow; click, then pick a sample below")};
  for (int i = 0; i < 2; ++i) {
    slots_[i] = new QToolButton;
    slots_[i]->setCheckable(true);
    slots_[i]->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    slots_[i]->setIconSize(QSize(kSlot, kSlot));
    slots_[i]->setMinimumWidth(kSlot + 24);
    slots_[i]->setAccessibleName(names[i]);
    slots_[i]->setToolTip(helps[i]);
    group->addButton(slots_[i], i);
    fillWhenChecked(*slots_[i]);
    line->addWidget(slots_[i]);
    if (i == 0) {
      swap_ = new QToolButton;
      swap_->setText(QStringLiteral("\u21c4"));
      swap_->setAutoRaise(true);
      swap_->setAccessibleName(tr("Swap the two samples"));
      swap_->setToolTip(swap_->accessibleName());
      line->addWidget(swap_);
    }
  }
  slots_[1]->setChecked(true);
  auto* side = new QVBoxLayout;
  fromStage_ = new QPushButton(tr("Take from stage"));
  fromStage_->setToolTip(tr("The sample on stage becomes the one that is marked"));
  side->addStretch(1);
  side->addWidget(fromStage_);
  auto* shareLine = new QHBoxLayout;
  share_ = new QSlider(Qt::Horizontal);
  share_->setRange(0, 100);
  share_->setValue(100);
  share_->setAccessibleName(tr("Share of the second sample"));
  share_->setToolTip(tr("How far the chosen layers follow the second sample"));
  auto* shareLabel = new QLabel(tr("Share"));
  shareLabel->setBuddy(share_);
  shareLine->addWidget(shareLabel);
  shareLine->addWidget(share_, 1);
  side->addLayout(shareLine);
  side->addStretch(1);
  line->addLayout(side, 1);
  column->addLayout(line);

  rowLine_ = new QHBoxLayout;
  rowLine_->setSpacing(2);
  column->addLayout(rowLine_);
  auto* presetLine = new QHBoxLayout;
  presetLine->setSpacing(4);
  const std::pair<QString, QString> sets[] = {
      {tr("Coarse"), tr("The first third of the layers: layout and large shapes")},
      {tr("Middle"), tr("The second third: objects and their parts")},
      {tr("Fine"), tr("The last third: colours and texture")},
      {tr("None"), tr("All layers follow the first sample")}};
  for (int i = 0; i < 4; ++i) {
    presets_[i] = new QPushButton(sets[i].first);
    presets_[i]->setToolTip(sets[i].second);
    presetLine->addWidget(presets_[i]);
    connect(presets_[i], &QPushButton::clicked, this,
            [this, i] { i < 3 ? preset(i / 3.0, (i + 1) / 3.0) : preset(0, 0); });
  }
  column->addLayout(presetLine);

  connect(swap_, &QToolButton::clicked, this, [this] {
    std::swap(pictures_[0], pictures_[1]);
    mix_->swap();
  });
  connect(fromStage_, &QPushButton::clicked, this, [this] { take(stage_.scene(), stage_.picture()); });
  connect(share_, &QSlider::valueChanged, this, [this](int value) { mix_->setShare(value / kHundred); });
  connect(mix_, &StyleMix::changed, this, &MixPanel::show);
  connect(&stage_, &GeneratorStage::generatorChanged, this, [this] {
    pictures_[0] = pictures_[1] = {};
    makeRows();
  });
  connect(&stage_, &GeneratorStage::sceneChanged, this, &MixPanel::show);
  makeRows();
}

void MixPanel::makeRows() {
  for (QToolButton* row : rows_) row->deleteLater();
  rows_.clear();
  if (stage_.generator() && stage_.generator()->plan().hasStyles()) {
    const GeneratorPlan& plan = stage_.generator()->plan();
    for (int i = 0; i < int(plan.styleCount); ++i) {
      auto* row = new QToolButton;
      row->setCheckable(true);
      row->setText(QString::number(i));
      row->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
      row->setMinimumWidth(12);
      fillWhenChecked(*row);
      const QString layer = std::size_t(i) < plan.styleLayers.size()
                                ? QString::fromStdString(plan.styleLayers[std::size_t(i)])
                                : QString();
      row->setToolTip(tr("Style %1, of %2: follows the second sample where it is pressed").arg(i).arg(layer));
      row->setAccessibleName(tr("Style %1 follows the second sample").arg(i));
      connect(row, &QToolButton::clicked, this, [this, i](bool on) {
        std::vector<std::int64_t> rows = mix_->rows();
        std::erase(rows, i);
        if (on) rows.push_back(i);
        mix_->setRows(std::move(rows));
      });
      rowLine_->addWidget(row);
      rows_.push_back(row);
    }
  }
  show();
}

void MixPanel::preset(double from, double to) {
  const auto count = double(rows_.size());
  std::vector<std::int64_t> rows;
  for (auto row = std::int64_t(std::lround(from * count)); row < std::int64_t(std::lround(to * count)); ++row)
    rows.push_back(row);
  mix_->setRows(std::move(rows));
}

void MixPanel::take(const GeneratorScene& scene, const QImage& picture) {
  if (scene.empty() || !mix_->reason().isEmpty()) return;
  const int which = slots_[0]->isChecked() ? 0 : 1;
  pictures_[which] = picture;
  if (which == 0) {
    // The other one is wanted next.
    slots_[1]->setChecked(true);
    mix_->setFirst(scene);
    return;
  }
  if (mix_->first().empty()) {
    pictures_[0] = stage_.picture();
    mix_->setFirst(stage_.scene());
  }
  mix_->setSecond(scene);
}

void MixPanel::show() {
  const QString reason = mix_->reason();
  const GeneratorScene* scenes[] = {&mix_->first(), &mix_->second()};
  hint_->setText(!reason.isEmpty()    ? reason
                 : scenes[1]->empty() ? tr("Pick a sample below: the chosen layers of what is on stage then follow it.")
                 : mix_->rows().empty() ? tr("Choose the layers that shall follow the second sample.")
                                        : tr("Layers that follow the second sample:"));
  for (int i = 0; i < 2; ++i) {
    const QImage& picture = pictures_[i];
    slots_[i]->setText(scenes[i]->empty() ? (i == 0 ? tr("On stage") : tr("Second")) : scenes[i]->name);
    slots_[i]->setIcon(picture.isNull() ? themedIcon(QStringLiteral("image"))
                                        : QIcon(QPixmap::fromImage(picture.scaled(
                                              2 * kSlot, 2 * kSlot, Qt::KeepAspectRatio, Qt::SmoothTransformation))));
    setAvailable(*slots_[i], reason);
  }
  const QString none = !reason.isEmpty()                          ? reason
                       : scenes[0]->empty() || scenes[1]->empty() ? tr("Pick two samples first")
                                                                  : QString();
  setAvailable(*fromStage_, reason);
  setAvailable(*swap_, none);
  setAvailable(*share_, none);
  for (QPushButton* one : presets_) setAvailable(*one, reason);
  const QSignalBlocker quiet(share_);
  share_->setValue(int(std::lround(mix_->share() * kHundred)));
  for (std::size_t i = 0; i < rows_.size(); ++i)
    rows_[i]->setChecked(std::ranges::find(mix_->rows(), std::int64_t(i)) != mix_->rows().end());
}

}  // namespace unitscope
