#pragma once

#include <QStringList>

class QMimeData;

namespace unitscope {

/// Local files and folders among what is dragged or on the clipboard, in their order.
QStringList droppedFiles(const QMimeData* mime);
/// Paths in a text that was copied from a terminal or an editor, one a line, as they are, as `~/...` or as file://
/// addresses; quotes around them do not matter. Empty where a line is anything else than a path that exists.
QStringList pathsInText(const QString& text);

}  // namespace unitscope
