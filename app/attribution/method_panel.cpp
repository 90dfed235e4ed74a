#include "app/attribution/method_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/attribution/method_family.h"
#include "app/attribution/segment_choice.h"
#include "app/availability.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

namespace unitscope {

namespace {

QLabel* heading(const QString& text) {
  auto* label = new QLabel(text);
  QFont bold = label->font();
  bold.setBold(true);
  label->setFont(bold);
  return label;
}

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

}  // namespace

MethodPanel::MethodPanel(const std::vector<MethodInfo>& methods, QSettings* segmentStore, QWidget* parent)
    : QWidget(parent), methods_(methods) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  column->addWidget(heading(tr("Methods")));
  filter_ = new QLineEdit;
  filter_->setPlaceholderText(tr("Filter\u2026"));
  filter_->setToolTip(tr("Part of a method's name, family or citation; \u201ccompared\u201d shows those that are"));
  filter_->setAccessibleName(tr("Filter of the methods"));
  filter_->setClearButtonEnabled(true);
  filter_->addAction(themedIcon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
  column->addWidget(filter_);
  list_ = new QListWidget;
  list_->setAccessibleName(tr("Methods that are compared"));
  list_->setUniformItemSizes(true);
  fillList();
  list_->setFixedHeight(int(fontMetrics().height() * 1.32 * 10.5));
  column->addWidget(list_);
  nothing_ = new QLabel;
  nothing_->setWordWrap(true);
  nothing_->setForegroundRole(QPalette::PlaceholderText);
  nothing_->hide();
  column->addWidget(nothing_);
  column->addSpacing(4);
  title_ = heading({});
  column->addWidget(title_);
  description_ = new QLabel;
  description_->setWordWrap(true);
  description_->setForegroundRole(QPalette::PlaceholderText);
  description_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  column->addWidget(description_);
  auto* line = new QHBoxLayout;
  layerTitle_ = new QLabel(tr("Layer"));
  layer_ = new QComboBox;
  layer_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  layer_->setMinimumContentsLength(10);
  layer_->setAccessibleName(tr("Layer"));
  layer_->setToolTip(tr("The feature maps that the method weighs"));
  layerTitle_->setBuddy(layer_);
  line->addWidget(layerTitle_);
  line->addWidget(layer_, 1);
  column->addLayout(line);
  if (segmentStore) {
    segments_ = new SegmentChoice(*segmentStore);
    column->addWidget(segments_);
    connect(segments_, &SegmentChoice::chosen, this, &MethodPanel::segmentsPicked);
  }
  form_ = new ParameterForm;
  column->addWidget(form_);
  reset_ = new QPushButton(tr("Published defaults"));
  reset_->setToolTip(tr("Sets every parameter of this method back to its published default"));
  column->addWidget(reset_);
  column->addStretch(1);

  connect(filter_, &QLineEdit::textChanged, this, &MethodPanel::applyFilter);
  connect(list_, &QListWidget::itemChanged, this, [this](const QListWidgetItem* item) {
    const QString id = item->data(Qt::UserRole).toString();
    if (!silent_ && !id.isEmpty()) Q_EMIT methodToggled(id, item->checkState() == Qt::Checked);
  });
  connect(list_, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
    const QString id = item ? item->data(Qt::UserRole).toString() : QString();
    if (!silent_ && !id.isEmpty()) Q_EMIT methodPicked(id);
  });
  connect(form_, &ParameterForm::valueChanged, this,
          [this](const QString& id, const QVariant& value) { Q_EMIT parameterChanged(state_.current, id, value); });
  connect(reset_, &QPushButton::clicked, this, [this] { Q_EMIT parametersReset(state_.current); });
  connect(layer_, &QComboBox::activated, this,
          [this] { Q_EMIT layerPicked(state_.current, layer_->currentData().toString()); });
}

void MethodPanel::fillList() {
  for (int i = 0; i < kMethodFamilies; ++i) {
    const auto family = MethodFamily(i);
    QListWidgetItem* title = nullptr;
    for (const MethodInfo& method : methods_) {
      if (methodFamily(method.id) != family) continue;
      if (!title) {
        title = new QListWidgetItem(familyTitle(family), list_);
        title->setToolTip(familyHelp(family));
        title->setFlags(Qt::NoItemFlags);  // the keyboard passes it by
        QFont bold = list_->font();
        bold.setBold(true);
        title->setFont(bold);
      }
      auto* item = new QListWidgetItem(text(method.title), list_);
      item->setData(Qt::UserRole, text(method.id));
      item->setToolTip(QStringLiteral("<p>%1</p><p><i>%2</i></p>")
                           .arg(text(method.description).toHtmlEscaped(), text(method.citation).toHtmlEscaped()));
      item->setData(Qt::AccessibleDescriptionRole,
                    familyTitle(family) + QStringLiteral(". ") + text(method.description + " " + method.citation));
      item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
      item->setCheckState(Qt::Unchecked);
    }
  }
}

