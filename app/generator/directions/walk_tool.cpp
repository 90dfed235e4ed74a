#include "app/generator/directions/walk_tool.h"

#include <algorithm>

#include <QComboBox>
#include <QFormLayout>
#include <QJsonArray>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>

#include "app/availability.h"
#include "app/generator/directions/direction_facts.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/walk_player.h"
#include "app/generator/generator_stage.h"
#include "widgets/control_column.h"
#include "widgets/icons.h"

namespace unitscope {

WalkTool::WalkTool(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent)
    : DirectionTool(context, stage, list, parent), player_(new WalkPlayer(context, stage, this)) {
  QWidget* controls = makeControls();
  layBeside(this, controls, makePlayer(), {240, 320});
  connectAll();
  fillDirections();
}

QString WalkTool::kindNow() const {
  return kind_->currentData().toString();
}

bool WalkTool::walksInZ() const {
  const std::shared_ptr<Generator>& generator = stage().generator();
  if (!generator || !generator->plan().hasStyles()) return true;
  if (kindNow() == "along") {
    const int index = along_->currentIndex();
    return index >= 0 && index < list().count() && list().at(index).space == "z";
  }
  return space_->currentData().toString().startsWith(QLatin1Char('z'));
}

void WalkTool::connectAll() {
  for (QComboBox* box : {kind_, space_, along_})
    connect(box, &QComboBox::activated, this, [this] {
      if (along_->currentIndex() >= 0) alongName_ = along_->currentText();
      player_->stop();
      fillDirections();
      Q_EMIT stateChanged();
    });
  for (QSpinBox* box : {seconds_, radius_, speed_, seed_, endSeed_})
    connect(box, &QSpinBox::valueChanged, this, [this, box] {
      if (box == endSeed_) end_ = {};
      player_->stop();
      show();
      Q_EMIT stateChanged();
    });
  connect(pin_, &QPushButton::clicked, this, [this] {
    end_ = stage().scene();
    player_->stop();
    show();
  });
  connect(keepList_, &QListWidget::itemChanged, this, [this] {
    constantNames_.clear();
    for (int i = 0; i < keepList_->count(); ++i)
      if (keepList_->item(i)->checkState() == Qt::Checked) constantNames_ << keepList_->item(i)->text();
    player_->stop();
    show();
    Q_EMIT stateChanged();
  });
  connect(&list(), &DirectionList::changed, this, &WalkTool::fillDirections);
  connect(&context().document, &Document::modelChanged, this, [this] { end_ = {}; });
  connect(&stage(), &GeneratorStage::generatorChanged, this, &WalkTool::fillDirections);
  connect(&stage(), &GeneratorStage::sceneChanged, this, &WalkTool::show);
  connect(play_, &QPushButton::clicked, this, &WalkTool::playOrPause);
  connect(stop_, &QPushButton::clicked, player_, &WalkPlayer::stop);
  connect(keepFrame_, &QPushButton::clicked, player_, &WalkPlayer::keep);
  connect(position_, &QSlider::sliderPressed, player_, &WalkPlayer::pause);
  connect(position_, &QSlider::valueChanged, this, [this](int frame) {
    player_->pause();
    player_->seek(frame);
  });
  connect(player_, &WalkPlayer::changed, this, &WalkTool::showPlayer);
  connect(player_, &WalkPlayer::framesChanged, this, &WalkTool::framesChanged);
  connect(player_, &WalkPlayer::busyChanged, this, &DirectionTool::busyChanged);
}

void WalkTool::fillDirections() {
  const bool styles = stage().generator() && stage().generator()->plan().hasStyles();
  const QSignalBlocker quiet(keepList_), quietToo(along_);
  along_->clear();
  for (int i = 0; i < list().count(); ++i) along_->addItem(QString::fromStdString(list().at(i).name));
  along_->setCurrentIndex(std::max(0, along_->findText(alongName_)));
  if (along_->count() > 0 && alongName_.isEmpty()) alongName_ = along_->currentText();
  keepList_->clear();
  const bool inZ = walksInZ();
  for (int i = 0; i < list().count(); ++i) {
    const LatentDirection& direction = list().at(i);
    auto* item = new QListWidgetItem(QString::fromStdString(direction.name), keepList_);
    item->setFlags(Qt::ItemIsUserCheckable | Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    item->setCheckState(constantNames_.contains(item->text()) ? Qt::Checked : Qt::Unchecked);
    item->setToolTip(allFactsText(direction));
    QString reason;
    if (inZ != (direction.space == "z"))
      reason = inZ ? tr("The walk leads through z, and this is a direction of w")
                   : tr("The walk leads through w, and this is a direction of z");
    else if (direction.vector.shape.size() > 1 && direction.vector.shape.front() > 1)
      reason = tr("It differs from layer to layer, and the walk moves all alike");
    else if (stage().generator())
      reason = whyNotMovable(stage().generator()->plan(), inZ ? LatentSpace::Z : LatentSpace::WPlus, direction);
    if (!reason.isEmpty()) {
      item->setFlags(Qt::NoItemFlags);
      item->setCheckState(Qt::Unchecked);
      item->setToolTip(reason);
    }
  }
  space_->setVisible(styles);
  show();
}

QString WalkTool::whyNot() const {
  if (!stage().generator() || stage().scene().empty()) return tr("There is no sample to begin with");
  if (walksInZ() && stage().scene().sample.space != LatentSpace::Z)
    return tr("This sample has no z to walk through; choose w");
  if (kindNow() == "along") {
    const int index = along_->currentIndex();
    if (index < 0 || index >= list().count()) return tr("The list has no direction to walk along");
    const LatentDirection& direction = list().at(index);
    if (direction.vector.shape.size() > 1 && direction.vector.shape.front() > 1)
      return tr("This direction differs from layer to layer, and a walk moves all alike");
    return whyNotMovable(stage().generator()->plan(), stage().scene().sample.space, direction);
  }
  if (kindNow() == "between" && walksInZ() && !end_.empty() && end_.sample.space != LatentSpace::Z)
    return tr("The other sample has no z to walk through; choose w");
  return {};
}

void WalkTool::show() {
  const QString kind = kindNow();
  const bool styles = stage().generator() && stage().generator()->plan().hasStyles();
  const auto row = [this](QWidget* field, bool seen) {
    field->setVisible(seen);
    if (QWidget* label = form_->labelForField(field)) label->setVisible(seen);
  };
  row(space_, styles && kind != "along");
  row(along_, kind == "along");
  for (QWidget* field : {radius_, speed_, seed_}) row(field, kind == "random");
  row(endSeed_, kind == "between");
  row(pin_, kind == "between");
  keepTitle_->setVisible(kind == "random");
  keepList_->setVisible(kind == "random");
  endSeed_->setEnabled(true);
  pin_->setText(end_.empty() ? tr("Take the sample on stage") : tr("To %1").arg(end_.name));
  setAvailable(*pin_, stage().scene().empty() ? tr("There is no sample on stage") : QString());
  showPlayer();
}

void WalkTool::showPlayer() {
  const int count = int(player_->frames().size()), at = player_->current();
  const bool film = count > 0;
  play_->setText(player_->playing() ? tr("Pause") : film ? tr("Go on") : tr("Play"));
  play_->setIcon(player_->playing() ? QIcon() : themedIcon(QStringLiteral("play")));
  setAvailable(*play_, film ? QString() : player_->preparing() ? tr("The walk is being planned") : whyNot());
  const QString none = film ? QString() : tr("There is no film");
  setAvailable(*stop_, player_->preparing() ? QString() : none);
  setAvailable(*keepFrame_, film && at < 0 ? tr("No frame is there yet") : none);
  const QSignalBlocker quiet(position_);
  position_->setRange(0, std::max(0, count - 1));
  position_->setValue(std::max(0, at));
  setAvailable(*position_, none);
  if (film) {
    const int made = player_->madeCount();
    status_->setText(made < count ? tr("Frame %1 of %2, %3 made").arg(at + 1).arg(count).arg(made)
                                  : tr("Frame %1 of %2").arg(at + 1).arg(count));
  } else if (player_->preparing()) {
    status_->setText(tr("Planning\u2026"));
  } else if (!player_->failure().isEmpty()) {
    status_->setText(player_->failure());
  } else {
    const QString reason = whyNot();
    status_->setText(!reason.isEmpty() ? reason
                                       : tr("The film plays in place of the picture. Stop brings the sample back; a "
                                            "frame that is kept becomes it."));
  }
}

WalkPlan WalkTool::plan() const {
  WalkPlan plan;
  const QString kind = kindNow();
  plan.kind = kind == "along"     ? WalkPlan::Kind::Along
              : kind == "between" ? WalkPlan::Kind::Between
                                  : WalkPlan::Kind::Random;
  plan.frames = std::max(2, seconds_->value() * WalkPlayer::kRate);
  plan.throughZ = walksInZ();
  plan.radius = radius_->value() / 100.0;
  plan.step = speed_->value() / 100.0 / WalkPlayer::kRate;
  plan.seed = std::uint64_t(seed_->value());
  for (int i = 0; i < keepList_->count() && i < list().count(); ++i)
    if (keepList_->item(i)->checkState() == Qt::Checked) plan.keep.push_back(list().at(i));
  if (plan.kind == WalkPlan::Kind::Along && along_->currentIndex() >= 0 && along_->currentIndex() < list().count())
    plan.along = list().at(along_->currentIndex());
  if (plan.kind == WalkPlan::Kind::Between && stage().generator()) {
    plan.end = end_.empty() ? stage().seeded(quint64(endSeed_->value())) : end_;
    plan.spherical =
        space_->isVisibleTo(this) ? space_->currentData().toString().endsWith(QLatin1Char('s')) : plan.throughZ;
  }
  return plan;
}

void WalkTool::playOrPause() {
  if (player_->playing())
    player_->pause();
  else if (!player_->frames().empty())
    player_->play();
  else
    player_->start(plan());
}

void WalkTool::setActive(bool active) {
  player_->setActive(active);
}

bool WalkTool::busy() const {
  return player_->busy();
}

std::vector<GeneratorScene> WalkTool::frames() const {
  return player_->frames();
}

QJsonObject WalkTool::saveState() const {
  return {{"kind", kindNow()},          {"space", space_->currentData().toString()},
          {"along", alongName_},        {"seconds", seconds_->value()},
          {"radius", radius_->value()}, {"speed", speed_->value()},
          {"seed", seed_->value()},     {"endSeed", endSeed_->value()},
          {"end", toJson(end_)},        {"constant", QJsonArray::fromStringList(constantNames_)}};
}

void WalkTool::restoreState(const QJsonObject& state) {
  if (state.isEmpty()) return;
  kind_->setCurrentIndex(std::max(0, kind_->findData(state["kind"].toString())));
  space_->setCurrentIndex(std::max(0, space_->findData(state["space"].toString())));
  alongName_ = state["along"].toString();
  seconds_->setValue(state["seconds"].toInt(seconds_->value()));
  radius_->setValue(state["radius"].toInt(radius_->value()));
  speed_->setValue(state["speed"].toInt(speed_->value()));
  seed_->setValue(state["seed"].toInt());
  endSeed_->setValue(state["endSeed"].toInt(endSeed_->value()));
  end_ = sceneFromJson(state["end"].toObject());
  constantNames_.clear();
  for (const QJsonValue& name : state["constant"].toArray()) constantNames_ << name.toString();
  fillDirections();
}

}  // namespace unitscope
