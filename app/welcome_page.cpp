#include "app/welcome_page.h"

#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/app_settings.h"
#include "app/built_in_menu.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr int kShown = 5;

QString homely(const QString& path) {
  const QString home = QDir::homePath();
  return path.startsWith(home + '/') ? '~' + path.mid(home.size()) : path;
}

}  // namespace

WelcomePage::WelcomePage(AppSettings& settings, QWidget* parent) : QWidget(parent), settings_(settings) {
  invitation_ = new EmptyState;
  invitation_->setIcon("drop");
  invitation_->setHeadline(tr("Drop a network here"));
  invitation_->setText(
      tr("ONNX, torch.export (.pt2), TorchScript, safetensors or .pth. Nothing in a file is ever executed.\n"
         "Images can be dropped too, alone or as a folder, anywhere on this window."));
  invitation_->setAcceptsFiles(true);
  QPushButton* open = invitation_->addButton(tr("Open a model..."), "open");
  QPushButton* builtIn = invitation_->addButton(tr("Try a built-in model"), "play");
  builtIn->setToolTip(tr("Small networks that come with the program, with pictures: no download"));
  auto* menu = new BuiltInMenu({}, builtIn);
  builtIn->setMenu(menu);
  QPushButton* get = invitation_->addButton(tr("Get models..."), "download");
  get->setToolTip(tr("Well-known networks to download"));
  goOn_ = invitation_->addButton(tr("Go on with the last session"), "history");
  goOn_->hide();

  recent_ = new QWidget;
  recentRows_ = new QVBoxLayout(recent_);
  recentRows_->setContentsMargins(0, 14, 0, 0);
  recentRows_->setSpacing(2);
  invitation_->addExtra(recent_);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(invitation_);
  connect(open, &QPushButton::clicked, this, &WelcomePage::openWanted);
  connect(get, &QPushButton::clicked, this, &WelcomePage::catalogueWanted);
  connect(menu, &BuiltInMenu::chosen, this, &WelcomePage::builtInWanted);
  connect(goOn_, &QPushButton::clicked, this, &WelcomePage::lastSessionWanted);
  connect(invitation_, &EmptyState::filesDropped, this, &WelcomePage::pathsWanted);
  connect(&settings_, &AppSettings::recentChanged, this, &WelcomePage::listRecent);
  listRecent();
}

void WelcomePage::setLastSession(const QString& path) {
  goOn_->setVisible(!path.isEmpty());
}

void WelcomePage::listRecent() {
  while (QLayoutItem* item = recentRows_->takeAt(0)) {
    if (item->widget()) item->widget()->deleteLater();
    delete item;
  }
  const QStringList models = settings_.recentModels().mid(0, kShown);
  recent_->setVisible(!models.isEmpty());
  if (models.isEmpty()) return;
  auto* heading = new QLabel(tr("Recent"));
  heading->setAlignment(Qt::AlignCenter);
  recentRows_->addWidget(heading);
  for (const QString& path : models) {
    auto* row = new QToolButton;
    row->setAutoRaise(true);
    row->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    row->setIcon(themedIcon("model"));
    const QString name = QFileInfo(path).fileName();
    const QString folder = homely(QFileInfo(path).absolutePath());
    QString text = fontMetrics().elidedText(name + QStringLiteral("   \u2013   ") + folder, Qt::ElideMiddle,
                                            fontMetrics().averageCharWidth() * 70);
    row->setText(text.replace('&', "&&"));
    row->setToolTip(QDir::toNativeSeparators(path));
    row->setAccessibleName(tr("Open %1 from %2").arg(name, folder));
    connect(row, &QToolButton::clicked, this, [this, path] { Q_EMIT pathsWanted({path}); });
    recentRows_->addWidget(row, 0, Qt::AlignHCenter);
  }
}

}  // namespace unitscope
