#pragma once

#include <QString>

class QAction;
class QWidget;

namespace unitscope {

/// Enables a control, or disables it and says why: in its tooltip and to screen readers. An empty reason means that
/// it can be used. The control's own tooltip and description come back when it can.
void setAvailable(QWidget& control, const QString& reasonIfNot);
void setAvailable(QAction& action, const QString& reasonIfNot);

}  // namespace unitscope
