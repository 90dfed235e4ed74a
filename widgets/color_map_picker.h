#pragma once

#include <QComboBox>
#include <QVector>

namespace unitscope {

/// A colour map as a table of colours from the smallest to the largest value.
struct ColorMapChoice {
  QString id;     ///< "viridis"
  QString title;  ///< as shown
  QVector<QRgb> colors;
};

/// Chooses among colour maps, each shown as a strip.
class ColorMapPicker : public QComboBox {
  Q_OBJECT
 public:
  explicit ColorMapPicker(QWidget* parent = nullptr);

  /// Keeps the current choice where it is still offered.
  void setChoices(const QVector<ColorMapChoice>& choices);
  QString current() const;
  /// Without telling of it; ignores unknown ids.
  void setCurrent(const QString& id);

 Q_SIGNALS:
  void picked(const QString& id);
};

}  // namespace unitscope
