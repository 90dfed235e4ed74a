#include "app/availability.h"

#include <QAction>
#include <QVariant>
#include <QWidget>

namespace unitscope {

namespace {

constexpr char kOwnToolTip[] = "unitscopeOwnToolTip";
constexpr char kOwnDescription[] = "unitscopeOwnDescription";

}  // namespace

void setAvailable(QWidget& control, const QString& reasonIfNot) {
  const bool available = reasonIfNot.isEmpty();
  const bool explained = control.property(kOwnToolTip).isValid();
  if (!available && !explained) {
    control.setProperty(kOwnToolTip, control.toolTip());
    control.setProperty(kOwnDescription, control.accessibleDescription());
  }
  if (!available) {
    control.setToolTip(reasonIfNot);
    control.setAccessibleDescription(reasonIfNot);
  } else if (explained) {
    control.setToolTip(control.property(kOwnToolTip).toString());
    control.setAccessibleDescription(control.property(kOwnDescription).toString());
    control.setProperty(kOwnToolTip, {});
    control.setProperty(kOwnDescription, {});
  }
  control.setEnabled(available);
}

void setAvailable(QAction& action, const QString& reasonIfNot) {
  const bool available = reasonIfNot.isEmpty();
  const bool explained = action.property(kOwnToolTip).isValid();
  if (!available && !explained) {
    action.setProperty(kOwnToolTip, action.toolTip());
    action.setProperty(kOwnDescription, action.statusTip());
  }
  if (!available) {
    action.setToolTip(reasonIfNot);
    action.setStatusTip(reasonIfNot);  // menus show it, and accessibility reads it
  } else if (explained) {
    action.setToolTip(action.property(kOwnToolTip).toString());
    action.setStatusTip(action.property(kOwnDescription).toString());
    action.setProperty(kOwnToolTip, {});
    action.setProperty(kOwnDescription, {});
  }
  action.setEnabled(available);
}

}  // namespace unitscope
