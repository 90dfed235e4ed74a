#include "app/concepts/concepts_panel.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/data_box.h"
#include "widgets/icons.h"

namespace unitscope {

ConceptsPanel::ConceptsPanel(QWidget* vectors, QWidget* parent)
    : QWidget(parent),
      data_(new DataBox(tr("Pictures with concepts"))),
      segmenter_(new QComboBox),
      pictures_(new QSpinBox),
      vectors_(vectors),
      summary_(new QLabel) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(8);
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  data_->setToolTip(
      tr("Pictures of which it is known what each pixel shows: scenes that the program draws, or a folder "
         "with images/, masks/ and classes.txt"));
  auto* folder = new QPushButton(themedIcon(QStringLiteral("open")), tr("Folder\u2026"));
  folder->setToolTip(tr("A folder of your own with images/, masks/ and classes.txt"));
  segmenter_->addItem(tr("The data's own masks"), QString());
  segmenter_->addItem(tr("The built-in scene segmenter"), QStringLiteral("scene-segmenter"));
  segmenter_->addItem(tr("A segmentation network\u2026"), QStringLiteral("?"));
  segmenter_->setAccessibleName(tr("What names the pixels"));
  segmenter_->setToolTip(tr("With a segmentation network any folder of pictures will do, also one without masks"));
  segmenter_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  segmenter_->setMinimumContentsLength(12);
  pictures_->setRange(10, 100000);
  pictures_->setSingleStep(100);
  pictures_->setAccessibleName(tr("How many pictures"));
  pictures_->setToolTip(tr("A folder may hold fewer"));
  pictures_->setKeyboardTracking(false);
  form->addRow(tr("Pictures with concepts"), data_);
  form->addRow(folder);
  form->addRow(tr("Pixels are named by"), segmenter_);
  form->addRow(tr("How many"), pictures_);
  column->addLayout(form);
  dissection_ = makeDissection();
  column->addWidget(dissection_);
  if (vectors_) column->addWidget(vectors_);
  column->addStretch(1);

  connect(data_, &DataBox::picked, this, &ConceptsPanel::dataPicked);
  connect(segmenter_, &QComboBox::activated, this, [this] {
    const QString chosen = segmenter_->currentData().toString();
    if (chosen != QLatin1String("?")) return Q_EMIT segmenterPicked(chosen);
    segmenter_->setCurrentIndex(segmenter_->findData(chosenSegmenter_));  // until a file is chosen
    Q_EMIT segmenterFileWanted();
  });
  connect(folder, &QPushButton::clicked, this, &ConceptsPanel::folderWanted);
  connect(pictures_, &QSpinBox::valueChanged, this, &ConceptsPanel::picturesChanged);
  setReady({}, false);
  setResults(false, false);
}

