#pragma once

#include <QWidget>

#include "app/generator/inversion/inversion_state.h"

class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace unitscope {

/// How a picture is to be inverted.
class InversionOptions : public QWidget {
  Q_OBJECT
 public:
  explicit InversionOptions(QWidget* parent = nullptr);

  void setState(const InversionState& state);
  /// Spaces that the generator has, and whether there is an encoder for it.
  void setAbilities(bool styles, bool encoder);

  QComboBox* space() const { return space_; }
  QComboBox* start() const { return start_; }
  QSpinBox* steps() const { return steps_; }
  QDoubleSpinBox* pixels() const { return pixels_; }
  QDoubleSpinBox* features() const { return features_; }
  QDoubleSpinBox* domain() const { return domain_; }

 Q_SIGNALS:
  void edited(const QString& text, const QString& key, const QVariant& value);  ///< key of InversionState::toJson()
  void encoderFileWanted();

 private:
  QDoubleSpinBox* weight(const QString& name, const QString& help, const QString& key);
  QComboBox *space_, *start_;
  QSpinBox* steps_;
  QDoubleSpinBox *pixels_, *features_, *domain_;
  QString chosenStart_;
};

}  // namespace unitscope
