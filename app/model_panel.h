#pragma once

#include <QWidget>

#include "app/context.h"

class QStackedWidget;
class QToolButton;

namespace unitscope {

class ElidedLabel;
class LayerTree;

/// The left side's model: its name, and its layers as a searchable tree that follows the shared selection.
class ModelPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ModelPanel(const Context& context, QWidget* parent = nullptr);
  LayerTree& tree() { return *tree_; }
  void focusSearch();

 Q_SIGNALS:
  void openWanted();
  void cardWanted();

 private:
  void showModel();
  void showShapes();
  void follow();

  Context context_;
  QStackedWidget* pages_;
  ElidedLabel* title_;
  ElidedLabel* format_;
  QToolButton* card_;
  LayerTree* tree_;
};

}  // namespace unitscope
