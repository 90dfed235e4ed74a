#include "app/generator/concepts/dissection_page.h"

#include <algorithm>
#include <array>

#include <QComboBox>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QUndoStack>

#include "app/availability.h"
#include "app/generator/concepts/artifacts_view.h"
#include "app/generator/concepts/concept_bars.h"
#include "app/generator/concepts/dissection_switches.h"
#include "app/generator/concepts/effects_view.h"
#include "app/generator/generator_stage.h"
#include "app/generator/page_state_command.h"
#include "app/selection.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

const std::array<QString, 4> kViews{QStringLiteral("switches"), QStringLiteral("units"), QStringLiteral("effects"),
                                    QStringLiteral("artifacts")};
constexpr int kArtifacts = 3;
const QString kLooks = QStringLiteral("looks");

}  // namespace

QJsonObject DissectionPageState::toJson() const {
  const QJsonObject looks{
      {"view", view}, {"layer", layer}, {"switchLayer", switchLayer}, {"concept", conceptName}, {"file", file}};
  return {{"samples", samples},
          {"segmenter", segmenter},
          {"allLayers", allLayers},
          {"effectSamples", effectSamples},
          {kLooks, looks}};
}

DissectionPageState DissectionPageState::fromJson(const QJsonObject& json) {
  DissectionPageState state;
  state.samples = std::clamp(json["samples"].toInt(state.samples), 20, 100000);
  state.segmenter = json["segmenter"].toString(state.segmenter);
  if (state.segmenter.isEmpty()) state.segmenter = DissectionPageState().segmenter;
  state.allLayers = json["allLayers"].toBool(state.allLayers);
  state.effectSamples = std::clamp(json["effectSamples"].toInt(state.effectSamples), 8, 10000);
  const QJsonObject looks = json[kLooks].toObject();
  const QString view = looks["view"].toString();
  if (std::ranges::find(kViews, view) != kViews.end()) state.view = view;
  state.layer = looks["layer"].toString();
  state.switchLayer = looks["switchLayer"].toString();
  state.conceptName = looks["concept"].toString();
  state.file = looks["file"].toString();
  return state;
}

DissectionPage::DissectionPage(const Context& context, GeneratorStage& stage, QWidget* parent)
    : GeneratorPage(context, stage, parent), knowledge_(new GanKnowledge(context, stage, this)) {
  makeControls();
  makeActions();
  connectParts();
  apply(state_);
}

QString DissectionPage::explanation() const {
  return tr("Which units draw trees, clouds, roofs\u2026: each concept becomes a switch");
}

bool DissectionPage::busy() const {
  return knowledge_->busy() || artifacts_->busy();
}

void DissectionPage::setActive(bool active) {
  active_ = active;
  artifacts_->setActive(active_ && stack_->currentIndex() == 1 && views_->currentIndex() == kArtifacts);
  if (!active_) return;
  knowledge_->look();
  refresh();
}

void DissectionPage::restoreState(const QJsonObject& state) {
  DissectionPageState next = DissectionPageState::fromJson(state);
  // Undo steps leave out what is looked at.
  if (!state.contains(kLooks)) {
    next.view = state_.view;
    next.layer = state_.layer;
    next.switchLayer = state_.switchLayer;
    next.conceptName = state_.conceptName;
    next.file = state_.file;
  }
  const bool opens = !next.file.isEmpty() && next.file != state_.file && !knowledge_->dissection();
  apply(next);
  if (opens) knowledge_->open(next.file);
}

void DissectionPage::change(const QString& text, const std::function<void(DissectionPageState&)>& edit,
                            const QString& mergeKey) {
  DissectionPageState next = state_;
  edit(next);
  if (next == state_) return;
  QJsonObject before = state_.toJson(), after = next.toJson();
  for (QJsonObject* json : {&before, &after}) json->remove(kLooks);
  context().undo.push(new PageStateCommand(*this, text, before, after, mergeKey));
}

void DissectionPage::look(const std::function<void(DissectionPageState&)>& edit) {
  DissectionPageState next = state_;
  edit(next);
  if (!(next == state_)) apply(next);
}

