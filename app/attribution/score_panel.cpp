#include "app/attribution/score_panel.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include "app/attribution/class_search.h"
#include "app/availability.h"
#include "graph/layers.h"
#include "widgets/region_picker.h"

namespace unitscope {

namespace {

using Kind = ScoreChoice::Kind;
constexpr int kMostChannels = 1000000;

QComboBox* narrowBox(const QString& name, const QString& help) {
  auto* box = new QComboBox;
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(8);
  box->setAccessibleName(name);
  box->setToolTip(help);
  return box;
}

}  // namespace

ScorePanel::ScorePanel(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  kind_ = narrowBox(tr("Question"), tr("What the heatmaps explain"));
  kind_->addItem(tr("Why this class?"), int(Kind::Class));
  kind_->addItem(tr("Why this, and not another?"), int(Kind::Difference));
  kind_->addItem(tr("What drives a unit inside?"), int(Kind::Unit));
  kind_->addItem(tr("Why this class in a region?"), int(Kind::Region));
  kind_->addItem(tr("Why like another picture?"), int(Kind::Resemblance));
  column->addWidget(kind_);

  second_ = new ClassSearch(document_, tr("Rather than\u2026"),
                            tr("Name or number of the second class; its score is taken off the first one's"));
  second_->edit()->setAccessibleName(tr("Second class"));
  second_->complaint()->setObjectName(QStringLiteral("secondComplaint"));
  column->addWidget(second_);

  unit_ = new QWidget;
  auto* line = new QHBoxLayout(unit_);
  line->setContentsMargins(0, 0, 0, 0);
  layer_ = narrowBox(tr("Layer of the unit"), tr("The layer whose channel is explained"));
  channel_ = new QSpinBox;
  channel_->setAccessibleName(tr("Channel of the unit"));
  channel_->setKeyboardTracking(false);
  line->addWidget(layer_, 1);
  line->addWidget(channel_);
  column->addWidget(unit_);

  region_ = new RegionPicker;
  column->addWidget(region_);
  pictures_ = narrowBox(tr("Second picture"), tr("The heatmaps show what makes the network's output similar to this "
                                                 "picture's"));
  column->addWidget(pictures_);

  connect(kind_, &QComboBox::activated, this, [this](int row) {
    choose([&](ScoreChoice& choice) {
      choice.kind = Kind(kind_->itemData(row).toInt());
      if (choice.kind != Kind::Unit || !choice.layer.isEmpty() || suggestedLayer_.isEmpty()) return;
      choice.layer = suggestedLayer_;
      choice.channel = suggestedChannel_;
    });
  });
  connect(second_, &ClassSearch::classFound, this,
          [this](int index) { choose([index](ScoreChoice& choice) { choice.against = index; }); });
  connect(layer_, &QComboBox::activated, this, [this](int row) {
    choose([&](ScoreChoice& choice) {
      choice.layer = layer_->itemData(row).toString();
      const int channels = channelCount(document_, choice.layer);
      if (channels > 0) choice.channel = std::min(choice.channel, channels - 1);
    });
  });
  connect(channel_, &QSpinBox::valueChanged, this, [this](int value) {
    if (!silent_) choose([value](ScoreChoice& choice) { choice.channel = value; }, QStringLiteral("score/channel"));
  });
  connect(region_, &RegionPicker::regionDrawn, this, [this](const QRectF& drawn) {
    choose([drawn](ScoreChoice& choice) { choice.region = drawn; }, QStringLiteral("score/region"));
  });
  connect(pictures_, &QComboBox::activated, this, [this](int row) {
    choose([&](ScoreChoice& choice) { choice.picture = pictures_->itemData(row).toString(); });
  });
  const auto again = [this] { show(choice_, target_); };
  connect(&document_, &Document::modelChanged, this, again);
  connect(&document_, &Document::cardChanged, this, again);
  connect(&document_, &Document::layersKnown, this, again);
  connect(&document_, &Document::picturesChanged, this, again);
  show({}, -1);
}

void ScorePanel::choose(const std::function<void(ScoreChoice&)>& edit, const QString& mergeKey) {
  ScoreChoice next = choice_;
  edit(next);
  if (next != choice_) Q_EMIT chosen(next, mergeKey);
}

void ScorePanel::setClassCount(int count) {
  second_->setClassCount(count);
}

void ScorePanel::setPicture(const QImage& picture) {
  region_->setImage(picture);
}

void ScorePanel::suggestUnit(const QString& layer, int channel) {
  suggestedLayer_ = layer;
  suggestedChannel_ = std::max(0, channel);
}

void ScorePanel::show(const ScoreChoice& choice, int target) {
  choice_ = choice;
  target_ = target;
  silent_ = true;
  showKinds();
  second_->setVisible(choice_.kind == Kind::Difference);
  unit_->setVisible(choice_.kind == Kind::Unit);
  region_->setVisible(choice_.kind == Kind::Region);
  pictures_->setVisible(choice_.kind == Kind::Resemblance);
  const QString reason = reasonAgainst(choice_.kind, document_);
  for (QWidget* part :
       {static_cast<QWidget*>(second_), unit_, static_cast<QWidget*>(region_), static_cast<QWidget*>(pictures_)})
    setAvailable(*part, reason);
  showUnit();
  region_->setRegion(choice_.region);
  showPictures();
  silent_ = false;
}

// A kind that makes no sense here stays in the list, so that one can see that there is such a thing and why not now.
void ScorePanel::showKinds() {
  auto* items = qobject_cast<QStandardItemModel*>(kind_->model());
  for (int row = 0; row < kind_->count(); ++row) {
    const auto kind = Kind(kind_->itemData(row).toInt());
    const QString reason = reasonAgainst(kind, document_);
    kind_->setItemData(row, reason, Qt::ToolTipRole);
    kind_->setItemData(row, reason, Qt::AccessibleDescriptionRole);
    if (items) items->item(row)->setEnabled(reason.isEmpty());
    if (kind == choice_.kind) kind_->setCurrentIndex(row);
  }
}

void ScorePanel::showUnit() {
  const void* model = document_.model().get();
  const auto& shapes = document_.opened().layerShapes;
  // Hundreds of layers: filled once for each network, and once more when their shapes are known.
  const void* filled = shapes.empty() ? model : static_cast<const void*>(shapes.data());
  if (layer_->count() == 0 || filled != filledFor_) {
    filledFor_ = filled;
    layer_->clear();
    layer_->addItem(tr("Layer\u2026"), QString());
    if (document_.hasModel()) {
      const auto& layers = document_.model()->layers();
      for (std::size_t i = 0; i < layers.size(); ++i) {
        if (layers[i].plumbing || layers[i].output == kNoValue) continue;
        const QString name = QString::fromStdString(layers[i].name);
        const int channels = channelCount(document_, name);
        layer_->addItem(channels > 0 ? tr("%1  %2 channels").arg(name).arg(channels) : name, name);
      }
    }
  }
  int row = layer_->findData(choice_.layer);
  if (row < 0) {  // of another network: say so instead of quietly using another
    layer_->addItem(tr("%1 (not in this network)").arg(choice_.layer), choice_.layer);
    row = layer_->count() - 1;
  }
  layer_->setCurrentIndex(row);
  const int channels = channelCount(document_, choice_.layer);
  channel_->setRange(0, channels > 0 ? std::max(channels - 1, choice_.channel) : kMostChannels);
  channel_->setValue(choice_.channel);
  channel_->setToolTip(channels > 0 ? tr("Channel, 0 to %1").arg(channels - 1) : tr("Channel, counted from 0"));
}

void ScorePanel::showPictures() {
  pictures_->clear();
  pictures_->addItem(tr("Second picture\u2026"), QString());
  for (const PictureEntry& picture : document_.pictures()) {
    pictures_->addItem(QIcon(QPixmap::fromImage(picture.thumbnail)), picture.name, pictureKey(picture));
  }
  int row = pictures_->findData(choice_.picture);
  if (row < 0) {
    pictures_->addItem(tr("%1 (not open)").arg(choice_.picture.section(QLatin1Char('/'), -1)), choice_.picture);
    row = pictures_->count() - 1;
  }
  pictures_->setCurrentIndex(row);
}

}  // namespace unitscope