void MethodPanel::applyFilter() {
  const QString wanted = filter_->text().trimmed();
  const auto has = [&wanted](const QString& s) { return s.contains(wanted, Qt::CaseInsensitive); };
  QListWidgetItem* title = nullptr;  // hidden unless one of its methods is seen
  int seen = 0;
  for (int i = 0; i < list_->count(); ++i) {
    QListWidgetItem* item = list_->item(i);
    const QString id = item->data(Qt::UserRole).toString();
    if (id.isEmpty()) {
      title = item;
      title->setHidden(true);
      continue;
    }
    const MethodInfo* method = findMethod(methods_, id);
    const bool compared = item->checkState() == Qt::Checked && wanted.compare(tr("compared"), Qt::CaseInsensitive) == 0;
    const bool fits = wanted.isEmpty() || compared || has(item->text()) || has(id) || has(title->text()) ||
                      (method && has(text(method->citation)));
    item->setHidden(!fits);
    if (!fits) continue;
    title->setHidden(false);
    ++seen;
  }
  nothing_->setText(tr("No method fits \u201c%1\u201d.").arg(wanted));
  nothing_->setVisible(seen == 0);
}

void MethodPanel::setState(const AttributionState& state) {
  state_ = state;
  silent_ = true;
  for (int i = 0; i < list_->count(); ++i) {
    QListWidgetItem* item = list_->item(i);
    const QString id = item->data(Qt::UserRole).toString();
    if (id.isEmpty()) continue;
    item->setCheckState(state.methods.contains(id) ? Qt::Checked : Qt::Unchecked);
    if (id == state.current) list_->setCurrentItem(item);
  }
  silent_ = false;
  applyFilter();
  showCurrent();
}

void MethodPanel::setLayers(const std::vector<LayerChoice>& layers) {
  layers_ = layers;
  showLayers();
}

void MethodPanel::showCurrent() {
  const MethodInfo* method = findMethod(methods_, state_.current);
  if (!method) return;
  title_->setText(text(method->title));
  // The first sentence here, the whole in the tooltip.
  const QString whole = text(method->description);
  const qsizetype dot = whole.indexOf(QStringLiteral(". "));
  description_->setText(tr("%1 %2").arg(dot > 0 ? whole.left(dot + 1) : whole, text(method->citation)));
  description_->setToolTip(QStringLiteral("<p>%1</p>").arg(whole.toHtmlEscaped()));
  if (shown_ != state_.current) {
    shown_ = state_.current;
    form_->setFields(formFields(*method));
  }
  QVariantMap values;
  for (const FormField& field : form_->fields()) values.insert(field.id, field.fallback);
  const QVariantMap changes = state_.parameters.value(state_.current);
  for (auto it = changes.cbegin(); it != changes.cend(); ++it) values.insert(it.key(), it.value());
  form_->setValues(values);
  form_->setVisible(!form_->fields().isEmpty());
  if (segments_) {
    segments_->show(state_.segments);
    segments_->setVisible(takesSegments(*method));
  }
  reset_->setVisible(!form_->fields().isEmpty());
  setAvailable(*reset_, form_->isDefault() ? tr("The parameters are the published defaults") : QString());
  showLayers();
}

void MethodPanel::showLayers() {
  const MethodInfo* method = findMethod(methods_, state_.current);
  const bool uses = method && method->usesLayer;
  layer_->setVisible(uses);
  layerTitle_->setVisible(uses);
  layer_->clear();
  layer_->addItem(tr("Last feature maps"), QString());
  for (const LayerChoice& choice : layers_) {
    layer_->addItem(tr("%1  %2").arg(text(choice.name), text(choice.shape)), text(choice.name));
  }
  const QString wanted = state_.layers.value(state_.current);
  int index = layer_->findData(wanted);
  if (index < 0) {  // of another network: say so instead of quietly using another
    layer_->addItem(tr("%1 (not in this network)").arg(wanted), wanted);
    index = layer_->count() - 1;
  }
  layer_->setCurrentIndex(index);
  setAvailable(*layer_, layers_.empty() ? tr("The network's layers are not known yet") : QString());
}

}  // namespace unitscope
