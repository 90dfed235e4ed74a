#include "app/activations/groups_view.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSlider>
#include <QVBoxLayout>

#include "app/activations/feature_pictures.h"
#include "app/activations/group_overlay.h"
#include "app/activations/picture_board.h"
#include "app/activations/place_canvas.h"
#include "app/activations/steps_box.h"
#include "app/activations/unit_thumbnails.h"
#include "app/availability.h"
#include "widgets/bar_list.h"
#include "widgets/heat_legend.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kGroupPicture = 56, kUnitPicture = 40;
constexpr int kUnitsListed = 12;
constexpr int kExportSide = 1024;

QString percent(double share) {
  return QStringLiteral("%1 %").arg(100.0 * share, 0, 'f', 1);
}

}  // namespace

GroupsView::GroupsView(const Context& context, QObject* parent)
    : ActivationsView(context, parent),
      features_(new FeaturePictures(context, QStringLiteral("activations/group-features"), this)) {
  panel_ = new QWidget;
  auto* column = new QVBoxLayout(panel_);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  auto* line = new QHBoxLayout;
  count_ = new QLabel;
  slider_ = new QSlider(Qt::Horizontal);
  slider_->setRange(ActivationsState::kFewestGroups, ActivationsState::kMostGroups);
  slider_->setPageStep(2);
  slider_->setAccessibleName(tr("Number of groups"));
  slider_->setToolTip(tr("How many groups the activations are taken apart into (non-negative factors)"));
  count_->setBuddy(slider_);
  count_->setMinimumWidth(count_->fontMetrics().horizontalAdvance(tr("%1 groups").arg(16)) + 4);
  line->addWidget(count_);
  line->addWidget(slider_, 1);
  steps_ = new StepsBox;
  groups_ = new BarList(tr("Groups"));
  groups_->setPictureSize(kGroupPicture);
  groups_->setToolTip(
      tr("Upper bar: share in the activation. Lower bar: part in the class's score. "
         "A click shows the group alone."));
  groups_->setEmptyText(tr("The groups are on their way."));
  summary_ = new QLabel;
  summary_->setWordWrap(true);
  summary_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  all_ = new QPushButton(tr("Show all groups"));
  unitsHeading_ = new QLabel(tr("Pick a group to see its units."));
  unitsHeading_->setWordWrap(true);
  units_ = new BarList(tr("Strongest units of the group"));
  units_->setPictureSize(kUnitPicture);
  column->addLayout(line);
  column->addWidget(steps_);
  column->addWidget(groups_, 3);
  column->addWidget(all_);
  column->addWidget(summary_);
  column->addWidget(unitsHeading_);
  column->addWidget(units_, 2);

  board_ = new PictureBoard;
  page_ = board_;

  connect(slider_, &QSlider::valueChanged, this, [this](int groups) {
    Q_EMIT edited(tr("Number of groups"), {{"groups", groups}}, QStringLiteral("groups"));
  });
  connect(steps_, &StepsBox::picked, this, [this](int steps) {
    Q_EMIT edited(tr("Care taken with pictures"), {{"steps", steps}}, {});
  });
  connect(groups_, &BarList::picked, this, &GroupsView::pick);
  connect(all_, &QPushButton::clicked, this, [this] { pick(-1); });
  connect(units_, &BarList::picked, this, &ActivationsView::unitPicked);
  connect(units_, &BarList::opened, this, &ActivationsView::unitOpened);
  connect(board_, &PictureBoard::picked, this, &ActivationsView::placePicked);
  connect(board_, &PictureBoard::released, this, &ActivationsView::placeReleased);
  connect(board_, &PictureBoard::pointed, this, [this](int picture, QPoint cell) {
    for (int i = 0; i < board_->count(); ++i) board_->canvas(i)->setPointed(i == picture ? cell : QPoint(-1, -1));
  });
  connect(board_, &PictureBoard::left, this, [this] {
    for (int i = 0; i < board_->count(); ++i) board_->canvas(i)->setPointed({-1, -1});
  });
  connect(features_, &FeaturePictures::changed, this, [this](int group, const QImage& picture, bool) {
    if (std::size_t(group) >= pictures_.size()) return;
    pictures_[std::size_t(group)] = picture;
    groups_->setPicture(group, picture);
  });
  connect(features_, &FeaturePictures::busyChanged, this, &ActivationsView::busyChanged);
}

