// The part of the concepts workspace that has to do with concept vectors (Net2Vec), and its command lines.
#include <QLocale>
#include <QStackedWidget>

#include "app/concepts/concepts_panel.h"
#include "app/concepts/concepts_workspace.h"
#include "app/concepts/detectors_page.h"
#include "app/concepts/mask_page.h"
#include "app/concepts/sharing_page.h"
#include "app/concepts/vectors_page.h"
#include "app/concepts/vectors_panel.h"
#include "app/neurons/layer_box.h"
#include "app/shell_text.h"
#include "dissection/concepts.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

constexpr quint64 kSeed = 3;  // as for dissections

}  // namespace

void ConceptsWorkspace::connectVectors() {
  connect(knowledge_, &ConceptKnowledge::vectorsChanged, this, &ConceptsWorkspace::show);
  connect(vectorsPanel_, &VectorsPanel::layerPicked, this, &ConceptsWorkspace::pickLayer);
  connect(vectorsPanel_, &VectorsPanel::conceptsPicked, this, [this](const QStringList& concepts) {
    change(tr("Choose the concepts"), [&](ConceptsState& state) { state.concepts = concepts; });
  });
  connect(vectorsPanel_, &VectorsPanel::shareChanged, this, [this](double share) {
    change(
        tr("When units fire"), [&](ConceptsState& state) { state.vectorShare = share; }, QStringLiteral("share"));
  });
  connect(vectorsPanel_, &VectorsPanel::epochsChanged, this, [this](int epochs) {
    change(
        tr("How long to learn"), [&](ConceptsState& state) { state.epochs = epochs; }, QStringLiteral("epochs"));
  });
  connect(vectorsPanel_, &VectorsPanel::learnWanted, this, &ConceptsWorkspace::learn);
  connect(vectorsPanel_, &VectorsPanel::stopWanted, knowledge_, &ConceptKnowledge::stop);
  const auto pickConcept = [this](const QString& name) {
    look([&](ConceptsState& state) { state.conceptName = name; });
  };
  connect(vectors_, &VectorsPage::conceptPicked, this, pickConcept);
  connect(mask_, &MaskPage::conceptPicked, this, pickConcept);
  connect(vectors_, &VectorsPage::sumPicked, this, [this](const QString& plus, const QString& minus) {
    look([&](ConceptsState& state) {
      state.plus = plus;
      state.minus = minus;
    });
  });
  connect(vectors_, &VectorsPage::unitPicked, this, [this](int unit) { pickUnit(layerOfVectors(), unit); });
  connect(vectors_, &VectorsPage::unitOpened, this, [this](int unit) { openUnit(layerOfVectors(), unit); });
  connect(sharing_, &SharingPage::cellPicked, this, [this, pickConcept](int unit, const QString& name) {
    pickConcept(name);
    pickUnit(layerOfVectors(), unit);
  });
  connect(mask_, &MaskPage::opacityChanged, this,
          [this](int opacity) { look([&](ConceptsState& state) { state.opacity = opacity; }); });
  connect(mask_, &MaskPage::busyChanged, this, [this] {
    showEmpty();
    Q_EMIT busyChanged();
  });
}

QString ConceptsWorkspace::layerOfVectors() const {
  return knowledge_->vectors() ? QString::fromStdString(knowledge_->vectors()->layer) : QString();
}

QString ConceptsWorkspace::vectorLayer() const {
  if (hasLayer(selection().focus().layer)) return selection().focus().layer;
  return hasLayer(state_.layer) ? state_.layer : firstUnitLayer(document());
}

void ConceptsWorkspace::learn() {
  if (!reasonNotReady().isEmpty()) return;
  Net2VecQuestion question;
  question.data = state_.data.toStdString();
  question.count = state_.pictures;
  question.seed = kSeed;
  question.layer = vectorLayer().toStdString();
  question.topShare = state_.vectorShare;
  question.epochs = state_.epochs;
  for (const QString& name : state_.concepts) question.concepts.push_back(name.toStdString());
  look([](ConceptsState& state) { state.vectorsFile.clear(); });
  knowledge_->learn(question, state_.segmenter);
}

