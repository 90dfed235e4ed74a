#pragma once

#include <string>
#include <string_view>

namespace unitscope {

/// What Python's repr() of a str stands for: quotes removed, escapes resolved (protocol 0). Throws Error with the
/// subject where it is malformed.
std::string unquotePython(std::string_view text, const std::string& subject);

/// Resolves \uXXXX and \UXXXXXXXX, the only escapes of protocol 0's unicode strings, into UTF-8.
std::string unescapeUnicode(std::string_view text, const std::string& subject);

/// The characters of a UTF-8 text as single bytes, each of which must be below 256 (what Python calls latin1).
std::string toLatin1(std::string_view utf8, const std::string& subject);

}  // namespace unitscope
