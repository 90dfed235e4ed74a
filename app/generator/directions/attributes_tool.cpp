#include "app/generator/directions/attributes_tool.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QTreeWidget>

#include "app/availability.h"
#include "app/generator/directions/attribute_choice.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/layers_edit.h"
#include "app/generator/generator_stage.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

namespace unitscope {
namespace {

const QString kPane = QStringLiteral("generator/directions/train");
constexpr int kKey = Qt::UserRole;

}  // namespace

QTreeWidgetItem* AttributesTool::itemOf(const QString& attribute) const {
  for (int g = 0; g < tree_->topLevelItemCount(); ++g) {
    QTreeWidgetItem* group = tree_->topLevelItem(g);
    for (int i = 0; i < group->childCount(); ++i)
      if (group->child(i)->data(Name, kKey).toString() == attribute) return group->child(i);
  }
  return nullptr;
}

void AttributesTool::setActive(bool active) {
  if (active) choice_.fetch();
}

void AttributesTool::fill() {
  filling_ = true;
  // Built anew only where there are others: what is checked changes far more often.
  int have = 0;
  for (int g = 0; g < tree_->topLevelItemCount(); ++g) have += tree_->topLevelItem(g)->childCount();
  bool same = have == int(choice_.known().size());
  for (const PictureAttribute& one : choice_.known())
    same = same && itemOf(QString::fromStdString(textOf(one))) != nullptr;
  if (!same) {
    tree_->clear();
    QHash<QString, QTreeWidgetItem*> groups;
    for (const PictureAttribute& one : choice_.known()) {
      const QString group = groupOf(one);
      if (!groups.contains(group)) {
        auto* head = new QTreeWidgetItem(tree_, {group});
        head->setFlags(Qt::ItemIsEnabled);
        head->setFirstColumnSpanned(true);
        // Else the boxes are cut; all rows are as high as the first.
        head->setSizeHint(Name, QSize(0, int(fontMetrics().height() * 1.5)));
        // The scores before the sigmoid are for those who know why.
        head->setExpanded(one.kind != PictureAttribute::Kind::ClassScore);
        groups.insert(group, head);
      }
      auto* item = new QTreeWidgetItem(groups[group], {shortTitleOf(one)});
      item->setData(Name, kKey, QString::fromStdString(textOf(one)));
      item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
      item->setToolTip(Name, tr("%1 (%2)").arg(titleOf(one), QString::fromStdString(textOf(one))));
      item->setToolTip(Learn, tr("Train a direction for it"));
      item->setToolTip(Constant, tr("The other directions leave it alone: its boundary is projected out"));
    }
  }
  for (const PictureAttribute& one : choice_.known()) {
    QTreeWidgetItem* item = itemOf(QString::fromStdString(textOf(one)));
    item->setCheckState(Learn, choice_.isChosen(one) ? Qt::Checked : Qt::Unchecked);
    item->setCheckState(Constant, choice_.isConstant(one) ? Qt::Checked : Qt::Unchecked);
    item->setText(Accuracy, {});
    item->setToolTip(Accuracy, {});
    if (!result_) continue;
    for (const AttributeBoundary& boundary : result_->boundaries) {
      if (!(boundary.attribute == one)) continue;
      const double right = boundary.boundary.validationAccuracy;
      item->setText(Accuracy, !boundary.failure.empty() ? tr("none")
                              : std::isfinite(right)    ? tr("%1 %").arg(QLocale().toString(100.0 * right, 'f', 1))
                                                        : QStringLiteral("\u2013"));
      item->setToolTip(Accuracy, boundary.failure.empty() ? tr("Of new extreme samples that the boundary sorts right")
                                                          : QString::fromStdString(boundary.failure));
    }
  }
  filling_ = false;
  filterItems();
  show();
}

void AttributesTool::filterItems() {
  const QString wanted = filter_->text().trimmed();
  for (int g = 0; g < tree_->topLevelItemCount(); ++g) {
    QTreeWidgetItem* group = tree_->topLevelItem(g);
    int seen = 0;
    for (int i = 0; i < group->childCount(); ++i) {
      QTreeWidgetItem* item = group->child(i);
      const bool hit = wanted.isEmpty() || item->text(Name).contains(wanted, Qt::CaseInsensitive) ||
                       item->data(Name, kKey).toString().contains(wanted, Qt::CaseInsensitive);
      item->setHidden(!hit);
      seen += hit ? 1 : 0;
    }
    group->setHidden(seen == 0);
    if (!wanted.isEmpty()) group->setExpanded(true);
  }
}

void AttributesTool::show() {
  QString reason;
  if (!stage().generator())
    reason = tr("There is no generator");
  else if (!canFitBoundaries())
    reason = tr("This build has no LIBLINEAR, which trains boundaries");
  else if (choice_.fetching())
    reason = tr("The networks that judge the pictures are being opened");
  else if (!choice_.reason().isEmpty())
    reason = choice_.reason();
  else if (choice_.chosen().empty())
    reason = tr("Tick attributes in the column \u201cLearn\u201d first");
  else if (!layers_->reason().isEmpty())
    reason = layers_->reason();
  const int count = int(choice_.chosen().size());
  start_->setText(running_     ? tr("Stop")
                  : count == 0 ? tr("Train directions")
                  : count == 1 ? tr("Train 1 direction")
                               : tr("Train %1 directions").arg(count));
  start_->setIcon(themedIcon(running_ ? QStringLiteral("cancel") : QStringLiteral("play")));
  setAvailable(*start_, running_ ? QString() : reason);
  if (!running_ && !result_)
    summary_->setText(!reason.isEmpty() ? reason
                                        : tr("Samples are drawn and judged; a boundary between those with most and "
                                             "least of an attribute becomes a direction."));
  showFiles();
}

void AttributesTool::run() {
  BoundaryQuestion asked;
  asked.attributes = choice_.chosen();
  asked.conditionOn = choice_.constant();
  asked.samples = samples_->value();
  asked.layers = layers_->layers();
  const SynthesisQuestion& sample = stage().scene().sample;
  asked.classes = sample.classes;
  if (sample.space == LatentSpace::Z) asked.truncation = sample.truncation;
  running_ = true;
  summary_->setText(tr("Drawing and judging samples\u2026"));
  show();
  const ComputeSettings compute = context().settings.compute();
  askInBackground<BoundariesPtr>(
      tr("Boundaries of %1 attributes").arg(asked.attributes.size()), kPane,
      [asked, files = choice_.files(), compute](Generator& generator, const Progress& progress,
                                                const CancelToken& cancel) -> BoundariesPtr {
        BoundaryQuestion question = asked;
        question.models = openAttributeModels(files, compute, cancel);
        return std::make_shared<const AttributeBoundaries>(attributeBoundaries(generator, question, progress, cancel));
      },
      [this](const BoundariesPtr& found) {
        running_ = false;
        result_ = found;
        take(*found);
        fill();
        Q_EMIT resultChanged();
        Q_EMIT busyChanged();
      },
      [this](const Problem& problem) {
        running_ = false;
        show();
        summary_->setText(problem.cancelled ? tr("Stopped") : problem.reason);
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void AttributesTool::take(const AttributeBoundaries& found) {
  std::vector<LatentDirection> directions;
  QStringList failed;
  for (std::size_t k = 0; k < std::min(found.asked, found.boundaries.size()); ++k) {
    const AttributeBoundary& one = found.boundaries[k];
    if (!one.failure.empty()) {
      failed << titleOf(one.attribute);
      continue;
    }
    directions.push_back(one.direction);
    directions.back().name = titleOf(one.attribute).toStdString();
  }
  const int first = list().add(tr("Train directions"), directions, true);
  QString text =
      directions.empty()
          ? tr("No direction was found.")
          : tr("Directions: %1, from %2 samples, in %3 s.")
                .arg(directions.size())
                .arg(QLocale().toString(qlonglong(found.scores.shape.empty() ? 0 : found.scores.shape.front())))
                .arg(QLocale().toString(found.seconds, 'f', 1));
  if (!failed.isEmpty())
    text += QLatin1Char(' ') + tr("Nothing to learn from for: %1 (their tooltips say why).").arg(failed.join(", "));
  if (first < 0 && !directions.empty()) text = tr("The list is full: it takes %1 directions").arg(DirectionList::kMost);
  summary_->setText(text);
  if (first >= 0) Q_EMIT directionWanted(first);
}

QJsonObject AttributesTool::saveState() const {
  return {{"choice", choice_.saveState()}, {"samples", samples_->value()}, {"layers", layers_->text()}};
}

void AttributesTool::restoreState(const QJsonObject& state) {
  if (state.isEmpty()) return;
  choice_.restoreState(state["choice"].toObject());
  samples_->setValue(state["samples"].toInt(samples_->value()));
  layers_->setText(state["layers"].toString());
}

}  // namespace unitscope
