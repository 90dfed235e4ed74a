#include "app/catalogue/download_queue.h"

#include <algorithm>

#include "runtime/error.h"

namespace unitscope {

namespace {

constexpr int kTellEvery = 100;  // ms; a table need not follow every packet
// Published sizes are rounded to a thousandth of a MiB.
constexpr qint64 kRounding = 64 * 1024;

}  // namespace

DownloadQueue::DownloadQueue(Catalogue catalogue, const QString& folder, QObject* parent)
    : QObject(parent), catalogue_(std::move(catalogue)), store_(folder), downloader_(network_) {
  connect(&downloader_, &Downloader::progress, this, &DownloadQueue::progressed);
  connect(&downloader_, &Downloader::finished, this, [this] { done({}); });
  connect(&downloader_, &Downloader::failed, this, &DownloadQueue::done);
}

DownloadStatus DownloadQueue::status(int row) const {
  DownloadStatus status;
  const CatalogueEntry& one = entry(row);
  status.total = static_cast<qint64>(one.size());
  if (const auto it = problems_.find(row); it != problems_.end()) status.problem = it->second;
  if (row == running_) {
    status.state = DownloadStatus::State::Running;
    status.received = received_;
    if (total_ > 0) status.total = total_;
  } else if (std::find(waiting_.begin(), waiting_.end(), row) != waiting_.end()) {
    status.state = DownloadStatus::State::Waiting;
  } else if (store_.has(one)) {
    status.state = DownloadStatus::State::Here;
    status.received = status.total;
  } else if (const qint64 part = store_.unfinished(one); part > 0) {
    status.state = DownloadStatus::State::Unfinished;
    status.received = part;
  }
  return status;
}

void DownloadQueue::download(int row) {
  const DownloadStatus::State state = status(row).state;
  if (state != DownloadStatus::State::Absent && state != DownloadStatus::State::Unfinished) return;
  problems_.erase(row);
  waiting_.push_back(row);
  Q_EMIT changed(row);
  next();
}

void DownloadQueue::cancel(int row) {
  if (row == running_) {
    running_ = -1;
    downloader_.cancel();
  } else if (std::erase(waiting_, row) == 0) {
    return;
  }
  Q_EMIT changed(row);
  next();
}

void DownloadQueue::remove(int row) {
  cancel(row);
  problems_.erase(row);
  store_.remove(entry(row));
  Q_EMIT changed(row);
}

void DownloadQueue::lookAgain() {
  for (int row = 0; row < static_cast<int>(catalogue_.entries.size()); ++row) Q_EMIT changed(row);
}

void DownloadQueue::next() {
  if (running_ >= 0 || waiting_.empty()) return;
  running_ = waiting_.front();
  waiting_.pop_front();
  received_ = store_.unfinished(entry(running_));
  total_ = 0;
  const CatalogueEntry& one = entry(running_);
  DownloadRequest request;
  request.url = QUrl(QString::fromStdString(one.url));
  request.target = store_.pathOf(one);
  request.sha256 = QString::fromStdString(one.sha256);
  request.bytes = static_cast<qint64>(one.bytes.value_or(0));
  request.mostBytes = static_cast<qint64>(one.size()) + (one.bytes ? 0 : kRounding);
  request.allowLocalHttp = allowsLocalHttp_;
  sinceTold_.start();
  downloader_.start(request);
  Q_EMIT changed(running_);
}

void DownloadQueue::progressed(qint64 received, qint64 total) {
  received_ = received;
  total_ = total;
  if (sinceTold_.elapsed() < kTellEvery) return;
  sinceTold_.restart();
  Q_EMIT changed(running_);
}

void DownloadQueue::done(const QString& reason) {
  const int row = std::exchange(running_, -1);
  QString problem = reason;
  if (problem.isEmpty()) {
    try {
      store_.writeCard(entry(row));
    } catch (const Error& error) {
      problem = tr("the network is here, but its card is not: %1").arg(QString::fromStdString(error.what()));
    }
  }
  if (!problem.isEmpty()) problems_[row] = problem;
  Q_EMIT changed(row);
  if (reason.isEmpty()) Q_EMIT finished(row);
  if (!problem.isEmpty()) Q_EMIT failed(row, problem);
  next();
}

}  // namespace unitscope
