#include "app/find_dialog.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QRegularExpression>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QUndoStack>
#include <QVBoxLayout>

#include "app/commands.h"
#include "app/document.h"
#include "app/selection.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

enum Role { LayerRole = Qt::UserRole, ClassRole };

// Every word typed must occur; whole words come first, then what begins with the text.
class Matches : public QSortFilterProxyModel {
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  void set(const QString& text) {
    text_ = text.trimmed();
    words_ = text_.split(' ', Qt::SkipEmptyParts);
    whole_ = QRegularExpression("\\b" + QRegularExpression::escape(text_) + "\\b",
                                QRegularExpression::CaseInsensitiveOption);
    invalidate();
    sort(text_.isEmpty() ? -1 : 0);
  }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
    const QString name = sourceModel()->index(row, 0, parent).data().toString();
    return std::all_of(words_.begin(), words_.end(),
                       [&](const QString& word) { return name.contains(word, Qt::CaseInsensitive); });
  }
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override {
    const auto rank = [this](const QModelIndex& index) {
      const QString name = index.data().toString();
      if (whole_.match(name).hasMatch()) return 0;
      return name.startsWith(text_, Qt::CaseInsensitive) ? 1 : 2;
    };
    const int a = rank(left), b = rank(right);
    return a != b ? a < b : left.row() < right.row();
  }

 private:
  QString text_;
  QStringList words_;
  QRegularExpression whole_;
};

}  // namespace

FindDialog::FindDialog(const Context& context, QWidget* parent) : QDialog(parent), context_(context) {
  setWindowTitle(tr("Go to layer or class"));
  setAttribute(Qt::WA_DeleteOnClose);
  text_ = new QLineEdit;
  text_->setPlaceholderText(tr("Name of a layer or a class"));
  text_->setAccessibleName(text_->placeholderText());
  text_->setClearButtonEnabled(true);
  text_->addAction(themedIcon("search"), QLineEdit::LeadingPosition);
  auto* items = new QStandardItemModel(this);
  if (context_.document.hasModel()) {
    const QIcon layerIcon = themedIcon("layer"), classIcon = themedIcon("class");
    for (const Layer& layer : context_.document.model()->layers()) {
      if (layer.plumbing) continue;
      auto* item = new QStandardItem(layerIcon, QString::fromStdString(layer.name));
      item->setData(item->text(), LayerRole);
      item->setToolTip(QString::fromStdString(layer.op));
      items->appendRow(item);
    }
    const auto& labels = context_.document.card().labels;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      auto* item = new QStandardItem(classIcon, QString::fromStdString(labels[i]));
      item->setData(static_cast<int>(i), ClassRole);
      item->setToolTip(tr("class %1").arg(i));
      items->appendRow(item);
    }
  }
  matches_ = new Matches(this);
  matches_->setSourceModel(items);
  list_ = new QListView;
  list_->setModel(matches_);
  list_->setUniformItemSizes(true);
  list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  list_->setAccessibleName(tr("Layers and classes"));
  auto* column = new QVBoxLayout(this);
  column->addWidget(text_);
  column->addWidget(list_, 1);
  resize(420, 380);
  text_->installEventFilter(this);
  connect(text_, &QLineEdit::textChanged, this, &FindDialog::filter);
  connect(text_, &QLineEdit::returnPressed, this, &FindDialog::choose);
  connect(list_, &QListView::activated, this, &FindDialog::choose);
  connect(list_, &QListView::clicked, this, &FindDialog::choose);
  filter({});
}

QStringList FindDialog::shown() const {
  QStringList names;
  for (int row = 0; row < matches_->rowCount(); ++row) names << matches_->index(row, 0).data().toString();
  return names;
}

bool FindDialog::eventFilter(QObject* watched, QEvent* event) {
  // The arrows walk through the list while the hands stay in the text.
  if (watched == text_ && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const int step = key == Qt::Key_Down       ? 1
                     : key == Qt::Key_Up       ? -1
                     : key == Qt::Key_PageDown ? 10
                     : key == Qt::Key_PageUp   ? -10
                                               : 0;
    if (step != 0 && matches_->rowCount() > 0) {
      const int row = std::clamp(list_->currentIndex().row() + step, 0, matches_->rowCount() - 1);
      list_->setCurrentIndex(matches_->index(row, 0));
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

void FindDialog::filter(const QString& text) {
  static_cast<Matches*>(matches_)->set(text);
  if (matches_->rowCount() > 0) list_->setCurrentIndex(matches_->index(0, 0));
  list_->scrollToTop();
}

void FindDialog::choose() {
  const QModelIndex index = list_->currentIndex();
  if (!index.isValid()) return;
  const QString layer = index.data(LayerRole).toString();
  if (!layer.isEmpty()) {
    context_.selection.setLayer(layer);
  } else if (const int target = index.data(ClassRole).toInt(); target != context_.selection.focus().target) {
    context_.undo.push(new SetTargetCommand(context_.selection, target, tr("Explain %1").arg(index.data().toString())));
  }
  accept();
}

}  // namespace unitscope
