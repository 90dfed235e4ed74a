#include "app/counterfactual/tool_panel.h"

#include <algorithm>

#include <QButtonGroup>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "image/filters.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

namespace unitscope {

namespace {

QFormLayout* form(QWidget* box) {
  auto* layout = new QFormLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(6);
  layout->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  return layout;
}

QComboBox* combo(const QString& name, const QString& help) {
  auto* box = new QComboBox;
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(9);
  box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  box->setAccessibleName(name);
  box->setToolTip(help);
  return box;
}

}  // namespace

ToolPanel::ToolPanel(const std::vector<MethodInfo>& heatMethods, QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(10);
  makeTools();
  makeBrush();
  makeOccluder();
  makeHeat(heatMethods);
  makeEnds();
  column->addStretch(1);
  show();
}

void ToolPanel::makeTools() {
  auto* line = new QHBoxLayout;
  line->setSpacing(4);
  auto* group = new QButtonGroup(this);
  const auto add = [&](ToolSettings::Tool tool, const QString& icon, const QString& text, const QString& help) {
    auto* button = new QToolButton;
    button->setCheckable(true);
    button->setIcon(themedIcon(icon));
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setToolTip(help);
    button->setAccessibleDescription(help);
    group->addButton(button, int(tool));
    tools_.insert(int(tool), button);
    line->addWidget(button);
  };
  add(ToolSettings::Tool::Brush, QStringLiteral("brush"), tr("Brush"),
      tr("Paint on what the network sees and watch its answer change"));
  add(ToolSettings::Tool::Eraser, QStringLiteral("eraser"), tr("Eraser"), tr("Brings the original back (X)"));
  add(ToolSettings::Tool::Occluder, QStringLiteral("occluder"), tr("Occluder"),
      tr("A window follows the pointer and shows how far the score falls without what it covers"));
  connect(group, &QButtonGroup::idClicked, this, [this](int id) {
    settings_.tool = ToolSettings::Tool(id);
    changed();
  });
  static_cast<QVBoxLayout*>(layout())->addLayout(line);
}

QSlider* ToolPanel::slider(int low, int high, const QString& name, const QString& help) {
  auto* slider = new QSlider(Qt::Horizontal);
  slider->setRange(low, high);
  slider->setPageStep(10);
  slider->setMinimumWidth(60);
  slider->setAccessibleName(name);
  slider->setToolTip(help);
  return slider;
}

void ToolPanel::makeBrush() {
  brushBox_ = new QWidget;
  brush_ = form(brushBox_);
  fill_ = combo(tr("What the brush paints"),
                tr("Blur: the blurred picture. Mean colour: what is zero for the network. Inpaint: what the "
                   "surroundings suggest (Telea 2004). Copy: the same place of another picture."));
  for (const auto& [fill, text] :
       {std::pair(Stroke::Fill::Blur, tr("Blur")), std::pair(Stroke::Fill::Mean, tr("Mean colour")),
        std::pair(Stroke::Fill::Inpaint, tr("Inpaint")), std::pair(Stroke::Fill::Copy, tr("Another picture"))}) {
    fill_->addItem(text, int(fill));
  }
  source_ = combo(tr("Picture to copy from"), tr("The brush copies the same place of this picture"));
  size_ = slider(ToolSettings::kSmallest, ToolSettings::kLargest, tr("Size of the brush"),
                 tr("Diameter of the brush, in pixels of the network's input ([ and ] on the picture)"));
  softness_ = slider(0, 100, tr("Softness of the brush"), tr("From a hard edge to one that fades from the middle on"));
  sizeText_ = new QLabel;
  softnessText_ = new QLabel;
  fillReason_ = new QLabel;
  fillReason_->setWordWrap(true);
  fillReason_->setForegroundRole(QPalette::PlaceholderText);
  brush_->addRow(tr("Paint"), fill_);
  brush_->addRow(tr("From"), source_);
  brush_->addRow(fillReason_);
  const int wide = fontMetrics().horizontalAdvance(QStringLiteral("0000 px"));
  for (const auto& [name, control, text] :
       {std::tuple(tr("Size"), size_, sizeText_), std::tuple(tr("Softness"), softness_, softnessText_)}) {
    auto* line = new QHBoxLayout;
    line->addWidget(control, 1);
    text->setFixedWidth(wide);
    text->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    line->addWidget(text);
    brush_->addRow(name, line);
  }
  layout()->addWidget(brushBox_);
  connect(fill_, &QComboBox::activated, this, [this] {
    settings_.fill = Stroke::Fill(fill_->currentData().toInt());
    changed();
  });
  connect(source_, &QComboBox::activated, this, [this] {
    settings_.source = source_->currentData().toInt();
    changed();
  });
  connect(size_, &QSlider::valueChanged, this, [this](int value) {
    settings_.size = value;
    changed();
  });
  connect(softness_, &QSlider::valueChanged, this, [this](int value) {
    settings_.softness = value;
    changed();
  });
}

void ToolPanel::makeOccluder() {
  occluderBox_ = new QWidget;
  QFormLayout* lines = form(occluderBox_);
  window_ = new QSpinBox;
  window_->setRange(0, 4096);
  window_->setSuffix(tr(" px"));
  window_->setAccessibleName(tr("Side of the window"));
  window_->setToolTip(tr("Side of the covered square in pixels of the network's input ([ and ] on the picture)"));
  cover_ = combo(tr("What covers"), tr("What stands in the window, as in the method Occlusion"));
  cover_->addItem(tr("Mean colour"), int(CoverContent::Mean));
  cover_->addItem(tr("Blur"), int(CoverContent::Blur));
  cover_->addItem(tr("Black"), int(CoverContent::Black));
  auto* covers = qobject_cast<QStandardItemModel*>(cover_->model());
  if (covers && !hasImageFilters()) {
    covers->item(1)->setEnabled(false);
    covers->item(1)->setToolTip(tr("This build has no OpenCV, which blurs"));
  }
  clearVisited_ = new QPushButton(tr("Clear the trail"));
  clearVisited_->setToolTip(tr("Forgets where the window has been"));
  lines->addRow(tr("Window"), window_);
  lines->addRow(tr("Cover"), cover_);
  lines->addRow(clearVisited_);
  layout()->addWidget(occluderBox_);
  connect(window_, &QSpinBox::valueChanged, this, [this](int value) {
    settings_.window = value;
    changed();
  });
  connect(cover_, &QComboBox::activated, this, [this] {
    settings_.cover = CoverContent(cover_->currentData().toInt());
    changed();
  });
  connect(clearVisited_, &QPushButton::clicked, this, &ToolPanel::visitedCleared);
}

void ToolPanel::makeHeat(const std::vector<MethodInfo>& methods) {
  auto* box = new QWidget;
  QFormLayout* lines = form(box);
  heat_ = combo(tr("Heatmap over the picture"),
                tr("Computed anew after each stroke, for the explained class. Each map has a range of its own."));
  heat_->addItem(tr("None"), QString());
  for (const MethodInfo& method : methods) {
    heat_->addItem(QString::fromStdString(method.title), QString::fromStdString(method.id));
    heat_->setItemData(heat_->count() - 1, QString::fromStdString(method.description), Qt::ToolTipRole);
  }
  opacity_ = slider(0, 100, tr("Opacity of the heatmap"), tr("Opacity of the heatmap or the trail over the picture"));
  lines->addRow(tr("Heatmap"), heat_);
  lines->addRow(tr("Opacity"), opacity_);
  layout()->addWidget(box);
  connect(heat_, &QComboBox::activated, this, [this] {
    settings_.heat = heat_->currentData().toString();
    changed();
  });
  connect(opacity_, &QSlider::valueChanged, this, [this](int value) {
    settings_.heatOpacity = value;
    changed();
  });
}

void ToolPanel::makeEnds() {
  auto* column = new QVBoxLayout;
  column->setSpacing(4);
  const auto add = [&](const QString& icon, const QString& text, const QString& help) {
    auto* button = new QPushButton(themedIcon(icon), text);
    button->setToolTip(help);
    column->addWidget(button);
    return button;
  };
  keep_ = add(QStringLiteral("images"), tr("Keep as a picture"),
              tr("Adds the edited picture to the opened ones. What the network does not see of the original stays "
                 "around it, so that every method sees exactly these pixels."));
  save_ = add(QStringLiteral("save"), tr("Save\u2026"), tr("Writes the edited picture as PNG, without loss"));
  reset_ = add(QStringLiteral("reset"), tr("Reset"), tr("Takes all strokes off this picture"));
  static_cast<QVBoxLayout*>(layout())->addLayout(column);
  connect(reset_, &QPushButton::clicked, this, &ToolPanel::resetRequested);
  connect(keep_, &QPushButton::clicked, this, &ToolPanel::keepRequested);
  connect(save_, &QPushButton::clicked, this, &ToolPanel::saveRequested);
}

void ToolPanel::changed() {
  if (silent_) return;
  show();
  Q_EMIT settingsChanged(settings_);
}

void ToolPanel::setSettings(const ToolSettings& settings) {
  settings_ = settings;
  if (heat_->findData(settings_.heat) < 0) settings_.heat.clear();  // of another build
  show();
}

void ToolPanel::setSources(const QVector<QPair<ImageId, QString>>& sources) {
  source_->clear();
  for (const auto& [id, name] : sources) source_->addItem(name, id);
  show();
}

void ToolPanel::setPictureSize(QSize size) {
  picture_ = size;
  show();
}

void ToolPanel::setFillReason(const QString& reason) {
  fillReason_->setText(reason);
  fillReason_->setVisible(!reason.isEmpty());
  fill_->setAccessibleDescription(reason);
}

void ToolPanel::setReasons(const QString& tools, const QString& reset, const QString& keep, const QString& visited) {
  for (QToolButton* button : std::as_const(tools_)) setAvailable(*button, tools);
  setAvailable(*reset_, reset);
  setAvailable(*keep_, keep);
  setAvailable(*save_, keep);
  setAvailable(*clearVisited_, visited);
}

void ToolPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) markTool();
}

