#include "app/desk.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>

#include "app/built_in_menu.h"
#include "widgets/theme.h"

namespace unitscope {

namespace {

void follow(const AppSettings& settings) {
  auto* application = qobject_cast<QApplication*>(QCoreApplication::instance());
  if (!application) return;
  switch (settings.theme()) {
    case AppSettings::Theme::Light: return applyTheme(*application, ThemeChoice::Light);
    case AppSettings::Theme::Dark: return applyTheme(*application, ThemeChoice::Dark);
    case AppSettings::Theme::System: return applyTheme(*application, ThemeChoice::System);
  }
}

}  // namespace

Desk::Desk(const DeskOptions& options) : studio_(std::make_unique<Studio>(options.places)) {
  AppSettings& settings = studio_->settings();
  follow(settings);
  QObject::connect(&settings, &AppSettings::themeChanged, &settings, [&settings] { follow(settings); });
  window_ = std::make_unique<MainWindow>(*studio_, options.places.sessionFolder);
  window_->setAsksForCards(options.asksForCards);
  window_->setModelFolder(options.places.modelFolder);
  if (options.size.isEmpty()) {
    window_->restoreLayout();
  } else {
    window_->resize(options.size);
  }
  if (options.offersRecovery) window_->offerRecovery();
}

Desk::~Desk() = default;

void Desk::begin() {
  AppSettings& settings = studio_->settings();
  if (settings.begun()) return;
  settings.setBegun();
  studio_->openBuiltIn(firstBuiltIn());
}

bool Desk::busy() const {
  if (!studio_->engine().idle() || studio_->loader().busy() || window_->session().restoring()) return true;
  for (const Workspace* workspace : window_->workspaces()) {
    if (workspace->busy()) return true;
  }
  return false;
}

bool Desk::waitUntilIdle(int milliseconds) {
  QElapsedTimer clock;
  clock.start();
  while (clock.elapsed() < milliseconds) {
    QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
    // Panes may ask again as soon as an answer is in; only two quiet looks in a row count.
    if (!busy()) {
      QCoreApplication::processEvents();
      if (!busy()) return true;
    }
  }
  return false;
}

}  // namespace unitscope
