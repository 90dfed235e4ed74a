#include "app/failures/failures_panel.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/data_box.h"
#include "widgets/icons.h"

namespace unitscope {

FailuresPanel::FailuresPanel(const std::vector<MethodInfo>& methods, QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(10, 8, 8, 8);
  column->setSpacing(8);
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  data_ = new DataBox(tr("Labelled pictures"));
  data_->setToolTip(
      tr("Pictures whose labels are known. A folder may hold a sub-folder for each class, or images and "
         "masks with classes.txt"));
  auto* folder = new QPushButton(themedIcon(QStringLiteral("open")), tr("Folder\u2026"));
  folder->setToolTip(tr("Labelled pictures of your own"));
  pictures_ = new QSpinBox;
  pictures_->setRange(10, 100000);
  pictures_->setSingleStep(100);
  pictures_->setAccessibleName(tr("How many pictures"));
  pictures_->setToolTip(tr("A folder may hold fewer"));
  method_ = new QComboBox;
  method_->setAccessibleName(tr("Method of the heatmaps"));
  method_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  method_->setMinimumContentsLength(12);
  method_->setToolTip(tr("How the heatmaps are made that are compared; quick ones let you look at more pictures"));
  for (const MethodInfo& method : methods)
    method_->addItem(QString::fromStdString(method.title), QString::fromStdString(method.id));
  form->addRow(tr("Labelled pictures"), data_);
  form->addRow(folder);
  form->addRow(tr("How many"), pictures_);
  form->addRow(tr("Heatmaps by"), method_);
  column->addLayout(form);
  start_ = new QPushButton;
  start_->setDefault(true);
  column->addWidget(start_);
  summary_ = new QLabel;
  summary_->setWordWrap(true);
  summary_->setTextFormat(Qt::RichText);
  summary_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  summary_->setAccessibleName(tr("What was found"));
  column->addWidget(summary_);
  column->addStretch(1);

  connect(data_, &DataBox::picked, this, &FailuresPanel::dataPicked);
  connect(folder, &QPushButton::clicked, this, &FailuresPanel::folderWanted);
  connect(pictures_, &QSpinBox::valueChanged, this, &FailuresPanel::picturesChanged);
  connect(method_, &QComboBox::activated, this, [this] { Q_EMIT methodPicked(method_->currentData().toString()); });
  connect(start_, &QPushButton::clicked, this, [this] {
    if (running_) {
      Q_EMIT stopWanted();
    } else {
      Q_EMIT startWanted();
    }
  });
  setReady({}, false);
}

void FailuresPanel::setState(const FailuresState& state) {
  data_->choose(state.data);
  {
    const QSignalBlocker quiet(pictures_);
    pictures_->setValue(state.pictures);
  }
  method_->setCurrentIndex(std::max(0, method_->findData(state.method)));
}

void FailuresPanel::setReady(const QString& reasonIfNot, bool running) {
  running_ = running;
  start_->setText(running ? tr("Stop") : tr("Look for failures"));
  start_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("search")));
  setAvailable(*start_, running ? QString() : reasonIfNot);
}

void FailuresPanel::setSummary(const QString& html) {
  summary_->setText(html);
}

}  // namespace unitscope
