#pragma once

#include <optional>
#include <vector>

#include <QHash>
#include <QImage>
#include <QObject>
#include <QTimer>

#include "app/engine_bridge.h"

namespace unitscope {

/// A picture to be shown small: one of the data, with a heatmap over it where there is one, or (number -1) a heatmap
/// alone.
struct FailureThumbnail {
  QString id;
  qint64 number = -1;
  Array heat;  ///< [side,side], may be empty
};

/// Fetches pictures of the data by number, in the background, some at a time.
class FailurePictures : public QObject {
  Q_OBJECT
 public:
  explicit FailurePictures(EngineBridge& engine, QObject* parent = nullptr);

  /// Forgets what is under way.
  void setSource(const BackgroundModel& model, const QString& data, quint64 seed);
  void clear();
  void want(const FailureThumbnail& thumbnail);
  /// The picture as large as the network sees it, for `done` on the GUI thread.
  void fetch(qint64 number, const std::function<void(QImage)>& done);

 Q_SIGNALS:
  void ready(const QString& id, const QImage& picture);
  void failed(const QString& id, const QString& reason);

 private:
  void askNext();

  EngineBridge& engine_;
  BackgroundModel model_;
  QString data_;
  quint64 seed_ = 0;
  QTimer soon_;
  std::vector<FailureThumbnail> waiting_;
  bool running_ = false;
  int round_ = 0;  ///< answers of an earlier round are not wanted
};

}  // namespace unitscope
