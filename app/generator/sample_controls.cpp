#include "app/generator/sample_controls.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>

#include "app/availability.h"
#include "app/document.h"
#include "app/generator/generator_stage.h"
#include "app/generator/scene_edits.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

constexpr int kMostSeed = 999'999'999;
constexpr int kRandomSeeds = 1'000'000;  // short enough to be read out
constexpr double kHundred = 100.0;

QToolButton* button(const QString& icon, const QString& name, const QString& help) {
  auto* made = new QToolButton;
  made->setIcon(themedIcon(icon));
  made->setAccessibleName(name);
  made->setToolTip(help);
  made->setAutoRaise(true);
  return made;
}

/// Statistics are chosen by truncation (BigGAN) rather than styles drawn to their mean.
bool choosesStatistics(const GeneratorPlan& plan) {
  return !plan.truncation.empty() && !plan.hasStyles();
}

}  // namespace

std::optional<quint64> seedOf(const GeneratorStage& stage, const GeneratorScene& scene) {
  if (!stage.generator() || scene.empty() || scene.sample.space != LatentSpace::Z) return std::nullopt;
  static const QRegularExpression digits(QStringLiteral("(\\d{1,19})"));
  const QRegularExpressionMatch match = digits.match(scene.name);
  if (!match.hasMatch()) return std::nullopt;
  const quint64 seed = match.captured(1).toULongLong();
  // A name can be given to anything.
  return stage.generator()->drawLatents({seed}).values == scene.sample.latents.values ? std::optional(seed)
                                                                                      : std::nullopt;
}

GeneratorScene sampleOfSeed(const GeneratorStage& stage, quint64 seed, bool keepsChanges) {
  GeneratorScene next = stage.seeded(seed);
  return keepsChanges ? withChangesOf(std::move(next), stage.scene()) : next;
}

SampleControls::SampleControls(const Context& context, GeneratorStage& stage, QWidget* parent)
    : QWidget(parent), context_(context), stage_(stage) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(8);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(1, 1);
  makeSeed();
  makeTruncation();
  makeNoise();
  classLabel_ = new QLabel(tr("Class"));
  classes_ = new QComboBox;
  classes_->setEditable(true);
  classes_->setInsertPolicy(QComboBox::NoInsert);
  classes_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  classes_->setMinimumContentsLength(10);
  classes_->completer()->setFilterMode(Qt::MatchContains);
  classes_->completer()->setCompletionMode(QCompleter::PopupCompletion);
  classes_->setAccessibleName(tr("Class of the sample"));
  classes_->setToolTip(tr("What the picture shall show; type any part of a name"));
  classLabel_->setBuddy(classes_);
  grid->addWidget(classLabel_, 3, 0);
  grid->addWidget(classes_, 3, 1);
  connect(classes_, &QComboBox::activated, this, [this](int index) {
    if (!stage_.generator() || stage_.scene().empty()) return;
    GeneratorScene scene = stage_.scene();
    scene.sample.classes = stage_.generator()->oneClass(index);
    stage_.change(tr("Class %1").arg(classes_->itemText(index)), scene);
  });
  connect(&stage_, &GeneratorStage::generatorChanged, this, &SampleControls::fillClasses);
  connect(&stage_, &GeneratorStage::sceneChanged, this, &SampleControls::show);
  fillClasses();
}

void SampleControls::makeSeed() {
  auto* grid = static_cast<QGridLayout*>(layout());
  auto* label = new QLabel(tr("Seed"));
  auto* line = new QHBoxLayout;
  line->setSpacing(2);
  previous_ = button(QStringLiteral("back"), tr("Previous seed"), tr("The sample of the seed before"));
  seed_ = new QSpinBox;
  seed_->setRange(0, kMostSeed);
  seed_->setKeyboardTracking(false);
  seed_->setButtonSymbols(QAbstractSpinBox::NoButtons);
  seed_->setMinimumWidth(72);
  seed_->setAccessibleName(tr("Seed of the sample"));
  seed_->setToolTip(tr("Each seed draws its own latent, the same in every session"));
  label->setBuddy(seed_);
  next_ = button(QStringLiteral("forward"), tr("Next seed"), tr("The sample of the next seed"));
  random_ = button(QStringLiteral("dice"), tr("Random seed"), tr("A sample of a random seed"));
  keep_ = new QCheckBox(tr("Keep changes"));
  keep_->setChecked(true);
  keep_->setToolTip(
      tr("Units and directions stay as they are set when another sample is taken; what was painted "
         "belongs to its picture"));
  line->addWidget(previous_);
  line->addWidget(seed_);
  line->addWidget(next_);
  line->addWidget(random_);
  line->addStretch(1);
  line->addWidget(keep_);
  grid->addWidget(label, 0, 0);
  grid->addLayout(line, 0, 1);
  const auto now = [this] { return quint64(seed_->value()); };
  connect(seed_, &QSpinBox::valueChanged, this, [this](int value) { takeSeed(quint64(value)); });
  connect(previous_, &QToolButton::clicked, this, [this, now] {
    if (now() > 0) takeSeed(now() - 1);
  });
  connect(next_, &QToolButton::clicked, this, [this, now] {
    if (now() < quint64(kMostSeed)) takeSeed(now() + 1);
  });
  connect(random_, &QToolButton::clicked, this,
          [this] { takeSeed(QRandomGenerator::global()->bounded(quint32(kRandomSeeds))); });
  connect(keep_, &QCheckBox::toggled, this, &SampleControls::keepChanged);
}

