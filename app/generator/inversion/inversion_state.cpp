#include "app/generator/inversion/inversion_state.h"

#include <algorithm>
#include <cmath>

#include <QJsonDocument>
#include <QStringList>

namespace unitscope {

namespace {

double number(const QJsonValue& value, double otherwise, double least, double most) {
  const double given = value.toDouble(otherwise);
  return std::isfinite(given) ? std::clamp(given, least, most) : otherwise;
}

}  // namespace

QJsonObject InversionState::toJson() const {
  return {{"picture", picture},   {"x", crop.x},      {"y", crop.y},    {"size", crop.size},
          {"space", space},       {"start", start},   {"steps", steps}, {"pixels", pixels},
          {"features", features}, {"domain", domain}, {"known", known}, {"view", view}};
}

InversionState InversionState::fromJson(const QJsonObject& json) {
  InversionState state;
  state.picture = json["picture"].toString();
  state.crop.x = number(json["x"], 0.5, 0.0, 1.0);
  state.crop.y = number(json["y"], 0.5, 0.0, 1.0);
  state.crop.size = number(json["size"], 1.0, 0.1, 1.0);
  const QString space = json["space"].toString();
  if (QStringList{"z", "w", "w+"}.contains(space)) state.space = space;
  state.start = json["start"].toString(state.start);
  if (state.start.isEmpty()) state.start = QStringLiteral("encoder");
  state.steps = int(number(json["steps"], 0, 0, 20000));
  state.pixels = number(json["pixels"], state.pixels, 0.0, 1000.0);
  state.features = number(json["features"], state.features, 0.0, 1000.0);
  state.domain = number(json["domain"], state.domain, 0.0, 1000.0);
  state.known = json["known"].toString();
  const QString view = json["view"].toString();
  if (QStringList{"result", "domain", "compare"}.contains(view)) state.view = view;
  return state;
}

bool InversionState::operator==(const InversionState& other) const {
  return toJson() == other.toJson();
}

QString InversionState::settings() const {
  QJsonObject json = toJson();
  for (const char* looks : {"picture", "x", "y", "size", "view"}) json.remove(QLatin1String(looks));
  return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

InversionRequest requestOf(const InversionState& state) {
  InversionRequest request;
  InversionQuestion& question = request.question;
  if (!state.space.isEmpty()) question.space = latentSpaceFrom(state.space.toStdString());
  question.steps = state.steps;
  question.pixelWeight = state.pixels;
  question.perceptualWeight = state.features;
  question.domainWeight = state.domain;
  question.useEncoder = state.start != QLatin1String("mean");
  if (question.useEncoder && state.start != QLatin1String("encoder")) request.encoder = state.start;
  request.settings = state.settings();
  request.known = state.known;
  return request;
}

}  // namespace unitscope
