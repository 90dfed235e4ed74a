#pragma once

#include <QWidget>

class QLabel;

namespace unitscope {

class ElidedLabel;
class GeneratorStage;
class ImageCanvas;

/// The picture on stage with its name. Pages lay maps over it and listen to its mouse through canvas().
class StagePanel : public QWidget {
  Q_OBJECT
 public:
  explicit StagePanel(GeneratorStage& stage, QWidget* parent = nullptr);
  ImageCanvas* canvas() const { return canvas_; }

 private:
  void show();

  GeneratorStage& stage_;
  ImageCanvas* canvas_;
  ElidedLabel* name_;
  QLabel* failure_;
};

}  // namespace unitscope
