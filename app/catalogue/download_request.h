#pragma once

#include <QString>
#include <QUrl>

namespace unitscope {

/// One file to fetch, and how to know that it is the right one.
struct DownloadRequest {
  QUrl url;
  QString target;               ///< where it goes; its folder is made
  QString sha256;               ///< lower-case hex: all 64 digits or the first ones
  qint64 bytes = 0;             ///< exact size; 0: not known
  qint64 mostBytes = 0;         ///< more than this is not taken; 0: no limit
  bool allowLocalHttp = false;  ///< also http, to this machine alone: for a server that a test runs
};

/// The unfinished file beside the target.
QString partPathFor(const QString& target);

}  // namespace unitscope
