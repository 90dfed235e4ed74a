#pragma once

#include <QStringList>

class QMimeData;

namespace unitscope {

/// Local files and folders among what is dragged or pasted; empty where there are none.
QStringList droppedFiles(const QMimeData* mime);

}  // namespace unitscope
