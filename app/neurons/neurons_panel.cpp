#include "app/neurons/neurons_panel.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTimer>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/data_box.h"
#include "app/neurons/layer_box.h"
#include "widgets/icons.h"
#include "widgets/tile_grid.h"

namespace unitscope {

namespace {

QComboBox* makeChoice(const QString& name, const QStringList& items) {
  auto* box = new QComboBox;
  box->setAccessibleName(name);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(12);
  box->addItems(items);
  return box;
}

void allow(QComboBox& box, int index, const QString& reasonIfNot) {
  auto* model = qobject_cast<QStandardItemModel*>(box.model());
  if (!model) return;
  model->item(index)->setEnabled(reasonIfNot.isEmpty());
  model->item(index)->setToolTip(reasonIfNot);
}

}  // namespace

NeuronsPanel::NeuronsPanel(const Document& document, QWidget* parent)
    : QWidget(parent),
      layer_(new LayerBox(document, tr("Layer"))),
      second_(new LayerBox(document, tr("Layer to compare with"))) {
  makeLayout();
  connectParts();
}

void NeuronsPanel::makeLayout() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(8);
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  compare_ = new QCheckBox(tr("Compare with"));
  compare_->setToolTip(tr("Shows the units of a second layer beside these"));
  tiles_ = makeChoice(tr("What the tiles show"), {tr("Feature visualization"), tr("Top images"),
                                                  tr("Mean of top crops"), tr("Activation on the image")});
  tiles_->setToolTip(tr("What a unit looks for, what excites it in the data, or where it fires on the current image"));
  sort_ = makeChoice(tr("Order of the units"),
                     {tr("Number"), tr("Activation on the image"), tr("Class selectivity"), tr("IoU"), tr("Concept")});
  search_ = new QLineEdit;
  search_->setPlaceholderText(tr("Concept, 17 or 16-31"));
  search_->setClearButtonEnabled(true);
  search_->setAccessibleName(tr("Search units"));
  searchSoon_ = new QTimer(this);
  searchSoon_->setSingleShot(true);
  searchSoon_->setInterval(200);
  size_ = new QSlider(Qt::Horizontal);
  size_->setRange(TileGrid::kSmallest, TileGrid::kLargest);
  size_->setPageStep(32);
  size_->setAccessibleName(tr("Size of the tiles"));
  size_->setToolTip(tr("Also Ctrl with the wheel, + and -"));
  form->addRow(tr("Layer"), layer_);
  form->addRow(compare_);
  form->addRow(second_);
  form->addRow(tr("Tiles show"), tiles_);
  form->addRow(tr("Order"), sort_);
  form->addRow(tr("Search"), search_);
  form->addRow(tr("Size"), size_);
  data_ = new DataBox(tr("Data for examples and dissection"));
  data_->setToolTip(tr("Pictures in which units are looked for, and whose concepts they are compared with"));
  folder_ = new QPushButton(themedIcon(QStringLiteral("open")), tr("Folder\u2026"));
  folder_->setToolTip(tr("Pictures of your own"));
  file_ = new QPushButton(tr("File\u2026"));
  file_->setToolTip(tr("Examples that were collected before (*.h5)"));
  pictures_ = new QSpinBox;
  pictures_->setRange(10, 10'000'000);
  pictures_->setSingleStep(100);
  pictures_->setAccessibleName(tr("How many pictures"));
  pictures_->setToolTip(tr("A folder may hold fewer"));
  auto* own = new QHBoxLayout;
  own->setSpacing(4);
  own->addWidget(folder_);
  own->addWidget(file_);
  form->addRow(tr("Examples from"), data_);
  form->addRow(own);
  form->addRow(tr("How many"), pictures_);
  column->addLayout(form);
  collect_ = new QPushButton;
  dissect_ = new QPushButton;
  collect_->setToolTip(tr("Shows the pictures to the network, and keeps those that excite each unit most"));
  dissect_->setToolTip(tr("Finds the concept that each unit agrees with most"));
  column->addWidget(collect_);
  column->addWidget(dissect_);
  summary_ = new QLabel;
  summary_->setWordWrap(true);
  summary_->setTextFormat(Qt::RichText);
  summary_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  summary_->setAccessibleName(tr("What is known"));
  column->addWidget(summary_);
  column->addStretch(1);
  setReady({}, false, false);
}

