#pragma once

#include <filesystem>

#include <QSize>
#include <QString>
#include <QStringList>

namespace unitscope {

struct TourOptions {
  QString folder;      ///< where the pictures go; made if it is not there
  QString model;       ///< empty: the example
  QStringList images;  ///< with a model of the user's
  QSize size{1280, 800};
};

/// Goes through the window with its workspaces, in light and dark, and saves what it shows as PNG files; needs an
/// application. Returns the files. Throws Error naming what did not work.
QStringList takeTour(const TourOptions& options);
/// The same as a program of its own, without a display: the command `tour`. Returns the exit code.
int runTour(int argc, char** argv, const std::filesystem::path& folder);

}  // namespace unitscope
