// Layout of the concepts workspace, and the ways in and out of it.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QPushButton>
#include <QSaveFile>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/concepts/concepts_panel.h"
#include "app/concepts/concepts_workspace.h"
#include "app/concepts/detectors_page.h"
#include "app/concepts/layers_page.h"
#include "app/concepts/mask_page.h"
#include "app/concepts/sharing_page.h"
#include "app/concepts/vectors_page.h"
#include "app/concepts/vectors_panel.h"
#include "app/data_box.h"
#include "app/file_question.h"
#include "app/messages.h"
#include "dissection/dissection_file.h"
#include "widgets/control_column.h"
#include "widgets/empty_state.h"
#include "widgets/heat_matrix.h"
#include "widgets/icons.h"

namespace unitscope {

void ConceptsWorkspace::makeLayout() {
  vectorsPanel_ = new VectorsPanel(document());
  panel_ = new ConceptsPanel(vectorsPanel_);
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
  vectors_ = new VectorsPage;
  sharing_ = new SharingPage;
  mask_ = new MaskPage(context());
  const auto add = [this](const QString& title, const QString& help, QWidget* page) {
    tabs_->setTabToolTip(tabs_->addTab(title), help);
    pages_->addWidget(page);
  };
  add(tr("Detectors"), tr("Which concepts the units of one layer detect, and which units these are"), detectors_);
  add(tr("Layers"), tr("How many units of each layer detect something, and how many different concepts"), layers_);
  add(tr("Table"), tr("Every concept in every layer"), table_);
  add(tr("Vectors"), tr("How the units of a layer spell each concept together, against the best one alone"), vectors_);
  add(tr("Sharing"), tr("One unit for many concepts, one concept by many units"), sharing_);
  add(tr("In the picture"), tr("Where the vector of a concept finds it in the current picture"), mask_);
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
  askForFile(this, settings().store(),
             {saves ? FileQuestion::Kind::Save : FileQuestion::Kind::Open, title, filter, name}, done);
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
  begin_ = empty_->addButton(tr("Dissect"), QStringLiteral("play"));
  connect(begin_, &QPushButton::clicked, this, [this] {
    if (state_.ofVectors()) {
      learn();
    } else {
      dissect();
    }
  });
  auto* open = empty_->addButton(tr("Open a result\u2026"), QStringLiteral("open"));
  const auto askOpen = [this, results] {
    askFile(false, tr("Open a result"), results, {}, [this](const QString& file) { openResult(file); });
  };
  connect(open, &QPushButton::clicked, this, askOpen);
  connect(panel_, &ConceptsPanel::openWanted, this, askOpen);
  connect(vectorsPanel_, &VectorsPanel::openWanted, this, askOpen);
  connect(panel_, &ConceptsPanel::compareWanted, this, [this, results] {
    askFile(false, tr("Compare with a result"), results, {}, [this](const QString& file) { compareWith(file); });
  });
  connect(panel_, &ConceptsPanel::segmenterFileWanted, this, [this] {
    askFile(false, tr("A segmentation network"), tr("Networks (*.onnx *.pt2 *.pt *.pth *.safetensors);;All files (*)"),
            {}, [this](const QString& file) {
              change(tr("Choose what names the pixels"), [&](ConceptsState& state) { state.segmenter = file; });
            });
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
  if (!noOutput().isEmpty()) return false;
  const QWidget* page = pages_->currentWidget();
  QImage picture;
  if (page == detectors_) picture = detectors_->picture();
  if (page == layers_) picture = layers_->picture();
  if (page == sharing_) picture = sharing_->matrix()->picture(2.0);
  if (page == mask_) picture = mask_->picture();
  if (picture.isNull()) picture = pages_->currentWidget()->grab().toImage();
  if (picture.save(file, "PNG")) return true;
  messages().error(file, tr("could not be written; is the folder writable?"));
  return false;
}

bool ConceptsWorkspace::saveNumbers(const QString& file) {
  if (!noOutput().isEmpty()) return false;
  const QWidget* page = pages_->currentWidget();
  if (page == detectors_) return write(file, QByteArray::fromStdString(dissectionCsv(*knowledge_->dissection())));
  return write(file, (page == vectors_   ? vectors_->csv()
                      : page == sharing_ ? sharing_->csv()
                      : page == mask_    ? mask_->csv()
                                         : table_->csv())
                         .toUtf8());
}

bool ConceptsWorkspace::saveResult(const QString& file) {
  if (!somethingToShow()) return false;
  return write(file, QByteArray::fromStdString(state_.ofVectors() ? net2vecJson(*knowledge_->vectors())
                                                                  : dissectionJson(*knowledge_->dissection())));
}

}  // namespace unitscope