void ConceptsWorkspace::showVectors() {
  const Net2VecPtr& found = knowledge_->vectors();
  const Focus& focus = selection().focus();
  const int unit = found && focus.layer == layerOfVectors() ? focus.unit : -1;
  vectorsPanel_->setState(state_, vectorLayer());
  vectorsPanel_->setReady(
      reasonNotReady().isEmpty() && vectorLayer().isEmpty() ? tr("The layers are still measured") : reasonNotReady(),
      knowledge_->learning());
  vectorsPanel_->setSummary(vectorsSummary());
  vectors_->show(found, {state_.conceptName, state_.plus, state_.minus, unit});
  sharing_->show(found, state_.conceptName, unit);
  mask_->show(found, state_.conceptName, state_.opacity, isVisible() && state_.view == QStringLiteral("mask"));
  askNames();
  QStringList known = names_;
  if (known.isEmpty() && found)
    for (const ConceptVector& one : found->concepts) known << QString::fromStdString(one.name);
  vectorsPanel_->setKnown(known);
}

// What can be chosen from, before anything was learned.
void ConceptsWorkspace::askNames() {
  const QString data = state_.segmenter.isEmpty() ? state_.data : QString();
  if (data == namesOf_ || !state_.ofVectors() || !isVisible() || !document().hasModel()) return;
  namesOf_ = data;
  names_.clear();
  if (data.isEmpty()) return;
  engine().ask<QStringList>(
      tr("Names of the concepts"), QStringLiteral("concepts/names"),
      [model = document().model(), data](const Progress&, const CancelToken&) {
        QStringList names;
        try {
          const std::unique_ptr<ConceptSource> source = openConcepts(data.toStdString(), *model, kSeed);
          for (const Concept& one : source->concepts()) names << QString::fromStdString(one.name);
        } catch (const Error&) {
          names.clear();  // learning will tell what is wrong with the data
        }
        return names;
      },
      this,
      [this, data](const QStringList& names) {
        if (data != namesOf_) return;
        names_ = names;
        show();
      });
}

QString ConceptsWorkspace::vectorsSummary() const {
  const Net2VecPtr& found = knowledge_->vectors();
  if (!found) return {};
  int better = 0;
  for (const ConceptVector& one : found->concepts) better += one.validationIou > one.bestUnitIou;
  QString html = tr("<p><b>%1</b>: %2 units, %3 pictures, %4 of them kept aside. Together the units find %5 of %6 "
                    "concepts better than the best one alone.</p>")
                     .arg(layerOfVectors().toHtmlEscaped())
                     .arg(found->units)
                     .arg(found->pictures)
                     .arg(found->validationPictures)
                     .arg(better)
                     .arg(found->concepts.size());
  if (state_.vectorsFile.isEmpty() && (layerOfVectors() != vectorLayer() || found->topShare != state_.vectorShare ||
                                       QString::fromStdString(found->data) != state_.data))
    html += tr("<p><i>The choices above have changed since.</i></p>");
  return html;
}

QString ConceptsWorkspace::commandLine() const {
  if (!document().hasModel()) return {};
  const QString model = document().opened().path.isEmpty() ? document().opened().builtIn : document().opened().path;
  const auto number = [](double value) { return QString::number(value, 'g', 6); };
  const bool vectors = state_.ofVectors();
  QStringList words{QStringLiteral("unitscope"), vectors ? QStringLiteral("net2vec") : QStringLiteral("dissect"),
                    shellWord(model)};
  if (vectors) words << QStringLiteral("--layer") << shellWord(vectorLayer());
  words << QStringLiteral("--data") << shellWord(state_.data) << QStringLiteral("--count")
        << QString::number(state_.pictures) << QStringLiteral("--seed") << QString::number(kSeed)
        << QStringLiteral("--top-share") << number(vectors ? state_.vectorShare : state_.topShare);
  if (!state_.segmenter.isEmpty()) words << QStringLiteral("--segmenter") << shellWord(state_.segmenter);
  if (vectors) {
    words << QStringLiteral("--epochs") << QString::number(state_.epochs);
    for (const QString& name : state_.concepts) words << QStringLiteral("--concept") << shellWord(name);
  } else {
    words << QStringLiteral("--iou") << number(state_.iou);
    if (!state_.allLayers && hasLayer(shownLayer())) words << QStringLiteral("--layer") << shellWord(shownLayer());
  }
  return words.join(QLatin1Char(' '));
}

}  // namespace unitscope
