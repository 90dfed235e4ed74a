#include "app/catalogue/downloader.h"

#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QNetworkAccessManager>
#include <QNetworkRequest>
#include <QRegularExpression>
#include <QStorageInfo>

#include "app/aside.h"
#include "zoo/catalogue.h"

namespace unitscope {

namespace {

constexpr int kPatience = 30'000;
constexpr int kMostRedirects = 8;
// No turn of the event loop has more than this to hash and write. QNetworkReply::setReadBufferSize() would hold the
// rest back in the socket, but Qt 6.4 then loses the end of what a server sends before it closes the connection.
constexpr qint64 kChunk = 512 * 1024;
constexpr qint64 kSpareBytes = 16 * 1024 * 1024;  // left free on the disk
constexpr int kFirstAnswer = 200, kOk = 200, kPartial = 206, kRangeNotSatisfiable = 416;

QString sizeText(qint64 bytes) {
  return QLocale().formattedDataSize(bytes);
}

/// The SHA-256 of the file's first `size` bytes; null when it could not be read or is not wanted any more.
std::shared_ptr<QCryptographicHash> hashFile(const QString& path, qint64 size, const std::atomic<bool>& wanted) {
  auto hash = std::make_shared<QCryptographicHash>(QCryptographicHash::Sha256);
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return nullptr;
  while (size > 0 && wanted) {
    const QByteArray bytes = file.read(std::min<qint64>(size, 1 << 20));
    if (bytes.isEmpty()) return nullptr;
    hash->addData(bytes);
    size -= bytes.size();
  }
  return wanted ? hash : nullptr;
}

/// Brings the part to the disk and gives it its name. Text on failure.
QString settle(const QString& part, const QString& target) {
  const int handle = ::open(QFile::encodeName(part).constData(), O_RDONLY | O_CLOEXEC);
  // Else a power cut could leave a file of the right name with nothing in it.
  const bool flushed = handle >= 0 && ::fsync(handle) == 0;
  if (handle >= 0) ::close(handle);
  std::error_code problem;
  if (flushed) std::filesystem::rename(part.toStdString(), target.toStdString(), problem);
  if (flushed && !problem) return {};
  return Downloader::tr("%1 cannot be written").arg(QDir::toNativeSeparators(target));
}

/// By what a server tells whether its file is still the same. A weak ETag promises too little for that.
QByteArray validatorOf(const QNetworkReply& reply) {
  const QByteArray tag = reply.rawHeader("ETag").trimmed();
  if (!tag.isEmpty() && !tag.startsWith("W/")) return tag;
  return reply.rawHeader("Last-Modified").trimmed();
}

int statusOf(const QNetworkReply& reply) {
  return reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

/// Whether what comes with this status is (part of) the file.
bool isWanted(int status) {
  return status == kOk || status == kPartial;
}

bool isRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

struct ContentRange {
  qint64 from = -1, total = 0;
};

ContentRange contentRangeOf(const QNetworkReply& reply) {
  static const QRegularExpression form("^bytes (?:(\\d{1,18})-\\d{1,18}|\\*)/(?:(\\d{1,18})|\\*)$");
  const auto match = form.match(QString::fromLatin1(reply.rawHeader("Content-Range").trimmed()));
  ContentRange range;
  if (!match.captured(1).isEmpty()) range.from = match.captured(1).toLongLong();
  range.total = match.captured(2).toLongLong();
  return range;
}

bool isAllowed(const QUrl& url, const DownloadRequest& request) {
  return url.isValid() && isFetchable(url.toString(QUrl::FullyEncoded).toStdString(), {request.allowLocalHttp});
}

}  // namespace

Downloader::Downloader(QNetworkAccessManager& network, QObject* parent) : QObject(parent), network_(network) {
  stall_.setSingleShot(true);
  stall_.setInterval(kPatience);
  connect(&stall_, &QTimer::timeout, this, [this] {
    fail(tr("%1 sent nothing for %2 seconds. What has come is kept; Download goes on from there.")
             .arg(request_.url.host())
             .arg(stall_.interval() / 1000));
  });
}

Downloader::~Downloader() {
  end();
}

void Downloader::start(const DownloadRequest& request) {
  end();
  request_ = request;
  busy_ = true;
  alive_ = std::make_shared<std::atomic<bool>>(true);
  from_ = 0;
  total_ = request.bytes;
  QTimer::singleShot(0, this, [this, alive = alive_] {
    if (*alive) begin();
  });
}

void Downloader::cancel() {
  if (!busy_) return;
  end();
  Q_EMIT cancelled();
}

void Downloader::begin() {
  if (!isAllowed(request_.url, request_)) {
    return fail(tr("%1 is not an https address").arg(request_.url.toDisplayString()));
  }
  part_ = std::make_unique<PartFile>(request_.target);
  if (const QString problem = part_->lock(); !problem.isEmpty()) return fail(problem);
  const QString folder = QFileInfo(request_.target).absolutePath();
  const qint64 wanted = std::max(request_.bytes, request_.mostBytes) - part_->sizeOnDisk();
  const QStorageInfo disk(folder);
  if (wanted > 0 && disk.isValid() && disk.bytesAvailable() < wanted + kSpareBytes) {
    return fail(tr("the disk has no room for it: %1 are needed in %2, %3 are free")
                    .arg(sizeText(wanted), QDir::toNativeSeparators(folder), sizeText(disk.bytesAvailable())));
  }
  const auto origin = part_->resumable(request_.url);
  if (!origin) return send(0, {});
  hashPart(*origin);
}

void Downloader::hashPart(const PartOrigin& origin) {
  const qint64 size = part_->sizeOnDisk();
  using Hash = std::shared_ptr<QCryptographicHash>;
  runAside<Hash>(
      this, [path = part_->path(), size, alive = alive_] { return hashFile(path, size, *alive); },
      [this, size, origin, alive = alive_](const Hash& hash) {
        if (!*alive) return;
        partHash_ = hash;
        send(hash ? size : 0, origin.validator);
      });
}

void Downloader::send(qint64 from, const QByteArray& validator) {
  from_ = from;
  validator_ = validator;
  redirects_ = 0;
  ask(request_.url);
}

void Downloader::ask(const QUrl& url) {
  headersTaken_ = false;
  ended_ = false;
  scheduled_ = false;
  QNetworkRequest request(url);
  request.setRawHeader("User-Agent", "Unitscope");
  // The sum is that of the file itself, and ranges count its bytes: no compression on the way.
  request.setRawHeader("Accept-Encoding", "identity");
  if (from_ > 0) {
    request.setRawHeader("Range", "bytes=" + QByteArray::number(from_) + "-");
    request.setRawHeader("If-Range", validator_);
  }
  request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
  request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
  request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
  request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
  request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
  request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
  reply_ = network_.get(request);
  connect(reply_, &QNetworkReply::readyRead, this, &Downloader::received);
  connect(reply_, &QNetworkReply::finished, this, &Downloader::replyFinished);
  stall_.start();
}

void Downloader::followRedirect() {
  const QUrl from = reply_->url();
  const QUrl to = from.resolved(QUrl::fromEncoded(reply_->rawHeader("Location"), QUrl::StrictMode));
  dropReply();
  if (!isAllowed(to, request_)) {
    return fail(tr("%1 sends to %2, which is not an https address").arg(from.host(), to.toDisplayString()));
  }
  if (++redirects_ > kMostRedirects) return fail(tr("%1 sends from one address to the next").arg(from.host()));
  ask(to);
}

void Downloader::takeHeaders() {
  headersTaken_ = true;
  const int status = statusOf(*reply_);
  if (!isWanted(status)) return fail(httpProblem(status));
  const bool goesOn = status == kPartial && from_ > 0 && partHash_;
  const qint64 length = reply_->header(QNetworkRequest::ContentLengthHeader).toLongLong();
  qint64 total = length > 0 ? length : 0;
  if (status == kPartial) {
    const ContentRange range = contentRangeOf(*reply_);
    if (!goesOn || range.from != from_) {
      part_->discard();
      return fail(tr("%1 sent another part than was asked for").arg(request_.url.host()));
    }
    total = range.total > 0 ? range.total : (length > 0 ? from_ + length : 0);
  }
  const bool otherSize = request_.bytes > 0 && total != request_.bytes;
  if (total > 0 && (otherSize || (request_.mostBytes > 0 && total > request_.mostBytes))) {
    // A whole answer may come from elsewhere (the login page of a hotel), and the part is still good.
    if (goesOn) part_->discard();
    return fail(tr("%1 has another file there: %2 bytes, where %3 are expected")
                    .arg(request_.url.host())
                    .arg(total)
                    .arg(std::max(request_.bytes, request_.mostBytes)));
  }
  if (total > 0) total_ = total;
  const QString problem =
      goesOn ? part_->append(std::move(partHash_), from_) : part_->begin({request_.url, validatorOf(*reply_), total_});
  partHash_.reset();
  if (!problem.isEmpty()) fail(problem);
}

void Downloader::takeBody() {
  const QByteArray bytes = reply_->read(kChunk);
  if (bytes.isEmpty()) return;
  const qint64 size = part_->size() + bytes.size();
  const qint64 most = total_ > 0 ? total_ : request_.mostBytes;
  if ((most > 0 && size > most) || (request_.mostBytes > 0 && size > request_.mostBytes)) {
    part_->discard();
    return fail(tr("%1 sends more than the file can have").arg(request_.url.host()));
  }
  if (const QString problem = part_->write(bytes); !problem.isEmpty()) return fail(problem);
  Q_EMIT progress(part_->size(), total_);
}

void Downloader::received() {
  // A turn to come takes what is there by then; one more for each packet would sum up to long ones.
  if (scheduled_) return;
  const auto alive = alive_;  // whoever listens to progress() may cancel
  if (!ended_ && !isWanted(statusOf(*reply_))) {
    reply_->readAll();  // what an error page says is of no use here; the end of the reply is
    return;
  }
  if (!ended_) stall_.start();
  if (!headersTaken_) takeHeaders();
  if (*alive && reply_->bytesAvailable() > 0) takeBody();
  if (!*alive) return;
  if (reply_->bytesAvailable() > 0) {
    // The rest waits for another turn of the event loop, and other events get theirs.
    scheduled_ = true;
    QTimer::singleShot(0, reply_, [this, alive] {
      if (!*alive || !reply_) return;
      scheduled_ = false;
      received();
    });
  } else if (ended_) {
    bodyEnded();
  }
}

void Downloader::replyFinished() {
  stall_.stop();
  ended_ = true;
  const int status = statusOf(*reply_);
  if (status == kRangeNotSatisfiable && from_ > 0) return rangeRefused();
  if (isRedirect(status)) return followRedirect();
  const bool failed = reply_->error() != QNetworkReply::NoError;
  // Qt gives 0 or 100 where no answer came.
  if (failed && status >= kFirstAnswer && !isWanted(status)) return fail(httpProblem(status));
  if (failed && !headersTaken_ && reply_->bytesAvailable() == 0) return fail(networkProblem());
  // What came before it broke off is worth keeping.
  received();
}

void Downloader::rangeRefused() {
  // Either the part is the whole file already, or it is of no use.
  const bool whole = contentRangeOf(*reply_).total == from_ && partHash_;
  dropReply();
  if (!whole) {
    part_->discard();
    return send(0, {});
  }
  if (const QString problem = part_->append(std::move(partHash_), from_); !problem.isEmpty()) return fail(problem);
  verify();
}

void Downloader::bodyEnded() {
  if (reply_->error() != QNetworkReply::NoError) return fail(networkProblem());
  dropReply();
  if (total_ > 0 && part_->size() < total_) {
    return fail(tr("the connection broke off after %1 of %2. What has come is kept; Download goes on from there.")
                    .arg(sizeText(part_->size()), sizeText(total_)));
  }
  verify();
}

void Downloader::verify() {
  if (!part_->hexDigest().startsWith(request_.sha256)) {
    const QString found = part_->hexDigest();
    part_->discard();
    return fail(tr("the file is not the one that the catalogue names: its SHA-256 begins with %1 instead of %2. It was "
                   "deleted.")
                    .arg(found.left(8), request_.sha256.left(8)));
  }
  runAside<QString>(
      this, [part = part_->path(), target = request_.target] { return settle(part, target); },
      [this, alive = alive_](const QString& problem) {
        if (!*alive) return;
        if (!problem.isEmpty()) return fail(problem);
        part_->discard();  // its note
        end();
        Q_EMIT finished(request_.target);
      });
}

void Downloader::fail(const QString& reason) {
  end();
  Q_EMIT failed(reason);
}

void Downloader::end() {
  if (alive_) *alive_ = false;
  stall_.stop();
  dropReply();
  partHash_.reset();
  part_.reset();
  busy_ = false;
}

void Downloader::dropReply() {
  if (!reply_) return;
  reply_->disconnect(this);
  if (reply_->isRunning()) reply_->abort();
  reply_->deleteLater();
  reply_ = nullptr;
}

QString Downloader::httpProblem(int status) const {
  const QString phrase = reply_->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toString().left(80);
  const QString answer = phrase.isEmpty() ? QString::number(status) : QStringLiteral("%1 %2").arg(status).arg(phrase);
  return tr("%1 answers \"%2\"").arg(request_.url.host(), answer);
}

QString Downloader::networkProblem() const {
  switch (reply_->error()) {
    case QNetworkReply::HostNotFoundError:
      return tr("%1 cannot be found. Is this computer connected to the internet?").arg(request_.url.host());
    case QNetworkReply::ConnectionRefusedError:
    case QNetworkReply::TimeoutError:
    case QNetworkReply::NetworkSessionFailedError:
    case QNetworkReply::TemporaryNetworkFailureError:
    case QNetworkReply::UnknownNetworkError:
      return tr("%1 cannot be reached (%2). Is this computer connected to the internet?")
          .arg(request_.url.host(), reply_->errorString());
    case QNetworkReply::RemoteHostClosedError:
      return tr("the connection to %1 broke off. What has come is kept; Download goes on from there.")
          .arg(request_.url.host());
    case QNetworkReply::SslHandshakeFailedError:
      return tr("no secure connection to %1 came about: %2").arg(request_.url.host(), reply_->errorString());
    case QNetworkReply::ProxyConnectionRefusedError:
    case QNetworkReply::ProxyConnectionClosedError:
    case QNetworkReply::ProxyNotFoundError:
    case QNetworkReply::ProxyTimeoutError:
    case QNetworkReply::ProxyAuthenticationRequiredError:
      return tr("the proxy in the system's settings does not answer as it should: %1").arg(reply_->errorString());
    default: return reply_->errorString();
  }
}

}  // namespace unitscope
