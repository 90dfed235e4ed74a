#include "app/concepts/concept_choice.h"

#include <QCoreApplication>

namespace unitscope {

int layerIndex(const Dissection& dissection, const QString& layer) {
  const std::string name = layer.toStdString();
  for (std::size_t i = 0; i < dissection.layers.size(); ++i)
    if (dissection.layers[i].layer == name) return int(i);
  return -1;
}

int conceptIndex(const Dissection& dissection, const QString& name) {
  const std::string wanted = name.toStdString();
  for (std::size_t i = 0; i < dissection.concepts.size(); ++i)
    if (dissection.concepts[i].name == wanted) return int(i);
  return -1;
}

int richestLayer(const Dissection& dissection) {
  int best = -1;
  for (std::size_t i = 0; i < dissection.layers.size(); ++i)
    if (best < 0 || dissection.layers[i].unique >= dissection.layers[std::size_t(best)].unique) best = int(i);
  return best;
}

int counterpart(const Dissection& other, const QString& layer) {
  const int same = layerIndex(other, layer);
  return same >= 0 ? same : richestLayer(other);
}

QStringList categoriesOf(const Dissection& dissection) {
  QStringList names;
  for (const DissectedConcept& one : dissection.concepts) {
    const QString name = QString::fromStdString(one.category);
    if (!names.contains(name)) names << name;
  }
  return names;
}

QString nameOf(const Dissection& dissection, int layer) {
  const QString model = QString::fromStdString(dissection.model);
  if (layer < 0 || std::size_t(layer) >= dissection.layers.size()) return model;
  return QCoreApplication::translate("unitscope", "%1 of %2")
      .arg(QString::fromStdString(dissection.layers[std::size_t(layer)].layer), model);
}

}  // namespace unitscope
