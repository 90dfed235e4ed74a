// Layout of the attributes tool.
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/generator/directions/attribute_choice.h"
#include "app/generator/directions/attributes_tool.h"
#include "app/generator/directions/layers_edit.h"
#include "app/generator/generator_stage.h"
#include "gan/attributes.h"
#include "runtime/error.h"
#include "widgets/control_column.h"

namespace unitscope {
namespace {

const QString kPane = QStringLiteral("generator/directions/train");
const QString kOther = QStringLiteral("?");

}  // namespace

AttributesTool::AttributesTool(const Context& context, GeneratorStage& stage, DirectionList& list,
                               AttributeChoice& choice, QWidget* parent)
    : DirectionTool(context, stage, list, parent), choice_(choice) {
  QWidget* controls = makeControls();
  auto* side = new QWidget;
  auto* column = new QVBoxLayout(side);
  column->setContentsMargins(4, 4, 4, 4);
  column->setSpacing(4);
  filter_ = new QLineEdit;
  filter_->setPlaceholderText(tr("Filter"));
  filter_->setClearButtonEnabled(true);
  filter_->setAccessibleName(tr("Filter the attributes"));
  tree_ = new QTreeWidget;
  tree_->setColumnCount(Columns);
  tree_->setHeaderLabels({tr("Attribute"), tr("Learn"), tr("Constant"), tr("Right")});
  tree_->headerItem()->setToolTip(Learn, tr("Train a direction for it; also what the other tools measure"));
  tree_->headerItem()->setToolTip(Constant, tr("The other directions leave it alone"));
  tree_->headerItem()->setToolTip(Accuracy, tr("Of new extreme samples that the boundary sorts right"));
  tree_->header()->setStretchLastSection(false);
  tree_->header()->setSectionResizeMode(Name, QHeaderView::Stretch);
  for (const int c : {Learn, Constant, Accuracy})
    tree_->header()->setSectionResizeMode(c, QHeaderView::ResizeToContents);
  tree_->setAccessibleName(tr("Attributes of pictures"));
  tree_->setAccessibleDescription(tr("Space ticks an attribute to be learned, Ctrl+Space one to be kept constant"));
  tree_->setUniformRowHeights(true);
  tree_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // the boxes stay where they are while one filters
  tree_->setIndentation(fontMetrics().height());
  column->addWidget(filter_);
  column->addWidget(tree_, 1);
  layBeside(this, controls, side, {240, 340});

  connect(filter_, &QLineEdit::textChanged, this, &AttributesTool::filterItems);
  connect(tree_, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item, int at) {
    const QString key = item->data(Name, Qt::UserRole).toString();
    if (filling_ || key.isEmpty() || (at != Learn && at != Constant)) return;
    const PictureAttribute attribute = attributeFrom(key.toStdString());
    const bool on = item->checkState(at) == Qt::Checked;
    if (at == Learn)
      choice_.setChosen(attribute, on);
    else
      choice_.setConstant(attribute, on);
    Q_EMIT stateChanged();
  });
  tree_->installEventFilter(this);
  connect(&choice_, &AttributeChoice::changed, this, &AttributesTool::fill);
  connect(&stage, &GeneratorStage::generatorChanged, this, [this] {
    result_.reset();
    fill();
    Q_EMIT resultChanged();
  });
  fill();
}

/// The boxes are in columns that the keyboard does not reach.
bool AttributesTool::eventFilter(QObject* watched, QEvent* event) {
  if (watched == tree_ && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    QTreeWidgetItem* item = tree_->currentItem();
    if (key->key() == Qt::Key_Space && item && item->childCount() == 0) {
      const int box = key->modifiers() & Qt::ControlModifier ? Constant : Learn;
      item->setCheckState(box, item->checkState(box) == Qt::Checked ? Qt::Unchecked : Qt::Checked);
      return true;
    }
  }
  return DirectionTool::eventFilter(watched, event);
}

QWidget* AttributesTool::makeControls() {
  auto* controls = new QWidget;
  auto* column = new QVBoxLayout(controls);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  auto* form = new QFormLayout;
  form->setSpacing(4);
  samples_ = new QSpinBox;
  samples_->setRange(50, 1000000);
  samples_->setSingleStep(500);
  samples_->setValue(2000);
  samples_->setGroupSeparatorShown(true);
  samples_->setAccessibleName(tr("Samples"));
  samples_->setToolTip(tr("How many pictures are drawn and judged"));
  layers_ = new LayersEdit(tr("Layers of the directions"),
                           tr("Which layers the directions are applied to: \u201c0-3,5\u201d, or \u201call\u201d"));
  const auto network = [this](const QString& builtIn, const QString& name, const QString& help, bool isClassifier) {
    auto* box = new QComboBox;
    box->addItem(builtIn, QString());
    box->addItem(tr("Open a file\u2026"), kOther);
    box->setAccessibleName(name);
    box->setToolTip(help);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(10);
    connect(box, &QComboBox::activated, this, [this, box, isClassifier] { askForNetwork(box, isClassifier); });
    return box;
  };
  classifier_ = network(tr("Built-in scenes"), tr("Classifier"), tr("The network whose classes are attributes"), true);
  segmenter_ =
      network(tr("Built-in scenes"), tr("Segmenter"), tr("The network whose concepts' areas are attributes"), false);
  form->addRow(tr("Samples"), samples_);
  form->addRow(tr("Layers"), layers_);
  form->addRow(tr("Classifier"), classifier_);
  form->addRow(tr("Segmenter"), segmenter_);
  column->addLayout(form);
  start_ = new QPushButton;
  column->addWidget(start_);
  summary_ = new QLabel;
  summary_->setWordWrap(true);
  summary_->setAccessibleName(tr("What was trained"));
  column->addWidget(summary_);
  column->addStretch(1);
  connect(samples_, &QSpinBox::valueChanged, this, &DirectionTool::stateChanged);
  connect(layers_, &LayersEdit::textChanged, this, &AttributesTool::show);
  connect(layers_, &LayersEdit::taken, this, &DirectionTool::stateChanged);
  connect(&stage(), &GeneratorStage::generatorChanged, layers_, [this] {
    const auto& generator = stage().generator();
    layers_->setCount(generator && generator->plan().hasStyles() ? generator->plan().styleCount : 0);
  });
  connect(start_, &QPushButton::clicked, this, [this] {
    if (running_)
      context().engine.cancelPane(kPane);
    else
      run();
  });
  return controls;
}

void AttributesTool::showFiles() {
  const auto choose = [](QComboBox* box, const QString& file) {
    int index = box->findData(file);
    if (index < 0) {
      index = box->count() - 1;
      box->insertItem(index, QFileInfo(file).fileName(), file);
    }
    box->setCurrentIndex(index);
  };
  choose(classifier_, choice_.files().classifier);
  choose(segmenter_, choice_.files().segmenter);
}

void AttributesTool::askForNetwork(QComboBox* box, bool classifier) {
  const auto take = [this, classifier](const QString& file) {
    AttributeFiles files = choice_.files();
    (classifier ? files.classifier : files.segmenter) = file;
    choice_.setFiles(files);
    Q_EMIT stateChanged();
  };
  if (box->currentData().toString() != kOther) return take(box->currentData().toString());
  showFiles();
  QSettings& store = context().settings.store();
  auto* dialog = new QFileDialog(this, classifier ? tr("Open a classifier") : tr("Open a segmenter"),
                                 store.value("folders/model", QDir::homePath()).toString(),
                                 tr("Networks (*.onnx *.pt *.pth *.ts);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, take);
  dialog->open();
}

}  // namespace unitscope