// The style's own mark of a pressed button is hard to see on dark.
void ToolPanel::markTool() {
  for (QToolButton* button : std::as_const(tools_)) {
    QPalette colors;
    if (button->isChecked()) {
      colors.setColor(QPalette::Button, mixed(palette().color(QPalette::Button), themeColors(palette()).accent, 0.35));
    }
    button->setPalette(colors);
  }
}

void ToolPanel::show() {
  silent_ = true;
  using Tool = ToolSettings::Tool;
  if (QToolButton* button = tool(settings_.tool)) button->setChecked(true);
  markTool();
  fill_->setCurrentIndex(fill_->findData(int(settings_.fill)));
  source_->setCurrentIndex(source_->findData(settings_.source));
  size_->setValue(settings_.size);
  softness_->setValue(settings_.softness);
  window_->setValue(settings_.window);
  cover_->setCurrentIndex(cover_->findData(int(settings_.cover)));
  heat_->setCurrentIndex(std::max(0, heat_->findData(settings_.heat)));
  opacity_->setValue(settings_.heatOpacity);
  const int side = std::min(picture_.width(), picture_.height());
  window_->setSpecialValueText(side > 0 ? tr("%1 px, automatic").arg(settings_.windowOn(side)) : tr("automatic"));
  sizeText_->setText(side > 0 ? tr("%1 px").arg(std::max(1, (settings_.size * side + 50) / 100))
                              : tr("%1 %").arg(settings_.size));
  softnessText_->setText(tr("%1 %").arg(settings_.softness));
  brushBox_->setVisible(settings_.tool != Tool::Occluder);
  occluderBox_->setVisible(settings_.tool == Tool::Occluder);
  const bool paints = settings_.tool == Tool::Brush;
  brush_->setRowVisible(fill_, paints);
  brush_->setRowVisible(source_, paints && settings_.fill == Stroke::Fill::Copy);
  if (!paints) fillReason_->hide();
  setAvailable(*opacity_,
               settings_.heat.isEmpty() && settings_.tool != Tool::Occluder ? tr("Choose a heatmap first") : QString());
  setAvailable(*heat_, settings_.tool == Tool::Occluder ? tr("The occluder shows its own trail") : QString());
  setAvailable(*source_, source_->count() > 0 ? QString() : tr("Open a second picture first"));
  silent_ = false;
}

}  // namespace unitscope