void NeuronsPanel::connectParts() {
  connect(layer_, &LayerBox::picked, this, &NeuronsPanel::layerPicked);
  connect(second_, &LayerBox::picked, this, &NeuronsPanel::secondPicked);
  connect(compare_, &QCheckBox::clicked, this, &NeuronsPanel::comparesToggled);
  connect(tiles_, &QComboBox::activated, this, [this](int index) { Q_EMIT tilesPicked(TileKind(index)); });
  connect(sort_, &QComboBox::activated, this, [this](int index) { Q_EMIT sortPicked(UnitSort(index)); });
  connect(search_, &QLineEdit::textChanged, searchSoon_, qOverload<>(&QTimer::start));
  connect(search_, &QLineEdit::returnPressed, this, [this] {
    searchSoon_->stop();
    Q_EMIT searched(search_->text());
  });
  connect(searchSoon_, &QTimer::timeout, this, [this] { Q_EMIT searched(search_->text()); });
  connect(size_, &QSlider::valueChanged, this, &NeuronsPanel::tileSizeChanged);
  connect(data_, &DataBox::picked, this, &NeuronsPanel::dataPicked);
  connect(pictures_, &QSpinBox::valueChanged, this, &NeuronsPanel::picturesChanged);
  connect(folder_, &QPushButton::clicked, this, &NeuronsPanel::folderWanted);
  connect(file_, &QPushButton::clicked, this, &NeuronsPanel::fileWanted);
  connect(collect_, &QPushButton::clicked, this, [this] {
    if (collecting_) {
      Q_EMIT stopWanted();
    } else {
      Q_EMIT collectWanted();
    }
  });
  connect(dissect_, &QPushButton::clicked, this, [this] {
    if (dissecting_) {
      Q_EMIT stopWanted();
    } else {
      Q_EMIT dissectWanted();
    }
  });
}

void NeuronsPanel::setState(const NeuronsState& state, const QString& layer, const QString& second) {
  layer_->choose(layer);
  compare_->setChecked(state.compares);
  second_->setVisible(state.compares);
  second_->choose(second);
  tiles_->setCurrentIndex(int(state.tiles));
  sort_->setCurrentIndex(int(state.sort));
  if (search_->text() != state.search) {
    const QSignalBlocker quiet(search_);
    search_->setText(state.search);
  }
  data_->choose(state.data);
  const QSignalBlocker quietSize(size_), quietPictures(pictures_);
  size_->setValue(state.tileSize);
  pictures_->setValue(state.pictures);
}

void NeuronsPanel::setKnown(bool examples, bool dissection) {
  const QString needsExamples = examples ? QString() : tr("Collect examples first");
  const QString needsConcepts = dissection ? QString() : tr("Dissect first");
  allow(*sort_, int(UnitSort::Selectivity), needsExamples);
  allow(*sort_, int(UnitSort::Iou), needsConcepts);
  allow(*sort_, int(UnitSort::Concept), needsConcepts);
}

void NeuronsPanel::setReady(const QString& reasonIfNot, bool collecting, bool dissecting) {
  collecting_ = collecting;
  dissecting_ = dissecting;
  collect_->setText(collecting ? tr("Stop collecting") : tr("Collect examples"));
  collect_->setIcon(themedIcon(collecting ? QStringLiteral("cancel") : QStringLiteral("images")));
  dissect_->setText(dissecting ? tr("Stop dissecting") : tr("Dissect"));
  dissect_->setIcon(themedIcon(dissecting ? QStringLiteral("cancel") : QStringLiteral("class")));
  setAvailable(*collect_, collecting ? QString() : reasonIfNot);
  setAvailable(*dissect_, dissecting ? QString() : reasonIfNot);
}

void NeuronsPanel::setSummary(const QString& html) {
  summary_->setText(html);
}

}  // namespace unitscope
