#include "app/inspector_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/aside.h"
#include "app/card_text.h"
#include "app/document.h"
#include "app/selection.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

QString grouped(std::int64_t number) {
  return QLocale().toString(static_cast<qlonglong>(number));
}

const Layer* findLayer(const Document& document, const QString& name, std::size_t* index) {
  if (!document.hasModel() || name.isEmpty()) return nullptr;
  const std::vector<Layer>& layers = document.model()->layers();
  const std::string wanted = name.toStdString();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].name != wanted) continue;
    *index = i;
    return &layers[i];
  }
  return nullptr;
}

QString shortNumber(double value) {
  return QLocale().toString(value, 'g', 4);
}

}  // namespace

InspectorPanel::InspectorPanel(const Context& context, QWidget* parent) : QScrollArea(parent), context_(context) {
  auto* body = new QWidget;
  column_ = new QVBoxLayout(body);
  column_->setContentsMargins(10, 8, 10, 8);
  column_->setSpacing(4);
  setWidget(body);
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Inspector"));
  for (const auto signal :
       {&Document::modelChanged, &Document::cardChanged, &Document::layersKnown, &Document::picturesChanged}) {
    connect(&context_.document, signal, this, &InspectorPanel::rebuildSoon);
  }
  connect(&context_.selection, &Selection::changed, this, &InspectorPanel::rebuildSoon);
  connect(&context_.document, &Document::modelChanged, this, [this] {
    weightsCancel_.cancel();
    weightsOf_.clear();
    weights_.clear();
  });
  rebuild();
}

InspectorPanel::~InspectorPanel() {
  weightsCancel_.cancel();
}

void InspectorPanel::rebuildSoon() {
  // One click changes several things at once; they are shown together.
  if (rebuildPosted_) return;
  rebuildPosted_ = true;
  QMetaObject::invokeMethod(this, &InspectorPanel::rebuild, Qt::QueuedConnection);
}

void InspectorPanel::rebuild() {
  rebuildPosted_ = false;
  facts_.clear();
  form_ = nullptr;
  while (QLayoutItem* item = column_->takeAt(0)) {
    if (item->widget()) {
      item->widget()->hide();
      item->widget()->deleteLater();
    }
    delete item;
  }
  addLayer();
  addTarget();
  addPicture();
  addNetwork();
  if (facts_.empty()) {
    auto* nothing = new QLabel(tr("Select a layer or an image to see what is known of it."));
    nothing->setWordWrap(true);
    nothing->setAlignment(Qt::AlignCenter);
    nothing->setForegroundRole(QPalette::PlaceholderText);
    column_->addSpacing(24);
    column_->addWidget(nothing);
  }
  column_->addStretch(1);
}

QString InspectorPanel::asText() const {
  QString text;
  for (const Fact& fact : facts_) text += fact.name + ": " + fact.value + '\n';
  return text;
}

void InspectorPanel::addSection(const QString& title) {
  if (form_) column_->addSpacing(8);
  auto* group = new QWidget;
  group->setAccessibleName(title);
  auto* rows = new QVBoxLayout(group);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(4);
  auto* heading = new QLabel(title);
  QFont bold = font();
  bold.setBold(true);
  heading->setFont(bold);
  rows->addWidget(heading);
  form_ = new QFormLayout;
  form_->setContentsMargins(0, 0, 0, 0);
  form_->setHorizontalSpacing(12);
  form_->setVerticalSpacing(4);
  form_->setRowWrapPolicy(QFormLayout::DontWrapRows);
  form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  rows->addLayout(form_);
  column_->addWidget(group);
  section_ = title;
}

void InspectorPanel::addFact(const QString& name, const QString& value, bool copies) {
  facts_.push_back({section_, name, value});
  auto* label = new QLabel(name);
  label->setForegroundRole(QPalette::PlaceholderText);
  label->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("Parameters")) + 4);
  label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  // Long names have no spaces: a zero-width space behind each dot and slash lets them wrap.
  QString shown = value.toHtmlEscaped();
  if (!value.contains(' ')) {
    for (const QChar mark : {'.', '/', '_'}) shown.replace(mark, QString(mark) + QChar(0x200B));
  }
  auto* text = new QLabel(shown);
  text->setTextFormat(Qt::RichText);
  text->setWordWrap(true);
  text->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  text->setAccessibleName(name + ": " + value);
  if (!copies) return form_->addRow(label, text);
  auto* line = new QHBoxLayout;
  line->setSpacing(2);
  line->addWidget(text, 1);
  auto* copy = new QToolButton;
  copy->setAutoRaise(true);
  copy->setIcon(themedIcon("copy"));
  copy->setIconSize(QSize(14, 14));
  copy->setMaximumHeight(fontMetrics().height() + 4);
  copy->setToolTip(tr("Copy the name"));
  copy->setAccessibleName(tr("Copy %1").arg(value));
  connect(copy, &QToolButton::clicked, this, [value] { QApplication::clipboard()->setText(value); });
  line->addWidget(copy, 0, Qt::AlignTop);
  form_->addRow(label, line);
}

void InspectorPanel::addLayer() {
  std::size_t index = 0;
  const QString name = context_.selection.focus().layer;
  const Layer* layer = findLayer(context_.document, name, &index);
  if (!layer) return;
  const OpenedModel& opened = context_.document.opened();
  addSection(tr("Layer"));
  addFact(tr("Name"), name, true);
  addFact(tr("Operator"),
          layer->op.empty() ? tr("module of %1 nodes").arg(layer->nodes.size()) : QString::fromStdString(layer->op));
  unitscope::Shape shape;
  if (index < opened.layerShapes.size()) shape = opened.layerShapes[index];
  addFact(tr("Output"), shape.empty() ? tr("not known yet") : QString::fromStdString(toString(shape)));
  addFact(tr("Parameters"), layer->parameters == 0 ? tr("none") : grouped(layer->parameters));
  addUnit(shape);
  if (layer->parameters > 0) addWeights();
}

