#include "app/concepts/vectors_panel.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/neurons/layer_box.h"
#include "widgets/icons.h"

namespace unitscope {

VectorsPanel::VectorsPanel(const Document& document, QWidget* parent)
    : QWidget(parent),
      layers_(new LayerBox(document, tr("Layer"))),
      concepts_(new QLineEdit),
      add_(new QPushButton(themedIcon(QStringLiteral("plus")), tr("Add a concept"))),
      known_(new QMenu(this)),
      share_(new QDoubleSpinBox),
      epochs_(new QSpinBox),
      learn_(new QPushButton),
      summary_(new QLabel) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(8);
  auto* form = new QFormLayout;
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setSpacing(4);
  concepts_->setPlaceholderText(tr("all that ten pictures show"));
  concepts_->setAccessibleName(tr("Concepts to learn"));
  concepts_->setToolTip(tr("Names with commas between; empty for all"));
  concepts_->setClearButtonEnabled(true);
  add_->setMenu(known_);
  share_->setRange(0.01, 50.0);
  share_->setDecimals(2);
  share_->setSingleStep(1.0);
  share_->setSuffix(tr(" %"));
  share_->setKeyboardTracking(false);
  share_->setAccessibleName(tr("Share of a unit's activations that counts as firing"));
  share_->setToolTip(tr("0.5 % in Fong & Vedaldi 2018; the small maps of deep layers want more, 5 to 10 %"));
  epochs_->setRange(1, 1000);
  epochs_->setKeyboardTracking(false);
  epochs_->setAccessibleName(tr("Times that all pictures are learned from"));
  epochs_->setToolTip(tr("How often all pictures are learned from: 30 in the paper"));
  form->addRow(tr("Layer"), layers_);
  form->addRow(tr("Concepts"), concepts_);
  form->addRow(add_);
  form->addRow(tr("A unit fires at its top"), share_);
  form->addRow(tr("Rounds"), epochs_);
  column->addLayout(form);
  column->addWidget(learn_);
  auto* open = new QPushButton(themedIcon(QStringLiteral("open")), tr("Open vectors\u2026"));
  open->setToolTip(tr("Concept vectors that were saved here or by the command line"));
  column->addWidget(open);
  summary_->setWordWrap(true);
  summary_->setTextFormat(Qt::RichText);
  summary_->setAccessibleName(tr("What was learned"));
  column->addWidget(summary_);

  connect(layers_, &LayerBox::picked, this, &VectorsPanel::layerPicked);
  connect(concepts_, &QLineEdit::editingFinished, this, &VectorsPanel::tellConcepts);
  connect(known_, &QMenu::triggered, this, [this](QAction* action) {
    const QString now = concepts_->text().trimmed();
    concepts_->setText(now.isEmpty() ? action->data().toString()
                                     : now + QStringLiteral(", ") + action->data().toString());
    tellConcepts();
  });
  connect(share_, &QDoubleSpinBox::valueChanged, this,
          [this](double percent) { Q_EMIT shareChanged(percent / 100.0); });
  connect(epochs_, &QSpinBox::valueChanged, this, &VectorsPanel::epochsChanged);
  connect(learn_, &QPushButton::clicked, this, [this] {
    if (running_) {
      Q_EMIT stopWanted();
    } else {
      tellConcepts();
      Q_EMIT learnWanted();
    }
  });
  connect(open, &QPushButton::clicked, this, &VectorsPanel::openWanted);
  setReady({}, false);
  setKnown({});
}

void VectorsPanel::tellConcepts() {
  QStringList names;
  for (const QString& part : concepts_->text().split(QLatin1Char(','), Qt::SkipEmptyParts))
    if (const QString name = part.trimmed(); !name.isEmpty() && !names.contains(name)) names << name;
  Q_EMIT conceptsPicked(names);
}

void VectorsPanel::setState(const ConceptsState& state, const QString& layer) {
  const QSignalBlocker quietShare(share_), quietEpochs(epochs_);
  share_->setValue(100.0 * state.vectorShare);
  epochs_->setValue(state.epochs);
  const QString names = state.concepts.join(QStringLiteral(", "));
  if (concepts_->text() != names) concepts_->setText(names);
  layers_->choose(layer);
}

void VectorsPanel::setKnown(const QStringList& concepts) {
  known_->clear();
  for (const QString& name : concepts) known_->addAction(name)->setData(name);
  setAvailable(*add_, concepts.isEmpty() ? tr("The names of the concepts are not known yet") : QString());
}

void VectorsPanel::setReady(const QString& reasonIfNot, bool running) {
  running_ = running;
  learn_->setText(running ? tr("Stop") : tr("Learn vectors"));
  learn_->setIcon(themedIcon(running ? QStringLiteral("cancel") : QStringLiteral("play")));
  setAvailable(*learn_, running ? QString() : reasonIfNot);
}

void VectorsPanel::setSummary(const QString& html) {
  summary_->setText(html);
}

}  // namespace unitscope
