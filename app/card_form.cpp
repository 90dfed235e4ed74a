#include "app/card_form.h"

#include <cmath>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

struct Preset {
  const char* name;
  double scale;
  std::vector<double> mean, std;
};

// The numbers that torchvision and the datasets' papers publish, for values scaled to 0..1 unless said otherwise.
const std::vector<Preset>& presets() {
  static const std::vector<Preset> all{
      {QT_TRANSLATE_NOOP("unitscope::CardForm", "ImageNet (torchvision)"),
       1.0 / 255.0,
       {0.485, 0.456, 0.406},
       {0.229, 0.224, 0.225}},
      {QT_TRANSLATE_NOOP("unitscope::CardForm", "CIFAR-10"),
       1.0 / 255.0,
       {0.4914, 0.4822, 0.4465},
       {0.2470, 0.2435, 0.2616}},
      {QT_TRANSLATE_NOOP("unitscope::CardForm", "0 to 1"), 1.0 / 255.0, {0, 0, 0}, {1, 1, 1}},
      {QT_TRANSLATE_NOOP("unitscope::CardForm", "-1 to 1"), 1.0 / 255.0, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}},
      {QT_TRANSLATE_NOOP("unitscope::CardForm", "0 to 255"), 1.0, {0, 0, 0}, {1, 1, 1}},
  };
  return all;
}

QSpinBox* makeSide(const QString& name) {
  auto* box = new QSpinBox;
  box->setRange(1, 8192);
  box->setAccessibleName(name);
  return box;
}

QDoubleSpinBox* makeNumber(const QString& name) {
  auto* box = new QDoubleSpinBox;
  box->setRange(-1000.0, 1000.0);
  box->setDecimals(4);
  box->setSingleStep(0.01);
  box->setButtonSymbols(QAbstractSpinBox::NoButtons);
  box->setMinimumWidth(box->fontMetrics().horizontalAdvance("-000.0000") + 12);
  box->setAccessibleName(name);
  return box;
}

QWidget* inRow(std::initializer_list<QWidget*> widgets) {
  auto* row = new QWidget;
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  for (QWidget* widget : widgets) line->addWidget(widget);
  line->addStretch(1);
  return row;
}

}  // namespace

