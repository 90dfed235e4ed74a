#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace unitscope::aten {

struct ScriptToken {
  enum class Kind { Name, Int, Float, String, Symbol, NewLine, Indent, Dedent, End };
  Kind kind = Kind::End;
  std::string text;  ///< of a String: its contents
  int line = 0;
};

/// Splits Python source into words, with indentation as tokens. Throws Error with the subject and the line.
std::vector<ScriptToken> splitScript(std::string_view source, const std::string& subject);

}  // namespace unitscope::aten
