#include "app/session.h"

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>

#include "app/file_kind.h"
#include "app/image_convert.h"
#include "runtime/error.h"
#include "zoo/embedded_models.h"

namespace unitscope {

namespace {

constexpr int kVersion = 1;
constexpr qint64 kMostBytes = 512 * 1024 * 1024;
constexpr qsizetype kMostPictures = 10000;

QJsonObject pathToJson(const QString& path, const QDir& folder) {
  return {{"path", path}, {"relative", folder.relativeFilePath(path)}};
}

/// The absolute path where it still holds, else the one relative to the session file.
QString pathFromJson(const QJsonObject& json, const QDir& folder) {
  const QString absolute = json["path"].toString();
  if (absolute.isEmpty() || QFileInfo::exists(absolute)) return absolute;
  const QString relative = json["relative"].toString();
  if (!relative.isEmpty()) {
    const QString moved = QDir::cleanPath(folder.absoluteFilePath(relative));
    if (QFileInfo::exists(moved)) return moved;
  }
  return absolute;
}

QString toPng(const Image& image) {
  QByteArray png;
  QBuffer buffer(&png);
  buffer.open(QIODevice::WriteOnly);
  toQImage(image).save(&buffer, "PNG");
  return QString::fromLatin1(png.toBase64());
}

ImagePtr fromPng(const QString& base64) {
  const QByteArray png = QByteArray::fromBase64(base64.toLatin1());
  try {
    return std::make_shared<Image>(
        decodeImage({reinterpret_cast<const std::byte*>(png.constData()), static_cast<std::size_t>(png.size())}));
  } catch (const Error&) {
    return nullptr;
  }
}

QJsonObject focusToJson(const Focus& focus) {
  return {{"layer", focus.layer},
          {"unit", focus.unit},
          {"target", focus.target},
          {"place", QJsonArray{focus.place.x(), focus.place.y()}}};
}

Focus focusFromJson(const QJsonObject& json) {
  Focus focus;
  focus.layer = json["layer"].toString();
  focus.unit = json["unit"].toInt(-1);
  focus.target = json["target"].toInt(-1);
  const QJsonArray place = json["place"].toArray();
  if (place.size() == 2) focus.place = {place[0].toInt(-1), place[1].toInt(-1)};
  return focus;
}

}  // namespace

QByteArray sessionToJson(const SessionData& session, const QString& file) {
  const QDir folder = QFileInfo(file).absoluteDir();
  QJsonObject model;
  if (!session.builtIn.isEmpty()) {
    model["builtIn"] = session.builtIn;
  } else if (!session.modelPath.isEmpty()) {
    model = pathToJson(session.modelPath, folder);
    model["size"] = session.modelSize;
    model["modified"] = session.modelModified;
  }
  if (session.card) {
    model["card"] = QJsonDocument::fromJson(QByteArray::fromStdString(toJson(*session.card))).object();
  }
  QJsonArray pictures;
  for (const SessionPicture& picture : session.pictures) {
    QJsonObject entry = picture.path.isEmpty() ? QJsonObject{} : pathToJson(picture.path, folder);
    entry["name"] = picture.name;
    if (picture.path.isEmpty() && picture.pixels) entry["png"] = toPng(*picture.pixels);
    pictures << entry;
  }
  QJsonObject workspaces;
  for (const auto& [id, state] : session.workspaces) workspaces[id] = state;
  const QJsonObject root{{"model", model},
                         {"pictures", pictures},
                         {"currentPicture", session.currentPicture},
                         {"focus", focusToJson(session.focus)},
                         {"workspace", session.workspace},
                         {"workspaces", workspaces}};
  // The mark comes first whatever order JSON keys have, since files are recognised by how they begin.
  QByteArray body = QJsonDocument(root).toJson();
  body.replace(0, body.indexOf('{') + 1,
               QByteArray("{\n    \"format\": \"") + kSessionMark +
                   "\",\n    \"version\": " + QByteArray::number(kVersion) + ',');
  return body;
}

SessionData sessionFromJson(const QByteArray& json, const QString& file) {
  const std::string origin = QFileInfo(file).fileName().toStdString();
  QJsonParseError parse;
  const QJsonObject root = QJsonDocument::fromJson(json, &parse).object();
  if (parse.error != QJsonParseError::NoError) {
    throw Error(origin, "damaged session: " + parse.errorString().toStdString());
  }
  if (root["format"].toString() != kSessionMark) throw Error(origin, "this is not a Unitscope session");
  if (root["version"].toInt() > kVersion) throw Error(origin, "this session was saved by a newer Unitscope");

  const QDir folder = QFileInfo(file).absoluteDir();
  SessionData session;
  const QJsonObject model = root["model"].toObject();
  session.builtIn = model["builtIn"].toString();
  // As sessions said it while there was only one.
  if (model["example"].toBool()) session.builtIn = QString::fromUtf8(kExampleName.data(), kExampleName.size());
  session.modelPath = pathFromJson(model, folder);
  session.modelSize = model["size"].toInteger();
  session.modelModified = model["modified"].toString();
  if (model.contains("card")) {
    session.card = cardFromJson(QJsonDocument(model["card"].toObject()).toJson().toStdString(), origin);
  }
  const QJsonArray pictures = root["pictures"].toArray();
  if (pictures.size() > kMostPictures) throw Error(origin, "the session lists too many pictures");
  for (const QJsonValue& value : pictures) {
    const QJsonObject entry = value.toObject();
    SessionPicture picture{entry["name"].toString(), pathFromJson(entry, folder), nullptr};
    if (entry.contains("png")) picture.pixels = fromPng(entry["png"].toString());
    if (!picture.path.isEmpty() || picture.pixels) session.pictures.push_back(std::move(picture));
  }
  session.currentPicture = root["currentPicture"].toInt(-1);
  session.focus = focusFromJson(root["focus"].toObject());
  session.workspace = root["workspace"].toString();
  const QJsonObject workspaces = root["workspaces"].toObject();
  for (auto it = workspaces.begin(); it != workspaces.end(); ++it) {
    session.workspaces[it.key()] = it.value().toObject();
  }
  return session;
}

SessionData readSession(const QString& path) {
  const std::string origin = QFileInfo(path).fileName().toStdString();
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) throw Error(origin, file.errorString().toStdString());
  if (file.size() > kMostBytes) throw Error(origin, "too large for a session");
  return sessionFromJson(file.readAll(), path);
}

void writeSession(const SessionData& session, const QString& path) {
  const std::string origin = QFileInfo(path).fileName().toStdString();
  const QByteArray bytes = sessionToJson(session, path);
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
    throw Error(origin, file.errorString().toStdString());
  }
}

}  // namespace unitscope
