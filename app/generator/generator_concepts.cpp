#include "app/generator/generator_concepts.h"

#include <algorithm>
#include <utility>

namespace unitscope {

const LayerConcepts* GeneratorConcepts::of(const QString& layer) const {
  const auto found = layers_.find(layer);
  return found == layers_.end() ? nullptr : &found->second;
}

const ConceptGroup* GeneratorConcepts::group(const QString& layer, const QString& name) const {
  const LayerConcepts* known = of(layer);
  if (!known) return nullptr;
  const auto found = std::ranges::find(known->groups, name, &ConceptGroup::name);
  return found == known->groups.end() ? nullptr : &*found;
}

void GeneratorConcepts::set(const QStringList& order, std::map<QString, LayerConcepts> layers) {
  order_ = order;
  layers_ = std::move(layers);
  order_.removeIf([this](const QString& layer) { return !layers_.contains(layer); });
  for (auto& [layer, known] : layers_) {
    if (!order_.contains(layer)) order_ << layer;
    std::erase_if(known.groups, [](const ConceptGroup& group) {
      return group.units.empty() || group.units.size() != group.high.size();
    });
  }
  Q_EMIT changed();
}

void GeneratorConcepts::clear() {
  if (empty()) return;
  order_.clear();
  layers_.clear();
  Q_EMIT changed();
}

}  // namespace unitscope
