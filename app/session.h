#pragma once

#include <map>
#include <optional>
#include <vector>

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include "app/document.h"

namespace unitscope {

/// A picture in a session: a file, or (pasted, drawn) its own pixels.
struct SessionPicture {
  QString name;
  QString path;
  ImagePtr pixels;  ///< only for pictures without a path
};

/// Everything that a `.unitscope` file restores. Plain values.
struct SessionData {
  QString modelPath;  ///< empty for a built-in model or for none
  QString builtIn;    ///< name of the built-in model
  qint64 modelSize = 0;
  QString modelModified;  ///< ISO date; together with the size it tells whether the file is still the same
  std::optional<ModelCard> card;
  std::vector<SessionPicture> pictures;
  int currentPicture = -1;
  Focus focus;  ///< its image is not used: see currentPicture
  QString workspace;
  std::map<QString, QJsonObject> workspaces;

  bool empty() const { return modelPath.isEmpty() && builtIn.isEmpty() && pictures.empty(); }
};

/// UTF-8 JSON. Paths are stored absolute and relative to `file`, so that a folder can be moved with its session.
QByteArray sessionToJson(const SessionData& session, const QString& file);
/// Throws Error(origin, reason) for anything that is not a session. Unknown keys are ignored.
SessionData sessionFromJson(const QByteArray& json, const QString& file);
/// Reads and parses; throws Error naming the file.
SessionData readSession(const QString& file);
/// Atomic; throws Error naming the file.
void writeSession(const SessionData& session, const QString& file);

}  // namespace unitscope
