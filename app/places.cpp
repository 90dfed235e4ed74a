#include "app/places.h"

#include <QDir>
#include <QStandardPaths>

namespace unitscope {

Places Places::ofUser() {
  Places places = under(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation));
  const QDir data(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation));
  places.sessionFolder = data.filePath("sessions");
  places.modelFolder = data.filePath("models");
  return places;
}

Places Places::under(const QString& folder) {
  const QDir dir(folder);
  return {dir.filePath("unitscope.ini"), dir.filePath("cards"), dir.filePath("sessions"), dir.filePath("models")};
}

}  // namespace unitscope
