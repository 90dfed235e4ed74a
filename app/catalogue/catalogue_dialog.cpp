#include "app/catalogue/catalogue_dialog.h"

#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QDir>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/catalogue/catalogue_details.h"
#include "app/catalogue/catalogue_model.h"
#include "app/messages.h"
#include "runtime/error.h"
#include "widgets/dialog_buttons.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

using State = DownloadStatus::State;

namespace {

constexpr int kSideBySide = 900;

}  // namespace

CatalogueDialog::CatalogueDialog(Catalogue catalogue, const QString& folder, Messages& messages, QWidget* parent)
    : QDialog(parent), messages_(messages), queue_(std::move(catalogue), folder) {
  setWindowTitle(tr("Get models"));
  search_ = new QLineEdit;
  search_->setObjectName("search");
  search_->setPlaceholderText(tr("Search by name, paper, year or licence"));
  search_->setAccessibleName(tr("Search networks"));
  search_->setClearButtonEnabled(true);
  search_->addAction(themedIcon("search"), QLineEdit::LeadingPosition);

  auto* nothing = new EmptyState;
  nothing->setIcon("search");
  nothing->setHeadline(tr("No network matches"));
  nothing->setText(
      tr("The catalogue lists well-known ImageNet classifiers. Any other network opens from its file with "
         "File > Open model."));
  QPushButton* clear = nothing->addButton(tr("Show all"));
  clear->setAutoDefault(false);
  pages_ = new QStackedWidget;
  pages_->addWidget(makeTable());
  pages_->addWidget(nothing);
  details_ = new CatalogueDetails(queue_);
  details_->setMinimumWidth(280);
  halves_ = new QSplitter;
  halves_->addWidget(pages_);
  halves_->addWidget(details_);
  halves_->setStretchFactor(0, 3);
  halves_->setStretchFactor(1, 2);
  halves_->setChildrenCollapsible(false);
  auto* column = new QVBoxLayout(this);
  column->addWidget(search_);
  column->addWidget(halves_, 1);
  column->addWidget(makeButtons());
  const QSize room = screen()->availableSize() * 0.95;
  resize(QSize(1120, 640).boundedTo(room));
  halves_->setSizes({730, 390});

  connect(search_, &QLineEdit::textChanged, this, &CatalogueDialog::filter);
  connect(clear, &QPushButton::clicked, search_, &QLineEdit::clear);
  connect(&queue_, &DownloadQueue::changed, this, &CatalogueDialog::updateButtons);
  connect(&queue_, &DownloadQueue::finished, this, &CatalogueDialog::downloaded);
  connect(&queue_, &DownloadQueue::failed, this, &CatalogueDialog::downloadFailed);
  filter({});
}

QWidget* CatalogueDialog::makeTable() {
  model_ = new CatalogueModel(queue_, this);
  matches_ = new CatalogueFilter(this);
  matches_->setSourceModel(model_);
  table_ = new QTableView;
  table_->setObjectName("networks");
  table_->setAccessibleName(tr("Networks"));
  table_->setModel(matches_);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setTabKeyNavigation(false);
  table_->setShowGrid(false);
  table_->setAlternatingRowColors(true);
  table_->setWordWrap(false);
  table_->setMinimumHeight(4 * table_->fontMetrics().height());
  table_->verticalHeader()->hide();
  table_->setSortingEnabled(true);
  table_->sortByColumn(-1, Qt::AscendingOrder);  // as the catalogue has them, by family
  QHeaderView* header = table_->horizontalHeader();
  header->setHighlightSections(false);
  header->setMinimumSectionSize(table_->fontMetrics().horizontalAdvance(QStringLiteral("00000000")));
  header->setSectionResizeMode(QHeaderView::ResizeToContents);
  header->setSectionResizeMode(CatalogueModel::Name, QHeaderView::Stretch);
  // The state's texts differ in length, and columns should not jump as a download runs.
  header->setSectionResizeMode(CatalogueModel::State, QHeaderView::Fixed);
  header->resizeSection(CatalogueModel::State,
                        table_->fontMetrics().horizontalAdvance(tr("downloading %1 %").arg(100)) + 48);
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
    details_->setRow(selectedRow());
    updateButtons();
  });
  connect(table_, &QTableView::activated, this, [this] {
    if (open_->isEnabled()) {
      open();
    } else if (download_->isEnabled()) {
      queue_.download(selectedRow());
    }
  });
  auto* remove = new QShortcut(QKeySequence::Delete, table_, nullptr, nullptr, Qt::WidgetShortcut);
  connect(remove, &QShortcut::activated, this, [this] {
    if (remove_->isEnabled()) askToRemove();
  });
  return table_;
}

