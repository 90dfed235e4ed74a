#pragma once

#include <functional>

#include <QObject>
#include <QStringList>

namespace unitscope {

/// What this LibTorch can compute on.
struct DeviceFacts {
  QStringList devices;  ///< "cpu", "cuda:0"...
  QString description;  ///< of LibTorch, for About and bug reports
};

/// Asks LibTorch, aside, since it looks for GPUs when it is asked for the first time, which may take a second. `done`
/// runs on the GUI thread, and only while `receiver` lives.
void askDevices(QObject* receiver, std::function<void(const DeviceFacts&)> done);
/// How a device is called in the window: "CPU", "CUDA:0".
QString deviceTitle(const QString& device);
/// Why CUDA cannot be chosen; empty when it can.
QString whyNoCuda(const QStringList& devices);

}  // namespace unitscope
