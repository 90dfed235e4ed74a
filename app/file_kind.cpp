#include "app/file_kind.h"

#include <QByteArray>
#include <QFile>
#include <QFileInfo>

namespace unitscope {

namespace {

bool isPicture(const QByteArray& head) {
  const auto starts = [&head](const char* magic, int length) { return head.startsWith(QByteArray(magic, length)); };
  if (starts("\x89PNG\r\n\x1a\n", 8) || starts("\xff\xd8\xff", 3) || starts("GIF8", 4)) return true;
  if (starts("II*\0", 4) || starts("MM\0*", 4) || starts("II+\0", 4)) return true;
  if (starts("RIFF", 4) && head.mid(8, 4) == "WEBP") return true;
  // "BM" alone is too weak a mark: the size field and the two reserved words must fit too.
  if (starts("BM", 2) && head.size() >= 18 && head.mid(6, 4) == QByteArray(4, '\0')) return true;
  // Portable bitmaps: P1 to P6, then white space.
  return head.size() > 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '6' && QChar(head[2]).isSpace();
}

}  // namespace

FileKind kindOf(const QString& path) {
  const QFileInfo info(path);
  if (!info.exists()) return FileKind::Missing;
  if (info.isDir()) return FileKind::Folder;
  QFile file(path);
  // What cannot be read is left to the reader that explains why.
  if (!info.isFile() || !file.open(QIODevice::ReadOnly)) return FileKind::Other;
  const QByteArray head = file.read(512);
  if (isPicture(head)) return FileKind::Picture;
  if (head.trimmed().startsWith('{') && head.contains(kSessionMark)) return FileKind::Session;
  return FileKind::Other;
}

}  // namespace unitscope
