#pragma once

#include <map>
#include <memory>
#include <vector>

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

namespace unitscope::test {

struct HttpRequest {
  QByteArray path;
  std::map<QByteArray, QByteArray> headers;  ///< names in lower case

  QByteArray header(const QByteArray& name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? QByteArray() : it->second;
  }
};

/// What lies at one path of the server, and how the server misbehaves with it.
struct HttpFile {
  QByteArray body;
  QByteArray etag = "\"one\"";
  QByteArray lastModified;
  bool ranges = true;         ///< false: answers every request with the whole
  int status = 200;           ///< another one is sent without the file
  QByteArray location;        ///< of a redirect
  qsizetype breakAfter = -1;  ///< closes the connection after so many bytes of the body
  qsizetype hangAfter = -1;   ///< sends so many bytes of the body and then nothing more
  bool statesLength = true;
};

/// A small HTTP/1.1 server on this machine, one request a connection.
class HttpServer {
 public:
  HttpServer() {
    listening_ = server_.listen(QHostAddress::LocalHost);
    QObject::connect(&server_, &QTcpServer::newConnection, &server_, [this] {
      while (QTcpSocket* socket = server_.nextPendingConnection()) take(socket);
    });
  }

  bool isListening() const { return listening_; }
  QUrl url(const QString& path) const {
    return QUrl(QStringLiteral("http://127.0.0.1:%1%2").arg(server_.serverPort()).arg(path));
  }
  HttpFile& file(const QByteArray& path) { return files_[path]; }
  const std::vector<HttpRequest>& requests() const { return requests_; }
  void stop() { server_.close(); }

 private:
  using Headers = std::vector<std::pair<QByteArray, QByteArray>>;

  void take(QTcpSocket* socket) {
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    auto text = std::make_shared<QByteArray>();
    QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, text] {
      *text += socket->readAll();
      if (!text->contains("\r\n\r\n")) return;
      answer(*socket, parse(*text));
      text->clear();
    });
  }

  static HttpRequest parse(const QByteArray& text) {
    HttpRequest request;
    const QList<QByteArray> lines = text.split('\n');
    request.path = lines.front().split(' ').value(1);
    for (const QByteArray& line : lines.mid(1)) {
      const qsizetype colon = line.indexOf(':');
      if (colon > 0) request.headers[line.left(colon).toLower()] = line.mid(colon + 1).trimmed();
    }
    return request;
  }

  static bool sameFile(const HttpRequest& request, const HttpFile& file) {
    const QByteArray asked = request.header("if-range");
    return asked.isEmpty() || asked == file.etag || asked == file.lastModified;
  }

  void answer(QTcpSocket& socket, const HttpRequest& request) {
    requests_.push_back(request);
    const auto found = files_.find(request.path);
    if (found == files_.end()) return send(socket, "404 Not Found", {}, "nothing here", {});
    const HttpFile& file = found->second;
    if (!file.location.isEmpty()) return send(socket, "302 Found", {{"Location", file.location}}, {}, {});
    if (file.status != 200) return send(socket, QByteArray::number(file.status) + " No", {}, "sorry", {});
    Headers headers;
    if (!file.etag.isEmpty()) headers.emplace_back("ETag", file.etag);
    if (!file.lastModified.isEmpty()) headers.emplace_back("Last-Modified", file.lastModified);
    const QByteArray range = request.header("range");
    if (!file.ranges || !range.startsWith("bytes=") || !sameFile(request, file)) {
      return send(socket, "200 OK", headers, file.body, file);
    }
    const qsizetype from = range.mid(6).split('-').front().toLongLong();
    const QByteArray total = QByteArray::number(file.body.size());
    if (from >= file.body.size()) {
      headers.emplace_back("Content-Range", "bytes */" + total);
      return send(socket, "416 Range Not Satisfiable", headers, {}, {});
    }
    const QByteArray last = QByteArray::number(file.body.size() - 1);
    headers.emplace_back("Content-Range", "bytes " + QByteArray::number(from) + "-" + last + "/" + total);
    send(socket, "206 Partial Content", headers, file.body.mid(from), file);
  }

  static void send(QTcpSocket& socket, const QByteArray& status, const Headers& headers, const QByteArray& body,
                   const HttpFile& how) {
    QByteArray head = "HTTP/1.1 " + status + "\r\nConnection: close\r\n";
    if (how.statesLength) head += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
    socket.write(head + "\r\n");
    const qsizetype cut = how.hangAfter >= 0 ? how.hangAfter : how.breakAfter;
    socket.write(cut >= 0 ? body.left(cut) : body);
    if (how.hangAfter < 0) socket.disconnectFromHost();  // once all is written
  }

  QTcpServer server_;
  bool listening_ = false;
  std::map<QByteArray, HttpFile> files_;
  std::vector<HttpRequest> requests_;
};

}  // namespace unitscope::test
