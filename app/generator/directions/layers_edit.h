#pragma once

#include <cstdint>
#include <vector>

#include <QLineEdit>

namespace unitscope {

/// Takes layers as "0-3,5" or "all"; what cannot be is shown in the warning colour and said in the tooltip.
class LayersEdit : public QLineEdit {
  Q_OBJECT
 public:
  explicit LayersEdit(const QString& accessibleName, const QString& help, QWidget* parent = nullptr);

  /// Layers go up to `count` - 1.
  void setCount(std::int64_t count);
  /// What was typed, empty for all; those before where it cannot be.
  const std::vector<std::int64_t>& layers() const { return layers_; }
  /// Empty where what was typed is fine.
  const QString& reason() const { return reason_; }

 Q_SIGNALS:
  void taken();  ///< by the user: something else

 private:
  void read();
  QString help_, reason_;
  std::int64_t count_ = 0;
  std::vector<std::int64_t> layers_;
};

}  // namespace unitscope
