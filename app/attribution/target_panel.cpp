#include "app/attribution/target_panel.h"

#include <algorithm>

#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/attribution/class_search.h"
#include "app/attribution/score_panel.h"
#include "app/availability.h"
#include "app/document.h"
#include "widgets/elided_label.h"
#include "widgets/top_chart.h"

namespace unitscope {

namespace {

constexpr std::size_t kBars = 6;

bool aboutClass(const ScoreChoice& choice) {
  return choice.kind != ScoreChoice::Kind::Unit && choice.kind != ScoreChoice::Kind::Resemblance;
}

}  // namespace

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
  explained_->setTextFormat(Qt::PlainText);
  column->addWidget(explained_);
  search_ =
      new ClassSearch(document_, tr("Explain another class\u2026"), tr("Name or number of a class; Enter explains it"));
  search_->edit()->setAccessibleName(tr("Class to explain"));
  column->addWidget(search_);
  first_ = new QPushButton(tr("Explain the first choice"));
  first_->setToolTip(tr("Explain, for each picture, the class that the network finds most likely"));
  column->addWidget(first_);
  score_ = new ScorePanel(document_);
  column->addWidget(score_);
  connect(chart_, &TopChart::picked, this, &TargetPanel::targetPicked);
  connect(chart_, &TopChart::menuRequested, this, &TargetPanel::showMenu);
  connect(first_, &QPushButton::clicked, this, [this] { Q_EMIT targetPicked(-1); });
  connect(search_, &ClassSearch::classFound, this, &TargetPanel::targetPicked);
  connect(score_, &ScorePanel::chosen, this, &TargetPanel::scoreChosen);
  show();
}

QLineEdit* TargetPanel::search() const {
  return search_->edit();
}

QString TargetPanel::explained() const {
  return explained_->text();
}

void TargetPanel::setPredictions(const QString& name, const std::vector<Prediction>& all) {
  name_ = name;
  all_ = all;
  search_->setClassCount(int(all_.size()));
  score_->setClassCount(int(all_.size()));
  show();
}

void TargetPanel::setTarget(int target) {
  target_ = target;
  show();
}

void TargetPanel::setScore(const ScoreChoice& choice) {
  choice_ = choice;
  show();
}

int TargetPanel::target() const {
  return target_ >= 0 ? target_ : all_.empty() ? -1 : int(all_.front().index);
}

QString TargetPanel::explanation() const {
  const int explained = target();
  const bool waits = aboutClass(choice_) && explained < 0;
  if (name_.isEmpty()) return tr("No picture yet.");
  if (waits) return tr("Looking at the picture\u2026");
  const QString missing = whatIsMissing(choice_, document_, explained);
  if (!missing.isEmpty()) {
    return explained < 0 ? tr("%1.").arg(missing)
                         : tr("%1. Explained for now: %2").arg(missing, document_.label(explained));
  }
  const QString what = scoreText(choice_, document_, explained);
  return target_ < 0 && aboutClass(choice_) ? tr("Explained: the first choice, %1").arg(what)
                                            : tr("Explained: %1").arg(what);
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
  const bool other = !aboutClass(choice_) && whatIsMissing(choice_, document_, target()).isEmpty();
  chart_->setChosen(other ? -1 : target());
  explained_->setText(explanation());
  score_->show(choice_, target());
  setAvailable(*first_, target_ < 0 && !other ? tr("The network's first choice is explained already") : QString());
  setAvailable(*search_->edit(), document_.hasModel() ? QString() : tr("Open a network first"));
}

void TargetPanel::showMenu(int id, QPoint at) {
  const int explained = target();
  QMenu menu(this);
  menu.setToolTipsVisible(true);
  connect(menu.addAction(tr("&Explain %1").arg(document_.label(id))), &QAction::triggered, this,
          [this, id] { Q_EMIT targetPicked(id); });
  QAction* rather = menu.addAction(
      tr("&Why %1 rather than %2?")
          .arg(explained < 0 ? tr("the first choice") : document_.label(explained), document_.label(id)));
  setAvailable(*rather, id == explained
                            ? tr("This is the class that is explained: choose another one to compare it with")
                            : QString());
  connect(rather, &QAction::triggered, this, [this, id] {
    ScoreChoice next = choice_;
    next.kind = ScoreChoice::Kind::Difference;
    next.against = id;
    Q_EMIT scoreChosen(next, {});
  });
  menu.exec(at);
}

}  // namespace unitscope
