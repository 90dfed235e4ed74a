#pragma once

#include <QWidget>

#include "app/concepts/concept_knowledge.h"

class QComboBox;
class QLabel;
class QSlider;
class QStackedWidget;

namespace unitscope {

class EmptyState;
class ImageCanvas;

/// Where the current picture shows a concept, says its vector: the mask over the picture, with its rim, and the
/// probability under the pointer. Asks only while it is seen.
class MaskPage : public QWidget {
  Q_OBJECT
 public:
  explicit MaskPage(const Context& context, QWidget* parent = nullptr);

  /// `active`: this page is looked at. A concept that is not there shows the first.
  void show(const Net2VecPtr& vectors, const QString& conceptName, int opacity, bool active);
  bool busy() const { return asking_; }
  QComboBox* concepts() const { return concepts_; }
  QSlider* opacity() const { return opacity_; }
  ImageCanvas* canvas() const { return canvas_; }
  QLabel* caption() const { return caption_; }
  /// Probabilities of the shown mask; empty while there is none.
  const Array& mask() const { return mask_; }
  QImage picture() const;
  /// A line for each row of the network's input.
  QString csv() const;

 Q_SIGNALS:
  void conceptPicked(const QString& name);
  void opacityChanged(int opacity);
  void busyChanged();

 private:
  struct Asked {
    Net2VecPtr vectors;
    ImagePtr picture;
    int index = -1;
    bool operator==(const Asked&) const = default;
  };
  struct Answer {
    QImage seen;
    Array mask;
  };
  void ask(const Asked& wanted, const QString& title);
  void paint();

  Context context_;
  Net2VecPtr vectors_;
  Asked asked_, shown_;
  bool asking_ = false;
  Array mask_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QComboBox* concepts_;
  QSlider* opacity_;
  QLabel* caption_;
  ImageCanvas* canvas_;
};

}  // namespace unitscope
