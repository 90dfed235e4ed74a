#pragma once

#include <QString>

#include "engine/model_card.h"

namespace unitscope {

/// "224 × 224 RGB; short side to 256, centre crop; mean 0.485 0.456 0.406, std 0.229 0.224 0.225".
QString describePreprocessing(const ModelCard& card);
/// Why the card cannot be used; empty when it can. `inputs` and `outputs` are the graph's own names.
QString cardProblem(const ModelCard& card, const QStringList& inputs, const QStringList& outputs);

}  // namespace unitscope
