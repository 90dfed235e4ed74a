#pragma once

#include <atomic>
#include <memory>

#include <QNetworkReply>
#include <QObject>
#include <QTimer>

#include "app/catalogue/download_request.h"
#include "app/catalogue/part_file.h"

class QNetworkAccessManager;

namespace unitscope {

/// Fetches one file at a time into "<target>.part" and gives it its name only once its SHA-256 is right. What was
/// cancelled or broken off goes on from where it was (HTTP Range with If-Range), or from the start where the server
/// has another file by now or knows no ranges. Only https, also where the server sends it elsewhere. Runs on the GUI
/// thread without ever holding it up: long reads and the last flush to the disk go to a worker.
class Downloader : public QObject {
  Q_OBJECT
 public:
  explicit Downloader(QNetworkAccessManager& network, QObject* parent = nullptr);
  /// Stops; the part stays for another time.
  ~Downloader() override;

  /// Begins. One of finished(), failed() and cancelled() follows, never from within this call.
  void start(const DownloadRequest& request);
  /// Stops and keeps the part. Nothing happens where nothing is under way.
  void cancel();
  bool busy() const { return busy_; }
  /// After so long without a byte the download has failed (30 s).
  void setPatience(int milliseconds) { stall_.setInterval(milliseconds); }

 Q_SIGNALS:
  /// `total` is 0 while it is not known.
  void progress(qint64 received, qint64 total);
  void finished(const QString& path);
  void failed(const QString& reason);
  void cancelled();

 private:
  void begin();
  void hashPart(const PartOrigin& origin);
  void send(qint64 from, const QByteArray& validator);
  void ask(const QUrl& url);
  void followRedirect();
  void takeHeaders();
  void takeBody();
  void received();
  void replyFinished();
  void rangeRefused();
  void bodyEnded();
  void verify();
  void fail(const QString& reason);
  void end();
  void dropReply();
  QString httpProblem(int status) const;
  QString networkProblem() const;

  QNetworkAccessManager& network_;
  DownloadRequest request_;
  std::unique_ptr<PartFile> part_;
  std::shared_ptr<QCryptographicHash> partHash_;  ///< of the part that the request asks to go on from
  QNetworkReply* reply_ = nullptr;
  std::shared_ptr<std::atomic<bool>> alive_;  ///< false once this try is over; workers look at it
  QTimer stall_;
  QByteArray validator_;
  qint64 from_ = 0, total_ = 0;
  int redirects_ = 0;
  bool busy_ = false;
  bool headersTaken_ = false;
  bool scheduled_ = false;  ///< a turn of the event loop is to come in which received() goes on
  bool ended_ = false;      ///< all has come, though not all of it was taken yet
};

}  // namespace unitscope
