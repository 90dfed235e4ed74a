#pragma once

#include <vector>

#include "app/context.h"
#include "app/neurons/page_part.h"
#include "app/neurons/top_pictures.h"

class QComboBox;
class QPushButton;
class QToolButton;

namespace unitscope {

class ThresholdHistogram;
class TileGrid;

/// What the data shows of a unit: the pictures that excite it most or least, with where it fires and what that place
/// can see, and how its activations are spread.
class ExamplesPart : public PagePart {
  Q_OBJECT
 public:
  ExamplesPart(const Context& context, UnitKnowledge& knowledge, QWidget* parent = nullptr);

  void showUnit(const UnitAddress& address) override;
  bool busy() const override { return asking_; }
  TileGrid* grid() const { return grid_; }
  QComboBox* kinds() const { return kinds_; }
  QToolButton* crops() const { return crops_; }
  QPushButton* collectButton() const { return collect_; }
  ThresholdHistogram* histogram() const { return histogram_; }

 Q_SIGNALS:
  void collectWanted();
  void opened(const QString& name, const QImage& picture);

 private:
  struct Found;
  void ask();
  void showFound();
  void openExample(int index);

  Context context_;
  UnitKnowledge& knowledge_;
  UnitAddress address_;
  ExamplesPtr of_;
  std::vector<ShownExample> shown_;
  bool asking_ = false, there_ = false;
  int round_ = 0;
  QComboBox* kinds_;
  QToolButton* crops_;
  QPushButton* collect_;
  TileGrid* grid_;
  ThresholdHistogram* histogram_;
};

}  // namespace unitscope
