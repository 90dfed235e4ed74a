#pragma once

#include <vector>

#include <QJsonObject>
#include <QString>

#include "gan/generator.h"
#include "gan/moves.h"

namespace unitscope {

/// What a generator's picture is made of: a sample, and what was changed about it.
struct GeneratorScene {
  QString name;  ///< "Seed 17", or what the user called it
  /// One row. Its `edits` are those of the units.
  SynthesisQuestion sample;
  std::vector<LatentMove> moves;

  bool empty() const { return sample.latents.values.empty(); }
  /// Whether units or latents were changed.
  bool edited() const;
  /// The same without changes of units and latents.
  GeneratorScene unchanged() const;
};
bool operator==(const GeneratorScene& a, const GeneratorScene& b);
bool operator==(const LatentDirection& a, const LatentDirection& b);

/// For sessions and favourites; exact.
QJsonObject toJson(const GeneratorScene& scene);
/// What cannot be read is left out: sessions come from other versions and from editors. Whether latents fit the open
/// network is for the generator to say.
GeneratorScene sceneFromJson(const QJsonObject& json);

QJsonObject toJson(const LatentDirection& direction);
LatentDirection directionFromJson(const QJsonObject& json);

}  // namespace unitscope
