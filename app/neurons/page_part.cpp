#include "app/neurons/page_part.h"

#include <QLabel>
#include <QVBoxLayout>

namespace unitscope {

PagePart::PagePart(const QString& title, const QString& help, QWidget* parent) : QWidget(parent) {
  column_ = new QVBoxLayout(this);
  column_->setContentsMargins(0, 6, 0, 6);
  column_->setSpacing(4);
  auto* heading = new QLabel(title);
  QFont bold = font();
  bold.setBold(true);
  heading->setFont(bold);
  heading->setToolTip(help);
  column_->addWidget(heading);
  note_ = new QLabel;
  note_->setWordWrap(true);
  note_->setForegroundRole(QPalette::PlaceholderText);
  note_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  note_->hide();
  column_->addWidget(note_);
  setAccessibleName(title);
}

void PagePart::say(const QString& text) {
  note_->setText(text);
  note_->setVisible(!text.isEmpty());
}

}  // namespace unitscope
