#pragma once

#include <QString>

namespace unitscope {

/// What a path holds, judged by its first bytes and never by its name.
enum class FileKind { Missing, Folder, Session, Picture, Other };

/// Other is left to the model readers, which say themselves what they do not know.
FileKind kindOf(const QString& path);

/// Key and value that mark a session file; they stand at its beginning.
inline constexpr char kSessionMark[] = "unitscope-session";

}  // namespace unitscope
