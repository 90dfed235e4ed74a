#include "widgets/dialog_buttons.h"

#include <QPushButton>

namespace unitscope {

QDialogButtonBox* makeDialogButtons(QDialogButtonBox::StandardButtons buttons) {
  auto* box = new QDialogButtonBox(buttons);
  for (QAbstractButton* button : box->buttons()) {
    button->setIcon({});
    button->setMinimumHeight(button->fontMetrics().height() + 12);
  }
  return box;
}

}  // namespace unitscope
