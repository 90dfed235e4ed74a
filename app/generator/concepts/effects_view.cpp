#include "app/generator/concepts/effects_view.h"

#include <algorithm>
#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/availability.h"
#include "widgets/curve_chart.h"
#include "widgets/empty_state.h"
#include "widgets/heat_matrix.h"
#include "widgets/icons.h"
#include "widgets/interval_bars.h"

namespace unitscope {

namespace {

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

QString percent(double share) {
  if (!std::isfinite(share)) return QStringLiteral("\u2013");
  const QString number = QLocale().toString(std::abs(100.0 * share), 'f', 0);
  if (number == QLatin1String("0")) return QStringLiteral("0 %");
  return (share < 0 ? QStringLiteral("\u2212") : QStringLiteral("+")) + number + QStringLiteral(" %");
}

QScrollArea* scrolled(QWidget* widget) {
  auto* area = new QScrollArea;
  area->setFrameShape(QFrame::NoFrame);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidget(widget);
  return area;
}

}  // namespace

EffectsView::EffectsView(QWidget* parent)
    : QWidget(parent),
      samples_(new QSpinBox),
      measure_(new QPushButton),
      optimise_(new QPushButton(themedIcon(QStringLiteral("search")), tr("Optimise units"))),
      stack_(new QStackedWidget),
      empty_(new EmptyState),
      matrix_(new HeatMatrix(tr("Change of each concept by each concept's units"))),
      caption_(new QLabel),
      bars_(new IntervalBars(tr("Change of each concept's pixels"))),
      curve_(new CurveChart) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  auto* head = new QHBoxLayout;
  samples_->setRange(8, 10000);
  samples_->setSingleStep(50);
  samples_->setKeyboardTracking(false);
  samples_->setSuffix(tr(" samples"));
  samples_->setAccessibleName(tr("Samples to measure effects on"));
  samples_->setToolTip(tr("Others than those that were dissected. More of them make the intervals narrower."));
  head->addWidget(samples_);
  head->addWidget(measure_);
  head->addWidget(optimise_);
  head->addStretch(1);
  column->addLayout(head);
  empty_->setIcon(QStringLiteral("chart"));
  empty_->setText(
      tr("Each concept's units are switched off on many samples, and the segmenter counts what goes: the "
         "concept itself, and whatever else."));
  stack_->addWidget(empty_);
  auto* halves = new QSplitter(Qt::Vertical);
  halves->setChildrenCollapsible(false);
  matrix_->setToolTip(
      tr("A row for each concept whose units are off, a column for each concept that changes by it. A "
         "click shows the row below."));
  halves->addWidget(scrolled(matrix_));
  auto* below = new QWidget;
  auto* lower = new QVBoxLayout(below);
  lower->setContentsMargins(0, 0, 0, 0);
  caption_->setWordWrap(true);
  lower->addWidget(caption_);
  auto* area = scrolled(bars_);
  area->setWidgetResizable(true);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  lower->addWidget(area, 3);
  curve_->setAxisTitles(tr("Units off"), tr("Change"));
  curve_->setAccessibleName(tr("Change by number of units"));
  curve_->setMinimumHeight(165);
  lower->addWidget(curve_, 2);
  halves->addWidget(below);
  halves->setSizes({200, 420});
  stack_->addWidget(halves);
  column->addWidget(stack_, 1);

  connect(samples_, &QSpinBox::valueChanged, this, &EffectsView::samplesChanged);
  connect(measure_, &QPushButton::clicked, this, [this] {
    if (running_) {
      Q_EMIT stopWanted();
    } else {
      Q_EMIT measureWanted();
    }
  });
  connect(optimise_, &QPushButton::clicked, this, [this] {
    if (const CausalEffect* effect = shown()) Q_EMIT optimiseWanted(text(effect->layer), text(effect->conceptName));
  });
  connect(matrix_, &HeatMatrix::cellPicked, this, [this](int row, int) {
    setConcept(text(effects_->effects[std::size_t(row)].conceptName));
    Q_EMIT conceptPicked(concept_);
  });
  setReady({}, false);
  setEffects(nullptr);
}

void EffectsView::setSamples(int samples) {
  const QSignalBlocker quiet(samples_);
  samples_->setValue(samples);
}

void EffectsView::setReady(const QString& reasonIfNot, bool running) {
  running_ = running;
  reason_ = reasonIfNot;
  measure_->setText(running ? tr("Stop") : tr("Measure"));
  measure_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("play")));
  setAvailable(*measure_, running ? QString() : reasonIfNot);
  empty_->setHeadline(running ? tr("Measuring\u2026") : tr("What do the units do?"));
  updateOptimise();
}

void EffectsView::updateOptimise() {
  optimise_->setToolTip(
      tr("Looks by gradient for the units of the layer that make the concept vanish together, and "
         "measures them (Bau et al. 2019)"));
  setAvailable(*optimise_, running_   ? tr("Something is being measured")
                           : !shown() ? tr("Measure first, and pick a concept's row")
                                      : reason_);
}

