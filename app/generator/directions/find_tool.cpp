#include "app/generator/directions/find_tool.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/layers_edit.h"
#include "app/generator/generator_stage.h"
#include "app/messages.h"
#include "widgets/control_column.h"
#include "widgets/icons.h"
#include "widgets/top_chart.h"

namespace unitscope {
namespace {

const QString kPane = QStringLiteral("generator/directions/find");

}  // namespace

FindTool::FindTool(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent)
    : DirectionTool(context, stage, list, parent),
      form_(new QFormLayout),
      method_(new QComboBox),
      count_(new QSpinBox),
      layers_(new LayersEdit(tr("Layers to look at"),
                             tr("Which layers' weights are looked at, and which the directions are applied to: "
                                "\u201c0-3,5\u201d, or \u201call\u201d"))),
      normalise_(new QCheckBox(tr("Weights at length one"))),
      toPicture_(new QCheckBox(tr("With layers that draw"))),
      source_(new QComboBox),
      samples_(new QSpinBox),
      start_(new QPushButton),
      summary_(new QLabel),
      chart_(new TopChart) {
  auto* controls = new QWidget;
  auto* column = new QVBoxLayout(controls);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  form_->setSpacing(4);
  method_->addItem(tr("SeFa (weights)"), QStringLiteral("sefa"));
  method_->addItem(tr("GANSpace (samples)"), QStringLiteral("ganspace"));
  method_->setAccessibleName(tr("Method"));
  method_->setToolTip(
      tr("SeFa: eigenvectors of the weights that read the latent, at once and without samples (Shen & Zhou 2021). "
         "GANSpace: principal components of many samples (H\u00e4rk\u00f6nen et al. 2020)"));
  count_->setRange(1, 50);
  count_->setValue(5);
  count_->setAccessibleName(tr("How many directions"));
  normalise_->setChecked(true);
  normalise_->setToolTip(tr("As SeFa's authors do: every output of a layer counts alike, however large its weights"));
  toPicture_->setToolTip(tr("Also the layers that turn features into colours, which SeFa's authors leave out"));
  source_->setAccessibleName(tr("Components of"));
  source_->setToolTip(
      tr("What the principal components are of: w itself, or a layer's values, led back to the latent"));
  source_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  source_->setMinimumContentsLength(10);
  samples_->setRange(0, 1000000);
  samples_->setSingleStep(500);
  samples_->setSpecialValueText(tr("as many as fit"));
  samples_->setGroupSeparatorShown(true);
  samples_->setAccessibleName(tr("Samples"));
  samples_->setToolTip(tr("0: 10,000 latents, or 2,000 samples of a layer"));
  form_->addRow(tr("Method"), method_);
  form_->addRow(tr("How many"), count_);
  form_->addRow(tr("Layers"), layers_);
  form_->addRow(normalise_);
  form_->addRow(toPicture_);
  form_->addRow(tr("Of"), source_);
  form_->addRow(tr("Samples"), samples_);
  column->addLayout(form_);
  column->addWidget(start_);
  summary_->setWordWrap(true);
  summary_->setAccessibleName(tr("What was found"));
  column->addWidget(summary_);
  column->addStretch(1);
  chart_->setAccessibleName(tr("How much each direction explains"));
  auto* port = new QScrollArea;
  port->setWidget(chart_);
  port->setWidgetResizable(true);
  port->setFrameShape(QFrame::NoFrame);
  port->viewport()->setAutoFillBackground(false);
  chart_->hide();
  layBeside(this, controls, port, {240, 320});

  for (QComboBox* box : {method_, source_})
    connect(box, &QComboBox::activated, this, [this] {
      sourceName_ = source_->currentData().toString();
      show();
      Q_EMIT stateChanged();
    });
  for (QSpinBox* box : {count_, samples_}) connect(box, &QSpinBox::valueChanged, this, &DirectionTool::stateChanged);
  for (QCheckBox* box : {normalise_, toPicture_}) connect(box, &QCheckBox::toggled, this, &DirectionTool::stateChanged);
  connect(layers_, &LayersEdit::textChanged, this, &FindTool::show);
  connect(layers_, &LayersEdit::taken, this, &DirectionTool::stateChanged);
  connect(&stage, &GeneratorStage::generatorChanged, this, &FindTool::fill);
  connect(start_, &QPushButton::clicked, this, [this] {
    if (running_)
      this->context().engine.cancelPane(kPane);
    else
      run();
  });
  connect(chart_, &TopChart::picked, this, &DirectionTool::directionWanted);
  fill();
}

void FindTool::fill() {
  source_->clear();
  const std::shared_ptr<Generator>& generator = stage().generator();
  if (generator) {
    source_->addItem(generator->plan().hasStyles() ? tr("w, what the layers take") : tr("the first layer that reads z"),
                     QString());
    for (const Layer& layer : generator->model()->layers())
      if (!layer.plumbing) {
        const QString name = QString::fromStdString(layer.name);
        source_->addItem(name, name);
      }
    layers_->setCount(generator->plan().hasStyles() ? generator->plan().styleCount : 0);
  }
  source_->setCurrentIndex(std::max(0, source_->findData(sourceName_)));
  chart_->setBars({});
  chart_->hide();
  summary_->clear();
  show();
}

void FindTool::show() {
  const bool sefa = method_->currentData().toString() == "sefa";
  normalise_->setVisible(sefa);
  toPicture_->setVisible(sefa);
  for (QWidget* field : {static_cast<QWidget*>(source_), static_cast<QWidget*>(samples_)}) {
    field->setVisible(!sefa);
    if (QWidget* label = form_->labelForField(field)) label->setVisible(!sefa);
  }
  const QString reason = !stage().generator()           ? tr("There is no generator")
                         : !layers_->reason().isEmpty() ? layers_->reason()
                                                        : QString();
  start_->setText(running_ ? tr("Stop") : tr("Find directions"));
  start_->setIcon(themedIcon(running_ ? QStringLiteral("cancel") : QStringLiteral("search")));
  setAvailable(*start_, running_ ? QString() : reason);
}

DirectionsQuestion FindTool::question() const {
  DirectionsQuestion question;
  const bool sefa = method_->currentData().toString() == "sefa";
  question.method = sefa ? DirectionsQuestion::Method::Sefa : DirectionsQuestion::Method::Ganspace;
  question.layers = layers_->layers();
  question.count = count_->value();
  question.normalise = normalise_->isChecked();
  question.toPicture = toPicture_->isChecked();
  if (!sefa) question.activation = source_->currentData().toString().toStdString();
  question.samples = samples_->value();
  question.classes = stage().scene().sample.classes;
  return question;
}

void FindTool::run() {
  running_ = true;
  show();
  const DirectionsQuestion asked = question();
  askInBackground<FoundDirections>(
      asked.method == DirectionsQuestion::Method::Sefa ? tr("Directions by SeFa") : tr("Directions by GANSpace"), kPane,
      [asked](Generator& generator, const Progress& progress, const CancelToken& cancel) {
        return findDirections(generator, asked, progress, cancel);
      },
      [this, asked](const FoundDirections& found) {
        running_ = false;
        take(found, asked);
        show();
        Q_EMIT busyChanged();
      },
      [this](const Problem& problem) {
        running_ = false;
        summary_->setText(problem.cancelled ? tr("Stopped") : problem.reason);
        show();
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void FindTool::take(const FoundDirections& found, const DirectionsQuestion& asked) {
  const bool sefa = asked.method == DirectionsQuestion::Method::Sefa;
  const QString method = sefa ? tr("SeFa") : tr("GANSpace");
  const int first = list().add(tr("Find directions by %1").arg(method), found.directions, false);
  if (first < 0) {
    summary_->setText(tr("The list is full: it takes %1 directions").arg(DirectionList::kMost));
    return;
  }
  QVector<TopBar> bars;
  double sum = 0.0;
  for (std::size_t k = 0; k < found.directions.size(); ++k) {
    const int index = first + int(k);
    sum += found.explained[k];
    bars << TopBar{index, QString::fromStdString(list().at(index).name), found.explained[k],
                   tr("Explains %1 of all variance; its eigenvalue is %2. A click shows it in the list")
                       .arg(TopChart::percentText(found.explained[k]))
                       .arg(found.eigenvalues[k], 0, 'g', 4)};
  }
  chart_->setBars(bars);
  chart_->show();
  const QString layers = QString::fromStdString(layersText(asked.layers));
  summary_->setText(
      sefa ? tr("Directions: %1, in %2, layers %3. They are %4 of what the weights do to the latent")
                 .arg(found.directions.size())
                 .arg(QString::fromStdString(found.space), layers, TopChart::percentText(sum))
           : tr("Directions: %1, from %2 samples of %3. They are %4 of their variance")
                 .arg(found.directions.size())
                 .arg(QLocale().toString(qlonglong(found.samples)))
                 .arg(found.activation.empty() ? QStringLiteral("w") : QString::fromStdString(found.activation),
                      TopChart::percentText(sum)));
  Q_EMIT directionWanted(first);
}

QJsonObject FindTool::saveState() const {
  return {{"method", method_->currentData().toString()},
          {"count", count_->value()},
          {"layers", layers_->text()},
          {"normalise", normalise_->isChecked()},
          {"toPicture", toPicture_->isChecked()},
          {"of", sourceName_},
          {"samples", samples_->value()}};
}

void FindTool::restoreState(const QJsonObject& state) {
  if (state.isEmpty()) return;
  method_->setCurrentIndex(std::max(0, method_->findData(state["method"].toString())));
  count_->setValue(state["count"].toInt(count_->value()));
  layers_->setText(state["layers"].toString());
  normalise_->setChecked(state["normalise"].toBool(true));
  toPicture_->setChecked(state["toPicture"].toBool());
  sourceName_ = state["of"].toString();
  source_->setCurrentIndex(std::max(0, source_->findData(sourceName_)));
  samples_->setValue(state["samples"].toInt());
  show();
}

}  // namespace unitscope
