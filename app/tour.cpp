#include "app/tour.h"

#include <iostream>

#include <QApplication>
#include <QDir>
#include <QTemporaryDir>

#include "app/attribution/attribution_workspace.h"
#include "app/built_in_menu.h"
#include "app/desk.h"
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
    // Layouts and charts settle over a few turns of the event loop.
    for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
    const QString file = QDir(folder_).filePath(name + QStringLiteral(".png"));
    if (!desk_.window().grab().save(file)) throw Error(file.toStdString(), "could not be written");
    files_ << file;
  }
  const QStringList& files() const { return files_; }

 private:
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
  showAttribution(desk, camera, QStringLiteral("light"));
  preferences.setTheme(AppSettings::Theme::Dark);
  showAttribution(desk, camera, QStringLiteral("dark"));
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
