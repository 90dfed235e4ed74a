#include "app/tour.h"

#include <iostream>

#include <QApplication>
#include <QDir>
#include <QTemporaryDir>

#include "app/attribution/attribution_workspace.h"
#include "app/built_in_menu.h"
#include "app/desk.h"
#include "app/workspace.h"
#include "runtime/error.h"

namespace unitscope {

namespace {

constexpr int kPatience = 10 * 60 * 1000;

void wait(Desk& desk) {
  if (!desk.waitUntilIdle(kPatience)) throw Error("tour", "the window did not come to rest in ten minutes");
}

class Camera {
 public:
  Camera(Desk& desk, const QString& folder) : desk_(desk), folder_(folder) {}

  void shoot(const QString& name) {
    wait(desk_);
    save(name);
  }
  /// Galleries fill for minutes: what they show by then is enough.
  void shootSoon(const QString& name) {
    constexpr int kGlance = 15 * 1000;
    desk_.waitUntilIdle(kGlance);
    save(name);
    desk_.studio().engine().cancelAll();
  }
  const QStringList& files() const { return files_; }

 private:
  void save(const QString& name) {
    // Layouts and charts settle over a few turns of the event loop.
    for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
    const QString file = QDir(folder_).filePath(name + QStringLiteral(".png"));
    if (!desk_.window().grab().save(file)) throw Error(file.toStdString(), "could not be written");
    files_ << file;
  }

  Desk& desk_;
  QString folder_;
  QStringList files_;
};

void showAttribution(Desk& desk, Camera& camera, const QString& theme) {
  auto* workspace = qobject_cast<AttributionWorkspace*>(desk.window().workspace(QStringLiteral("attribution")));
  if (!workspace) throw Error("tour", "this build has no attribution workspace");
  const auto& pictures = desk.studio().document().pictures();
  if (pictures.empty()) throw Error("tour", "there are no pictures to show");
  desk.window().showWorkspace(workspace->id());
  desk.studio().selection().setImage(pictures.front().id);
  camera.shoot(QStringLiteral("attribution-") + theme);
  workspace->enlarge(pictures.front().id, QStringLiteral("grad_cam"));
  camera.shoot(QStringLiteral("enlarged-") + theme);
  workspace->enlarge(0, {});
}

/// The other tabs, as they look when one comes to them with the open network; tabs that have no use for it are left
/// out.
void showOthers(Desk& desk, Camera& camera, const QString& theme) {
  const bool draws = desk.studio().document().card().task == ModelCard::Task::Generator;
  for (Workspace* workspace : desk.window().workspaces()) {
    if (workspace->id() == QLatin1String("attribution") || draws != (workspace->id() == QLatin1String("generator")))
      continue;
    desk.window().showWorkspace(workspace->id());
    camera.shootSoon(workspace->id() + QLatin1Char('-') + theme);
  }
}

void showAll(Desk& desk, Camera& camera, const QString& theme) {
  if (desk.studio().document().card().task != ModelCard::Task::Generator) showAttribution(desk, camera, theme);
  showOthers(desk, camera, theme);
}

}  // namespace

QStringList takeTour(const TourOptions& options) {
  if (!QDir().mkpath(options.folder)) throw Error(options.folder.toStdString(), "could not be made");
  QTemporaryDir own;
  if (!own.isValid()) throw Error(own.path().toStdString(), "the temporary folder could not be made");
  DeskOptions settings;
  settings.places = Places::under(own.path());
  settings.size = options.size;
  settings.asksForCards = false;
  settings.offersRecovery = false;
  Desk desk(settings);
  Camera camera(desk, options.folder);
  AppSettings& preferences = desk.studio().settings();
  preferences.setTheme(AppSettings::Theme::Light);
  desk.window().show();
  camera.shoot(QStringLiteral("start"));
  if (options.model.isEmpty()) {
    desk.studio().openBuiltIn(firstBuiltIn());
  } else {
    desk.studio().openModel(options.model);
    wait(desk);
    desk.studio().addPictureFiles(options.images);
  }
  wait(desk);
  if (!desk.studio().document().hasModel()) throw Error("tour", "the network could not be opened");
  showAll(desk, camera, QStringLiteral("light"));
  preferences.setTheme(AppSettings::Theme::Dark);
  showAll(desk, camera, QStringLiteral("dark"));
  if (options.model.isEmpty()) {
    desk.studio().openBuiltIn(QStringLiteral("scene-generator"));
    wait(desk);
    showAll(desk, camera, QStringLiteral("dark"));
    preferences.setTheme(AppSettings::Theme::Light);
    showAll(desk, camera, QStringLiteral("light"));
  }
  return camera.files();
}

int runTour(int argc, char** argv, const std::filesystem::path& folder) {
  // No display is needed, and none is used: the pictures are to be the same everywhere.
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("unitscope"));
  try {
    TourOptions options;
    options.folder = QString::fromStdString(folder.string());
    for (const QString& file : takeTour(options)) std::cout << file.toStdString() << '\n';
    return 0;
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

}  // namespace unitscope
