#pragma once

#include <array>

#include <QWidget>

#include "engine/model_card.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace unitscope {

/// The fields of a model card. Knows the names of the network's inputs and outputs, and where its file lies.
class CardForm : public QWidget {
  Q_OBJECT
 public:
  CardForm(const QStringList& inputs, const QStringList& outputs, const QString& modelPath, QWidget* parent = nullptr);

  void setCard(const ModelCard& card);
  /// What the fields say; what has no field is as in the card given.
  ModelCard card() const;
  /// Reads labels from a file, one a line. False, with the reason beside the field, when it cannot be read.
  bool loadLabels(const QString& file);

 Q_SIGNALS:
  void edited();

 private:
  QWidget* makePreprocessing();
  QWidget* makeMeaning(const QStringList& outputs);
  void applyPreset(int index);
  void showChannels();
  void showLabels();
  void chooseLabels();

  ModelCard card_;
  QStringList inputs_;
  QString modelPath_;
  bool silent_ = false;
  QLineEdit* title_;
  QComboBox *preset_, *input_, *channels_, *order_, *layout_, *resize_, *range_, *task_, *output_;
  QSpinBox *width_, *height_, *resizeTo_;
  std::array<QDoubleSpinBox*, 3> mean_, std_;
  QCheckBox* probability_;
  QCheckBox* multiLabel_ = nullptr;
  QLabel* labels_;
};

}  // namespace unitscope
