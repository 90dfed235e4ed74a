#include "app/attribution/target_panel.h"

#include <algorithm>

#include <QAccessible>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStringListModel>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/document.h"
#include "widgets/elided_label.h"
#include "widgets/theme.h"
#include "widgets/top_chart.h"

namespace unitscope {

namespace {
constexpr std::size_t kBars = 6;
}

TargetPanel::TargetPanel(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  title_ = new ElidedLabel;
  title_->setBold(true);
  column->addWidget(title_);
  chart_ = new TopChart;
  column->addWidget(chart_);
  explained_ = new QLabel;
  explained_->setWordWrap(true);
  column->addWidget(explained_);
  search_ = new QLineEdit;
  search_->setPlaceholderText(tr("Explain another class\u2026"));
  search_->setToolTip(tr("Name or number of a class; Enter explains it"));
  search_->setAccessibleName(tr("Class to explain"));
  search_->setClearButtonEnabled(true);
  labels_ = new QStringListModel(this);
  auto* completer = new QCompleter(labels_, this);
  completer->setFilterMode(Qt::MatchContains);
  completer->setCaseSensitivity(Qt::CaseInsensitive);
  search_->setCompleter(completer);
  column->addWidget(search_);
  complaint_ = new QLabel;
  complaint_->setWordWrap(true);
  complaint_->setObjectName(QStringLiteral("complaint"));
  complaint_->hide();
  column->addWidget(complaint_);
  first_ = new QPushButton(tr("Explain the first choice"));
  first_->setToolTip(tr("Explain, for each picture, the class that the network finds most likely"));
  column->addWidget(first_);
  connect(chart_, &TopChart::picked, this, &TargetPanel::targetPicked);
  connect(first_, &QPushButton::clicked, this, [this] { Q_EMIT targetPicked(-1); });
  connect(search_, &QLineEdit::returnPressed, this, &TargetPanel::searched);
  connect(search_, &QLineEdit::textEdited, this, [this] { complain({}); });
  connect(completer, qOverload<const QString&>(&QCompleter::activated), this, &TargetPanel::searched,
          Qt::QueuedConnection);
  connect(&document_, &Document::modelChanged, this, &TargetPanel::labelsChanged);
  connect(&document_, &Document::cardChanged, this, &TargetPanel::labelsChanged);
  labelsChanged();
  show();
}

void TargetPanel::labelsChanged() {
  QStringList names;
  for (const std::string& label : document_.card().labels) names << QString::fromStdString(label);
  labels_->setStringList(names);
}

void TargetPanel::setPredictions(const QString& name, const std::vector<Prediction>& all) {
  name_ = name;
  all_ = all;
  show();
}

void TargetPanel::setTarget(int target) {
  target_ = target;
  show();
}

void TargetPanel::show() {
  title_->setText(name_.isEmpty() ? tr("Predictions") : tr("Predictions for %1").arg(name_));
  QVector<TopBar> bars;
  const auto add = [&](const Prediction& p) {
    const QString label = QString::fromStdString(p.label);
    bars.append({int(p.index), label, p.probability,
                 tr("%1 (class %2): %3, score %4\nClick to explain this class")
                     .arg(label)
                     .arg(p.index)
                     .arg(TopChart::percentText(p.probability))
                     .arg(p.score, 0, 'f', 2)});
  };
  for (std::size_t i = 0; i < std::min(kBars, all_.size()); ++i) add(all_[i]);
  const auto chosen =
      std::find_if(all_.begin(), all_.end(), [this](const Prediction& p) { return p.index == target_; });
  if (chosen != all_.end() && std::size_t(chosen - all_.begin()) >= kBars) add(*chosen);
  chart_->setBars(bars);
  chart_->setVisible(!bars.isEmpty());
  const int explained = target_ >= 0 ? target_ : all_.empty() ? -1 : int(all_.front().index);
  chart_->setChosen(explained);
  if (explained < 0) {
    explained_->setText(name_.isEmpty() ? tr("No picture yet.") : tr("Looking at the picture\u2026"));
  } else {
    explained_->setText(target_ < 0 ? tr("Explained: the first choice, %1").arg(document_.label(explained))
                                    : tr("Explained: %1").arg(document_.label(explained)));
  }
  setAvailable(*first_, target_ < 0 ? tr("The network's first choice is explained already") : QString());
  setAvailable(*search_, document_.hasModel() ? QString() : tr("Open a network first"));
}

void TargetPanel::complain(const QString& problem) {
  QPalette red = palette();
  red.setColor(QPalette::WindowText, themeColors(palette()).error.icon);
  complaint_->setPalette(red);
  complaint_->setText(problem);
  complaint_->setVisible(!problem.isEmpty());
  search_->setAccessibleDescription(problem);
  if (problem.isEmpty()) return;
  QAccessibleEvent event(search_, QAccessible::DescriptionChanged);
  QAccessible::updateAccessibility(&event);
}

void TargetPanel::searched() {
  const QString text = search_->text().trimmed();
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
  const bool known = std::any_of(all_.begin(), all_.end(), [&](const Prediction& p) { return p.index == index; });
  if (index < 0 || (!known && index >= int(labels.size()))) {
    complain(tr("There is no class \u201c%1\u201d.").arg(text));
    search_->selectAll();
    return;
  }
  search_->clear();
  complain({});
  Q_EMIT targetPicked(index);
}

}  // namespace unitscope