QWidget* ConceptsPanel::makeDissection() {
  auto* part = new QWidget;
  auto* column = new QVBoxLayout(part);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(8);
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  layers_ = new QComboBox;
  layers_->addItem(tr("All that have maps"));
  layers_->addItem(tr("Only the selected one"));
  layers_->setAccessibleName(tr("Layers to dissect"));
  layers_->setToolTip(tr("One layer takes less time; all of them can be compared"));
  topShare_ = new QDoubleSpinBox;
  topShare_->setRange(0.01, 50.0);
  topShare_->setDecimals(2);
  topShare_->setSingleStep(0.5);
  topShare_->setSuffix(tr(" %"));
  topShare_->setKeyboardTracking(false);
  topShare_->setAccessibleName(tr("Share of a unit's activations that counts as firing"));
  topShare_->setToolTip(
      tr("1 % in Bau et al. 2020, 0.5 % in 2017. Concepts that cover much more of the pictures than "
         "this are only found with a larger share"));
  iou_ = new QDoubleSpinBox;
  iou_->setRange(0.001, 1.0);
  iou_->setDecimals(3);
  iou_->setSingleStep(0.01);
  iou_->setKeyboardTracking(false);
  iou_->setAccessibleName(tr("Agreement from which a unit is a detector"));
  iou_->setToolTip(tr("Intersection over union from which a unit counts as a detector; changes the charts at once"));
  form->addRow(tr("Layers"), layers_);
  form->addRow(tr("A unit fires at its top"), topShare_);
  form->addRow(tr("Detector from IoU"), iou_);
  column->addLayout(form);
  dissect_ = new QPushButton;
  dissect_->setDefault(true);
  column->addWidget(dissect_);
  open_ = new QPushButton(themedIcon(QStringLiteral("open")), tr("Open a result\u2026"));
  open_->setToolTip(tr("A dissection that was saved here or by the command line"));
  column->addWidget(open_);
  compare_ = new QToolButton;
  compare_->setText(tr("Compare"));
  compare_->setIcon(themedIcon(QStringLiteral("judge")));
  compare_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  compare_->setPopupMode(QToolButton::InstantPopup);
  compare_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  compare_->setToolTip(tr("Puts a second result beside this one: of another network, or of other pictures"));
  compare_->setAccessibleName(tr("Compare with a second result"));
  compareMenu_ = new QMenu(compare_);
  connect(compareMenu_->addAction(themedIcon(QStringLiteral("open")), tr("With a &saved result\u2026")),
          &QAction::triggered, this, &ConceptsPanel::compareWanted);
  keep_ = compareMenu_->addAction(themedIcon(QStringLiteral("copy")), tr("&Keep this one to compare with"));
  keep_->setToolTip(tr("Then open another network, or choose other pictures, and dissect again"));
  compareMenu_->setToolTipsVisible(true);
  connect(keep_, &QAction::triggered, this, &ConceptsPanel::keepWanted);
  drop_ = compareMenu_->addAction(themedIcon(QStringLiteral("close")), tr("&No comparison"));
  connect(drop_, &QAction::triggered, this, &ConceptsPanel::dropWanted);
  compare_->setMenu(compareMenu_);
  column->addWidget(compare_);
  summary_->setWordWrap(true);
  summary_->setTextFormat(Qt::RichText);
  summary_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  summary_->setAccessibleName(tr("What was found"));
  column->addWidget(summary_);

  connect(layers_, &QComboBox::activated, this, [this](int index) { Q_EMIT allLayersPicked(index == 0); });
  connect(topShare_, &QDoubleSpinBox::valueChanged, this,
          [this](double percent) { Q_EMIT topShareChanged(percent / 100.0); });
  connect(iou_, &QDoubleSpinBox::valueChanged, this, &ConceptsPanel::iouChanged);
  connect(dissect_, &QPushButton::clicked, this, [this] {
    if (running_) {
      Q_EMIT stopWanted();
    } else {
      Q_EMIT dissectWanted();
    }
  });
  connect(open_, &QPushButton::clicked, this, &ConceptsPanel::openWanted);
  return part;
}

void ConceptsPanel::setState(const ConceptsState& state) {
  const QSignalBlocker quietPictures(pictures_), quietShare(topShare_), quietIou(iou_);
  data_->choose(state.data);
  chosenSegmenter_ = state.segmenter;
  if (segmenter_->findData(state.segmenter) < 0) {
    segmenter_->insertItem(2, state.segmenter.section(QLatin1Char('/'), -1), state.segmenter);
    segmenter_->setItemData(2, state.segmenter, Qt::ToolTipRole);
  }
  segmenter_->setCurrentIndex(segmenter_->findData(state.segmenter));
  pictures_->setValue(state.pictures);
  topShare_->setValue(100.0 * state.topShare);
  iou_->setValue(state.iou);
  layers_->setCurrentIndex(state.allLayers ? 0 : 1);
  dissection_->setVisible(!state.ofVectors());
  if (vectors_) vectors_->setVisible(state.ofVectors());
}

void ConceptsPanel::setReady(const QString& reasonIfNot, bool running) {
  running_ = running;
  dissect_->setText(running ? tr("Stop") : tr("Dissect"));
  dissect_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("class")));
  setAvailable(*dissect_, running ? QString() : reasonIfNot);
}

void ConceptsPanel::setResults(bool any, bool other) {
  setAvailable(*keep_, any ? QString() : tr("Dissect first, or open a result"));
  setAvailable(*drop_, other ? QString() : tr("Nothing is compared"));
}

void ConceptsPanel::setSummary(const QString& html) {
  summary_->setText(html);
}

}  // namespace unitscope
