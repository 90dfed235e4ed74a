#pragma once

#include <QDialogButtonBox>

namespace unitscope {

/// Ok, Cancel, Close... without the style's coloured icons, which fit neither theme.
QDialogButtonBox* makeDialogButtons(QDialogButtonBox::StandardButtons buttons);

}  // namespace unitscope
