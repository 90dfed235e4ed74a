#include "app/app_settings.h"

#include <algorithm>

#include <QFileInfo>
#include <QSettings>

namespace unitscope {

namespace {

constexpr int kRecentLimit = 10;

QStringList existing(const QStringList& paths) {
  QStringList found;
  for (const QString& path : paths) {
    if (QFileInfo::exists(path)) found << path;
  }
  return found;
}

}  // namespace

AppSettings::AppSettings(QObject* parent) : QObject(parent), store_(new QSettings(this)) {}
AppSettings::~AppSettings() = default;

AppSettings::Theme AppSettings::theme() const {
  const QString name = store_->value("theme", "system").toString();
  if (name == "light") return Theme::Light;
  return name == "dark" ? Theme::Dark : Theme::System;
}

void AppSettings::setTheme(Theme theme) {
  if (theme == this->theme()) return;
  store_->setValue("theme", theme == Theme::Light ? "light" : theme == Theme::Dark ? "dark" : "system");
  Q_EMIT themeChanged();
}

QString AppSettings::device() const {
  return store_->value("compute/device", "cpu").toString();
}

void AppSettings::setDevice(const QString& device) {
  if (device == this->device()) return;
  store_->setValue("compute/device", device);
  Q_EMIT computeChanged();
}

bool AppSettings::bfloat16() const {
  return store_->value("compute/bfloat16", false).toBool();
}

void AppSettings::setBfloat16(bool on) {
  if (on == bfloat16()) return;
  store_->setValue("compute/bfloat16", on);
  Q_EMIT computeChanged();
}

int AppSettings::memoryBudgetMiB() const {
  return std::max(0, store_->value("compute/memoryMiB", 0).toInt());
}

void AppSettings::setMemoryBudgetMiB(int mebibytes) {
  if (mebibytes == memoryBudgetMiB()) return;
  store_->setValue("compute/memoryMiB", std::max(0, mebibytes));
  Q_EMIT computeChanged();
}

ComputeSettings AppSettings::compute() const {
  ComputeSettings settings;
  settings.device = device().toStdString();
  settings.bfloat16 = bfloat16();
  settings.memoryBudget = static_cast<std::size_t>(memoryBudgetMiB()) * 1024 * 1024;
  return settings;
}

QStringList AppSettings::recentModels() const {
  return existing(store_->value("recent/models").toStringList());
}
QStringList AppSettings::recentImages() const {
  return existing(store_->value("recent/images").toStringList());
}
QStringList AppSettings::recentSessions() const {
  return existing(store_->value("recent/sessions").toStringList());
}
void AppSettings::addRecentModel(const QString& path) {
  addRecent("recent/models", path);
}
void AppSettings::addRecentImage(const QString& path) {
  addRecent("recent/images", path);
}
void AppSettings::addRecentSession(const QString& path) {
  addRecent("recent/sessions", path);
}

void AppSettings::addRecent(const QString& key, const QString& path) {
  if (path.isEmpty()) return;
  QStringList paths = store_->value(key).toStringList();
  paths.removeAll(path);
  paths.prepend(path);
  store_->setValue(key, QStringList(paths.mid(0, kRecentLimit)));
  Q_EMIT recentChanged();
}

void AppSettings::clearRecent() {
  store_->remove("recent");
  Q_EMIT recentChanged();
}

}  // namespace unitscope
