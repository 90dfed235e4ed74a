#include "app/main_gui.h"

#include <QApplication>
#include <QIcon>
#include <QNetworkProxy>
#include <QTimer>

#include "app/desk.h"

namespace unitscope {

int runWindow(int argc, char** argv, const std::vector<std::filesystem::path>& files) {
  QApplication application(argc, argv);
  QApplication::setOrganizationName("Unitscope");
  QApplication::setApplicationName("unitscope");
  QApplication::setApplicationDisplayName("Unitscope");
  QApplication::setApplicationVersion(UNITSCOPE_VERSION);
  QApplication::setDesktopFileName("org.unitscope.Unitscope");
  QApplication::setWindowIcon(QIcon(":/icon.svg"));
  QNetworkProxyFactory::setUseSystemConfiguration(true);

  DeskOptions options;
  options.places = Places::ofUser();
  Desk desk(options);
  desk.window().show();
  QStringList paths;
  for (const std::filesystem::path& file : files) paths << QString::fromStdString(file.string());
  // Once the window is there: reading a large file must not keep it from appearing.
  QTimer::singleShot(0, &desk.studio(), [&desk, paths] {
    if (!paths.isEmpty())
      desk.studio().openPaths(paths);
    else
      desk.begin();
  });
  return QApplication::exec();
}

}  // namespace unitscope
