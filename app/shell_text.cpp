#include "app/shell_text.h"

#include <QRegularExpression>

namespace unitscope {

QString shellWord(const QString& text) {
  static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./=:,+-]+$"));
  if (plain.match(text).hasMatch()) return text;
  QString inside = text;
  inside.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
  return QLatin1Char('\'') + inside + QLatin1Char('\'');
}

}  // namespace unitscope
