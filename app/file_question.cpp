#include "app/file_question.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>

namespace unitscope {

void askForFile(QWidget* parent, QSettings& store, const FileQuestion& question,
                const std::function<void(const QString& file)>& done) {
  const bool folder = question.kind == FileQuestion::Kind::Folder;
  auto* dialog = new QFileDialog(parent, question.title, store.value(question.folderKey, QDir::homePath()).toString(),
                                 folder ? QString() : question.filter);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  switch (question.kind) {
    case FileQuestion::Kind::Save:
      dialog->setAcceptMode(QFileDialog::AcceptSave);
      dialog->setDefaultSuffix(QFileInfo(question.name).suffix());
      dialog->selectFile(question.name);
      break;
    case FileQuestion::Kind::Open: dialog->setFileMode(QFileDialog::ExistingFile); break;
    case FileQuestion::Kind::Folder:
      dialog->setFileMode(QFileDialog::Directory);
      dialog->setOption(QFileDialog::ShowDirsOnly);
      break;
  }
  QObject::connect(dialog, &QFileDialog::fileSelected, parent,
                   [&store, key = question.folderKey, done](const QString& file) {
                     store.setValue(key, QFileInfo(file).absolutePath());
                     done(file);
                   });
  dialog->open();
}

}  // namespace unitscope
