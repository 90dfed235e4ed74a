#include "app/compute_menu.h"

#include <QAction>
#include <QActionGroup>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/device_list.h"

namespace unitscope {

ComputeMenu::ComputeMenu(const Context& context, QWidget* parent)
    : QMenu(tr("&Compute on"), parent), context_(context) {
  setToolTipsVisible(true);
  fill();
  // Queued: the action that changed it is still at work, and is one of those that are made anew.
  connect(&context_.settings, &AppSettings::computeChanged, this, &ComputeMenu::fill, Qt::QueuedConnection);
  connect(this, &QMenu::aboutToShow, this, [this] {
    if (asked_) return;
    asked_ = true;
    askDevices(this, [this](const DeviceFacts& facts) {
      devices_ = facts.devices;
      fill();
    });
  });
}

void ComputeMenu::fill() {
  clear();
  delete deviceGroup_;
  delete precisionGroup_;
  deviceGroup_ = new QActionGroup(this);
  precisionGroup_ = new QActionGroup(this);
  const QString chosen = context_.settings.device();
  addSection(tr("Device"));
  QStringList shown = devices_;
  if (!shown.contains(chosen)) shown << chosen;
  for (const QString& device : std::as_const(shown)) {
    const bool gone = !devices_.isEmpty() && !devices_.contains(device);
    addDevice(device, gone ? tr("This device is not there now") : QString());
  }
  if (devices_.isEmpty()) {
    setAvailable(*addAction(tr("Looking for other devices\u2026")), tr("LibTorch has been asked"));
  } else if (const QString why = whyNoCuda(devices_); !why.isEmpty() && !chosen.startsWith("cuda")) {
    addDevice(QStringLiteral("cuda"), why);
  }
  addSection(tr("Precision"));
  addPrecision(tr("float32"), tr("Exact, and what every published number means"), false);
  addPrecision(tr("bfloat16"), tr("Faster on some processors and less exact; forward passes only, never gradients"),
               true);
}

void ComputeMenu::addDevice(const QString& device, const QString& why) {
  QAction* action = addAction(deviceTitle(device));
  action->setData(device);
  action->setCheckable(true);
  action->setActionGroup(deviceGroup_);
  action->setChecked(device == context_.settings.device());
  setAvailable(*action, why);
  connect(action, &QAction::triggered, this, [this, device] { context_.settings.setDevice(device); });
}

void ComputeMenu::addPrecision(const QString& title, const QString& help, bool bfloat16) {
  QAction* action = addAction(title);
  action->setData(bfloat16);
  action->setToolTip(help);
  action->setStatusTip(help);
  action->setCheckable(true);
  action->setActionGroup(precisionGroup_);
  action->setChecked(context_.settings.bfloat16() == bfloat16);
  connect(action, &QAction::triggered, this, [this, bfloat16] { context_.settings.setBfloat16(bfloat16); });
}

}  // namespace unitscope
