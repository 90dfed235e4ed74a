#include "app/model_panel.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/document.h"
#include "app/selection.h"
#include "widgets/elided_label.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"
#include "widgets/layer_tree.h"

namespace unitscope {

ModelPanel::ModelPanel(const Context& context, QWidget* parent) : QWidget(parent), context_(context) {
  auto* empty = new EmptyState;
  empty->setText(tr("The layers of the network are listed here."));
  QPushButton* open = empty->addButton(tr("Open a model..."));
  open->setDefault(false);
  title_ = new ElidedLabel;
  title_->setBold(true);
  title_->setElideMode(Qt::ElideMiddle);
  format_ = new ElidedLabel;
  format_->setMuted(true);
  card_ = new QToolButton;
  card_->setAutoRaise(true);
  card_->setIcon(themedIcon("info"));
  card_->setToolTip(tr("Model card: preprocessing, labels and outputs"));
  card_->setAccessibleName(tr("Model card"));
  tree_ = new LayerTree;

  auto* full = new QWidget;
  auto* names = new QVBoxLayout;
  names->setSpacing(1);
  names->addWidget(title_);
  names->addWidget(format_);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(8, 6, 4, 2);
  head->addLayout(names, 1);
  head->addWidget(card_, 0, Qt::AlignTop);
  auto* column = new QVBoxLayout(full);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(head);
  column->addWidget(tree_, 1);
  pages_ = new QStackedWidget;
  pages_->addWidget(empty);
  pages_->addWidget(full);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(pages_);

  connect(open, &QPushButton::clicked, this, &ModelPanel::openWanted);
  connect(card_, &QToolButton::clicked, this, &ModelPanel::cardWanted);
  connect(tree_, &LayerTree::layerSelected, this, [this](const QString& name) { context_.selection.setLayer(name); });
  connect(&context_.document, &Document::modelChanged, this, &ModelPanel::showModel);
  connect(&context_.document, &Document::layersKnown, this, &ModelPanel::showShapes);
  connect(&context_.selection, &Selection::changed, this, &ModelPanel::follow);
  showModel();
}

void ModelPanel::focusSearch() {
  if (auto* search = tree_->findChild<QLineEdit*>()) {
    search->setFocus(Qt::ShortcutFocusReason);
    search->selectAll();
  }
}

void ModelPanel::showModel() {
  const Document& document = context_.document;
  pages_->setCurrentIndex(document.hasModel() ? 1 : 0);
  QVector<LayerRow> rows;
  if (document.hasModel()) {
    const OpenedModel& opened = document.opened();
    title_->setText(opened.title);
    title_->setHelp(opened.path.isEmpty() ? opened.title : opened.path);
    format_->setText(opened.format);
    format_->setVisible(!opened.format.isEmpty());
    format_->setHelp(opened.notes.join('\n'));
    const std::vector<Layer>& layers = opened.model->layers();
    rows.reserve(static_cast<qsizetype>(layers.size()));
    for (const Layer& layer : layers) {
      LayerRow row;
      row.name = QString::fromStdString(layer.name);
      if (layer.parent >= 0) {
        row.parent = QString::fromStdString(layers[static_cast<std::size_t>(layer.parent)].name);
      }
      row.operatorName = QString::fromStdString(layer.op);
      row.parameters = layer.parameters;
      row.plumbing = layer.plumbing;
      rows << row;
    }
  }
  tree_->setRows(rows);
  showShapes();
  follow();
}

void ModelPanel::showShapes() {
  if (!context_.document.hasModel()) return;
  const OpenedModel& opened = context_.document.opened();
  const std::vector<Layer>& layers = opened.model->layers();
  for (std::size_t i = 0; i < layers.size() && i < opened.layerShapes.size(); ++i) {
    const Shape& shape = opened.layerShapes[i];
    if (!shape.empty()) {
      tree_->setShape(QString::fromStdString(layers[i].name), QString::fromStdString(toString(shape)));
    }
  }
  tree_->fitColumns();
}

void ModelPanel::follow() {
  const QString layer = context_.selection.focus().layer;
  if (layer != tree_->selected()) tree_->select(layer);
}

}  // namespace unitscope
