#pragma once

#include <QColor>
#include <QIcon>
#include <QString>
#include <QStringList>

namespace unitscope {

/// An icon from resources/icons ("zoom-in") drawn crisply at any size in the palette's text colour of the moment;
/// it follows a change of theme by itself. Null for a name that does not exist.
QIcon themedIcon(const QString& name);
/// The same in a fixed colour.
QIcon themedIcon(const QString& name, const QColor& color);
/// Names of all icons in the program.
QStringList themedIconNames();

}  // namespace unitscope
