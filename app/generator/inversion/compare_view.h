#pragma once

#include <vector>

#include <QWidget>

#include "app/generator/inversion/inversion_work.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QPushButton;

namespace unitscope {

class GeneratorStage;
class ImageCanvas;

/// The picture inverted with and without the domain term, side by side: how close each comes, and whether an edit still
/// works on it.
class CompareView : public QWidget {
  Q_OBJECT
 public:
  explicit CompareView(GeneratorStage& stage, QWidget* parent = nullptr);

  void setComparison(const InversionComparisonPtr& comparison);
  void setReady(const QString& reasonIfNot, bool running);
  /// The edit that is chosen; none where nothing is.
  std::vector<EditToTry> edits() const;

  QPushButton* compareButton() const { return compare_; }
  QComboBox* edit() const { return edit_; }
  QComboBox* target() const { return target_; }
  /// Drawn with and without; after the edit with and without.
  const std::vector<ImageCanvas*>& canvases() const { return canvases_; }
  const std::vector<QLabel*>& captions() const { return captions_; }
  QLabel* verdict() const { return verdict_; }

 Q_SIGNALS:
  void compareWanted();
  void stopWanted();

 private:
  void fillEdits();
  void chooseTarget();

  GeneratorStage& stage_;
  bool running_ = false;
  std::vector<EditToTry> known_;  // as the box has them, after "none"
  QPushButton* compare_;
  QComboBox *edit_, *target_;
  QLabel* verdict_;
  std::vector<ImageCanvas*> canvases_;
  std::vector<QLabel*> captions_;
};

}  // namespace unitscope
