#include "app/generator/directions/measure_tool.h"

#include <algorithm>
#include <cmath>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

#include "app/availability.h"
#include "app/generator/directions/attribute_choice.h"
#include "app/generator/directions/direction_facts.h"
#include "app/generator/directions/direction_list.h"
#include "app/generator/generator_stage.h"
#include "widgets/control_column.h"
#include "widgets/icons.h"

namespace unitscope {

QString MeasureTool::id() const {
  return ofLayers() ? QStringLiteral("layers") : QStringLiteral("rescoring");
}

QString MeasureTool::title() const {
  return ofLayers() ? tr("Layers") : tr("Effects");
}

QString MeasureTool::explanation() const {
  return ofLayers() ? tr("Re-scoring: which layers a direction works through")
                    : tr("Re-scoring: what each direction changes");
}

MeasureTool::MeasureTool(const Context& context, GeneratorStage& stage, DirectionList& list, AttributeChoice& choice,
                         Of of, QWidget* parent)
    : DirectionTool(context, stage, list, parent), choice_(choice), of_(of) {
  QWidget* controls = makeControls();
  layBeside(this, controls, makeResult(), {230, 350});
  connect(&choice_, &AttributeChoice::changed, this, &MeasureTool::show);
  connect(&list, &DirectionList::changed, this, &MeasureTool::fillDirections);
  connect(&stage, &GeneratorStage::generatorChanged, this, [this] {
    result_.reset();
    show();
  });
  connect(&stage, &GeneratorStage::sceneChanged, this, &MeasureTool::show);
  fillDirections();
}

void MeasureTool::setActive(bool active) {
  if (active) choice_.fetch();
}

void MeasureTool::fillDirections() {
  const QString before = direction_->currentText();
  direction_->clear();
  for (int i = 0; i < list().count(); ++i) direction_->addItem(QString::fromStdString(list().at(i).name));
  direction_->setCurrentIndex(std::max(0, direction_->findText(before)));
  show();
}

QString MeasureTool::whyNot() const {
  const std::shared_ptr<Generator>& generator = stage().generator();
  if (!generator) return tr("There is no generator");
  if (ofLayers() && !generator->plan().hasStyles())
    return tr("This network takes z as it is: its layers have no styles of their own");
  if (list().count() == 0) return tr("The list has no directions to measure");
  if (choice_.fetching()) return tr("The networks that judge the pictures are being opened");
  if (!choice_.reason().isEmpty()) return choice_.reason();
  if (choice_.chosen().empty())
    return tr("Tick what is to be measured in the tab \u201cAttributes\u201d, column \u201cLearn\u201d");
  const auto fits = [&](const LatentDirection& direction) {
    const LatentSpace space = direction.space == "z" ? LatentSpace::Z : LatentSpace::WPlus;
    return whyNotMovable(generator->plan(), space, direction);
  };
  if (!ofLayers()) {
    for (int i = 0; i < list().count(); ++i)
      if (fits(list().at(i)).isEmpty()) return {};
    return tr("No direction of the list fits this network");
  }
  const int index = direction_->currentIndex();
  if (index < 0 || index >= list().count()) return tr("Choose a direction");
  if (list().at(index).space == "z") return tr("A direction of z reaches all layers at once");
  return fits(list().at(index));
}

void MeasureTool::show() {
  const QString reason = whyNot();
  start_->setText(running_ ? tr("Stop") : tr("Measure"));
  start_->setIcon(themedIcon(running_ ? QStringLiteral("cancel") : QStringLiteral("play")));
  setAvailable(*start_, running_ ? QString() : reason);
  if (result_) {
    if (ofLayers())
      showChart();
    else
      showTable();
  } else {
    empty_->setText(running_            ? tr("Samples are moved and scored\u2026")
                    : !reason.isEmpty() ? reason
                    : ofLayers()
                        ? tr("Samples are moved along the direction in some layers at a time, and scored before and "
                             "after: it shows which layers it works through.")
                        : tr("Samples are moved along each direction and scored before and after: it shows what the "
                             "directions change, and how much else."));
  }
  stack_->setCurrentIndex(result_ ? 1 : 0);
}

RescoringQuestion MeasureTool::question() const {
  RescoringQuestion asked;
  const GeneratorPlan& plan = stage().generator()->plan();
  if (ofLayers()) {
    asked.directions = {list().at(direction_->currentIndex())};
  } else {
    for (int i = 0; i < list().count(); ++i) {
      const LatentDirection& direction = list().at(i);
      const LatentSpace space = direction.space == "z" ? LatentSpace::Z : LatentSpace::WPlus;
      if (whyNotMovable(plan, space, direction).isEmpty()) asked.directions.push_back(direction);
    }
  }
  asked.attributes = choice_.chosen();
  asked.samples = samples_->value();
  asked.step = step_->value();
  const SynthesisQuestion& sample = stage().scene().sample;
  if (sample.space == LatentSpace::Z) asked.truncation = sample.truncation;
  asked.classes = sample.classes;
  return asked;
}

void MeasureTool::run() {
  struct Answer {
    std::shared_ptr<const ChangeTable> table;
    std::vector<LayerGroup> groups;
  };
  running_ = true;
  summary_->clear();
  show();
  const RescoringQuestion asked = question();
  const ComputeSettings compute = context().settings.compute();
  askInBackground<Answer>(
      ofLayers() ? tr("Layers of %1").arg(QString::fromStdString(asked.directions.front().name))
                 : tr("What %1 directions change").arg(asked.directions.size()),
      QStringLiteral("generator/directions/") + id(),
      [asked, files = choice_.files(), compute, layers = ofLayers(),
       single = groups_->currentData().toString() == "single"](Generator& generator, const Progress& progress,
                                                               const CancelToken& cancel) -> Answer {
        RescoringQuestion full = asked;
        full.models = openAttributeModels(files, compute, cancel);
        if (!layers) return {std::make_shared<const ChangeTable>(rescore(generator, full, progress, cancel)), {}};
        const std::vector<LayerGroup> groups = single ? singleLayers(generator.plan()) : layerGroups(generator.plan());
        std::vector<ChangeTable> tables = rescoreByLayer(generator, full, groups, progress, cancel);
        return {std::make_shared<const ChangeTable>(std::move(tables.front())), groups};
      },
      [this, direction = asked.directions.front()](const Answer& answer) {
        running_ = false;
        result_ = answer.table;
        measuredGroups_ = answer.groups;
        measured_ = direction;
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

void MeasureTool::applyLayers(int row) {
  const int index = list().find(measured_);
  if (index < 0 || row < 0) return;
  // The last row is all layers together.
  list().setLayers(index, row < int(measuredGroups_.size()) ? measuredGroups_[std::size_t(row)].layers
                                                            : std::vector<std::int64_t>{});
  Q_EMIT directionWanted(index);
}

QString MeasureTool::csv() const {
  if (!result_) return {};
  const auto cell = [](QString text) {
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + text + QLatin1Char('"');
  };
  QString csv = tr("direction,attribute,change,change_low,change_high,deviations\n");
  const std::size_t width = result_->attributes.size();
  for (std::size_t r = 0; r < result_->rows.size(); ++r)
    for (std::size_t k = 0; k < width; ++k) {
      const std::size_t at = r * width + k;
      csv += cell(QString::fromStdString(result_->rows[r])) + QLatin1Char(',') +
             cell(QString::fromStdString(textOf(result_->attributes[k])));
      for (const double value : {double(result_->change.values[at]), double(result_->changeLow.values[at]),
                                 double(result_->changeHigh.values[at]), result_->strength(r, k)})
        csv += QLatin1Char(',') + QString::number(value);
      csv += QLatin1Char('\n');
    }
  return csv;
}

QJsonObject MeasureTool::saveState() const {
  return {{"samples", samples_->value()}, {"step", step_->value()}, {"groups", groups_->currentData().toString()}};
}

void MeasureTool::restoreState(const QJsonObject& state) {
  if (state.isEmpty()) return;
  samples_->setValue(state["samples"].toInt(samples_->value()));
  step_->setValue(state["step"].toDouble(step_->value()));
  groups_->setCurrentIndex(std::max(0, groups_->findData(state["groups"].toString())));
}

}  // namespace unitscope
