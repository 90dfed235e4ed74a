#include "app/attribution/segment_choice.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>

namespace unitscope {

namespace {

constexpr int kAsk = 1;

}  // namespace

SegmentChoice::SegmentChoice(QSettings& store, QWidget* parent) : QWidget(parent), store_(store) {
  auto* line = new QHBoxLayout(this);
  line->setContentsMargins(0, 0, 0, 0);
  auto* title = new QLabel(tr("Superpixels"));
  box_ = new QComboBox;
  box_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box_->setMinimumContentsLength(10);
  box_->setAccessibleName(tr("Superpixels"));
  box_->setToolTip(
      tr("The parts of the picture that are switched off: found by the method, or from a file of numbers as large as "
         "the network's input (.npy of integers, or a PNG of indices)"));
  title->setBuddy(box_);
  line->addWidget(title);
  line->addWidget(box_, 1);
  connect(box_, &QComboBox::activated, this, &SegmentChoice::pick);
  show({});
}

void SegmentChoice::show(const QString& file) {
  file_ = file;
  box_->clear();
  box_->addItem(tr("Found by the method"));
  if (!file.isEmpty()) {
    box_->addItem(QFileInfo(file).fileName());
    box_->setItemData(1, file, Qt::ToolTipRole);
    box_->setCurrentIndex(1);
  }
  box_->addItem(tr("From a file\u2026"), kAsk);
}

void SegmentChoice::pick(int row) {
  if (box_->itemData(row).toInt() == kAsk) {
    show(file_);  // until there is a file the old choice stands
    askForFile();
  } else if (row == 0 && !file_.isEmpty()) {
    Q_EMIT chosen({});
  }
}

void SegmentChoice::askForFile() {
  const QString key = QStringLiteral("folders/segments");
  auto* dialog = new QFileDialog(this, tr("Superpixels of the pictures"),
                                 store_.value(key, QDir::homePath()).toString(), tr("Segment maps (*.npy *.png)"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QFileDialog::fileSelected, this, [this, key](const QString& file) {
    store_.setValue(key, QFileInfo(file).absolutePath());
    Q_EMIT chosen(file);
  });
  dialog->open();
}

}  // namespace unitscope
