#pragma once

#include <deque>
#include <map>

#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QObject>

#include "app/catalogue/downloader.h"
#include "app/catalogue/model_store.h"

namespace unitscope {

/// How it stands with one network of the catalogue.
struct DownloadStatus {
  enum class State { Absent, Unfinished, Waiting, Running, Here };
  State state = State::Absent;
  qint64 received = 0;
  qint64 total = 0;
  QString problem;  ///< why the last try failed

  /// 0 to 100.
  int percent() const { return total > 0 ? static_cast<int>(std::min<qint64>(100, received * 100 / total)) : 0; }
};

/// Downloads networks of the catalogue one after another, in the order in which they were asked for. Each gets its
/// card as it arrives. Nothing is fetched that was not asked for.
class DownloadQueue : public QObject {
  Q_OBJECT
 public:
  DownloadQueue(Catalogue catalogue, const QString& folder, QObject* parent = nullptr);

  const Catalogue& catalogue() const { return catalogue_; }
  const ModelStore& store() const { return store_; }
  Downloader& downloader() { return downloader_; }
  /// Also http to this machine: for a server that a test runs.
  void setAllowsLocalHttp(bool allows) { allowsLocalHttp_ = allows; }

  /// `row` counts the catalogue's entries, here and below.
  DownloadStatus status(int row) const;
  bool idle() const { return running_ < 0 && waiting_.empty(); }
  void download(int row);
  /// Takes it out of the queue, or stops it; what has come is kept.
  void cancel(int row);
  /// Deletes the network with its card. Throws Error when a file cannot be deleted.
  void remove(int row);
  /// Tells anew how it stands with every network.
  void lookAgain();

 Q_SIGNALS:
  void changed(int row);
  void finished(int row);
  /// Also to be found in status().
  void failed(int row, const QString& reason);

 private:
  const CatalogueEntry& entry(int row) const { return catalogue_.entries[static_cast<std::size_t>(row)]; }
  void next();
  void progressed(qint64 received, qint64 total);
  void done(const QString& problem);

  Catalogue catalogue_;
  ModelStore store_;
  QNetworkAccessManager network_;
  Downloader downloader_;
  std::deque<int> waiting_;
  int running_ = -1;
  qint64 received_ = 0, total_ = 0;
  QElapsedTimer sinceTold_;
  std::map<int, QString> problems_;
  bool allowsLocalHttp_ = false;
};

}  // namespace unitscope
