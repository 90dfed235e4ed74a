#include "app/judging/check_list.h"

#include <algorithm>

#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include "widgets/icons.h"

namespace unitscope {

CheckList::CheckList(const QVector<CheckItem>& items, const QString& name, bool filtered, int lines, QWidget* parent)
    : QWidget(parent), list_(new QListWidget), filter_(new QLineEdit) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  filter_->setPlaceholderText(tr("Filter\u2026"));
  filter_->setAccessibleName(tr("Filter: %1").arg(name));
  filter_->setClearButtonEnabled(true);
  filter_->addAction(themedIcon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
  filter_->setVisible(filtered);
  column->addWidget(filter_);
  list_->setAccessibleName(name);
  list_->setUniformItemSizes(true);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  for (const CheckItem& one : items) {
    auto* item = new QListWidgetItem(one.title, list_);
    item->setToolTip(one.help);
    item->setData(Qt::UserRole, one.id);
    if (one.id.isEmpty()) {
      item->setFlags(Qt::NoItemFlags);  // the keyboard passes it by
      QFont bold = list_->font();
      bold.setBold(true);
      item->setFont(bold);
    } else {
      item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
      item->setCheckState(Qt::Unchecked);
    }
  }
  list_->setFixedHeight(int(fontMetrics().height() * 1.32 * (std::min(lines, int(items.size())) + 0.5)));
  column->addWidget(list_);
  connect(filter_, &QLineEdit::textChanged, this, &CheckList::applyFilter);
  connect(list_, &QListWidget::itemChanged, this, [this] {
    if (!silent_) Q_EMIT checkedChanged(checked());
  });
}

void CheckList::setChecked(const QStringList& ids) {
  silent_ = true;
  for (int i = 0; i < list_->count(); ++i) {
    QListWidgetItem* item = list_->item(i);
    const QString id = item->data(Qt::UserRole).toString();
    if (!id.isEmpty()) item->setCheckState(ids.contains(id) ? Qt::Checked : Qt::Unchecked);
  }
  silent_ = false;
}

QStringList CheckList::checked() const {
  QStringList ids;
  for (int i = 0; i < list_->count(); ++i) {
    const QListWidgetItem* item = list_->item(i);
    const QString id = item->data(Qt::UserRole).toString();
    if (!id.isEmpty() && item->checkState() == Qt::Checked) ids << id;
  }
  return ids;
}

void CheckList::applyFilter(const QString& text) {
  const QString wanted = text.trimmed();
  QListWidgetItem* heading = nullptr;  // hidden unless something below it is seen
  for (int i = 0; i < list_->count(); ++i) {
    QListWidgetItem* item = list_->item(i);
    const QString id = item->data(Qt::UserRole).toString();
    if (id.isEmpty()) {
      heading = item;
      item->setHidden(true);
      continue;
    }
    const bool fits = wanted.isEmpty() || item->text().contains(wanted, Qt::CaseInsensitive) ||
                      id.contains(wanted, Qt::CaseInsensitive) ||
                      (heading && heading->text().contains(wanted, Qt::CaseInsensitive));
    item->setHidden(!fits);
    if (fits && heading) heading->setHidden(false);
  }
}

}  // namespace unitscope