bool GroupsView::busy() const {
  return grouping_ || features_->busy();
}

void GroupsView::takeState() {
  const QSignalBlocker quiet(slider_);
  slider_->setValue(state().groups);
  count_->setText(tr("%1 groups").arg(state().groups));
  steps_->choose(state().steps);
  board_->setOpacity(std::min(1.0, state().opacity / 100.0 + 0.15));
}

void GroupsView::sleep() {
  if (features_->busy()) {
    features_->stop();
    featuresWanted_ = true;  // goes on when one comes back
  }
}

void GroupsView::refresh() {
  const Shown& now = shown();
  const bool newScene = board_->scene() != now.scene;
  board_->setScene(now.scene, now.picture);
  for (int i = 0; i < board_->count(); ++i) board_->canvas(i)->setPinned(i == now.picture ? now.place : QPoint(-1, -1));
  const int units = now.scene ? int(std::min<std::int64_t>(now.scene->maps.units(), 1'000'000)) : 0;
  const Asked wanted{now.scene, now.picture, now.target, std::min(state().groups, units)};
  if (!now.scene || now.picture < 0 || units < ActivationsState::kFewestGroups) {
    features_->stop();
    engine().cancelPane(QStringLiteral("activations/groups"));
    asked_ = {};
    found_.reset();
    grouping_ = false;
    groups_->setEmptyText(now.scene ? tr("A layer with a single unit has no groups.")
                                    : tr("The groups are on their way."));
    showGroups();
  } else if (wanted != asked_) {
    asked_ = wanted;
    if (newScene) found_.reset();
    groups_->setEmptyText(tr("The groups are on their way."));
    ask();
    showGroups();
  } else if (found_ && (featuresWanted_ || featureSteps_ != state().steps)) {
    askFeatures();
  }
  units_->mark(now.unit);
}

