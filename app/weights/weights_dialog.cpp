#include "app/weights/weights_dialog.h"

#include <algorithm>

#include <QDialogButtonBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "app/aside.h"
#include "app/weights/kernel_picture.h"
#include "widgets/histogram_view.h"

namespace unitscope {

namespace {

constexpr int kBins = 64;
constexpr int kMostKernels = 256;
constexpr int kKernelColumns = 16;

QString shortNumber(double value) {
  return QLocale().toString(value, 'g', 4);
}

}  // namespace

WeightsDialog::WeightsDialog(const QString& file, TensorList tensors, const QString& why, QWidget* parent)
    : QDialog(parent), tensors_(std::move(tensors)) {
  setWindowTitle(tr("Weights in %1").arg(QFileInfo(file).fileName()));
  auto* column = new QVBoxLayout(this);
  auto* reason = new QLabel(why);
  reason->setTextFormat(Qt::PlainText);  // names come from the file
  reason->setWordWrap(true);
  column->addWidget(reason);
  auto* halves = new QSplitter;
  halves->addWidget(makeTable(tensors_));
  halves->addWidget(makeFacts());
  halves->setStretchFactor(0, 3);
  halves->setStretchFactor(1, 2);
  column->addWidget(halves, 1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  column->addWidget(buttons);
  resize(960, 620);
  if (sorted_->rowCount() > 0) table_->selectRow(0);
}

WeightsDialog::~WeightsDialog() {
  cancel_.cancel();
}

QWidget* WeightsDialog::makeTable(const TensorList& tensors) {
  auto* side = new QWidget;
  auto* rows = new QVBoxLayout(side);
  rows->setContentsMargins(0, 0, 0, 0);
  auto* filter = new QLineEdit;
  filter->setPlaceholderText(tr("Filter by name"));
  filter->setAccessibleName(filter->placeholderText());
  filter->setClearButtonEnabled(true);
  rows->addWidget(filter);
  sorted_ = new QSortFilterProxyModel(this);
  sorted_->setSourceModel(new TensorTableModel(tensors, this));
  sorted_->setSortRole(Qt::UserRole);
  sorted_->setFilterCaseSensitivity(Qt::CaseInsensitive);
  connect(filter, &QLineEdit::textChanged, sorted_, &QSortFilterProxyModel::setFilterFixedString);
  table_ = new QTableView;
  table_->setModel(sorted_);
  table_->setAccessibleName(tr("Tensors"));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setSortingEnabled(true);
  table_->sortByColumn(-1, Qt::AscendingOrder);  // as in the file
  table_->verticalHeader()->hide();
  table_->horizontalHeader()->setSectionResizeMode(TensorTableModel::Name, QHeaderView::Stretch);
  table_->setWordWrap(false);
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &WeightsDialog::choose);
  rows->addWidget(table_, 1);
  return side;
}

QWidget* WeightsDialog::makeFacts() {
  auto* side = new QWidget;
  auto* rows = new QVBoxLayout(side);
  rows->setContentsMargins(0, 0, 0, 0);
  numbers_ = new QLabel;
  numbers_->setTextFormat(Qt::PlainText);
  numbers_->setWordWrap(true);
  numbers_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  rows->addWidget(numbers_);
  histogram_ = new HistogramView;
  rows->addWidget(histogram_);
  kernelsTitle_ = new QLabel;
  rows->addWidget(kernelsTitle_);
  kernels_ = new QLabel;
  kernels_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  kernels_->setAccessibleName(tr("Kernels"));
  auto* scroll = new QScrollArea;
  scroll->setWidget(kernels_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  rows->addWidget(scroll, 1);
  return side;
}

void WeightsDialog::choose(const QModelIndex& index) {
  cancel_.cancel();
  cancel_ = CancelToken();
  numbers_->clear();
  histogram_->setHistogram({}, 0.0, 0.0);
  kernelsTitle_->clear();
  kernels_->clear();
  if (!index.isValid()) return;
  const auto row = static_cast<std::size_t>(sorted_->mapToSource(index).row());
  runAside<Facts>(
      this,
      [tensors = tensors_, row, cancel = cancel_] {
        const TensorData& data = (*tensors)[row].data;
        Facts facts;
        facts.statistics = statisticsOf(data, kBins, cancel);
        if (hasKernels(data)) facts.kernels = kernelTiles(data, kMostKernels);
        return facts;
      },
      [this, cancel = cancel_](const Facts& facts) {
        if (!cancel.cancelled()) showFacts(facts);
      });
}

void WeightsDialog::showFacts(const Facts& facts) {
  const TensorStatistics& s = facts.statistics;
  QStringList lines{tr("%1 elements").arg(QLocale().toString(static_cast<qlonglong>(s.count)))};
  if (!s.histogram.empty()) {
    lines << tr("Mean %1 \u00b1 %2").arg(shortNumber(s.mean), shortNumber(s.deviation));
    lines << tr("From %1 to %2").arg(shortNumber(s.least), shortNumber(s.most));
  }
  if (s.zeros > 0) lines << tr("%1 zeros").arg(QLocale().toString(static_cast<qlonglong>(s.zeros)));
  if (s.notFinite > 0) lines << tr("%1 not finite").arg(QLocale().toString(static_cast<qlonglong>(s.notFinite)));
  numbers_->setText(lines.join('\n'));
  histogram_->setHistogram(QVector<qint64>(s.histogram.begin(), s.histogram.end()), s.least, s.most);
  if (facts.kernels.tiles.empty()) return;
  const auto shown = static_cast<qlonglong>(facts.kernels.tiles.size());
  kernelsTitle_->setText(
      shown == facts.kernels.total
          ? tr("%1 kernels").arg(shown)
          : tr("The first %1 of %2 kernels")
                .arg(QLocale().toString(shown), QLocale().toString(static_cast<qlonglong>(facts.kernels.total))));
  const int pixels = std::max(1, 21 / static_cast<int>(std::max(facts.kernels.columns, facts.kernels.rows)));
  kernels_->setPixmap(QPixmap::fromImage(kernelPicture(facts.kernels, kKernelColumns, pixels)));
}

}  // namespace unitscope
