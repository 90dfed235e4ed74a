// Layout and the ways out of the failures workspace.
#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QSaveFile>
#include <QSettings>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/data_box.h"
#include "app/failures/class_table_model.h"
#include "app/failures/failures_panel.h"
#include "app/failures/failures_workspace.h"
#include "app/messages.h"
#include "widgets/confusion_matrix.h"
#include "widgets/control_column.h"
#include "widgets/empty_state.h"
#include "widgets/gallery_grid.h"
#include "widgets/icons.h"

namespace unitscope {

void FailuresWorkspace::makeLayout() {
  panel_ = new FailuresPanel(attributionMethods());

  stack_ = new QStackedWidget;
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("warning"));
  stack_->addWidget(empty_);
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(2);
  views_ = new QTabBar;
  views_->setDrawBase(false);
  views_->setExpanding(false);
  views_->setAccessibleName(tr("What to look at"));
  const auto view = [this](const QString& name, const char* key) {
    views_->setTabData(views_->addTab(name), QLatin1String(key));
  };
  view(tr("Classes"), "classes");
  view(tr("Confusion"), "confusion");
  view(tr("Mistakes"), "mistakes");
  view(tr("Weak hits"), "hits");
  column->addWidget(views_);
  auto* halves = new QSplitter(Qt::Vertical);
  halves->setChildrenCollapsible(false);
  upper_ = new QStackedWidget;
  table_ = new QTableView;
  classes_ = new ClassTableModel(this);
  sorted_ = new QSortFilterProxyModel(this);
  sorted_->setSourceModel(classes_);
  sorted_->setSortRole(ClassTableModel::kSortRole);
  table_->setModel(sorted_);
  table_->setSortingEnabled(true);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setShowGrid(false);
  table_->setTabKeyNavigation(false);
  table_->setAccessibleName(tr("What was found about each class"));
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(int(fontMetrics().height() * 1.6));
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  table_->horizontalHeader()->setHighlightSections(false);
  matrix_ = new ConfusionMatrix;
  upper_->addWidget(table_);
  upper_->addWidget(matrix_);
  auto* lower = new QWidget;
  auto* below = new QVBoxLayout(lower);
  below->setContentsMargins(0, 0, 0, 0);
  below->setSpacing(2);
  caption_ = new QLabel;
  caption_->setContentsMargins(8, 4, 8, 2);
  caption_->setWordWrap(true);
  gallery_ = new GalleryGrid;
  gallery_->setAcceptDrops(false);
  gallery_->setEmptyText(tr("Nothing to show here"));
  gallery_->setToolTip(tr("Double click or Enter explains the picture in the attribution workspace"));
  below->addWidget(caption_);
  below->addWidget(gallery_, 1);
  halves->addWidget(upper_);
  halves->addWidget(lower);
  halves->setSizes({300, 400});
  column->addWidget(halves, 1);
  stack_->addWidget(page);

  layBeside(this, panel_, stack_, {250, 700});
}

void FailuresWorkspace::makeActions() {
  auto* table = new QAction(themedIcon(QStringLiteral("table")), tr("Findings as &table\u2026"), this);
  table->setToolTip(tr("What was found about each class, as CSV"));
  connect(table, &QAction::triggered, this, [this] {
    QSettings& store = settings().store();
    auto* dialog = new QFileDialog(this, tr("Save the findings"),
                                   store.value("folders/export", QDir::homePath()).toString(), tr("Table (*.csv)"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("failures.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, &store](const QString& file) {
      store.setValue("folders/export", QFileInfo(file).absolutePath());
      if (saveTable(file)) messages().success(QFileInfo(file).fileName(), tr("saved"));
    });
    dialog->open();
  });
  actions_ << table;
  connect(panel_, &FailuresPanel::folderWanted, this, [this] {
    askForPictureFolder(this, tr("Labelled pictures"), settings().store(), [this](const QString& folder) {
      change(tr("Choose the pictures"), [&](FailuresState& state) { state.data = folder; });
    });
  });
}

bool FailuresWorkspace::saveTable(const QString& file) {
  if (!found_) return false;
  QString csv;
  const auto cell = [](QString text) {
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + text + QLatin1Char('"');
  };
  QStringList line;
  for (int c = 0; c < classes_->columnCount(); ++c)
    line << cell(classes_->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString());
  line << cell(tr("Reason"));
  csv += line.join(QLatin1Char(',')) + QLatin1Char('\n');
  for (int row = 0; row < classes_->rowCount(); ++row) {
    line.clear();
    for (int c = 0; c < classes_->columnCount(); ++c) {
      const QVariant value = classes_->data(classes_->index(row, c), ClassTableModel::kSortRole);
      const bool known = c == ClassTableModel::Label || value.toDouble() >= 0;
      line << (c == ClassTableModel::Label ? cell(value.toString()) : known ? value.toString() : QString());
    }
    line << cell(QString::fromStdString(classes_->classes()[std::size_t(row)].reason));
    csv += line.join(QLatin1Char(',')) + QLatin1Char('\n');
  }
  QSaveFile out(file);
  if (out.open(QIODevice::WriteOnly) && out.write(csv.toUtf8()) >= 0 && out.commit()) return true;
  messages().error(file, tr("could not be written: %1").arg(out.errorString()));
  return false;
}

}  // namespace unitscope