void GroupsView::ask() {
  GroupsQuestion question;
  question.layer = asked_.scene->layer.toStdString();
  question.groups = asked_.groups;
  question.target = asked_.target;
  // The current picture comes first: the class is the first choice for it.
  question.inputs.push_back(asked_.scene->inputs[std::size_t(asked_.picture)]);
  for (std::size_t i = 0; i < asked_.scene->inputs.size(); ++i)
    if (int(i) != asked_.picture) question.inputs.push_back(asked_.scene->inputs[i]);
  features_->stop();
  grouping_ = true;
  engine().ask<Found>(
      tr("Groups of %1").arg(asked_.scene->layer), QStringLiteral("activations/groups"),
      [question, model = asked_.scene->model.model, at = std::size_t(asked_.picture)](
          const Progress& progress, const CancelToken& cancel) -> Found {
        auto found = std::make_shared<ChannelGroups>(groupChannels(*model, question, progress, cancel));
        // Back to the order of the scene.
        const auto back = [at](auto& list) {
          if (at < list.size()) std::rotate(list.begin(), list.begin() + 1, list.begin() + std::ptrdiff_t(at) + 1);
        };
        back(found->maps);
        back(found->contributions);
        return found;
      },
      this,
      [this, asked = asked_](const Found& found) {
        if (asked != asked_) return;
        grouping_ = false;
        found_ = found;
        pictures_.assign(found->shares.size(), QImage());
        if (picked_ >= int(found->shares.size())) picked_ = -1;
        showGroups();
        featuresWanted_ = true;
        if (active()) askFeatures();
        Q_EMIT busyChanged();
        Q_EMIT outputsChanged();
      },
      [this, asked = asked_](const Problem& problem) {
        if (asked != asked_) return;
        grouping_ = false;
        found_.reset();
        groups_->setEmptyText(problem.cancelled ? tr("Stopped.") : problem.reason);
        showGroups();
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void GroupsView::askFeatures() {
  featuresWanted_ = false;
  featureSteps_ = state().steps;
  const std::int64_t units = found_->directions.shape.at(1);
  std::vector<FeatureGoal> goals;
  for (std::size_t group = 0; group < found_->shares.size(); ++group) {
    FeatureGoal goal;
    goal.kind = FeatureGoal::Kind::Direction;
    goal.layer = found_->layer;
    const auto from = found_->directions.values.begin() + std::ptrdiff_t(group) * units;
    goal.vector = {{units}, {from, from + units}};
    goals.push_back(std::move(goal));
  }
  features_->ask(tr("What the groups look for"), asked_.scene->model, goals, state().steps);
}

void GroupsView::pick(int group) {
  picked_ = group;
  groups_->mark(group);
  showOverlays();
  showUnits();
  setAvailable(*all_, picked_ >= 0 ? QString() : tr("All groups are shown"));
}

void GroupsView::showGroups() {
  QVector<BarRow> rows;
  if (found_) {
    const GroupContributions* parts = asked_.picture >= 0 && std::size_t(asked_.picture) < found_->contributions.size()
                                          ? &found_->contributions[std::size_t(asked_.picture)]
                                          : nullptr;
    double share = 0.0, part = 0.0;
    for (const double one : found_->shares) share = std::max(share, one);
    if (parts)
      for (const double one : parts->groups) part = std::max(part, std::abs(one));
    for (std::size_t i = 0; i < found_->shares.size(); ++i) {
      BarRow row;
      row.id = int(i);
      row.chip = colorOfGroup(int(i));
      row.title = tr("Group %1").arg(i + 1);
      row.detail = percent(found_->shares[i]);
      row.bars = {share > 0 ? found_->shares[i] / share : 0.0};
      row.help = tr("%1 of what the groups hold").arg(row.detail);
      if (parts && i < parts->groups.size()) {
        row.bars << (part > 0 ? parts->groups[i] / part : 0.0);
        row.detail += QStringLiteral(", ") + HeatLegend::numberText(parts->groups[i], 2);
        row.help += tr("; %1 of the score of %2 (gradient x activation)")
                        .arg(HeatLegend::numberText(parts->groups[i]), QString::fromStdString(found_->targetLabel));
      }
      if (i < pictures_.size()) row.picture = pictures_[i];
      rows.append(row);
    }
  }
  groups_->setRows(rows);
  pick(found_ ? picked_ : -1);
  showSummary();
}

void GroupsView::showSummary() {
  if (!found_) {
    summary_->clear();
    return;
  }
  QString text = tr("The groups hold %1 of the activation.").arg(percent(found_->explained));
  if (found_->negative > 0.005) text += tr(" %1 of it was negative and left out.").arg(percent(found_->negative));
  if (std::size_t(asked_.picture) < found_->contributions.size()) {
    const GroupContributions& parts = found_->contributions[std::size_t(asked_.picture)];
    text += tr(" Score of %1: %2; the groups' parts add up to %3, the rest is %4.")
                .arg(QString::fromStdString(found_->targetLabel), HeatLegend::numberText(parts.score),
                     HeatLegend::numberText(parts.total - parts.rest), HeatLegend::numberText(parts.rest));
  }
  summary_->setText(text);
}

void GroupsView::showOverlays() {
  std::vector<QImage> overlays;
  if (found_)
    for (const Array& maps : found_->maps) overlays.push_back(groupTint(maps, picked_));
  board_->setOverlays(overlays);
}

void GroupsView::showUnits() {
  QVector<BarRow> rows;
  if (found_ && picked_ >= 0 && asked_.scene) {
    const auto units = std::size_t(found_->directions.shape.at(1));
    const float* direction = found_->directions.values.data() + std::size_t(picked_) * units;
    std::vector<int> order(units);
    std::iota(order.begin(), order.end(), 0);
    const auto listed = std::min<std::size_t>(kUnitsListed, units);
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(listed), order.end(),
                      [direction](int a, int b) { return direction[a] > direction[b]; });
    for (std::size_t i = 0; i < listed && direction[order[i]] > 0; ++i) {
      const int unit = order[i];
      BarRow row;
      row.id = unit;
      row.title = tr("unit %1").arg(unit);
      row.detail = HeatLegend::numberText(direction[unit]);
      row.bars = {double(direction[unit]) / double(direction[order[0]])};
      row.help = tr("Weight in the group's direction. Double click opens the unit's page.");
      rows.append(row);
    }
  }
  unitsHeading_->setText(picked_ >= 0 ? tr("Strongest units of group %1").arg(picked_ + 1)
                                      : tr("Pick a group to see its units."));
  units_->setVisible(picked_ >= 0);
  units_->setRows(rows);
  units_->mark(shown().unit);
  std::vector<int> listed;
  for (const BarRow& row : rows) listed.push_back(row.id);
  if (asked_.scene) addUnitMaps(*units_, asked_.scene, asked_.picture, listed);
}

QImage GroupsView::picture() const {
  if (!found_) return {};
  // With the legend below, as a figure needs it.
  const QImage board = board_->rendered(kExportSide);
  if (board.isNull()) return {};
  const int groups = int(found_->shares.size());
  const int columns = std::min(groups, 8), cell = board.width() / columns, line = 20;
  const int rows = (groups + columns - 1) / columns;
  QImage figure(board.width(), board.height() + rows * (cell + line), QImage::Format_RGB32);
  figure.fill(Qt::white);
  QPainter painter(&figure);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(0, 0, board);
  for (int i = 0; i < groups; ++i) {
    const QRect room(i % columns * cell, board.height() + i / columns * (cell + line), cell, cell);
    painter.fillRect(room.adjusted(2, 2, -2, -2), colorOfGroup(i));
    if (!pictures_[std::size_t(i)].isNull()) painter.drawImage(room.adjusted(7, 7, -7, -7), pictures_[std::size_t(i)]);
    painter.drawText(QRect(room.left(), room.bottom(), cell, line), Qt::AlignCenter,
                     tr("%1: %2").arg(i + 1).arg(percent(found_->shares[std::size_t(i)])));
  }
  return figure;
}

QString GroupsView::numbers() const {
  if (!found_) return {};
  const std::int64_t units = found_->directions.shape.at(1);
  QString csv = QStringLiteral("group,share,part");
  for (std::int64_t unit = 0; unit < units; ++unit) csv += QStringLiteral(",unit%1").arg(unit);
  csv += QLatin1Char('\n');
  for (std::size_t i = 0; i < found_->shares.size(); ++i) {
    csv += QStringLiteral("%1,%2,").arg(i + 1).arg(found_->shares[i], 0, 'g', 9);
    if (std::size_t(asked_.picture) < found_->contributions.size())
      csv += QString::number(found_->contributions[std::size_t(asked_.picture)].groups.at(i), 'g', 9);
    for (std::int64_t unit = 0; unit < units; ++unit)
      csv += QStringLiteral(",%1").arg(double(found_->directions.values[i * std::size_t(units) + std::size_t(unit)]), 0,
                                       'g', 6);
    csv += QLatin1Char('\n');
  }
  return csv;
}

QStringList GroupsView::command() const {
  return {QStringLiteral("activations"), QStringLiteral("--nmf"), QString::number(state().groups)};
}

}  // namespace unitscope
