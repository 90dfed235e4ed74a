#pragma once

#include <optional>
#include <vector>

#include <QMap>
#include <QString>
#include <QWidget>

#include "app/generator/generator_concepts.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QScrollArea;
class QSlider;
class QVBoxLayout;

namespace unitscope {

class GeneratorStage;

/// The concepts that the generator's units draw, each with a switch and a slider that act on all of its units: "tree:
/// 20 units". What they do is a change of the stage's scene.
class DissectionSwitches : public QWidget {
  Q_OBJECT
 public:
  explicit DissectionSwitches(GeneratorStage& stage, QWidget* parent = nullptr);

  /// Empty: for each concept the layer that acts on it most strongly. Tells nobody.
  void setLayer(const QString& layer);
  /// For each concept the layer that acts on it most strongly, where that is known.
  void setBestLayers(const QMap<QString, QString>& layers);
  QComboBox* layers() const { return layers_; }
  QStringList names() const;
  /// Null where there is no such concept.
  QCheckBox* switchOf(const QString& name) const;
  QSlider* sliderOf(const QString& name) const;
  /// The layer whose units the concept's switch acts on.
  QString layerOf(const QString& name) const;

 Q_SIGNALS:
  void layerPicked(const QString& layer);  ///< by the user

 private:
  struct Row {
    QString layer;
    ConceptGroup group;
    QCheckBox* box = nullptr;
    QSlider* slider = nullptr;
    QLabel* value = nullptr;
  };
  void fill();
  QWidget* makeRow(Row& row);
  void follow();
  void apply(std::size_t index, double factor, bool merges);
  const Row* find(const QString& name) const;

  GeneratorStage& stage_;
  QString layer_;
  QMap<QString, QString> best_;
  QComboBox* layers_;
  QLabel* hint_;
  QScrollArea* area_;
  std::vector<Row> rows_;
};

}  // namespace unitscope
