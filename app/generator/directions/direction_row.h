#pragma once

#include <QWidget>

#include "app/generator/directions/direction_list.h"

class QDoubleSpinBox;
class QLineEdit;
class QMenu;
class QToolButton;

namespace unitscope {

class DirectionSlider;
class DirectionStrip;
class ElidedLabel;

/// A direction in the list: its name, what is known of it, its slider and layers, and its small pictures where they are
/// wanted.
class DirectionRow : public QWidget {
  Q_OBJECT
 public:
  explicit DirectionRow(DirectionList& list, QWidget* parent = nullptr);

  /// Shows the entry with this index.
  void show(int index, bool hasStyles);
  void showAmount();
  void setStripOpen(bool open);
  bool stripOpen() const;

  QLineEdit* name() const { return name_; }
  DirectionSlider* slider() const { return slider_; }
  QDoubleSpinBox* amount() const { return amount_; }
  QLineEdit* layers() const { return layers_; }
  QToolButton* keepButton() const { return keep_; }
  QToolButton* stripButton() const { return strips_; }
  QMenu* menu() const { return menu_; }
  DirectionStrip* strip() const { return strip_; }

 Q_SIGNALS:
  void stripToggled(bool open);
  void problem(const QString& text);  ///< something that was typed cannot be

 private:
  void makeMenu();
  void askForRange();
  void takeLayers();
  double amountAt(int step) const;

  DirectionList& list_;
  int index_ = -1, gesture_ = 0;
  QLineEdit* name_;
  ElidedLabel* facts_;
  QToolButton *keep_, *strips_, *more_;
  QMenu* menu_;
  DirectionSlider* slider_;
  QDoubleSpinBox* amount_;
  QLineEdit* layers_;
  DirectionStrip* strip_;
};

}  // namespace unitscope
