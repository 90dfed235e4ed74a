// Layout of the concepts page, and the ways in and out of it.
#include <QAction>
#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/file_question.h"
#include "app/generator/concepts/artifacts_view.h"
#include "app/generator/concepts/concept_bars.h"
#include "app/generator/concepts/dissection_page.h"
#include "app/generator/concepts/dissection_switches.h"
#include "app/generator/concepts/effects_view.h"
#include "app/generator/generator_stage.h"
#include "app/messages.h"
#include "app/selection.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

void DissectionPage::makeControls() {
  samples_ = new QSpinBox;
  samples_->setRange(20, 100000);
  samples_->setSingleStep(100);
  samples_->setKeyboardTracking(false);
  samples_->setSuffix(tr(" samples"));
  samples_->setAccessibleName(tr("Samples to dissect with"));
  samples_->setToolTip(tr("More of them tell rare concepts better and take longer"));
  segmenter_ = new QComboBox;
  segmenter_->addItem(tr("built-in segmenter"), QStringLiteral("scene-segmenter"));
  segmenter_->addItem(tr("a segmentation network\u2026"), QStringLiteral("?"));
  segmenter_->setAccessibleName(tr("What names the pixels"));
  segmenter_->setToolTip(tr("The network that says what each pixel of a sample shows"));
  segmenter_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  segmenter_->setMinimumContentsLength(10);
  layers_ = new QComboBox;
  layers_->addItem(tr("all layers"));
  layers_->addItem(tr("the selected layer"));
  layers_->setAccessibleName(tr("Layers to dissect"));
  layers_->setToolTip(tr("One layer takes less time; of all of them each concept gets its best"));
  dissect_ = new QPushButton;
  dissect_->setToolTip(tr("Finds the concepts that the units draw (GAN Dissection, Bau et al. 2019)"));
  more_ = new QToolButton;
  more_->setIcon(themedIcon(QStringLiteral("menu")));
  more_->setPopupMode(QToolButton::InstantPopup);
  more_->setToolTip(tr("Open and save results"));
  more_->setAccessibleName(more_->toolTip());
  more_->setMenu(new QMenu(more_));
  more_->menu()->setToolTipsVisible(true);
  summary_ = new QLabel;
  summary_->setWordWrap(true);
  summary_->setAccessibleName(tr("What was found"));

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 8);
  column->setSpacing(6);
  auto* head = new QHBoxLayout;
  head->setSpacing(6);
  head->addWidget(samples_);
  head->addWidget(segmenter_, 1);
  head->addWidget(layers_, 1);
  column->addLayout(head);
  auto* second = new QHBoxLayout;
  second->setSpacing(6);
  second->addWidget(dissect_);
  second->addWidget(summary_, 1);
  second->addWidget(more_);
  column->addLayout(second);
  tabs_ = new QTabBar;
  tabs_->setDrawBase(false);
  tabs_->setExpanding(false);
  tabs_->setAccessibleName(tr("What to look at"));
  const auto tab = [this](const QString& title, const QString& help) {
    tabs_->setTabToolTip(tabs_->addTab(title), help);
  };
  tab(tr("Switches"), tr("Each concept's units as one switch"));
  tab(tr("Units"), tr("How many units of a layer draw each concept, and which"));
  tab(tr("Effects"), tr("What goes when the units of a concept are off: the concept itself, and whatever else"));
  tab(tr("Artifacts"), tr("Units behind what looks wrong"));
  column->addWidget(tabs_);

  switches_ = new DissectionSwitches(stage());
  bars_ = new ConceptBars;
  effects_ = new EffectsView;
  artifacts_ = new ArtifactsView(context(), stage());
  views_ = new QStackedWidget;
  for (QWidget* view : std::initializer_list<QWidget*>{switches_, bars_, effects_, artifacts_}) views_->addWidget(view);
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("class"));
  stack_ = new QStackedWidget;
  stack_->addWidget(empty_);
  stack_->addWidget(views_);
  column->addWidget(stack_, 1);
}

void DissectionPage::makeActions() {
  const QString results = tr("Results (*.json);;All files (*)");
  const auto askOpen = [this, results] {
    askFile(false, tr("Open a dissection"), results, {}, [this](const QString& file) { openResult(file); });
  };
  connect(empty_->addButton(tr("Dissect"), QStringLiteral("play")), &QPushButton::clicked, this,
          &DissectionPage::dissect);
  connect(empty_->addButton(tr("Open a result\u2026"), QStringLiteral("open")), &QPushButton::clicked, this, askOpen);
  connect(more_->menu()->addAction(themedIcon(QStringLiteral("open")), tr("&Open a result\u2026")), &QAction::triggered,
          this, askOpen);
  const auto add = [this](const QString& icon, const QString& text, const QString& help, const QString& filter,
                          const QString& name, const std::function<void(const QString&)>& save) {
    auto* action = new QAction(themedIcon(icon), text, this);
    action->setToolTip(help);
    connect(action, &QAction::triggered, this,
            [this, help, filter, name, save] { askFile(true, help, filter, name, save); });
    actions_ << action;
    more_->menu()->addAction(action);
  };
  const auto written = [this](const QString& file, bool fine) {
    if (fine) return context().messages.success(QFileInfo(file).fileName(), tr("saved"));
    context().messages.error(file, tr("could not be written; is the folder writable?"));
  };
  add(QStringLiteral("save"), tr("Dissection as &result\u2026"), tr("Save the dissection, to open again"),
      tr("Results (*.json)"), QStringLiteral("dissection.json"), [this](const QString& file) { saveResult(file); });
  add(QStringLiteral("image"), tr("Units by concept as &picture\u2026"), tr("Save the bar chart of the layer"),
      tr("Pictures (*.png)"), QStringLiteral("units.png"),
      [this, written](const QString& file) { written(file, bars_->picture().save(file, "PNG")); });
  add(QStringLiteral("table"), tr("Causal &effects as table\u2026"), tr("Save what switching units did"),
      tr("Table (*.csv)"), QStringLiteral("effects.csv"), [this, written](const QString& file) {
        QSaveFile out(file);
        written(file, out.open(QIODevice::WriteOnly) && out.write(effects_->csv().toUtf8()) >= 0 && out.commit());
      });
}

