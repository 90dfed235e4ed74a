#include "app/places.h"

#include <QDir>
#include <QStandardPaths>

namespace unitscope {

Places Places::ofUser() {
  Places places = under(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation));
  places.sessionFolder =
      QDir(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation)).filePath("sessions");
  return places;
}

Places Places::under(const QString& folder) {
  const QDir dir(folder);
  return {dir.filePath("unitscope.ini"), dir.filePath("cards"), dir.filePath("sessions")};
}

}  // namespace unitscope
