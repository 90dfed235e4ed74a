#pragma once

#include <QMetaType>
#include <QString>

namespace unitscope {

/// What a window shows when something did not work: the file, layer or control that is wrong, and why.
struct Problem {
  QString subject;
  QString reason;
  bool cancelled = false;  ///< the user stopped it; nothing is wrong
};

}  // namespace unitscope

Q_DECLARE_METATYPE(unitscope::Problem)
