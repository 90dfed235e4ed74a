#include "app/neurons/purpose_part.h"

#include <algorithm>
#include <cmath>

#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/engine_bridge.h"
#include "app/neurons/bar_rows.h"
#include "widgets/bar_list.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

const QString kPane = QStringLiteral("neurons/effect");
constexpr int kPictures = 200;
constexpr quint64 kSeed = 4;  // others than those that the examples were chosen from
constexpr qsizetype kMostRows = 12;

QString points(double before, double after) {
  return QStringLiteral("%1 % \u2192 %2 %")
      .arg(QLocale().toString(100 * before, 'f', 1), QLocale().toString(100 * after, 'f', 1));
}

}  // namespace

PurposePart::PurposePart(const Context& context, QWidget* parent)
    : PagePart(tr("What it is for"),
               tr("How far each class's score drops on the pictures that show it when the unit is off"), parent),
      context_(context),
      list_(new BarList(tr("Drop of each class's score without the unit"))) {
  auto* row = new QHBoxLayout;
  measure_ = new QPushButton(themedIcon(QStringLiteral("chart")), tr("Measure without it"));
  measure_->setToolTip(tr("Over %1 pictures of the data, in the background").arg(kPictures));
  measureAll_ = new QPushButton(tr("With all switches"));
  measureAll_->setToolTip(tr("The same with every unit that is switched now, as it is switched"));
  row->addWidget(measure_);
  row->addWidget(measureAll_);
  row->addStretch(1);
  column()->addLayout(row);
  list_->setSelectionMode(QAbstractItemView::NoSelection);
  list_->setPictureSize(0);
  column()->addWidget(list_);
  connect(measure_, &QPushButton::clicked, this, [this] { measure(false); });
  connect(measureAll_, &QPushButton::clicked, this, [this] { measure(true); });
  connect(&context_.document, &Document::modelChanged, this, &PurposePart::forget);
  connect(&context_.document, &Document::cardChanged, this, &PurposePart::forget);
  showFound();
}

void PurposePart::forget() {
  ++round_;
  measuring_ = false;
  context_.engine.cancelPane(kPane);
  found_.clear();
  shown_.clear();
  address_ = {};
  showFound();
}

void PurposePart::showUnit(const UnitAddress& address) {
  if (address == address_) return;
  address_ = address;
  shown_ = keyOf(false);
  showFound();
}

void PurposePart::setScales(const QVector<UnitScale>& scales) {
  scales_ = scales;
  showFound();
}

void PurposePart::setData(const QString& data) {
  if (data == data_) return;
  data_ = data;
  shown_ = keyOf(false);
  showFound();
}

QString PurposePart::keyOf(bool switched) const {
  NeuronsState named;
  if (switched) named.scales = scales_;
  if (!switched) named.scales = {{address_.layer, address_.unit, 0.0}};
  return data_ + QLatin1Char('\n') +
         QString::fromUtf8(QJsonDocument(named.toJson()["scales"].toArray()).toJson(QJsonDocument::Compact));
}

void PurposePart::measure(bool switched) {
  if (measuring_ || address_.unit < 0) return;
  Ablation ablation;
  if (switched) {
    for (const UnitScale& one : scales_)
      ablation.changes.push_back({one.layer.toStdString(), {one.unit}, UnitSwitch::Kind::Scale, one.factor});
  } else {
    ablation.changes.push_back({address_.layer.toStdString(), {address_.unit}, UnitSwitch::Kind::Scale, 0.0});
  }
  EffectQuestion question;
  question.data = data_.toStdString();
  question.count = kPictures;
  question.seed = kSeed;
  question.ablations = {ablation};
  const BackgroundModel model{context_.document.model(), context_.document.card(), context_.settings.compute()};
  measuring_ = true;
  shown_ = keyOf(switched);
  context_.engine.askInBackground<std::shared_ptr<const UnitEffects>>(
      tr("What unit %1 is for").arg(address_.unit), kPane, model,
      [question](Model& copy, const Progress& progress, const CancelToken& cancel) {
        return std::shared_ptr<const UnitEffects>(
            std::make_shared<UnitEffects>(measureEffects(copy, question, progress, cancel)));
      },
      this,
      [this, round = round_, key = shown_](const std::shared_ptr<const UnitEffects>& found) {
        if (round != round_) return;
        measuring_ = false;
        found_[key] = found;
        showFound();
      },
      [this, round = round_](const Problem&) {
        if (round != round_) return;
        measuring_ = false;
        showFound();
      });
  showFound();
}

void PurposePart::showFound() {
  const auto found = found_.find(shown_);
  const bool known = found != found_.end() && !found->second->ablations.empty();
  setAvailable(*measure_, measuring_ ? tr("It is being measured") : QString());
  setAvailable(*measureAll_, measuring_ ? tr("It is being measured") : QString());
  measureAll_->setVisible(!scales_.isEmpty());
  list_->setVisible(known);
  if (!known)
    return say(measuring_ ? tr("Measuring\u2026")
                          : tr("Shows pictures to the network with the unit on and off, and compares class by class."));
  const UnitEffect& effect = found->second->ablations.front();
  double most = 1e-9;
  for (const ClassEffect& one : effect.classes)
    if (std::isfinite(one.drop())) most = std::max(most, std::abs(one.drop()));
  QVector<BarRow> rows;
  for (const ClassEffect& one : effect.classes) {
    if (!std::isfinite(one.drop())) continue;
    if (rows.size() == kMostRows) break;
    BarRow row;
    row.id = int(one.index);
    row.title = QString::fromStdString(one.label);
    row.detail = QLocale().toString(-one.drop(), 'f', 2);
    row.bars = {-one.drop() / most};
    row.help = tr("Mean score %1, then %2, over %3 pictures")
                   .arg(one.score, 0, 'f', 2)
                   .arg(one.scoreAfter, 0, 'f', 2)
                   .arg(one.shown);
    if (std::isfinite(one.accuracy) && !found->second->multiLabel)
      row.help += tr("\nAccuracy %1").arg(points(one.accuracy, one.accuracyAfter));
    if (std::isfinite(one.averagePrecision))
      row.help += tr("\nAverage precision %1").arg(points(one.averagePrecision, one.averagePrecisionAfter));
    rows << row;
  }
  list_->setRows(rows);
  fitToRows(*list_);
  QString text = tr("%1 pictures. ").arg(found->second->pictures);
  if (std::isfinite(effect.accuracy)) text += tr("Accuracy %1. ").arg(points(effect.accuracy, effect.accuracyAfter));
  if (std::isfinite(effect.meanAveragePrecision))
    text +=
        tr("Mean average precision %1. ").arg(points(effect.meanAveragePrecision, effect.meanAveragePrecisionAfter));
  say(text + tr("Change of each class's score, the largest drop first:"));
}

}  // namespace unitscope
