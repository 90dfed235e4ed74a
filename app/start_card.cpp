#include "app/start_card.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/built_in_menu.h"
#include "app/document.h"
#include "app/workspace.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

namespace unitscope {

StartCard::StartCard(Document& document, const std::vector<Workspace*>& workspaces, QWidget* parent)
    : QWidget(parent), document_(document) {
  setObjectName("startCard");
  setAccessibleName(tr("First steps"));
  icon_ = new QLabel;
  headline_ = new QLabel;
  headline_->setObjectName("startHeadline");
  text_ = new QLabel;
  text_->setWordWrap(true);
  text_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);

  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  for (const Workspace* workspace : workspaces) {
    auto* button = new QPushButton(workspace->title());
    button->setIcon(themedIcon(workspace->id()));
    button->setToolTip(workspace->explanation());
    button->setObjectName("start-" + workspace->id());
    buttons->addWidget(button);
    leads_.emplace_back(workspace->id(), button);
    connect(button, &QPushButton::clicked, this, [this, id = workspace->id()] { Q_EMIT workspaceWanted(id); });
  }
  auto* others = new QPushButton(tr("Other built-in models"));
  auto* menu = new BuiltInMenu({}, others);
  others->setMenu(menu);
  auto* open = new QPushButton(tr("Open a model..."));
  open->setIcon(themedIcon("open"));
  buttons->addWidget(others);
  buttons->addWidget(open);
  buttons->addStretch(1);

  auto* close = new QToolButton;
  close->setAutoRaise(true);
  close->setIcon(themedIcon("close"));
  close->setObjectName("startClose");
  close->setToolTip(tr("Close this card"));
  close->setAccessibleName(close->toolTip());

  auto* words = new QVBoxLayout;
  words->setSpacing(4);
  words->addWidget(headline_);
  words->addWidget(text_);
  words->addSpacing(4);
  words->addLayout(buttons);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(14, 10, 8, 10);
  row->setSpacing(12);
  row->addWidget(icon_, 0, Qt::AlignTop);
  row->addLayout(words, 1);
  row->addWidget(close, 0, Qt::AlignTop);

  connect(close, &QToolButton::clicked, this, [this] {
    closedFor_ = shownFor_;
    hide();
  });
  connect(open, &QPushButton::clicked, this, &StartCard::openWanted);
  connect(menu, &BuiltInMenu::chosen, this, &StartCard::builtInWanted);
  connect(&document_, &Document::modelChanged, this, &StartCard::update);
  connect(&document_, &Document::picturesChanged, this, &StartCard::update);
  restyle();
  update();
}

void StartCard::update() {
  shownFor_ = document_.hasModel() ? document_.opened().builtIn : QString();
  if (shownFor_ != closedFor_) closedFor_.clear();
  const bool draws = document_.card().task == ModelCard::Task::Generator;
  // Only where the model has something to show.
  for (const auto& [id, button] : leads_) button->setVisible((id == QStringLiteral("generator")) == draws);
  for (const BuiltInChoice& choice : builtInChoices()) {
    if (choice.name != shownFor_) continue;
    headline_->setText(tr("%1, built in").arg(choice.title));
    text_->setText(choice.description + QStringLiteral(". ") +
                   (draws ? tr("Switch its units, paint with them, and steer its latents.")
                    : document_.pictures().empty()
                        ? tr("Drop a picture in to see what it makes of it.")
                        : tr("The pictures are none that it was trained on: click a map to see it large, or drop in "
                             "your own.")));
  }
  setVisible(!shownFor_.isEmpty() && closedFor_.isEmpty());
}

void StartCard::restyle() {
  restyling_ = true;
  const ThemeColors& colors = themeColors(QGuiApplication::palette());
  icon_->setPixmap(themedIcon("help", colors.accent).pixmap(QSize(28, 28), devicePixelRatioF()));
  QFont bold = font();
  bold.setBold(true);
  headline_->setFont(bold);
  restyling_ = false;
}

void StartCard::paintEvent(QPaintEvent*) {
  const ThemeColors& colors = themeColors(palette());
  QPainter painter(this);
  painter.fillRect(rect(), colors.surface);
  painter.fillRect(QRect(0, height() - 1, width(), 1), colors.border);
}

void StartCard::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && !restyling_) restyle();
  QWidget::changeEvent(event);
}

}  // namespace unitscope
