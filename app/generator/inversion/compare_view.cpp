#include "app/generator/inversion/compare_view.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/generator_concepts.h"
#include "app/generator/generator_stage.h"
#include "app/image_convert.h"
#include "engine/model_card.h"
#include "widgets/icons.h"
#include "widgets/image_canvas.h"
#include "zoo/embedded_models.h"

namespace unitscope {

namespace {

/// From which share of its usual effect an edit is said to work.
constexpr double kWorks = 0.5, kHardly = 0.2;

QStringList segmenterClasses() {
  QStringList names;
  if (const EmbeddedModel* segmenter = findEmbeddedModel("scene-segmenter"))
    for (const std::string& label : cardFromJson(segmenter->card, "scene-segmenter").labels)
      names << QString::fromStdString(label);
  return names;
}

QComboBox* narrow(const QString& name, const QString& help) {
  auto* box = new QComboBox;
  box->setAccessibleName(name);
  box->setToolTip(help);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(10);
  return box;
}

}  // namespace

CompareView::CompareView(GeneratorStage& stage, QWidget* parent)
    : QWidget(parent),
      stage_(stage),
      compare_(new QPushButton),
      edit_(
          narrow(tr("Edit to try"), tr("Concepts that a dissection found, and the directions that are set on stage"))),
      target_(narrow(tr("What the edit should change"), tr("The built-in segmenter counts its pixels"))),
      verdict_(new QLabel) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  compare_->setToolTip(tr("Inverts the picture twice, once without the domain term, and tries the edit on both"));
  head->addWidget(compare_);
  head->addWidget(edit_, 2);
  head->addWidget(target_, 1);
  column->addLayout(head);
  verdict_->setWordWrap(true);
  verdict_->setTextFormat(Qt::RichText);
  verdict_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  column->addWidget(verdict_);
  auto* grid = new QGridLayout;
  grid->setSpacing(4);
  const QStringList names{tr("With the domain term"), tr("Without"), tr("With, after the edit"),
                          tr("Without, after the edit")};
  for (int i = 0; i < 4; ++i) {
    auto* cell = new QVBoxLayout;
    cell->setSpacing(2);
    auto* caption = new QLabel(names[i]);
    caption->setWordWrap(true);
    auto* canvas = new ImageCanvas;
    canvas->setMinimumSize(80, 80);
    canvas->setAccessibleName(names[i]);
    cell->addWidget(caption);
    cell->addWidget(canvas, 1);
    grid->addLayout(cell, i / 2, i % 2);
    canvases_.push_back(canvas);
    captions_.push_back(caption);
  }
  column->addLayout(grid, 1);
  target_->addItems(segmenterClasses());
  connect(compare_, &QPushButton::clicked, this, [this] {
    if (running_) {
      Q_EMIT stopWanted();
    } else {
      Q_EMIT compareWanted();
    }
  });
  connect(edit_, &QComboBox::currentIndexChanged, this, &CompareView::chooseTarget);
  connect(stage_.concepts(), &GeneratorConcepts::changed, this, &CompareView::fillEdits);
  connect(&stage_, &GeneratorStage::sceneChanged, this, &CompareView::fillEdits);
  fillEdits();
  setReady({}, false);
  setComparison(nullptr);
}

void CompareView::fillEdits() {
  std::vector<EditToTry> edits;
  const GeneratorConcepts& concepts = *stage_.concepts();
  const QStringList counted = [this] {
    QStringList names;
    for (int i = 0; i < target_->count(); ++i) names << target_->itemText(i);
    return names;
  }();
  // The best layer's units of each concept, as the concepts' switches have them.
  for (const QString& layer : concepts.layers())
    for (const ConceptGroup& group : concepts.of(layer)->groups) {
      if (!counted.contains(group.name)) continue;
      EditToTry edit;
      edit.probe.name = tr("%1 off").arg(group.name).toStdString();
      edit.probe.units = {{{layer.toStdString(), group.units, UnitSwitch::Kind::Scale, 0.0}, {}}};
      edit.target = group.name;
      const auto same = std::ranges::find(edits, edit.target, &EditToTry::target);
      if (same == edits.end()) {
        edits.push_back(edit);
        continue;
      }
      const ConceptGroup& other =
          *concepts.group(QString::fromStdString(same->probe.units.front().change.layer), group.name);
      const double mine = std::isnan(group.removed) ? -1.0 : group.removed;
      const double theirs = std::isnan(other.removed) ? -1.0 : other.removed;
      if (mine > theirs || (mine == theirs && group.iou > other.iou)) *same = edit;
    }
  for (const LatentMove& move : stage_.scene().moves) {
    if (move.amount == 0.0) continue;
    EditToTry edit;
    edit.probe.name = tr("%1 by %2")
                          .arg(QString::fromStdString(move.direction.name), QLocale().toString(move.amount, 'f', 1))
                          .toStdString();
    edit.probe.direction = move.direction;
    edit.probe.amount = move.amount;
    edits.push_back(edit);
  }
  const bool first = edit_->count() < 2;
  const QString before = edit_->currentText();
  known_ = std::move(edits);
  const QSignalBlocker quiet(edit_);
  edit_->clear();
  edit_->addItem(tr("no edit"));
  for (const EditToTry& edit : known_) edit_->addItem(QString::fromStdString(edit.probe.name));
  const int same = edit_->findText(before);
  edit_->setCurrentIndex(first && !known_.empty() ? 1 : same >= 0 ? same : 0);
  chooseTarget();
}

