#pragma once

#include <QComboBox>

namespace unitscope {

/// How long each feature visualization is worked on.
class StepsBox : public QComboBox {
  Q_OBJECT
 public:
  explicit StepsBox(QWidget* parent = nullptr);
  /// Adds the number where it is none of the offered. Does not tell of it.
  void choose(int steps);

 Q_SIGNALS:
  void picked(int steps);  ///< by the user
};

}  // namespace unitscope
