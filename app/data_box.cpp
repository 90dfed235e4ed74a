#include "app/data_box.h"

#include <QDir>
#include <QFileDialog>
#include <QSettings>

namespace unitscope {

DataBox::DataBox(const QString& accessibleName, QWidget* parent) : QComboBox(parent) {
  addItem(tr("Drawn scenes"), QStringLiteral("scenes"));
  addItem(tr("Drawn scenes with telltales"), QStringLiteral("scenes-biased"));
  setAccessibleName(accessibleName);
  setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  setMinimumContentsLength(12);
  connect(this, &QComboBox::activated, this, [this] { Q_EMIT picked(currentData().toString()); });
}

void DataBox::choose(const QString& data) {
  int index = findData(data);
  if (index < 0) {
    addItem(data.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty), data);
    index = count() - 1;
    setItemData(index, data, Qt::ToolTipRole);
  }
  setCurrentIndex(index);
}

void askForPictureFolder(QWidget* parent, const QString& title, QSettings& store,
                         const std::function<void(const QString&)>& done) {
  const QString key = QStringLiteral("folders/labelled");
  auto* dialog = new QFileDialog(parent, title, store.value(key, QDir::homePath()).toString());
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  QObject::connect(dialog, &QFileDialog::fileSelected, parent, [key, &store, done](const QString& folder) {
    store.setValue(key, folder);
    done(folder);
  });
  dialog->open();
}

}  // namespace unitscope
