#pragma once

#include <QWidget>

class QComboBox;
class QSettings;

namespace unitscope {

/// What the superpixels of perturbation methods are: found by the method, or those of a file of the user's.
class SegmentChoice : public QWidget {
  Q_OBJECT
 public:
  /// `store` keeps the folder of the last file.
  explicit SegmentChoice(QSettings& store, QWidget* parent = nullptr);

  /// Path of a segment map; empty where methods find their own. Does not tell of it.
  void show(const QString& file);
  QComboBox* box() const { return box_; }

 Q_SIGNALS:
  void chosen(const QString& file);  ///< by the user

 private:
  void pick(int row);
  void askForFile();

  QSettings& store_;
  QString file_;
  QComboBox* box_;
};

}  // namespace unitscope
