#include "app/attribution/class_search.h"

#include <algorithm>

#include <QAccessible>
#include <QCompleter>
#include <QLabel>
#include <QLineEdit>
#include <QStringListModel>
#include <QVBoxLayout>

#include "app/document.h"
#include "widgets/theme.h"

namespace unitscope {

ClassSearch::ClassSearch(Document& document, const QString& placeholder, const QString& help, QWidget* parent)
    : QWidget(parent), document_(document) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  edit_ = new QLineEdit;
  edit_->setPlaceholderText(placeholder);
  edit_->setToolTip(help);
  edit_->setClearButtonEnabled(true);
  labels_ = new QStringListModel(this);
  auto* completer = new QCompleter(labels_, this);
  completer->setFilterMode(Qt::MatchContains);
  completer->setCaseSensitivity(Qt::CaseInsensitive);
  edit_->setCompleter(completer);
  column->addWidget(edit_);
  complaint_ = new QLabel;
  complaint_->setWordWrap(true);
  complaint_->setObjectName(QStringLiteral("complaint"));
  complaint_->hide();
  column->addWidget(complaint_);
  connect(edit_, &QLineEdit::returnPressed, this, &ClassSearch::searched);
  connect(edit_, &QLineEdit::textEdited, this, [this] { complain({}); });
  connect(completer, qOverload<const QString&>(&QCompleter::activated), this, &ClassSearch::searched,
          Qt::QueuedConnection);
  connect(&document_, &Document::modelChanged, this, &ClassSearch::labelsChanged);
  connect(&document_, &Document::cardChanged, this, &ClassSearch::labelsChanged);
  labelsChanged();
}

void ClassSearch::labelsChanged() {
  QStringList names;
  for (const std::string& label : document_.card().labels) names << QString::fromStdString(label);
  labels_->setStringList(names);
}

void ClassSearch::complain(const QString& problem) {
  QPalette red = palette();
  red.setColor(QPalette::WindowText, themeColors(palette()).error.icon);
  complaint_->setPalette(red);
  complaint_->setText(problem);
  complaint_->setVisible(!problem.isEmpty());
  edit_->setAccessibleDescription(problem);
  if (problem.isEmpty()) return;
  QAccessibleEvent event(edit_, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&event);
}

void ClassSearch::searched() {
  const QString text = edit_->text().trimmed();
  if (text.isEmpty()) return;
  const auto& labels = document_.card().labels;
  bool number = false;
  int index = text.toInt(&number);
  if (!number) {
    const auto it = std::find_if(labels.begin(), labels.end(), [&](const std::string& label) {
      return QString::fromStdString(label).compare(text, Qt::CaseInsensitive) == 0;
    });
    index = it == labels.end() ? -1 : int(it - labels.begin());
  }
  if (index < 0 || index >= std::max(count_, int(labels.size()))) {
    complain(tr("There is no class \u201c%1\u201d.").arg(text));
    edit_->selectAll();
    return;
  }
  edit_->clear();
  complain({});
  Q_EMIT classFound(index);
}

}  // namespace unitscope
