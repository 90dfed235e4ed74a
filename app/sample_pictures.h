#pragma once

#include <vector>

#include <QString>

#include "app/document.h"

namespace unitscope {

/// Pictures to look at with a built-in model, ids not given yet: drawings for the hand-written example, scenes that no
/// training has seen for those of scenes (for the biased one also some with its telltales), articles of clothing where
/// Fashion-MNIST is installed. Empty where there are none. May be called on any thread; takes some ten milliseconds.
std::vector<PictureEntry> samplePicturesFor(const QString& model);

}  // namespace unitscope
