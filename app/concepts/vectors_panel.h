#pragma once

#include <QWidget>

#include "app/concepts/concepts_state.h"

class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QSpinBox;

namespace unitscope {

class Document;
class LayerBox;

/// How concept vectors are learned: over which layer's units, of which concepts.
class VectorsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit VectorsPanel(const Document& document, QWidget* parent = nullptr);

  void setState(const ConceptsState& state, const QString& layer);
  /// Names to choose from, where they are known.
  void setKnown(const QStringList& concepts);
  void setReady(const QString& reasonIfNot, bool running);
  void setSummary(const QString& html);
  LayerBox* layers() const { return layers_; }
  QLineEdit* concepts() const { return concepts_; }
  QPushButton* learnButton() const { return learn_; }

 Q_SIGNALS:
  void layerPicked(const QString& layer);
  void conceptsPicked(const QStringList& concepts);
  void shareChanged(double share);
  void epochsChanged(int epochs);
  void learnWanted();
  void stopWanted();
  void openWanted();

 private:
  void tellConcepts();
  LayerBox* layers_;
  QLineEdit* concepts_;
  QPushButton* add_;
  QMenu* known_;
  QDoubleSpinBox* share_;
  QSpinBox* epochs_;
  QPushButton* learn_;
  QLabel* summary_;
  bool running_ = false;
};

}  // namespace unitscope
