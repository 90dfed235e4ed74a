#include "app/cache_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include "app/app_settings.h"
#include "app/places.h"

namespace unitscope {

QString cacheFolder(AppSettings& settings, const QString& name) {
  const QString file = QFileInfo(settings.store().fileName()).absoluteFilePath();
  if (file == QFileInfo(Places::ofUser().settingsFile).absoluteFilePath())
    return QDir(QStandardPaths::writableLocation(QStandardPaths::CacheLocation)).filePath(name);
  return QFileInfo(file).dir().filePath(QStringLiteral("cache/") + name);
}

}  // namespace unitscope
