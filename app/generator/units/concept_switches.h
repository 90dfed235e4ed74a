#pragma once

#include <vector>

#include <QString>
#include <QWidget>

class QCheckBox;
class QLabel;
class QSlider;
class QToolButton;
class QVBoxLayout;

namespace unitscope {

class GeneratorStage;
class UnitGallery;

/// A switch and a slider for each concept that units of the layer draw together.
class ConceptSwitches : public QWidget {
  Q_OBJECT
 public:
  struct Row {
    QString name;
    QWidget* box = nullptr;
    QCheckBox* on = nullptr;
    QSlider* strength = nullptr;
    QLabel* value = nullptr;
    QToolButton* choose = nullptr;
  };

  ConceptSwitches(GeneratorStage& stage, UnitGallery& gallery, QWidget* parent = nullptr);

  const std::vector<Row>& rows() const { return rows_; }
  /// Null where there is none of this name.
  const Row* row(const QString& name) const;

 Q_SIGNALS:
  void layerWanted(const QString& layer);

 private:
  void fill();
  Row makeRow(const QString& name);
  void apply(const QString& name, double factor, const QString& mergeKey);
  void show();

  GeneratorStage& stage_;
  UnitGallery& gallery_;
  QLabel* hint_;
  QVBoxLayout* list_;
  std::vector<Row> rows_;
  QString filledFor_;
};

}  // namespace unitscope