CardForm::CardForm(const QStringList& inputs, const QStringList& outputs, const QString& modelPath, QWidget* parent)
    : QWidget(parent), inputs_(inputs), modelPath_(modelPath) {
  title_ = new QLineEdit;
  title_->setObjectName("title");
  title_->setMaxLength(200);
  auto* titleRow = new QFormLayout;
  titleRow->addRow(tr("&Title"), title_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addLayout(titleRow);
  column->addWidget(makePreprocessing());
  column->addWidget(makeMeaning(outputs));
  column->addStretch(1);

  const auto changed = [this] {
    if (silent_) return;
    showChannels();
    Q_EMIT edited();
  };
  connect(title_, &QLineEdit::textEdited, this, changed);
  for (QComboBox* box : {input_, channels_, order_, layout_, resize_, range_, task_, output_}) {
    connect(box, &QComboBox::currentIndexChanged, this, changed);
  }
  for (QSpinBox* box : {width_, height_, resizeTo_}) connect(box, &QSpinBox::valueChanged, this, changed);
  for (const auto& row : {mean_, std_}) {
    for (QDoubleSpinBox* box : row) connect(box, &QDoubleSpinBox::valueChanged, this, changed);
  }
  for (QCheckBox* box : {probability_, multiLabel_}) connect(box, &QCheckBox::toggled, this, changed);
  connect(preset_, &QComboBox::activated, this, &CardForm::applyPreset);
}

QWidget* CardForm::makePreprocessing() {
  preset_ = new QComboBox;
  preset_->setObjectName("preset");
  preset_->addItem(tr("Choose..."));
  for (const Preset& preset : presets()) preset_->addItem(tr(preset.name));
  preset_->setToolTip(tr("Fills in scale, mean and std"));
  input_ = new QComboBox;
  input_->addItems(inputs_);
  width_ = makeSide(tr("Width"));
  width_->setObjectName("width");
  height_ = makeSide(tr("Height"));
  height_->setObjectName("height");
  channels_ = new QComboBox;
  channels_->addItem(tr("RGB"), 3);
  channels_->addItem(tr("Grey"), 1);
  channels_->setAccessibleName(tr("Channels"));
  resize_ = new QComboBox;
  resize_->setObjectName("resize");
  resize_->addItem(tr("Short side, then centre crop"), int(ModelCard::Resize::ShortSideThenCrop));
  resize_->addItem(tr("Stretch to fit"), int(ModelCard::Resize::Stretch));
  resize_->setAccessibleName(tr("How the picture is resized"));
  resizeTo_ = makeSide(tr("Short side"));
  resizeTo_->setObjectName("resizeTo");
  order_ = new QComboBox;
  order_->setObjectName("order");
  order_->addItem(tr("Red, green, blue"), false);
  order_->addItem(tr("Blue, green, red"), true);
  layout_ = new QComboBox;
  layout_->addItem(tr("[N, C, H, W]"), false);
  layout_->addItem(tr("[N, H, W, C]"), true);
  range_ = new QComboBox;
  range_->setObjectName("range");
  range_->addItem(tr("0 to 1"), 1.0 / 255.0);
  range_->addItem(tr("0 to 255"), 1.0);
  for (std::size_t i = 0; i < 3; ++i) {
    mean_[i] = makeNumber(tr("Mean of channel %1").arg(i + 1));
    mean_[i]->setObjectName(QString("mean%1").arg(i));
    std_[i] = makeNumber(tr("Standard deviation of channel %1").arg(i + 1));
    std_[i]->setObjectName(QString("std%1").arg(i));
  }
  auto* group = new QGroupBox(tr("What the network sees"));
  auto* rows = new QFormLayout(group);
  rows->addRow(tr("&Preset"), preset_);
  rows->addRow(tr("&Input"), input_);
  rows->addRow(tr("&Size"), inRow({width_, new QLabel(QStringLiteral("\u00d7")), height_, channels_}));
  rows->addRow(tr("&Resize"), inRow({resize_, resizeTo_}));
  rows->addRow(tr("&Values"), inRow({range_}));
  rows->addRow(tr("&Mean"), inRow({mean_[0], mean_[1], mean_[2]}));
  rows->addRow(tr("S&td"), inRow({std_[0], std_[1], std_[2]}));
  rows->addRow(tr("&Order"), inRow({order_, layout_}));
  layout_->setAccessibleName(tr("Layout of the input"));
  return group;
}

QWidget* CardForm::makeMeaning(const QStringList& outputs) {
  task_ = new QComboBox;
  task_->addItem(tr("Classifier"), int(ModelCard::Task::Classifier));
  task_->addItem(tr("Segmenter"), int(ModelCard::Task::Segmenter));
  task_->addItem(tr("Generator"), int(ModelCard::Task::Generator));
  task_->addItem(tr("Features only"), int(ModelCard::Task::Features));
  output_ = new QComboBox;
  output_->addItems(outputs);
  probability_ = new QCheckBox(tr("The output is a probability already (softmax inside)"));
  probability_->setObjectName("probability");
  multiLabel_ = new QCheckBox(tr("Several classes may hold at once (a probability each)"));
  multiLabel_->setObjectName("multiLabel");
  labels_ = new QLabel;
  labels_->setWordWrap(true);
  labels_->setObjectName("labels");
  auto* choose = new QPushButton(tr("Choose &file..."));
  choose->setToolTip(tr("A text file with one label a line, in the order of the classes"));
  auto* labelRow = new QWidget;
  auto* line = new QHBoxLayout(labelRow);
  line->setContentsMargins(0, 0, 0, 0);
  line->addWidget(labels_, 1);
  line->addWidget(choose);
  auto* group = new QGroupBox(tr("What its answer means"));
  auto* rows = new QFormLayout(group);
  rows->addRow(tr("Tas&k"), task_);
  rows->addRow(tr("O&utput"), output_);
  rows->addRow(QString(), probability_);
  rows->addRow(QString(), multiLabel_);
  rows->addRow(tr("Labels"), labelRow);
  connect(choose, &QPushButton::clicked, this, &CardForm::chooseLabels);
  return group;
}

void CardForm::setCard(const ModelCard& card) {
  silent_ = true;
  card_ = card;
  title_->setText(QString::fromStdString(card.title));
  input_->setCurrentText(QString::fromStdString(card.input));
  output_->setCurrentText(QString::fromStdString(card.output));
  width_->setValue(card.width);
  height_->setValue(card.height);
  resizeTo_->setValue(card.resizeTo);
  channels_->setCurrentIndex(channels_->findData(card.channels));
  resize_->setCurrentIndex(resize_->findData(int(card.resize)));
  order_->setCurrentIndex(card.bgr ? 1 : 0);
  layout_->setCurrentIndex(card.channelsLast ? 1 : 0);
  task_->setCurrentIndex(task_->findData(int(card.task)));
  probability_->setChecked(card.outputIsProbability);
  multiLabel_->setChecked(card.multiLabel);
  const double upper = card.scale * 255.0;
  while (range_->count() > 2) range_->removeItem(2);
  if (std::abs(upper - 1.0) < 1e-9) {
    range_->setCurrentIndex(0);
  } else if (std::abs(upper - 255.0) < 1e-6) {
    range_->setCurrentIndex(1);
  } else {
    range_->addItem(tr("0 to %1").arg(upper), card.scale);  // some cards scale otherwise
    range_->setCurrentIndex(2);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    mean_[i]->setValue(i < card.mean.size() ? card.mean[i] : 0.0);
    std_[i]->setValue(i < card.std.size() ? card.std[i] : 1.0);
  }
  showChannels();
  showLabels();
  silent_ = false;
}

ModelCard CardForm::card() const {
  ModelCard card = card_;
  card.title = title_->text().toStdString();
  card.input = input_->currentText().toStdString();
  card.output = output_->currentText().toStdString();
  card.width = width_->value();
  card.height = height_->value();
  card.resizeTo = resizeTo_->value();
  card.channels = channels_->currentData().toInt();
  card.resize = static_cast<ModelCard::Resize>(resize_->currentData().toInt());
  card.bgr = order_->currentData().toBool();
  card.channelsLast = layout_->currentData().toBool();
  card.task = static_cast<ModelCard::Task>(task_->currentData().toInt());
  card.outputIsProbability = probability_->isChecked();
  card.multiLabel = multiLabel_->isChecked();
  // An index that nobody touched keeps the card's own number to the last digit.
  if (std::abs(range_->currentData().toDouble() - card.scale) > 1e-12) card.scale = range_->currentData().toDouble();
  const auto channels = static_cast<std::size_t>(card.channels);
  const auto read = [channels](const std::array<QDoubleSpinBox*, 3>& boxes, std::vector<double>& values) {
    values.resize(channels, 0.0);
    for (std::size_t i = 0; i < channels; ++i) {
      if (std::abs(boxes[i]->value() - values[i]) > 5e-5) values[i] = boxes[i]->value();
    }
  };
  read(mean_, card.mean);
  read(std_, card.std);
  return card;
}

void CardForm::applyPreset(int index) {
  if (index < 1) return;
  const Preset& preset = presets()[static_cast<std::size_t>(index - 1)];
  ModelCard card = this->card();
  const auto channels = static_cast<std::size_t>(card.channels);
  card.scale = preset.scale;
  card.mean.assign(preset.mean.begin(), preset.mean.begin() + static_cast<std::ptrdiff_t>(channels));
  card.std.assign(preset.std.begin(), preset.std.begin() + static_cast<std::ptrdiff_t>(channels));
  setCard(card);
  Q_EMIT edited();
}

void CardForm::showChannels() {
  const bool grey = channels_->currentData().toInt() == 1;
  for (std::size_t i = 1; i < 3; ++i) {
    mean_[i]->setVisible(!grey);
    std_[i]->setVisible(!grey);
  }
  setAvailable(*order_, grey ? tr("A grey picture has one channel") : QString());
  const bool stretches = resize_->currentData().toInt() == int(ModelCard::Resize::Stretch);
  setAvailable(*resizeTo_, stretches ? tr("A stretched picture is not cropped") : QString());
}

void CardForm::showLabels() {
  if (card_.labels.empty()) {
    labels_->setText(tr("none: classes are shown by number"));
    return;
  }
  QStringList first;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, card_.labels.size()); ++i) {
    first << QString::fromStdString(card_.labels[i]).left(30);
  }
  labels_->setText(tr("%1: %2...").arg(card_.labels.size()).arg(first.join(", ")));
}

bool CardForm::loadLabels(const QString& file) {
  try {
    card_.labels = readLabels(file.toStdString());
  } catch (const Error& error) {
    labels_->setText(tr("%1: %2").arg(QFileInfo(file).fileName(), QString::fromStdString(error.reason())));
    return false;
  }
  // Beside the model a bare name is enough, and survives moving the folder.
  const QFileInfo info(file);
  const bool beside = !modelPath_.isEmpty() && info.absolutePath() == QFileInfo(modelPath_).absolutePath();
  card_.labelsFile = (beside ? info.fileName() : info.absoluteFilePath()).toStdString();
  showLabels();
  Q_EMIT edited();
  return true;
}

void CardForm::chooseLabels() {
  const QString file =
      QFileDialog::getOpenFileName(this, tr("Labels, one a line"), QFileInfo(modelPath_).absolutePath(),
                                   tr("Text files (*.txt *.csv *.names);;All files (*)"));
  if (!file.isEmpty()) loadLabels(file);
}

}  // namespace unitscope