void CompareView::chooseTarget() {
  const int index = edit_->currentIndex() - 1;
  const QString own = index >= 0 ? known_[std::size_t(index)].target : QString();
  if (!own.isEmpty()) target_->setCurrentIndex(target_->findText(own));
  setAvailable(*target_, index < 0              ? tr("Choose an edit first")
                         : !own.isEmpty()       ? tr("Switching off %1 changes %1").arg(own)
                         : target_->count() < 1 ? tr("This build has no segmenter")
                                                : QString());
  setAvailable(*edit_, known_.empty() ? tr("Dissect the generator in Concepts, or set a direction, to try an edit here")
                                      : QString());
}

std::vector<EditToTry> CompareView::edits() const {
  const int index = edit_->currentIndex() - 1;
  if (index < 0) return {};
  EditToTry edit = known_[std::size_t(index)];
  edit.target = target_->currentText();
  return {edit};
}

void CompareView::setReady(const QString& reasonIfNot, bool running) {
  running_ = running;
  compare_->setText(running ? tr("Stop") : tr("Compare"));
  compare_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("judge")));
  setAvailable(*compare_, running ? QString() : reasonIfNot);
}

void CompareView::setComparison(const InversionComparisonPtr& comparison) {
  const auto put = [this](std::size_t index, const Image& picture, const QString& caption) {
    canvases_[index]->setImage(picture.empty() ? QImage() : toQImage(picture));
    captions_[index]->setText(caption);
    const bool shown = !picture.empty();
    canvases_[index]->setVisible(shown);
    captions_[index]->setVisible(shown);
  };
  if (!comparison) {
    for (std::size_t i = 0; i < canvases_.size(); ++i) put(i, {}, {});
    return verdict_->setText(
        tr("Without the domain term the picture is often drawn more closely, but from a code at which the generator's "
           "directions and units no longer do what they should. This shows both."));
  }
  const auto number = [](double value) { return QLocale().toString(value, 'f', 1); };
  put(0, comparison->with.picture, tr("With the domain term: PSNR %1 dB").arg(number(comparison->with.psnr)));
  put(1, comparison->without.picture, tr("Without: PSNR %1 dB").arg(number(comparison->without.psnr)));
  if (comparison->edits.empty()) {
    put(2, {}, {});
    put(3, {}, {});
    return verdict_->setText(tr("PSNR %1 dB with the domain term, %2 dB without.")
                                 .arg(number(comparison->with.psnr), number(comparison->without.psnr)));
  }
  const EditComparison& edit = comparison->edits.front();
  const auto effect = [](double share) { return tr("%1 % of its usual effect").arg(int(std::lround(100.0 * share))); };
  put(2, edit.with.picture,
      tr("After \u201c%1\u201d: %2").arg(QString::fromStdString(edit.name), effect(edit.with.share)));
  put(3, edit.without.picture,
      tr("After \u201c%1\u201d: %2").arg(QString::fromStdString(edit.name), effect(edit.without.share)));
  const auto works = [](double share) {
    return share >= kWorks ? tr("works") : share >= kHardly ? tr("works weakly") : tr("does not work");
  };
  verdict_->setText(tr("The edit <b>%1</b> with the domain term and <b>%2</b> without it.")
                        .arg(works(edit.with.share), works(edit.without.share)));
}

}  // namespace unitscope
