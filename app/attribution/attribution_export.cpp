#include "app/attribution/attribution_export.h"

#include <sstream>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/attribution/score_choice.h"
#include "app/shell_text.h"
#include "formats/npy/npy.h"
#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

QString valueText(const ParameterValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? QStringLiteral("true") : QStringLiteral("false");
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return QString::number(*integer);
  if (const double* number = std::get_if<double>(&value)) return QString::number(*number, 'g', 12);
  return QString::fromStdString(std::get<std::string>(value));
}

std::string csv(const Array& map) {
  if (map.shape.size() != 4) throw Error("heatmap", "has the shape " + toString(map.shape) + ", which is no table");
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(9);
  out << "channel,y,x,value\n";
  const std::int64_t height = map.shape[2], width = map.shape[3];
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    const auto at = std::int64_t(i);
    out << at / (height * width) << ',' << at / width % height << ',' << at % width << ',' << map.values[i] << '\n';
  }
  return out.str();
}

QByteArray json(const NumbersToWrite& numbers) {
  const AttributionAnswer& answer = numbers.result->answer;
  QJsonObject parameters;
  for (const auto& [name, value] : numbers.request.parameters.all()) {
    const QString id = QString::fromStdString(name);
    if (const bool* flag = std::get_if<bool>(&value)) parameters.insert(id, *flag);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) parameters.insert(id, qint64(*integer));
    if (const double* number = std::get_if<double>(&value)) parameters.insert(id, *number);
    if (const auto* text = std::get_if<std::string>(&value)) parameters.insert(id, QString::fromStdString(*text));
  }
  QJsonArray shape, values, notes;
  for (const std::int64_t side : answer.map.shape) shape.append(qint64(side));
  for (const float value : answer.map.values) values.append(double(value));
  for (const std::string& note : answer.notes) notes.append(QString::fromStdString(note));
  const QJsonObject all{{"model", numbers.model},
                        {"image", numbers.picture},
                        {"method", numbers.request.method},
                        {"target", qint64(answer.target)},
                        {"label", numbers.label},
                        {"against", numbers.request.against},
                        {"unit_layer", numbers.request.unitLayer},
                        {"layer", QString::fromStdString(answer.layer)},
                        {"parameters", parameters},
                        {"notes", notes},
                        {"shape", shape},
                        {"values", values}};
  return QJsonDocument(all).toJson(QJsonDocument::Compact);
}

}  // namespace

void writeNumbers(const NumbersToWrite& numbers, const QString& file) {
  const std::filesystem::path path = file.toStdString();
  const Array& map = numbers.result->answer.map;
  if (file.endsWith(QLatin1String(".npy"), Qt::CaseInsensitive)) {
    writeNpy(path, TensorData::fromFloats(map.shape, map.values));
  } else if (file.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) {
    writeFileAtomically(path, csv(map));
  } else if (file.endsWith(QLatin1String(".json"), Qt::CaseInsensitive)) {
    const QByteArray text = json(numbers);
    writeFileAtomically(path, std::string_view(text.constData(), std::size_t(text.size())));
  } else {
    throw Error(file.toStdString(), "numbers are written as .npy, .csv or .json; the name must end so");
  }
}

void writePredictions(const std::vector<Prediction>& predictions, const QString& model, const QString& picture,
                      const QString& file) {
  const std::filesystem::path path = file.toStdString();
  if (file.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out.precision(9);
    out << "index,label,probability,score\n";
    for (const Prediction& p : predictions) {
      QString label = QString::fromStdString(p.label);
      label.replace(QLatin1Char('"'), QLatin1String("\"\""));
      out << p.index << ",\"" << label.toStdString() << "\"," << p.probability << ',' << p.score << '\n';
    }
    writeFileAtomically(path, out.str());
  } else if (file.endsWith(QLatin1String(".json"), Qt::CaseInsensitive)) {
    QJsonArray top;
    for (const Prediction& p : predictions) {
      top.append(QJsonObject{{"index", qint64(p.index)},
                             {"label", QString::fromStdString(p.label)},
                             {"probability", p.probability},
                             {"score", p.score}});
    }
    const QJsonObject all{{"model", model}, {"image", picture}, {"top", top}};
    const QByteArray text = QJsonDocument(all).toJson(QJsonDocument::Compact);
    writeFileAtomically(path, std::string_view(text.constData(), std::size_t(text.size())));
  } else {
    throw Error(file.toStdString(), "predictions are written as .csv or .json; the name must end so");
  }
}

QString attributeCommand(const QString& model, const QString& picture, const MethodInfo& method,
                         const AttributionRequest& request, const QString& resemble, const QRectF& region,
                         const QString& segments) {
  QStringList words{QStringLiteral("unitscope"), QStringLiteral("attribute"), shellWord(model),
                    shellWord(picture),          QStringLiteral("--method"),  request.method};
  if (!request.unitLayer.isEmpty()) {
    words << QStringLiteral("--unit")
          << shellWord(request.unitLayer + QLatin1Char(':') + QString::number(request.target));
  } else if (request.target >= 0) {
    words << QStringLiteral("--target") << QString::number(request.target);
  }
  if (request.against >= 0) words << QStringLiteral("--against") << QString::number(request.against);
  if (request.resemble && !resemble.isEmpty()) words << QStringLiteral("--resemble") << shellWord(resemble);
  if (method.usesLayer && !request.layer.isEmpty()) words << QStringLiteral("--layer") << shellWord(request.layer);
  if (request.segments && !segments.isEmpty()) words << QStringLiteral("--segments") << shellWord(segments);
  const ParameterValues standard(method);
  for (const auto& [name, value] : request.parameters.all()) {
    const auto it = standard.all().find(name);
    if (it != standard.all().end() && it->second == value) continue;
    words << QStringLiteral("--set") << shellWord(QString::fromStdString(name) + QLatin1Char('=') + valueText(value));
  }
  words << QStringLiteral("--out") << QStringLiteral("heat.png");
  if (request.region)
    words << QObject::tr("# without the region %1: --region takes a file of it").arg(regionText(region));
  if (request.resemble && resemble.isEmpty())
    words << QObject::tr("# without the second picture, which has no file: --resemble takes one");
  return words.join(QLatin1Char(' '));
}

}  // namespace unitscope