void EffectsView::setEffects(const CausalEffectsPtr& effects) {
  effects_ = effects && !effects->effects.empty() ? effects : nullptr;
  stack_->setCurrentIndex(effects_ ? 1 : 0);
  QStringList rows, columns;
  QVector<float> values;
  if (effects_) {
    for (const Concept& one : effects_->concepts) columns << text(one.name);
    for (const CausalEffect& effect : effects_->effects) {
      rows << tr("%1 (%2)").arg(text(effect.conceptName)).arg(effect.units.size());
      for (const ConceptChange& change : effect.changes)
        values << (std::isfinite(change.relative) ? float(std::clamp(change.relative, -1.0, 1.0)) : 0.0F);
    }
  }
  matrix_->setCells(rows, columns, values);
  matrix_->resize(matrix_->sizeHint());
  show();
}

void EffectsView::setConcept(const QString& name) {
  concept_ = name;
  show();
}

const CausalEffect* EffectsView::shown() const {
  if (!effects_) return nullptr;
  for (const CausalEffect& effect : effects_->effects)
    if (text(effect.conceptName) == concept_) return &effect;
  return &*std::ranges::min_element(effects_->effects, {}, [](const CausalEffect& effect) {
    return std::isfinite(effect.own.relative) ? effect.own.relative : 1.0;
  });
}

void EffectsView::show() {
  updateOptimise();
  const CausalEffect* effect = shown();
  QVector<IntervalRow> rows;
  if (!effect) {
    bars_->setRows(rows);
    curve_->setCurves({});
    return caption_->clear();
  }
  matrix_->setCurrent(int(effect - effects_->effects.data()), -1);
  for (std::size_t i = 0; i < effect->changes.size(); ++i) {
    const ConceptChange& change = effect->changes[i];
    if (!std::isfinite(change.relative)) continue;
    IntervalRow row;
    row.id = int(i);
    row.label = text(effects_->concepts[i].name);
    row.value = std::clamp(change.relative, -1.0, 2.0);
    row.low = std::clamp(change.relativeLow, -1.0, 2.0);
    row.high = std::clamp(change.relativeHigh, -1.0, 2.0);
    row.text = percent(change.relative);
    row.explanation = tr("%1: %2 % of the pixels before, %3 % after; 95 % interval of the change %4 to %5")
                          .arg(row.label, QLocale().toString(100.0 * change.before, 'g', 3),
                               QLocale().toString(100.0 * change.after, 'g', 3), percent(change.relativeLow),
                               percent(change.relativeHigh));
    if (row.label == text(effect->conceptName)) bars_->setChosen(row.id);
    rows << row;
  }
  bars_->setRows(rows);
  QVector<QPointF> own, others;
  for (const CausalPoint& point : effect->curve) {
    own << QPointF(double(point.units), point.own);
    others << QPointF(double(point.units), point.others);
  }
  curve_->setCurves({{tr("%1 itself").arg(text(effect->conceptName)), own}, {tr("others (mean size)"), others}});
  QStringList units;
  for (const std::int64_t unit : effect->units) units << QString::number(unit);
  caption_->setText(tr("<b>%1</b> changes by <b>%2</b> (%3 to %4) and the others by %5 on average when %6 units of %7 "
                       "are off, on %8 samples that show it.")
                        .arg(text(effect->conceptName).toHtmlEscaped(), percent(effect->own.relative),
                             percent(effect->own.relativeLow), percent(effect->own.relativeHigh))
                        .arg(QLocale().toString(100.0 * effect->chosen.others, 'f', 0) + QStringLiteral(" %"))
                        .arg(effect->units.size())
                        .arg(text(effect->layer).toHtmlEscaped())
                        .arg(effect->samplesWith));
  caption_->setToolTip(tr("Units %1").arg(units.join(QStringLiteral(", "))));
}

QString EffectsView::csv() const {
  if (!effects_) return {};
  const auto quoted = [](const std::string& name) {
    return QLatin1Char('"') + text(name).replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
  };
  QString lines = QStringLiteral("switched off,layer,units,concept,before,after,relative,low,high\n");
  for (const CausalEffect& effect : effects_->effects)
    for (std::size_t i = 0; i < effect.changes.size(); ++i) {
      const ConceptChange& change = effect.changes[i];
      lines += quoted(effect.conceptName) + QLatin1Char(',') + quoted(effect.layer) + QLatin1Char(',') +
               QString::number(effect.units.size()) + QLatin1Char(',') + quoted(effects_->concepts[i].name);
      for (const double number :
           {change.before, change.after, change.relative, change.relativeLow, change.relativeHigh})
        lines += QLatin1Char(',') + (std::isfinite(number) ? QString::number(number, 'g', 6) : QString());
      lines += QLatin1Char('\n');
    }
  return lines;
}

}  // namespace unitscope
