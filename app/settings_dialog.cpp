#include "app/settings_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/device_list.h"
#include "widgets/dialog_buttons.h"

namespace unitscope {

SettingsDialog::SettingsDialog(const Context& context, QWidget* parent) : QDialog(parent), context_(context) {
  setWindowTitle(tr("Settings"));
  setAttribute(Qt::WA_DeleteOnClose);
  const AppSettings& settings = context_.settings;
  theme_ = new QComboBox;
  theme_->addItem(tr("As the system"), int(AppSettings::Theme::System));
  theme_->addItem(tr("Light"), int(AppSettings::Theme::Light));
  theme_->addItem(tr("Dark"), int(AppSettings::Theme::Dark));
  theme_->setCurrentIndex(theme_->findData(int(settings.theme())));
  theme_->setObjectName("theme");
  autosave_ = new QCheckBox(tr("Save the session by itself"));
  autosave_->setToolTip(tr("After a crash, the next start then offers to go on where you were"));
  autosave_->setChecked(settings.autosave());
  autosave_->setObjectName("autosave");

  device_ = new QComboBox;
  device_->setObjectName("device");
  device_->addItem(deviceTitle(settings.device()), settings.device());
  setAvailable(*device_, tr("LibTorch is being asked which devices there are"));
  precision_ = new QComboBox;
  precision_->setObjectName("precision");
  precision_->addItem(tr("float32"), false);
  precision_->addItem(tr("bfloat16 (faster on some processors, less exact)"), true);
  precision_->setCurrentIndex(settings.bfloat16() ? 1 : 0);
  precision_->setToolTip(tr("For forward passes only; gradients are always computed in float32"));
  memory_ = new QSpinBox;
  memory_->setObjectName("memory");
  memory_->setRange(0, AppSettings::kMostMemoryMiB);
  memory_->setSingleStep(256);
  memory_->setSuffix(tr(" MiB"));
  memory_->setSpecialValueText(tr("automatic"));
  memory_->setValue(settings.memoryBudgetMiB());
  memory_->setToolTip(tr("The most that the engine may keep for itself; 0 leaves it to the engine"));
  engine_ = new QLabel(tr("..."));
  engine_->setWordWrap(true);
  engine_->setForegroundRole(QPalette::PlaceholderText);
  engine_->setTextInteractionFlags(Qt::TextSelectableByMouse);

  auto* window = new QGroupBox(tr("Window"));
  auto* windowRows = new QFormLayout(window);
  windowRows->addRow(tr("&Theme"), theme_);
  windowRows->addRow(QString(), autosave_);
  auto* engine = new QGroupBox(tr("Engine"));
  auto* engineRows = new QFormLayout(engine);
  engineRows->addRow(tr("&Device"), device_);
  engineRows->addRow(tr("&Precision"), precision_);
  engineRows->addRow(tr("&Memory"), memory_);
  engineRows->addRow(engine_);
  auto* buttons = makeDialogButtons(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  auto* column = new QVBoxLayout(this);
  column->addWidget(window);
  column->addWidget(engine);
  column->addStretch(1);
  column->addWidget(buttons);
  setMinimumWidth(440);
  connect(buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &SettingsDialog::reject);

  askDevices(this, [this](const DeviceFacts& facts) {
    engine_->setText(facts.description);
    listDevices(facts.devices);
  });
}

void SettingsDialog::listDevices(const QStringList& devices) {
  const QString chosen = device_->currentData().toString();
  device_->clear();
  for (const QString& device : devices) device_->addItem(deviceTitle(device), device);
  const int at = device_->findData(chosen);
  if (at >= 0) {
    device_->setCurrentIndex(at);
  } else {
    // A device that was chosen once and is not there now: it is said, not silently changed.
    device_->addItem(tr("%1 (not there now)").arg(deviceTitle(chosen)), chosen);
    device_->setCurrentIndex(device_->count() - 1);
  }
  setAvailable(*device_, device_->count() < 2 ? whyNoCuda(devices) : QString());
}

void SettingsDialog::accept() {
  AppSettings& settings = context_.settings;
  settings.setTheme(static_cast<AppSettings::Theme>(theme_->currentData().toInt()));
  settings.setAutosave(autosave_->isChecked());
  settings.setCompute(device_->currentData().toString(), precision_->currentData().toBool(), memory_->value());
  QDialog::accept();
}

}  // namespace unitscope
