#pragma once

#include <QColor>
#include <QImage>

#include "engine/array.h"

namespace unitscope {

/// The colour of a group, the same as on the command line.
QColor colorOfGroup(int group);

/// The groups' strengths [k,h,w] as colours, one pixel a place, transparent where no group is active: each place is the
/// mixture of its groups. With `only` 0 or above that group alone, relative to its own largest strength.
QImage groupTint(const Array& maps, int only);

}  // namespace unitscope