void DissectionPage::apply(const DissectionPageState& state) {
  state_ = state;
  const QSignalBlocker quietSamples(samples_), quietTabs(tabs_);
  samples_->setValue(state_.samples);
  if (segmenter_->findData(state_.segmenter) < 0) {
    segmenter_->insertItem(1, state_.segmenter.section(QLatin1Char('/'), -1), state_.segmenter);
    segmenter_->setItemData(1, state_.segmenter, Qt::ToolTipRole);
  }
  segmenter_->setCurrentIndex(segmenter_->findData(state_.segmenter));
  layers_->setCurrentIndex(state_.allLayers ? 0 : 1);
  effects_->setSamples(state_.effectSamples);
  const auto view = int(std::ranges::find(kViews, state_.view) - kViews.begin());
  tabs_->setCurrentIndex(view);
  views_->setCurrentIndex(view);
  switches_->setLayer(state_.switchLayer);
  bars_->setLayer(state_.layer);
  bars_->setConcept(state_.conceptName);
  effects_->setConcept(state_.conceptName);
  show();
  Q_EMIT stateChanged();
}

// Artifacts are looked for by hand: that needs no dissection.
void DissectionPage::show() {
  const bool known = knowledge_->dissection() != nullptr;
  stack_->setCurrentIndex(known || views_->currentIndex() == kArtifacts ? 1 : 0);
  artifacts_->setActive(active_ && stack_->currentIndex() == 1 && views_->currentIndex() == kArtifacts);
  refresh();
}

void DissectionPage::refresh() {
  const QString reason = reasonNotReady();
  const bool dissecting = knowledge_->dissecting();
  dissect_->setText(dissecting ? tr("Stop") : tr("Dissect"));
  dissect_->setIcon(themedIcon(dissecting ? QStringLiteral("cancel") : QStringLiteral("class")));
  setAvailable(*dissect_, dissecting ? QString() : reason);
  effects_->setReady(!knowledge_->dissection() ? tr("Dissect first") : reason, knowledge_->measuring());
  const GanDissectionPtr& found = knowledge_->dissection();
  QString said;
  if (dissecting) {
    said = tr("Dissecting\u2026 the bar below says how far it has come.");
  } else if (!knowledge_->failure().isEmpty()) {
    said = knowledge_->failure().toHtmlEscaped();
  } else if (found) {
    said = tr("%1 samples, %2 layers; pixels named by %3.")
               .arg(found->found.pictures)
               .arg(found->found.layers.size())
               .arg(QString::fromStdString(found->segmenter).toHtmlEscaped());
  }
  summary_->setText(said);
  empty_->setHeadline(dissecting              ? tr("Dissecting\u2026")
                      : knowledge_->reading() ? tr("Looking for an earlier result\u2026")
                                              : tr("Which units draw what?"));
  empty_->setText(
      tr("Samples are drawn, a segmentation network names their pixels, and every unit is compared with "
         "every concept. Then all units of a concept are one switch."));
  const QString none = found ? QString() : tr("Dissect first, or open a result");
  for (int i = 0; i < actions_.size(); ++i) {
    const bool effects = i == 2;
    setAvailable(*actions_[i],
                 effects && none.isEmpty() && !knowledge_->effects() ? tr("Measure causal effects first") : none);
  }
}

QString DissectionPage::reasonNotReady() const {
  if (!stage().generator()) return tr("Open a generator first");
  if (knowledge_->dissecting()) return tr("The network is being dissected");
  if (knowledge_->measuring()) return tr("Causal effects are being measured");
  if (!state_.allLayers && context().selection.focus().layer.isEmpty())
    return tr("Select a layer first, or dissect all of them");
  return {};
}

void DissectionPage::dissect() {
  if (!reasonNotReady().isEmpty()) return;
  GanDissectQuestion question;
  if (!state_.allLayers) question.layers = {context().selection.focus().layer.toStdString()};
  question.samples = state_.samples;
  question.truncation = stage().scene().sample.truncation;
  question.classes = stage().scene().sample.classes;
  look([](DissectionPageState& state) { state.file.clear(); });
  knowledge_->dissect(question, state_.segmenter);
}

void DissectionPage::openResult(const QString& file) {
  look([&](DissectionPageState& state) { state.file = file; });
  knowledge_->open(file);
}

void DissectionPage::saveResult(const QString& file) {
  if (!knowledge_->dissection()) return;
  look([&](DissectionPageState& state) { state.file = file; });
  knowledge_->save(file);
}

}  // namespace unitscope
