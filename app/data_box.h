#pragma once

#include <functional>

#include <QComboBox>

class QSettings;

namespace unitscope {

/// Which pictures many-picture work runs over: scenes that the program draws, or a folder of the user's.
class DataBox : public QComboBox {
  Q_OBJECT
 public:
  explicit DataBox(const QString& accessibleName, QWidget* parent = nullptr);
  /// "scenes", "scenes-biased" or a folder, which is added where it is not there yet. Does not tell of it.
  void choose(const QString& data);

 Q_SIGNALS:
  void picked(const QString& data);  ///< by the user
};

/// Asks for a folder of pictures, beginning where the last one was.
void askForPictureFolder(QWidget* parent, const QString& title, QSettings& store,
                         const std::function<void(const QString&)>& done);

}  // namespace unitscope
