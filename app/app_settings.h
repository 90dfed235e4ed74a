#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include "engine/model.h"

class QSettings;

namespace unitscope {

/// The user's preferences, kept by QSettings. Setters write at once and tell whoever listens.
class AppSettings : public QObject {
  Q_OBJECT
 public:
  enum class Theme { System, Light, Dark };
  Q_ENUM(Theme)
  static constexpr int kMostMemoryMiB = 1 << 20;

  /// Kept in this INI file.
  explicit AppSettings(const QString& file, QObject* parent = nullptr);
  ~AppSettings() override;

  Theme theme() const;
  void setTheme(Theme theme);
  QString device() const;  ///< "cpu", "cuda:0"...
  void setDevice(const QString& device);
  bool bfloat16() const;
  void setBfloat16(bool on);
  int memoryBudgetMiB() const;  ///< 0 means the engine's default; at most kMostMemoryMiB
  void setMemoryBudgetMiB(int mebibytes);
  ComputeSettings compute() const;
  /// All three at once, so that the open model is readied only once for them.
  void setCompute(const QString& device, bool bfloat16, int memoryMiB);
  bool begun() const;  ///< false until the first start is over
  void setBegun();
  bool autosave() const;
  void setAutosave(bool on);

  QStringList recentModels() const;
  QStringList recentImages() const;
  QStringList recentSessions() const;
  void addRecentModel(const QString& path);
  void addRecentImage(const QString& path);
  void addRecentSession(const QString& path);
  void clearRecent();

  /// For what a widget remembers about itself (geometry, column widths).
  QSettings& store() { return *store_; }

 Q_SIGNALS:
  void themeChanged();
  void computeChanged();
  void autosaveChanged();
  void recentChanged();

 private:
  void addRecent(const QString& key, const QString& path);
  QSettings* store_;
};

}  // namespace unitscope
