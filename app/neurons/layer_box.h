#pragma once

#include <QComboBox>
#include <QString>

namespace unitscope {

class Document;

/// A layer whose units can be looked at.
struct LayerOfUnits {
  QString name;
  int units = 0;
  int places = 1;
  bool spatial = false;
};

/// The layers of the open network that have units, in the order of evaluation; those that only move numbers around are
/// left out. Empty until their shapes are known.
QVector<LayerOfUnits> unitLayers(const Document& document);
/// The layer to begin with: the last one that still has places and is not the classes themselves. Empty where there is
/// none.
QString firstUnitLayer(const Document& document);

/// Chooses a layer: from the list, or by typing any part of its name.
class LayerBox : public QComboBox {
  Q_OBJECT
 public:
  LayerBox(const Document& document, const QString& accessibleName, QWidget* parent = nullptr);

  /// Does not tell of it. A layer that is not listed is shown as none.
  void choose(const QString& layer);
  QString chosen() const { return currentIndex() < 0 ? QString() : currentData().toString(); }

 Q_SIGNALS:
  void picked(const QString& layer);  ///< by the user

 private:
  void fill();
  void typed();
  const Document& document_;
  QString layer_;
};

}  // namespace unitscope