void DissectionPage::connectParts() {
  connect(samples_, &QSpinBox::valueChanged, this, [this](int samples) {
    change(
        tr("Change the number of samples"), [&](DissectionPageState& state) { state.samples = samples; },
        QStringLiteral("dissect/samples"));
  });
  connect(segmenter_, &QComboBox::activated, this, [this] {
    const QString chosen = segmenter_->currentData().toString();
    const auto take = [this](const QString& name) {
      change(tr("Choose what names the pixels"), [&](DissectionPageState& state) { state.segmenter = name; });
    };
    if (chosen != QLatin1String("?")) return take(chosen);
    segmenter_->setCurrentIndex(segmenter_->findData(state_.segmenter));  // until a file is chosen
    askFile(false, tr("A segmentation network"), tr("Networks (*.onnx *.pt2 *.pt *.pth *.safetensors);;All files (*)"),
            {}, take);
  });
  connect(layers_, &QComboBox::activated, this, [this](int index) {
    change(tr("Choose the layers"), [&](DissectionPageState& state) { state.allLayers = index == 0; });
  });
  connect(dissect_, &QPushButton::clicked, this, [this] {
    if (knowledge_->dissecting()) {
      knowledge_->stop();
    } else {
      dissect();
    }
  });
  connect(tabs_, &QTabBar::currentChanged, this, [this](int index) {
    static const QStringList names{QStringLiteral("switches"), QStringLiteral("units"), QStringLiteral("effects"),
                                   QStringLiteral("artifacts")};
    look([&](DissectionPageState& state) { state.view = names.value(index); });
  });
  connect(switches_, &DissectionSwitches::layerPicked, this,
          [this](const QString& layer) { look([&](DissectionPageState& state) { state.switchLayer = layer; }); });
  connect(bars_, &ConceptBars::layerPicked, this, [this](const QString& layer) {
    look([&](DissectionPageState& state) { state.layer = layer; });
    context().selection.setLayer(layer);
  });
  connect(bars_, &ConceptBars::conceptPicked, this,
          [this](const QString& name) { look([&](DissectionPageState& state) { state.conceptName = name; }); });
  connect(bars_, &ConceptBars::unitPicked, this,
          [this](const QString& layer, int unit) { context().selection.setUnit(layer, unit); });
  connect(&context().selection, &Selection::changed, this, [this](const Focus& now) {
    bars_->markUnit(now.layer == bars_->layer() ? now.unit : -1);
    refresh();
  });
  connect(effects_, &EffectsView::samplesChanged, this, [this](int samples) {
    change(
        tr("Change the number of samples"), [&](DissectionPageState& state) { state.effectSamples = samples; },
        QStringLiteral("dissect/effects"));
  });
  connect(effects_, &EffectsView::conceptPicked, this,
          [this](const QString& name) { look([&](DissectionPageState& state) { state.conceptName = name; }); });
  connect(effects_, &EffectsView::measureWanted, this, [this] {
    CausalQuestion question;
    question.samples = state_.effectSamples;
    question.truncation = stage().scene().sample.truncation;
    question.classes = stage().scene().sample.classes;
    knowledge_->measure(question, state_.segmenter);
  });
  connect(effects_, &EffectsView::optimiseWanted, this, [this](const QString& layer, const QString& name) {
    OptimiseQuestion question;
    question.layer = layer.toStdString();
    question.conceptName = name.toStdString();
    question.samples = state_.effectSamples;
    question.truncation = stage().scene().sample.truncation;
    question.classes = stage().scene().sample.classes;
    knowledge_->optimise(question, state_.segmenter);
  });
  connect(effects_, &EffectsView::stopWanted, knowledge_, &GanKnowledge::stop);
  connect(artifacts_, &ArtifactsView::busyChanged, this, &GeneratorPage::busyChanged);
  connect(knowledge_, &GanKnowledge::busyChanged, this, [this] {
    refresh();
    Q_EMIT busyChanged();
  });
  connect(knowledge_, &GanKnowledge::dissectionChanged, this, [this] {
    QMap<QString, QString> best;
    if (const GanDissectionPtr& found = knowledge_->dissection())
      for (std::size_t c = 0; c < found->found.concepts.size(); ++c)
        best[QString::fromStdString(found->found.concepts[c].name)] =
            QString::fromStdString(found->found.layers[bestLayerFor(*found, std::int64_t(c))].layer);
    switches_->setBestLayers(best);
    bars_->setDissection(knowledge_->dissection());
    bars_->setConcept(state_.conceptName);
    show();
  });
  connect(knowledge_, &GanKnowledge::effectsChanged, this, [this] {
    effects_->setEffects(knowledge_->effects());
    refresh();
  });
  connect(&stage(), &GeneratorStage::generatorChanged, this, &DissectionPage::refresh);
}

void DissectionPage::askFile(bool saves, const QString& title, const QString& filter, const QString& name,
                             const std::function<void(const QString&)>& done) {
  askForFile(this, context().settings.store(),
             {saves ? FileQuestion::Kind::Save : FileQuestion::Kind::Open, title, filter, name}, done);
}

}  // namespace unitscope