QWidget* CatalogueDialog::makeButtons() {
  const auto make = [](const QString& text, const char* icon, const char* name, const QString& help) {
    auto* button = new QPushButton(themedIcon(icon), text);
    button->setObjectName(QLatin1String(name));
    button->setToolTip(help);
    button->setAutoDefault(false);
    return button;
  };
  download_ = make(tr("&Download"), "download", "download", tr("Fetch the selected network; several wait in line"));
  cancel_ = make(tr("&Cancel"), "cancel", "cancel", tr("Stop this download; what has come is kept"));
  open_ = make(tr("&Open"), "open", "open", tr("Look into the selected network"));
  remove_ = make(tr("&Remove..."), "trash", "remove", tr("Delete the selected network from this computer"));
  auto* folder = make(tr("Show &folder"), "images", "folder", tr("Where downloaded networks are kept"));
  auto* close = makeDialogButtons(QDialogButtonBox::Close);
  for (QAbstractButton* button : close->buttons()) qobject_cast<QPushButton*>(button)->setAutoDefault(false);
  auto* row = new QWidget;
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  for (QPushButton* button : {download_, cancel_, open_, remove_}) line->addWidget(button);
  line->addStretch(1);
  line->addWidget(folder);
  line->addWidget(close);
  connect(download_, &QPushButton::clicked, this, [this] { queue_.download(selectedRow()); });
  connect(cancel_, &QPushButton::clicked, this, [this] { queue_.cancel(selectedRow()); });
  connect(open_, &QPushButton::clicked, this, &CatalogueDialog::open);
  connect(remove_, &QPushButton::clicked, this, &CatalogueDialog::askToRemove);
  connect(folder, &QPushButton::clicked, this, [this] {
    QDir().mkpath(queue_.store().folder());
    QDesktopServices::openUrl(QUrl::fromLocalFile(queue_.store().folder()));
  });
  connect(close, &QDialogButtonBox::rejected, this, &QDialog::reject);
  return row;
}

const CatalogueEntry& CatalogueDialog::entry(int row) const {
  return queue_.catalogue().entries[static_cast<std::size_t>(row)];
}

int CatalogueDialog::selectedRow() const {
  const QModelIndex index = table_->currentIndex();
  return index.isValid() ? matches_->mapToSource(index).row() : -1;
}

bool CatalogueDialog::select(const QString& id) {
  search_->clear();
  for (int row = 0; row < model_->rowCount(); ++row) {
    if (QString::fromStdString(entry(row).id) != id) continue;
    table_->setCurrentIndex(matches_->mapFromSource(model_->index(row, 0)));
    return true;
  }
  return false;
}

void CatalogueDialog::showEvent(QShowEvent* event) {
  QDialog::showEvent(event);
  // Files may have come or gone while it was closed.
  queue_.lookAgain();
  search_->setFocus();
}

void CatalogueDialog::resizeEvent(QResizeEvent* event) {
  QDialog::resizeEvent(event);
  // Side by side the table would lose its columns.
  halves_->setOrientation(width() < kSideBySide ? Qt::Vertical : Qt::Horizontal);
}

void CatalogueDialog::filter(const QString& text) {
  matches_->setWords(text);
  const bool any = matches_->rowCount() > 0;
  pages_->setCurrentIndex(any ? 0 : 1);
  if (any && !table_->currentIndex().isValid()) table_->setCurrentIndex(matches_->index(0, 0));
  if (any) table_->scrollTo(table_->currentIndex());
  details_->setRow(selectedRow());
  updateButtons();
}

void CatalogueDialog::updateButtons() {
  const int row = selectedRow();
  if (row < 0) {
    const QString nothing = tr("No network is selected");
    for (QPushButton* button : {download_, cancel_, open_, remove_}) setAvailable(*button, nothing);
    return;
  }
  const DownloadStatus status = queue_.status(row);
  const bool here = status.state == State::Here;
  const bool under = status.state == State::Running || status.state == State::Waiting;
  download_->setText(status.state == State::Unfinished ? tr("&Go on downloading") : tr("&Download"));
  setAvailable(*download_, here ? tr("It is here already") : under ? tr("It is being downloaded") : QString());
  setAvailable(*cancel_, under ? QString() : tr("It is not being downloaded"));
  setAvailable(*open_, here ? QString() : tr("It has to be downloaded first"));
  const bool anything = here || status.state == State::Unfinished;
  setAvailable(*remove_, anything ? QString() : under ? tr("Cancel the download first") : tr("It is not here"));
}

void CatalogueDialog::open() {
  const int row = selectedRow();
  if (row < 0 || queue_.status(row).state != State::Here) return;
  Q_EMIT openWanted(queue_.store().pathOf(entry(row)));
  close();
}

void CatalogueDialog::askToRemove() {
  const int row = selectedRow();
  if (row < 0) return;
  const CatalogueEntry& one = entry(row);
  auto* box = new QMessageBox(
      QMessageBox::Question, tr("Remove %1").arg(QString::fromStdString(one.title)),
      tr("Delete %1 and its model card from this computer?").arg(QDir::toNativeSeparators(queue_.store().pathOf(one))),
      QMessageBox::Cancel, this);
  box->setObjectName("removeConfirmation");
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setTextFormat(Qt::PlainText);
  box->setInformativeText(tr("It can be downloaded again."));
  QPushButton* yes = box->addButton(tr("Remove"), QMessageBox::AcceptRole);
  connect(yes, &QPushButton::clicked, this, [this, row] { remove(row); });
  box->open();
}

void CatalogueDialog::remove(int row) {
  try {
    queue_.remove(row);
  } catch (const Error& error) {
    messages_.error(QString::fromStdString(error.subject()), QString::fromStdString(error.reason()));
  }
}

void CatalogueDialog::downloaded(int row) {
  const QString path = queue_.store().pathOf(entry(row));
  Message message{Message::Severity::Success, QString::fromStdString(entry(row).title), tr("is here"), tr("Open"), {}};
  messages_.offer(message, [this, path] { Q_EMIT openWanted(path); });
}

void CatalogueDialog::downloadFailed(int row, const QString& reason) {
  messages_.error(QString::fromStdString(entry(row).title), reason);
}

}  // namespace unitscope
