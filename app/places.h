#pragma once

#include <QString>

namespace unitscope {

/// Where a window keeps what it remembers. Tests and the tour give a folder of their own and leave the user's alone.
struct Places {
  QString settingsFile;   ///< preferences, recent files, layout of the docks
  QString cardFolder;     ///< cards of models in read-only folders
  QString sessionFolder;  ///< sessions that save themselves
  QString modelFolder;    ///< networks that were downloaded

  /// The user's own, by the desktop's conventions. Needs the application's name.
  static Places ofUser();
  /// Everything below one folder.
  static Places under(const QString& folder);
};

}  // namespace unitscope
