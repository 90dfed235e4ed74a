#include "widgets/dropped_files.h"

#include <QDir>
#include <QFileInfo>
#include <QMimeData>
#include <QUrl>

namespace unitscope {

namespace {

constexpr qsizetype kLongestText = 1 << 20;
constexpr qsizetype kLongestPath = 4096;

QString unquoted(const QString& text) {
  const QString line = text.trimmed();
  if (line.size() < 2) return line;
  const QChar first = line.front();
  const bool quoted = (first == QLatin1Char('"') || first == QLatin1Char('\'')) && line.back() == first;
  return quoted ? line.mid(1, line.size() - 2) : line;
}

}  // namespace

QStringList droppedFiles(const QMimeData* mime) {
  QStringList files;
  if (!mime || !mime->hasUrls()) return files;
  const QList<QUrl> urls = mime->urls();
  for (const QUrl& url : urls)
    if (url.isLocalFile()) files.append(url.toLocalFile());
  return files;
}

QStringList pathsInText(const QString& text) {
  if (text.size() > kLongestText) return {};
  QStringList paths;
  const QStringList lines = text.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  for (const QString& line : lines) {
    QString path = unquoted(line);
    if (path.isEmpty()) continue;
    if (path.startsWith(QLatin1String("file://"), Qt::CaseInsensitive)) path = QUrl(path).toLocalFile();
    if (path.startsWith(QLatin1String("~/"))) path = QDir::homePath() + path.mid(1);
    if (path.isEmpty() || path.size() > kLongestPath || !QFileInfo::exists(path)) return {};
    paths << path;
  }
  return paths;
}

}  // namespace unitscope
