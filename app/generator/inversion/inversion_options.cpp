#include "app/generator/inversion/inversion_options.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QSpinBox>
#include <QStandardItemModel>

namespace unitscope {

namespace {

void setItemEnabled(QComboBox& box, int index, bool enabled, const QString& reason) {
  auto* items = qobject_cast<QStandardItemModel*>(box.model());
  if (!items || index < 0) return;
  items->item(index)->setEnabled(enabled);
  items->item(index)->setToolTip(enabled ? QString() : reason);
}

QComboBox* narrow(const QString& name, const QString& help) {
  auto* box = new QComboBox;
  box->setAccessibleName(name);
  box->setToolTip(help);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(9);
  return box;
}

}  // namespace

InversionOptions::InversionOptions(QWidget* parent)
    : QWidget(parent),
      space_(narrow(tr("Latent space"), tr("Where to look for the picture. w+ has a w for each layer: it draws more "
                                           "pictures than w, and z fewer."))),
      start_(narrow(tr("Where the search starts"),
                    tr("An encoder sees the picture and guesses its code; without one the search starts at the mean"))),
      steps_(new QSpinBox) {
  space_->addItem(tr("automatic"), QString());
  for (const char* name : {"z", "w", "w+"}) space_->addItem(QLatin1String(name), QLatin1String(name));
  start_->addItem(tr("built-in encoder"), QStringLiteral("encoder"));
  start_->addItem(tr("mean latent"), QStringLiteral("mean"));
  start_->addItem(tr("an encoder\u2026"), QStringLiteral("?"));
  steps_->setRange(0, 20000);
  steps_->setSingleStep(50);
  steps_->setSpecialValueText(tr("automatic"));
  steps_->setKeyboardTracking(false);
  steps_->setAccessibleName(tr("Steps"));
  steps_->setToolTip(tr("Automatic: 100 from an encoder's code, 1,000 from the mean latent. The best step is kept."));
  auto* form = new QFormLayout(this);
  form->setContentsMargins(0, 0, 0, 0);
  form->setSpacing(4);
  form->addRow(tr("Space"), space_);
  form->addRow(tr("Start"), start_);
  form->addRow(tr("Steps"), steps_);
  pixels_ = weight(tr("Weight of the pixels"), tr("Of the mean squared difference of the pictures"),
                   QStringLiteral("pixels"));
  features_ = weight(tr("Weight of the features"),
                     tr("Of the difference in the eyes of a classifier (perceptual loss)"), QStringLiteral("features"));
  domain_ = weight(tr("Weight of the domain"),
                   tr("Keeps the code where the encoder would put the picture, so that edits still work (in-domain "
                      "inversion, Zhu et al. 2020). Counts only where there is an encoder."),
                   QStringLiteral("domain"));
  form->addRow(tr("Pixels"), pixels_);
  form->addRow(tr("Features"), features_);
  form->addRow(tr("Domain"), domain_);

  connect(space_, &QComboBox::activated, this,
          [this] { Q_EMIT edited(tr("Choose the latent space"), QStringLiteral("space"), space_->currentData()); });
  connect(start_, &QComboBox::activated, this, [this] {
    const QString chosen = start_->currentData().toString();
    if (chosen != QLatin1String("?")) return Q_EMIT edited(tr("Choose the start"), QStringLiteral("start"), chosen);
    start_->setCurrentIndex(start_->findData(chosenStart_));  // until a file is chosen
    Q_EMIT encoderFileWanted();
  });
  connect(steps_, &QSpinBox::valueChanged, this,
          [this](int steps) { Q_EMIT edited(tr("Change the steps"), QStringLiteral("steps"), steps); });
}

QDoubleSpinBox* InversionOptions::weight(const QString& name, const QString& help, const QString& key) {
  auto* box = new QDoubleSpinBox;
  box->setRange(0.0, 1000.0);
  box->setDecimals(4);
  box->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
  box->setKeyboardTracking(false);
  box->setAccessibleName(name);
  box->setToolTip(help);
  connect(box, &QDoubleSpinBox::valueChanged, this,
          [this, key](double value) { Q_EMIT edited(tr("Change the weights"), key, value); });
  return box;
}

void InversionOptions::setState(const InversionState& state) {
  const QSignalBlocker steps(steps_), pixels(pixels_), features(features_), domain(domain_);
  space_->setCurrentIndex(std::max(0, space_->findData(state.space)));
  chosenStart_ = state.start;
  if (start_->findData(state.start) < 0) {
    start_->insertItem(2, state.start.section(QLatin1Char('/'), -1), state.start);
    start_->setItemData(2, state.start, Qt::ToolTipRole);
  }
  start_->setCurrentIndex(start_->findData(state.start));
  steps_->setValue(state.steps);
  pixels_->setValue(state.pixels);
  features_->setValue(state.features);
  domain_->setValue(state.domain);
}

void InversionOptions::setAbilities(bool styles, bool encoder) {
  for (const char* name : {"w", "w+"})
    setItemEnabled(*space_, space_->findData(QLatin1String(name)), styles, tr("This network takes z as it is"));
  const int own = start_->findData(QStringLiteral("encoder"));
  start_->setItemText(own, encoder ? tr("built-in encoder") : tr("encoder (none: mean latent)"));
  start_->setItemData(own, encoder ? QString() : tr("The built-in encoder was made for the built-in scene generator"),
                      Qt::ToolTipRole);
}

}  // namespace unitscope
