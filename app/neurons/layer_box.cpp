#include "app/neurons/layer_box.h"

#include <algorithm>

#include <QCompleter>
#include <QLineEdit>

#include "app/document.h"
#include "app/neurons/unit_maps.h"

namespace unitscope {

QVector<LayerOfUnits> unitLayers(const Document& document) {
  QVector<LayerOfUnits> found;
  if (!document.hasModel()) return found;
  const std::vector<Layer>& layers = document.model()->layers();
  const std::vector<Shape>& shapes = document.opened().layerShapes;
  for (std::size_t i = 0; i < layers.size() && i < shapes.size(); ++i) {
    const UnitAxes axes = unitAxesOf(shapes[i]);
    if (axes.units < 1 || layers[i].plumbing) continue;
    const std::int64_t places = axes.height * axes.width;
    found.append({QString::fromStdString(layers[i].name), int(axes.units), int(places), places > 1});
  }
  return found;
}

QString firstUnitLayer(const Document& document) {
  const QVector<LayerOfUnits> layers = unitLayers(document);
  const auto find = [&](const std::string& name) -> const LayerOfUnits* {
    for (const LayerOfUnits& layer : layers)
      if (layer.name == QString::fromStdString(name)) return &layer;
    return nullptr;
  };
  const int classes = int(document.card().labels.size());
  const auto good = [&](const LayerOfUnits* layer) { return layer && layer->units > 1 && layer->units != classes; };
  for (const LayerChoice& choice : document.opened().spatialLayers) {
    if (!good(find(choice.name))) continue;
    // The whole block rather than its last convolution, as long as that is no more than a part of the network.
    const std::vector<Layer>& all = document.model()->layers();
    std::string name = choice.name;
    auto at = std::find_if(all.begin(), all.end(), [&](const Layer& layer) { return layer.name == name; });
    while (at != all.end() && at->parent >= 0) {
      at = all.begin() + at->parent;
      const LayerOfUnits* block = find(at->name);
      if (2 * at->nodes.size() > document.model()->graph().nodes().size()) break;
      if (good(block) && block->spatial) name = at->name;
    }
    return QString::fromStdString(name);
  }
  for (auto layer = layers.crbegin(); layer != layers.crend(); ++layer)
    if (layer->units > 1 && layer->units != classes) return layer->name;
  return layers.isEmpty() ? QString() : layers.back().name;
}

LayerBox::LayerBox(const Document& document, const QString& accessibleName, QWidget* parent)
    : QComboBox(parent), document_(document) {
  setAccessibleName(accessibleName);
  setEditable(true);
  setInsertPolicy(QComboBox::NoInsert);
  setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  setMinimumContentsLength(12);
  setMaxVisibleItems(24);
  completer()->setFilterMode(Qt::MatchContains);
  completer()->setCompletionMode(QCompleter::PopupCompletion);
  completer()->setCaseSensitivity(Qt::CaseInsensitive);
  lineEdit()->setPlaceholderText(tr("Name of a layer"));
  connect(this, &QComboBox::activated, this, [this] {
    layer_ = currentData().toString();
    Q_EMIT picked(layer_);
  });
  connect(lineEdit(), &QLineEdit::editingFinished, this, &LayerBox::typed);
  connect(&document_, &Document::modelChanged, this, &LayerBox::fill);
  connect(&document_, &Document::layersKnown, this, &LayerBox::fill);
  fill();
}

void LayerBox::fill() {
  const QSignalBlocker quiet(this);
  clear();
  for (const LayerOfUnits& layer : unitLayers(document_)) {
    addItem(layer.name, layer.name);
    setItemData(count() - 1,
                layer.spatial ? tr("%1 units, %2 places each").arg(layer.units).arg(layer.places)
                              : tr("%1 units without places").arg(layer.units),
                Qt::ToolTipRole);
  }
  setEnabled(count() > 0);
  choose(layer_);
}

void LayerBox::choose(const QString& layer) {
  layer_ = layer;
  const int index = findData(layer);
  setCurrentIndex(index);
  if (index < 0) setEditText({});
  lineEdit()->setCursorPosition(0);
  setToolTip(index < 0 ? tr("The layer whose units are shown") : itemData(index, Qt::ToolTipRole).toString());
}

// What was typed and is no name goes back to what it was.
void LayerBox::typed() {
  const int index = findText(currentText(), Qt::MatchFixedString);
  if (index < 0 || itemData(index).toString() == layer_) return choose(layer_);
  choose(itemData(index).toString());
  Q_EMIT picked(layer_);
}

}  // namespace unitscope
