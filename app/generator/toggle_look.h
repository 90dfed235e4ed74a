#pragma once

#include <QAbstractButton>
#include <QString>

namespace unitscope {

/// Fills a checkable button with the highlight colour while it is checked: what a style makes of it is hard to see
/// where many stand side by side.
inline void fillWhenChecked(QAbstractButton& button) {
  button.setStyleSheet(
      QStringLiteral("QToolButton:checked { background: palette(highlight); color: palette(highlighted-text); border: "
                     "1px solid palette(highlight); border-radius: 3px; padding: 2px; }"));
}

}  // namespace unitscope
