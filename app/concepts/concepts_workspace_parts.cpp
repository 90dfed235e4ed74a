// Layout of the concepts workspace, and the ways in and out of it.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QPushButton>
#include <QSaveFile>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/concepts/concepts_panel.h"
#include "app/concepts/concepts_workspace.h"
#include "app/concepts/detectors_page.h"
#include "app/concepts/layers_page.h"
#include "app/data_box.h"
#include "app/messages.h"
#include "dissection/dissection_file.h"
#include "widgets/control_column.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

void ConceptsWorkspace::makeLayout() {
  panel_ = new ConceptsPanel(nullptr);
  auto* main = new QWidget;
  auto* right = new QVBoxLayout(main);
  right->setContentsMargins(0, 4, 0, 0);
  right->setSpacing(2);
  tabs_ = new QTabBar;
  tabs_->setDrawBase(false);
  tabs_->setExpanding(false);
  tabs_->setAccessibleName(tr("What to look at"));
  pages_ = new QStackedWidget;
  detectors_ = new DetectorsPage;
  layers_ = new LayersPage;
  table_ = new ConceptTablePage;
  const auto add = [this](const QString& title, const QString& help, QWidget* page) {
    tabs_->setTabToolTip(tabs_->addTab(title), help);
    pages_->addWidget(page);
  };
  add(tr("Detectors"), tr("Which concepts the units of one layer detect, and which units these are"), detectors_);
  add(tr("Layers"), tr("How many units of each layer detect something, and how many different concepts"), layers_);
  add(tr("Table"), tr("Every concept in every layer"), table_);
  right->addWidget(tabs_);
  stack_ = new QStackedWidget;
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("class"));
  stack_->addWidget(empty_);
  stack_->addWidget(pages_);
  right->addWidget(stack_, 1);
  layBeside(this, panel_, main, {250, 720});
}

void ConceptsWorkspace::askFile(bool saves, const QString& title, const QString& filter, const QString& name,
                                const std::function<void(const QString&)>& done) {
  QSettings& store = settings().store();
  auto* dialog = new QFileDialog(this, title, store.value("folders/export", QDir::homePath()).toString(), filter);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  if (saves) {
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QFileInfo(name).suffix());
    dialog->selectFile(name);
  } else {
    dialog->setFileMode(QFileDialog::ExistingFile);
  }
  connect(dialog, &QFileDialog::fileSelected, this, [&store, done](const QString& file) {
    store.setValue("folders/export", QFileInfo(file).absolutePath());
    done(file);
  });
  dialog->open();
}

void ConceptsWorkspace::makeActions() {
  const auto add = [this](const QString& icon, const QString& text, const QString& help, const QString& filter,
                          const QString& name, bool (ConceptsWorkspace::*save)(const QString&)) {
    auto* action = new QAction(themedIcon(icon), text, this);
    action->setToolTip(help);
    connect(action, &QAction::triggered, this, [this, filter, name, help, save] {
      askFile(true, help, filter, name, [this, save](const QString& file) {
        if ((this->*save)(file)) messages().success(QFileInfo(file).fileName(), tr("saved"));
      });
    });
    actions_ << action;
  };
  add(QStringLiteral("image"), tr("Concepts as &picture\u2026"), tr("Save what is seen"), tr("Pictures (*.png)"),
      QStringLiteral("concepts.png"), &ConceptsWorkspace::savePicture);
  add(QStringLiteral("table"), tr("Concepts as &numbers\u2026"), tr("Save the numbers behind it"), tr("Table (*.csv)"),
      QStringLiteral("concepts.csv"), &ConceptsWorkspace::saveNumbers);
  add(QStringLiteral("save"), tr("Concepts as &result\u2026"), tr("Save all of the result, to open again"),
      tr("Results (*.json)"), QStringLiteral("concepts.json"), &ConceptsWorkspace::saveResult);
  auto* line = new QAction(themedIcon(QStringLiteral("terminal")), tr("Copy command &line"), this);
  line->setToolTip(tr("The command that computes what is shown, to the clipboard"));
  connect(line, &QAction::triggered, this, [this] {
    QApplication::clipboard()->setText(commandLine());
    messages().info(tr("Copied"), commandLine());
  });
  actions_ << line;

  const QString results = tr("Results (*.json);;All files (*)");
  auto* open = empty_->addButton(tr("Open a result\u2026"), QStringLiteral("open"));
  const auto askOpen = [this, results] {
    askFile(false, tr("Open a result"), results, {}, [this](const QString& file) { openResult(file); });
  };
  connect(open, &QPushButton::clicked, this, askOpen);
  connect(panel_, &ConceptsPanel::openWanted, this, askOpen);
  connect(panel_, &ConceptsPanel::compareWanted, this, [this, results] {
    askFile(false, tr("Compare with a result"), results, {}, [this](const QString& file) { compareWith(file); });
  });
  connect(panel_, &ConceptsPanel::folderWanted, this, [this] {
    askForPictureFolder(this, tr("Pictures with masks"), settings().store(), [this](const QString& folder) {
      change(tr("Choose the pictures"), [&](ConceptsState& state) { state.data = folder; });
    });
  });
}

bool ConceptsWorkspace::write(const QString& file, const QByteArray& bytes) {
  QSaveFile out(file);
  if (out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit()) return true;
  messages().error(file, tr("could not be written: %1").arg(out.errorString()));
  return false;
}

bool ConceptsWorkspace::savePicture(const QString& file) {
  if (!somethingToShow()) return false;
  QImage picture = pages_->currentWidget() == detectors_ ? detectors_->picture()
                   : pages_->currentWidget() == layers_  ? layers_->picture()
                                                         : pages_->currentWidget()->grab().toImage();
  if (!picture.isNull() && picture.save(file, "PNG")) return true;
  messages().error(file, tr("could not be written; is the folder writable?"));
  return false;
}

bool ConceptsWorkspace::saveNumbers(const QString& file) {
  if (!somethingToShow()) return false;
  if (pages_->currentWidget() == detectors_)
    return write(file, QByteArray::fromStdString(dissectionCsv(*knowledge_->dissection())));
  return write(file, table_->csv().toUtf8());
}

bool ConceptsWorkspace::saveResult(const QString& file) {
  if (!somethingToShow()) return false;
  return write(file, QByteArray::fromStdString(dissectionJson(*knowledge_->dissection())));
}

}  // namespace unitscope
