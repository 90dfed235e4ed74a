#pragma once

#include <QString>

namespace unitscope {

/// A word as a POSIX shell takes it: as it is where that is safe, else in single quotes.
QString shellWord(const QString& text);

}  // namespace unitscope
