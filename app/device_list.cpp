#include "app/device_list.h"

#include <algorithm>

#include <QCoreApplication>

#include "app/aside.h"
#include "engine/model.h"

namespace unitscope {

void askDevices(QObject* receiver, std::function<void(const DeviceFacts&)> done) {
  runAside<DeviceFacts>(
      receiver,
      [] {
        DeviceFacts facts;
        for (const std::string& device : availableDevices()) facts.devices << QString::fromStdString(device);
        facts.description = QString::fromStdString(engineDescription());
        return facts;
      },
      [done = std::move(done)](const DeviceFacts& facts) { done(facts); });
}

QString deviceTitle(const QString& device) {
  return device.toUpper();
}

QString whyNoCuda(const QStringList& devices) {
  const bool there = std::any_of(devices.begin(), devices.end(), [](const QString& d) { return d.startsWith("cuda"); });
  if (there) return {};
  return QCoreApplication::translate(
      "Devices",
      "This LibTorch was built without CUDA, or no NVIDIA GPU is there. A build against a LibTorch with CUDA "
      "(packaging/run.sh --libtorch DIR) can use one.");
}

}  // namespace unitscope
