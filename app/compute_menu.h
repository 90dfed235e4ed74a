#pragma once

#include <QMenu>
#include <QStringList>

#include "app/context.h"

class QActionGroup;

namespace unitscope {

/// Where and how the network is computed: device and precision. What cannot be chosen is listed and says why.
class ComputeMenu : public QMenu {
  Q_OBJECT
 public:
  explicit ComputeMenu(const Context& context, QWidget* parent = nullptr);

 private:
  void fill();
  void addDevice(const QString& device, const QString& why);
  void addPrecision(const QString& title, const QString& help, bool bfloat16);

  Context context_;
  QStringList devices_;  // empty until LibTorch has answered
  bool asked_ = false;
  QActionGroup* deviceGroup_ = nullptr;
  QActionGroup* precisionGroup_ = nullptr;
};

}  // namespace unitscope
