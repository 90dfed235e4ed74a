#pragma once

#include <functional>

#include <QString>

class QSettings;
class QWidget;

namespace unitscope {

/// What a file dialog asks for.
struct FileQuestion {
  enum class Kind { Open, Save, Folder };
  Kind kind = Kind::Save;
  QString title;
  QString filter;  ///< not for folders
  QString name;    ///< proposed for saving; its suffix is added to names without one
  QString folderKey = QStringLiteral("folders/export");  ///< where the settings keep the folder for the next time
};

/// Asks without holding anything up; `done` runs once the user has chosen, and never where they have not.
void askForFile(QWidget* parent, QSettings& store, const FileQuestion& question,
                const std::function<void(const QString& file)>& done);

}  // namespace unitscope
