#pragma once

#include "app/generator/directions/direction_tool.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace unitscope {

class AttributesTool;
class HeatMatrix;

/// How attributes hang together (Shen et al. 2020): correlation of their scores, and cosines of their boundaries or of
/// all directions in the list. A pair that does is taken apart here.
class RelationsTool : public DirectionTool {
  Q_OBJECT
 public:
  RelationsTool(const Context& context, GeneratorStage& stage, DirectionList& list, AttributesTool& attributes,
                QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("relations"); }
  QString title() const override { return tr("Relations"); }
  QString explanation() const override { return tr("Entanglement: which attributes and directions hang together"); }
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;

  QComboBox* what() const { return what_; }
  HeatMatrix* matrix() const { return matrix_; }
  QLabel* reading() const { return reading_; }
  QPushButton* takeApart() const { return apart_; }

 private:
  struct Cells {
    QStringList names;
    QVector<float> values;
    std::vector<int> entries;  // of the list; empty where the cells are of attributes
  };
  Cells cells() const;
  void show();
  void read();
  void separate();

  AttributesTool& attributes_;
  Cells cells_;
  int row_ = -1, column_ = -1;
  QComboBox* what_;
  HeatMatrix* matrix_;
  QLabel *reading_, *empty_;
  QPushButton* apart_;
};

}  // namespace unitscope