void SampleControls::makeTruncation() {
  auto* grid = static_cast<QGridLayout*>(layout());
  auto* label = new QLabel(tr("Truncation"));
  auto* line = new QHBoxLayout;
  truncation_ = new QSlider(Qt::Horizontal);
  truncation_->setRange(-100, 120);
  truncation_->setSingleStep(1);
  truncation_->setPageStep(10);
  truncation_->setAccessibleName(tr("Truncation"));
  label->setBuddy(truncation_);
  truncationValue_ = new QLabel;
  truncationValue_->setMinimumWidth(truncationValue_->fontMetrics().horizontalAdvance(QStringLiteral("\u22120.00")));
  line->addWidget(truncation_, 1);
  line->addWidget(truncationValue_);
  grid->addWidget(label, 1, 0);
  grid->addLayout(line, 1, 1);
  connect(truncation_, &QSlider::valueChanged, this, [this](int value) {
    GeneratorScene scene = stage_.scene();
    if (scene.empty()) return;
    scene.sample.truncation = value / kHundred;
    stage_.change(tr("Truncation"), scene, QStringLiteral("truncation"));
  });
}

void SampleControls::makeNoise() {
  auto* grid = static_cast<QGridLayout*>(layout());
  auto* label = new QLabel(tr("Noise"));
  auto* line = new QHBoxLayout;
  noise_ = new QComboBox;
  noise_->addItem(tr("As in the file"), int(NoiseMode::Constant));
  noise_->addItem(tr("Random"), int(NoiseMode::Random));
  noise_->addItem(tr("None"), int(NoiseMode::None));
  noise_->setAccessibleName(tr("Noise"));
  noise_->setToolTip(tr("What fine, random detail is made from"));
  label->setBuddy(noise_);
  reroll_ = button(QStringLiteral("dice"), tr("Other noise"), tr("Draws the random noise anew"));
  line->addWidget(noise_, 1);
  line->addWidget(reroll_);
  grid->addWidget(label, 2, 0);
  grid->addLayout(line, 2, 1);
  connect(noise_, &QComboBox::activated, this, [this](int index) {
    GeneratorScene scene = stage_.scene();
    if (scene.empty()) return;
    scene.sample.noise = NoiseMode(noise_->itemData(index).toInt());
    stage_.change(tr("Noise"), scene);
  });
  connect(reroll_, &QToolButton::clicked, this, [this] {
    GeneratorScene scene = stage_.scene();
    scene.sample.noise = NoiseMode::Random;
    scene.sample.noiseSeed = QRandomGenerator::global()->generate();
    stage_.change(tr("Other noise"), scene);
  });
}

bool SampleControls::keeping() const {
  return keep_->isChecked();
}

void SampleControls::takeSeed(quint64 seed) {
  if (!stage_.generator()) return;
  stage_.change(tr("Seed %1").arg(seed), sampleOfSeed(stage_, seed, keeping()));
}

void SampleControls::fillClasses() {
  classes_->clear();
  const bool any = stage_.generator() && !stage_.generator()->plan().classes.empty();
  classLabel_->setVisible(any);
  classes_->setVisible(any);
  if (any) {
    const std::int64_t count = std::clamp<std::int64_t>(stage_.generator()->plan().classCount, 1, 100'000);
    const bool named = context_.document.card().labels.size() == std::size_t(count);
    for (int i = 0; i < int(count); ++i)
      classes_->addItem(named ? context_.document.label(i) : tr("class %1").arg(i), i);
  }
  show();
}

void SampleControls::show() {
  const bool any = stage_.generator() && !stage_.scene().empty();
  setEnabled(any);
  if (!any) return;
  const SynthesisQuestion& sample = stage_.scene().sample;
  if (const auto known = seedOf(stage_, stage_.scene()); known && *known <= quint64(kMostSeed)) {
    const QSignalBlocker quiet(seed_);
    seed_->setValue(int(*known));
  }
  previous_->setEnabled(seed_->value() > 0);
  showTruncation();
  const QSignalBlocker quiet(noise_);
  noise_->setCurrentIndex(std::max(0, noise_->findData(int(sample.noise))));
  const bool noisy = !stage_.generator()->plan().noises.empty();
  const QString still = noisy ? QString() : tr("This network has no noise: its latents decide everything");
  setAvailable(*noise_, still);
  setAvailable(*reroll_, still);
  if (!sample.classes.values.empty() && classes_->count() > 0) {
    const auto most = std::ranges::max_element(sample.classes.values) - sample.classes.values.begin();
    classes_->setCurrentIndex(std::min(int(most), classes_->count() - 1));
    classes_->lineEdit()->setCursorPosition(0);
  }
}

void SampleControls::showTruncation() {
  const GeneratorPlan& plan = stage_.generator()->plan();
  const SynthesisQuestion& sample = stage_.scene().sample;
  const QSignalBlocker quiet(truncation_);
  const bool statistics = choosesStatistics(plan);
  truncation_->setRange(statistics ? 2 : -100, statistics ? 100 : 120);
  truncation_->setValue(int(std::lround(sample.truncation * kHundred)));
  truncationValue_->setText(QLocale().toString(sample.truncation, 'f', 2));
  truncation_->setToolTip(statistics ? tr("Which of its statistics the network uses; 1 is the most varied")
                          : plan.hasStyles()
                              ? tr("How far the sample is from the mean: 0 is the mean itself, 1 as drawn, "
                                   "below 0 its opposite")
                              : tr("What the latent is multiplied by: 1 as drawn"));
  setAvailable(*truncation_, sample.space == LatentSpace::Z
                                 ? QString()
                                 : tr("This sample's latents lie behind the truncation: %1 is taken as it is")
                                       .arg(QString::fromStdString(nameOf(sample.space))));
}

}  // namespace unitscope
