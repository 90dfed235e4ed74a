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

AppSettings::AppSettings(const QString& file, QObject* parent)
    : QObject(parent), store_(new QSettings(file, QSettings::IniFormat, this)) {}
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
  setCompute(device, bfloat16(), memoryBudgetMiB());
}

bool AppSettings::bfloat16() const {
  return store_->value("compute/bfloat16", false).toBool();
}

void AppSettings::setBfloat16(bool on) {
  setCompute(device(), on, memoryBudgetMiB());
}

int AppSettings::memoryBudgetMiB() const {
  return std::clamp(store_->value("compute/memoryMiB", 0).toInt(), 0, kMostMemoryMiB);
}

void AppSettings::setMemoryBudgetMiB(int mebibytes) {
  setCompute(device(), bfloat16(), mebibytes);
}

void AppSettings::setCompute(const QString& device, bool bfloat16, int memoryMiB) {
  const int memory = std::clamp(memoryMiB, 0, kMostMemoryMiB);
  if (device == this->device() && bfloat16 == this->bfloat16() && memory == memoryBudgetMiB()) return;
  store_->setValue("compute/device", device);
  store_->setValue("compute/bfloat16", bfloat16);
  store_->setValue("compute/memoryMiB", memory);
  Q_EMIT computeChanged();
}

bool AppSettings::begun() const {
  // Who has opened something before came from a version that did not keep this.
  return store_->value("begun", store_->contains("recent/models")).toBool();
}

void AppSettings::setBegun() {
  store_->setValue("begun", true);
}

bool AppSettings::autosave() const {
  return store_->value("session/autosave", true).toBool();
}

void AppSettings::setAutosave(bool on) {
  if (on == autosave()) return;
  store_->setValue("session/autosave", on);
  Q_EMIT autosaveChanged();
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
