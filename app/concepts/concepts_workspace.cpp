#include "app/concepts/concepts_workspace.h"

#include <algorithm>

#include <QComboBox>
#include <QLocale>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QUndoStack>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/commands.h"
#include "app/concepts/concept_choice.h"
#include "app/concepts/concepts_panel.h"
#include "app/concepts/detectors_page.h"
#include "app/concepts/layers_page.h"
#include "app/concepts/mask_page.h"
#include "app/messages.h"
#include "widgets/empty_state.h"

namespace unitscope {

namespace {

constexpr quint64 kSeed = 3;  // a series of scenes that no built-in network was trained on

}  // namespace

ConceptsWorkspace::ConceptsWorkspace(const Context& context, QWidget* parent)
    : Workspace(context, parent), knowledge_(new ConceptKnowledge(context, this)) {
  makeLayout();
  makeActions();
  connectParts();
  apply(state_);
}

QString ConceptsWorkspace::explanation() const {
  return tr("What the units of each layer stand for, alone and together");
}

void ConceptsWorkspace::connectParts() {
  connect(&document(), &Document::modelChanged, this, [this] {
    opened_.clear();
    openedVectors_.clear();
    // A result that was opened belongs to the network before.
    if (!state_.file.isEmpty() && !document().hasModel()) look([](ConceptsState& state) { state.file.clear(); });
    readSoon();
    show();
  });
  connect(&document(), &Document::layersKnown, this, &ConceptsWorkspace::show);
  connect(&document(), &Document::picturesChanged, this, &ConceptsWorkspace::show);
  connect(&selection(), &Selection::changed, this, [this](const Focus& now, const Focus& before) {
    if (now.layer != before.layer && !now.layer.isEmpty() && now.layer != state_.layer)
      return look([&](ConceptsState& state) { state.layer = now.layer; });
    if (now.unit != before.unit || now.image != before.image) show();
  });
  connect(knowledge_, &ConceptKnowledge::dissectionChanged, this, [this] {
    knowledge_->setIouThreshold(state_.iou);
    show();
  });
  connect(knowledge_, &ConceptKnowledge::busyChanged, this, [this] {
    show();
    Q_EMIT busyChanged();
  });
  connect(panel_, &ConceptsPanel::dataPicked, this, [this](const QString& data) {
    change(tr("Choose the pictures"), [&](ConceptsState& state) { state.data = data; });
  });
  connect(panel_, &ConceptsPanel::segmenterPicked, this, [this](const QString& segmenter) {
    change(tr("Choose what names the pixels"), [&](ConceptsState& state) { state.segmenter = segmenter; });
  });
  connect(panel_, &ConceptsPanel::picturesChanged, this, [this](int count) {
    change(
        tr("How many pictures"), [&](ConceptsState& state) { state.pictures = count; }, QStringLiteral("count"));
  });
  connect(tabs_, &QTabBar::currentChanged, this,
          [this](int index) { look([&](ConceptsState& state) { state.view = ConceptsState::views().value(index); }); });
  connectDissection();
  connectVectors();
}

void ConceptsWorkspace::connectDissection() {
  connect(panel_, &ConceptsPanel::topShareChanged, this, [this](double share) {
    change(
        tr("When units fire"), [&](ConceptsState& state) { state.topShare = share; }, QStringLiteral("share"));
  });
  connect(panel_, &ConceptsPanel::iouChanged, this, [this](double iou) {
    change(
        tr("When units are detectors"), [&](ConceptsState& state) { state.iou = iou; }, QStringLiteral("iou"));
  });
  connect(panel_, &ConceptsPanel::allLayersPicked, this,
          [this](bool all) { change(tr("Choose the layers"), [&](ConceptsState& state) { state.allLayers = all; }); });
  connect(panel_, &ConceptsPanel::dissectWanted, this, &ConceptsWorkspace::dissect);
  connect(panel_, &ConceptsPanel::stopWanted, knowledge_, &ConceptKnowledge::stop);
  connect(panel_, &ConceptsPanel::keepWanted, this, [this] {
    knowledge_->keepAsOther();
    look([](ConceptsState& state) { state.otherFile.clear(); });
    messages().info(tr("Kept to compare with"), tr("Open another network, or choose other pictures, and dissect."));
  });
  connect(panel_, &ConceptsPanel::dropWanted, this, [this] {
    look([](ConceptsState& state) { state.otherFile.clear(); });
    openedOther_.clear();
    knowledge_->dropOther();
  });
  connect(detectors_, &DetectorsPage::layerPicked, this, &ConceptsWorkspace::pickLayer);
  connect(detectors_, &DetectorsPage::categoryPicked, this,
          [this](const QString& category) { look([&](ConceptsState& state) { state.category = category; }); });
  connect(detectors_, &DetectorsPage::conceptPicked, this,
          [this](const QString& name) { look([&](ConceptsState& state) { state.conceptName = name; }); });
  connect(detectors_, &DetectorsPage::unitPicked, this, [this](int unit) { pickUnit(detectors_->layer(), unit); });
  connect(detectors_, &DetectorsPage::unitOpened, this, [this](int unit) { openUnit(detectors_->layer(), unit); });
  connect(layers_, &LayersPage::uniquePicked, this,
          [this](bool unique) { look([&](ConceptsState& state) { state.unique = unique; }); });
  connect(layers_, &LayersPage::layerPicked, this, &ConceptsWorkspace::pickLayer);
  connect(table_, &ConceptTablePage::cellPicked, this, [this](const QString& layer, const QString& name) {
    look([&](ConceptsState& state) {
      state.conceptName = name;
      state.category.clear();
      state.layer = layer;
      state.view = QStringLiteral("detectors");
    });
  });
}

void ConceptsWorkspace::change(const QString& text, const std::function<void(ConceptsState&)>& edit,
                               const QString& mergeKey) {
  ConceptsState next = state_;
  edit(next);
  if (next == state_) return;
  const QJsonObject before = saveState();
  apply(next);
  undo().push(new WorkspaceStateCommand(*this, text, before, saveState(), mergeKey));
  Q_EMIT stateChanged();
}

void ConceptsWorkspace::look(const std::function<void(ConceptsState&)>& edit) {
  ConceptsState next = state_;
  edit(next);
  if (next == state_) return;
  apply(next);
  Q_EMIT stateChanged();
}

void ConceptsWorkspace::restoreState(const QJsonObject& state) {
  apply(ConceptsState::fromJson(state));
  Q_EMIT stateChanged();
}

void ConceptsWorkspace::apply(const ConceptsState& state) {
  state_ = state;
  panel_->setState(state_);
  {
    const QSignalBlocker quiet(tabs_);
    tabs_->setCurrentIndex(int(ConceptsState::views().indexOf(state_.view)));
  }
  knowledge_->setIouThreshold(state_.iou);
  readSoon();
  show();
}

void ConceptsWorkspace::showEvent(QShowEvent* event) {
  Workspace::showEvent(event);
  readSoon();
}

// A hidden tab reads nothing.
void ConceptsWorkspace::readSoon() {
  if (!isVisible()) return;
  if (state_.file.isEmpty()) {
    if (state_.segmenter.isEmpty()) knowledge_->look(state_.data);
  } else if (state_.file != opened_) {
    opened_ = state_.file;
    knowledge_->openDissection(state_.file);
  }
  if (!state_.otherFile.isEmpty() && state_.otherFile != openedOther_) {
    openedOther_ = state_.otherFile;
    knowledge_->openOther(state_.otherFile);
  }
  if (!state_.vectorsFile.isEmpty() && state_.vectorsFile != openedVectors_) {
    openedVectors_ = state_.vectorsFile;
    knowledge_->openVectors(state_.vectorsFile);
  }
}

void ConceptsWorkspace::openResult(const QString& file) {
  const bool vectors = state_.ofVectors();
  (vectors ? openedVectors_ : opened_).clear();  // it may have changed since
  look([&](ConceptsState& state) { (vectors ? state.vectorsFile : state.file) = file; });
  readSoon();
}

void ConceptsWorkspace::compareWith(const QString& file) {
  openedOther_.clear();
  look([&](ConceptsState& state) { state.otherFile = file; });
  readSoon();
}

QString ConceptsWorkspace::reasonNotReady() const {
  if (!document().hasModel()) return tr("Open a network first");
  if (document().card().task == ModelCard::Task::Generator) return tr("This network draws pictures and takes none");
  if (!state_.allLayers && !hasLayer(shownLayer())) return tr("Select a layer first, at the left or by its name above");
  return {};
}

QString ConceptsWorkspace::shownLayer() const {
  return hasLayer(selection().focus().layer) ? selection().focus().layer
         : !detectors_->layer().isEmpty()    ? detectors_->layer()
                                             : state_.layer;
}

bool ConceptsWorkspace::hasLayer(const QString& layer) const {
  if (!document().hasModel() || layer.isEmpty()) return false;
  const std::vector<Layer>& all = document().model()->layers();
  return std::any_of(all.begin(), all.end(),
                     [name = layer.toStdString()](const Layer& one) { return one.name == name; });
}

void ConceptsWorkspace::dissect() {
  if (!reasonNotReady().isEmpty()) return;
  DissectQuestion question;
  question.data = state_.data.toStdString();
  question.count = state_.pictures;
  question.seed = kSeed;
  question.topShare = state_.topShare;
  question.iouThreshold = state_.iou;
  if (!state_.allLayers) question.layers = {shownLayer().toStdString()};
  look([](ConceptsState& state) { state.file.clear(); });
  knowledge_->dissect(question, state_.segmenter);
}

bool ConceptsWorkspace::busy() const {
  return knowledge_->dissecting() || knowledge_->learning() || knowledge_->reading() || mask_->busy();
}

void ConceptsWorkspace::pickLayer(const QString& layer) {
  look([&](ConceptsState& state) { state.layer = layer; });
  if (hasLayer(layer)) selection().setLayer(layer);
}

void ConceptsWorkspace::pickUnit(const QString& layer, int unit) {
  if (!hasLayer(layer))
    return messages().info(tr("Unit %1 of %2").arg(unit).arg(layer),
                           tr("The open network has no such layer: this result is another network's."));
  selection().setUnit(layer, unit);
}

void ConceptsWorkspace::openUnit(const QString& layer, int unit) {
  pickUnit(layer, unit);
  if (hasLayer(layer)) Q_EMIT workspaceWanted(QStringLiteral("neurons"));
}

bool ConceptsWorkspace::somethingToShow() const {
  return state_.ofVectors() ? knowledge_->vectors() != nullptr : knowledge_->dissection() != nullptr;
}

void ConceptsWorkspace::show() {
  const DissectionPtr& found = knowledge_->dissection();
  const Focus& focus = selection().focus();
  panel_->setReady(reasonNotReady(), knowledge_->dissecting());
  panel_->setResults(found != nullptr, knowledge_->other() != nullptr);
  DetectorsPage::Choice choice{state_.layer, state_.category, state_.conceptName, -1};
  if (found && !categoriesOf(*found).contains(choice.category)) choice.category.clear();
  detectors_->show(found, knowledge_->other(), choice);
  if (focus.unit >= 0 && focus.layer == detectors_->layer()) {
    choice.unit = focus.unit;
    detectors_->show(found, knowledge_->other(), choice);
  }
  layers_->show(found, knowledge_->other(), detectors_->layer(), state_.unique);
  table_->show(found, knowledge_->other());
  showVectors();
  pages_->setCurrentIndex(tabs_->currentIndex());
  stack_->setCurrentIndex(somethingToShow() ? 1 : 0);
  showSummary();
  showEmpty();
}

void ConceptsWorkspace::showSummary() {
  const DissectionPtr& found = knowledge_->dissection();
  if (!found) return panel_->setSummary({});
  const QLocale locale;
  QString html = tr("<p><b>%1</b>: %2 pictures, %3 concepts, %4 layers</p>")
                     .arg(QString::fromStdString(found->model).toHtmlEscaped())
                     .arg(found->pictures)
                     .arg(found->concepts.size())
                     .arg(found->layers.size());
  if (document().hasModel() && found->model != document().card().title)
    html += tr("<p><i>This is not the open network, so that its units may be others.</i></p>");
  if (knowledge_->other())
    html += tr("<p>Beside it: <b>%1</b>, %2 pictures</p>")
                .arg(QString::fromStdString(knowledge_->other()->model).toHtmlEscaped())
                .arg(knowledge_->other()->pictures);
  if (state_.file.isEmpty() &&
      (QString::fromStdString(found->data) != state_.data || found->topShare != state_.topShare))
    html +=
        tr("<p><i>It was made of %1 with %2 % of firing; the choices above have changed since.</i></p>")
            .arg(QString::fromStdString(found->data).toHtmlEscaped(), locale.toString(100.0 * found->topShare, 'g', 3));
  panel_->setSummary(html);
}

void ConceptsWorkspace::showEmpty() {
  const QString reason = reasonNotReady();
  const bool vectors = state_.ofVectors();
  const bool running = vectors ? knowledge_->learning() : knowledge_->dissecting();
  empty_->setHeadline(!running
                          ? vectors ? tr("How do units spell concepts together?") : tr("What do the units stand for?")
                      : vectors ? tr("Learning\u2026")
                                : tr("Dissecting\u2026"));
  QString text = vectors
                     ? tr("Press Learn vectors: of the units of one layer, weighted sums are learned that find each "
                          "concept, and compared with the best single unit.")
                     : tr("Press Dissect: every unit is compared with things, parts and colours whose pixels are "
                          "known, and each layer's detectors are counted.");
  if (!reason.isEmpty()) text = tr("%1. Or open a result that was saved.").arg(reason);
  if (running) text = tr("Progress is shown below. You can go on working meanwhile.");
  empty_->setText(text);
  begin_->setText(vectors ? tr("Learn vectors") : tr("Dissect"));
  begin_->setVisible(!running);
  setAvailable(*begin_, reason);
  const QString none = noOutput();
  for (int i = 0; i + 1 < actions_.size(); ++i) setAvailable(*actions_[i], none);
  if (!actions_.isEmpty())
    setAvailable(*actions_.back(), commandLine().isEmpty() ? tr("Open a network first") : QString());
}

QString ConceptsWorkspace::noOutput() const {
  if (!somethingToShow()) return tr("There is nothing to save here yet");
  return pages_->currentWidget() == mask_ && mask_->mask().values.empty() ? tr("There is no mask yet") : QString();
}

}  // namespace unitscope
