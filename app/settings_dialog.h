#pragma once

#include <QDialog>

#include "app/context.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;

namespace unitscope {

/// The user's preferences. They take effect with OK.
class SettingsDialog : public QDialog {
  Q_OBJECT
 public:
  explicit SettingsDialog(const Context& context, QWidget* parent = nullptr);
  void accept() override;

 private:
  void listDevices(const QStringList& devices);
  Context context_;
  QComboBox* theme_;
  QComboBox* device_;
  QComboBox* precision_;
  QSpinBox* memory_;
  QCheckBox* autosave_;
  QLabel* engine_;
};

}  // namespace unitscope
