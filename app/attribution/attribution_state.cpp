#include "app/attribution/attribution_state.h"

#include <algorithm>
#include <cmath>

#include <QJsonArray>

#include "runtime/error.h"

namespace unitscope {

namespace {

constexpr qsizetype kLongestPath = 4096;

QVariant toVariant(const ParameterValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return qlonglong(*integer);
  if (const double* number = std::get_if<double>(&value)) return *number;
  return QString::fromStdString(std::get<std::string>(value));
}

ParameterValue fromVariant(const ParameterSpec& spec, const QVariant& value) {
  if (std::holds_alternative<bool>(spec.fallback)) return value.toBool();
  if (std::holds_alternative<std::int64_t>(spec.fallback)) return std::int64_t(value.toLongLong());
  if (std::holds_alternative<double>(spec.fallback)) return value.toDouble();
  return value.toString().toStdString();
}

bool fits(const MethodInfo& method, const ParameterSpec& spec, const QVariant& value) {
  try {
    ParameterValues values(method);
    values.set(method, spec.id, fromVariant(spec, value));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

const MethodInfo* findMethod(const std::vector<MethodInfo>& methods, const QString& id) {
  const std::string name = id.toStdString();
  const auto it = std::find_if(methods.begin(), methods.end(), [&](const MethodInfo& m) { return m.id == name; });
  return it == methods.end() ? nullptr : &*it;
}

bool takesSegments(const MethodInfo& method) {
  return std::any_of(method.parameters.begin(), method.parameters.end(),
                     [](const ParameterSpec& spec) { return spec.id == "segments"; });
}

QVector<FormField> formFields(const MethodInfo& method) {
  QVector<FormField> fields;
  for (const ParameterSpec& spec : method.parameters) {
    FormField field;
    field.id = QString::fromStdString(spec.id);
    field.title = QString::fromStdString(spec.title);
    field.help = QString::fromStdString(spec.help);
    field.fallback = toVariant(spec.fallback);
    field.minimum = spec.minimum;
    field.maximum = spec.maximum;
    for (const std::string& choice : spec.choices) field.choices << QString::fromStdString(choice);
    using Kind = FormField::Kind;
    field.kind = std::holds_alternative<bool>(spec.fallback)           ? Kind::Flag
                 : std::holds_alternative<std::int64_t>(spec.fallback) ? Kind::Integer
                 : std::holds_alternative<double>(spec.fallback)       ? Kind::Real
                 : spec.choices.empty()                                ? Kind::Text
                                                                       : Kind::Choice;
    fields.append(field);
  }
  return fields;
}

ParameterValues parameterValues(const MethodInfo& method, const QVariantMap& changes) {
  ParameterValues values(method);
  for (const ParameterSpec& spec : method.parameters) {
    const QVariant value = changes.value(QString::fromStdString(spec.id));
    if (value.isValid() && fits(method, spec, value)) values.set(method, spec.id, fromVariant(spec, value));
  }
  return values;
}

QVariantMap onlyChanges(const MethodInfo& method, const QVariantMap& values) {
  QVariantMap changes;
  for (const ParameterSpec& spec : method.parameters) {
    const QString id = QString::fromStdString(spec.id);
    const QVariant value = values.value(id);
    if (!value.isValid() || !fits(method, spec, value)) continue;
    const ParameterValue given = fromVariant(spec, value);
    if (given != spec.fallback) changes.insert(id, toVariant(given));
  }
  return changes;
}

AttributionState AttributionState::defaults(const std::vector<MethodInfo>& methods) {
  AttributionState state;
  // Quick ones first, so that there is something to see at once.
  for (const char* id : {"grad_cam", "gradient", "guided_backprop", "layer_cam", "integrated_gradients"}) {
    if (findMethod(methods, QString::fromLatin1(id))) state.methods << QString::fromLatin1(id);
  }
  if (!state.methods.isEmpty()) state.current = state.methods.front();
  return state;
}

QJsonObject AttributionState::toJson() const {
  QJsonObject all, chosenLayers;
  for (auto it = parameters.cbegin(); it != parameters.cend(); ++it) {
    if (!it->isEmpty()) all.insert(it.key(), QJsonObject::fromVariantMap(*it));
  }
  for (auto it = layers.cbegin(); it != layers.cend(); ++it) {
    if (!it->isEmpty()) chosenLayers.insert(it.key(), *it);
  }
  return {{"methods", QJsonArray::fromStringList(methods)},
          {"current", current},
          {"parameters", all},
          {"layers", chosenLayers},
          {"segments", segments},
          {"score", score.toJson()},
          {"opacity", opacity},
          {"absolute", absolute},
          {"colors", colors}};
}

AttributionState AttributionState::fromJson(const QJsonObject& json, const std::vector<MethodInfo>& methods) {
  AttributionState state = defaults(methods);
  if (json.value("methods").isArray()) {
    state.methods.clear();
    for (const QJsonValue& value : json.value("methods").toArray()) {
      const QString id = value.toString();
      if (findMethod(methods, id) && !state.methods.contains(id)) state.methods << id;
    }
  }
  const QString current = json.value("current").toString();
  if (findMethod(methods, current)) state.current = current;
  const QJsonObject all = json.value("parameters").toObject(), chosenLayers = json.value("layers").toObject();
  for (const MethodInfo& method : methods) {
    const QString id = QString::fromStdString(method.id);
    const QVariantMap changes = onlyChanges(method, all.value(id).toObject().toVariantMap());
    if (!changes.isEmpty()) state.parameters.insert(id, changes);
    const QString layer = chosenLayers.value(id).toString();
    if (method.usesLayer && !layer.isEmpty() && layer.size() < 1000) state.layers.insert(id, layer);
  }
  const QString segments = json.value("segments").toString();
  if (segments.size() < kLongestPath) state.segments = segments;
  state.score = ScoreChoice::fromJson(json.value("score").toObject());
  const double opacity = json.value("opacity").toDouble(state.opacity);
  if (std::isfinite(opacity)) state.opacity = std::clamp(opacity, 0.0, 1.0);
  state.absolute = json.value("absolute").toBool(false);
  const QString colors = json.value("colors").toString();
  if (colors == QLatin1String("viridis") || colors == QLatin1String("magma")) state.colors = colors;
  return state;
}

}  // namespace unitscope
