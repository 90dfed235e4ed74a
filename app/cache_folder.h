#pragma once

#include <QString>

namespace unitscope {

class AppSettings;

/// Where pictures and findings that can be made again are kept: the user's cache folder; below the folder of the
/// settings for windows that have one of their own (tests, the tour).
QString cacheFolder(AppSettings& settings, const QString& name);

}  // namespace unitscope