void InspectorPanel::addUnit(const unitscope::Shape& shape) {
  if (shape.size() < 2 || shape[1] < 1 || shape[1] > 1'000'000) return;
  const Focus& focus = context_.selection.focus();
  auto* unit = new QSpinBox;
  unit->setRange(-1, static_cast<int>(shape[1]) - 1);
  unit->setSpecialValueText(tr("all"));
  unit->setValue(std::min(focus.unit, unit->maximum()));
  unit->setKeyboardTracking(false);
  unit->setAccessibleName(tr("Unit of the layer"));
  unit->setToolTip(tr("The channel that all panes look at, 0 to %1").arg(unit->maximum()));
  connect(unit, &QSpinBox::valueChanged, this,
          [this, layer = focus.layer](int value) { context_.selection.setUnit(layer, value); });
  form_->addRow(tr("Unit"), unit);
  if (focus.unit >= 0) facts_.push_back({section_, tr("Unit"), QString::number(focus.unit)});
  if (focus.place.x() >= 0) addFact(tr("Place"), tr("column %1, row %2").arg(focus.place.x()).arg(focus.place.y()));
}

void InspectorPanel::addWeights() {
  if (weightsOf_ != context_.selection.focus().layer) askWeights();
  for (const WeightFacts& weight : weights_) {
    addSection(weight.name.section('.', -1));
    addFact(tr("Shape"), weight.shape + ' ' + weight.dtype);
    addFact(tr("Mean"),
            shortNumber(weight.numbers.mean) + QStringLiteral(" \u00b1 ") + shortNumber(weight.numbers.deviation));
    addFact(tr("Range"), shortNumber(weight.numbers.least) + tr(" to ") + shortNumber(weight.numbers.most));
    if (weight.numbers.zeros > 0) {
      addFact(tr("Zeros"), tr("%1 %").arg(shortNumber(100.0 * static_cast<double>(weight.numbers.zeros) /
                                                      static_cast<double>(weight.numbers.count))));
    }
    if (weight.numbers.notFinite > 0) addFact(tr("Not finite"), grouped(weight.numbers.notFinite));
  }
}

void InspectorPanel::askWeights() {
  weightsOf_ = context_.selection.focus().layer;
  weights_.clear();
  weightsCancel_.cancel();
  weightsCancel_ = CancelToken();
  std::size_t index = 0;
  const Layer* layer = findLayer(context_.document, weightsOf_, &index);
  // A whole network's weights belong to no one layer, and take long.
  if (!layer || layer->nodes.size() > 8) return;
  const std::shared_ptr<Model> model = context_.document.model();
  // The graph never changes once it is open, so it may be read beside the engine.
  runAside<std::vector<WeightFacts>>(
      this,
      [model, nodes = layer->nodes, cancel = weightsCancel_] { return weightFacts(model->graph(), nodes, cancel); },
      [this, cancel = weightsCancel_](std::vector<WeightFacts> facts) {
        if (cancel.cancelled()) return;
        weights_ = std::move(facts);
        rebuildSoon();
      });
}

void InspectorPanel::addTarget() {
  const int target = context_.selection.focus().target;
  if (target < 0 || !context_.document.hasModel()) return;
  addSection(tr("Class to explain"));
  addFact(tr("Label"), context_.document.label(target), true);
  addFact(tr("Index"), QString::number(target));
}

void InspectorPanel::addPicture() {
  const PictureEntry* picture = context_.document.picture(context_.selection.focus().image);
  if (!picture) return;
  addSection(tr("Image"));
  addFact(tr("Name"), picture->name, true);
  const QString channels = picture->pixels->channels == 1 ? tr("grey") : tr("RGB");
  addFact(tr("Size"),
          QStringLiteral("%1 \u00d7 %2, %3").arg(picture->pixels->width).arg(picture->pixels->height).arg(channels));
  if (!picture->path.isEmpty()) addFact(tr("Folder"), QFileInfo(picture->path).absolutePath());
}

void InspectorPanel::addNetwork() {
  const Document& document = context_.document;
  if (!document.hasModel()) return;
  const OpenedModel& opened = document.opened();
  const Graph& graph = opened.model->graph();
  addSection(tr("Network"));
  addFact(tr("Name"), opened.title);
  if (!opened.format.isEmpty()) addFact(tr("Format"), opened.format);
  addFact(tr("Parameters"), grouped(graph.parameterCount()));
  addFact(tr("Nodes"), grouped(static_cast<std::int64_t>(graph.nodes().size())));
  for (const ValueId input : graph.inputs()) {
    const Value& value = graph.value(input);
    addFact(tr("Input"), QString::fromStdString(value.name + (value.shape ? ' ' + toString(*value.shape) : "")));
  }
  addFact(tr("Picture"), describePreprocessing(document.card()));
  addFact(tr("Labels"),
          document.hasLabels() ? grouped(static_cast<std::int64_t>(document.card().labels.size())) : tr("none"));
  for (const QString& note : opened.notes) addFact(tr("Note"), note);
  auto* card = new QPushButton(tr("Model card..."));
  card->setToolTip(tr("Change preprocessing, labels and outputs"));
  connect(card, &QPushButton::clicked, this, &InspectorPanel::cardWanted);
  form_->addRow(QString(), card);
}

}  // namespace unitscope
