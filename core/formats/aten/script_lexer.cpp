#include "formats/aten/script_lexer.h"

#include <array>
#include <cctype>

#include "runtime/error.h"

namespace unitscope::aten {
namespace {

constexpr std::size_t kMaxTokens = 8'000'000;

class Lexer {
 public:
  Lexer(std::string_view source, const std::string& subject) : source_(source), subject_(subject) {}

  std::vector<ScriptToken> run() {
    while (at_ < source_.size()) {
      if (lineStart_ && open_ == 0) {
        if (!indentation()) continue;
      }
      next();
    }
    if (!tokens_.empty() && tokens_.back().kind != ScriptToken::Kind::NewLine) add(ScriptToken::Kind::NewLine, {});
    while (indents_.size() > 1) {
      indents_.pop_back();
      add(ScriptToken::Kind::Dedent, {});
    }
    add(ScriptToken::Kind::End, {});
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(subject_, "line " + std::to_string(line_) + " of its program: " + why);
  }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }
  static bool isWord(char c) { return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

  void add(ScriptToken::Kind kind, std::string text) {
    if (tokens_.size() >= kMaxTokens) fail("the program is too long");
    tokens_.push_back({kind, std::move(text), line_});
  }

  /// False for a line without words.
  bool indentation() {
    std::size_t width = 0;
    while (peek() == ' ') {
      ++width;
      ++at_;
    }
    if (peek() == '\t') fail("a tab");
    if (peek() == '\n' || peek() == '\r' || peek() == '#') {
      skipLine();
      return false;
    }
    if (at_ >= source_.size()) return false;
    lineStart_ = false;
    if (width > indents_.back()) {
      if (indents_.size() > 100) fail("blocks are nested too deeply");
      indents_.push_back(width);
      add(ScriptToken::Kind::Indent, {});
    }
    while (width < indents_.back()) {
      indents_.pop_back();
      add(ScriptToken::Kind::Dedent, {});
    }
    if (width != indents_.back()) fail("its indentation fits no block");
    return true;
  }

  void skipLine() {
    while (at_ < source_.size() && source_[at_] != '\n') ++at_;
    if (at_ < source_.size()) ++at_;
    ++line_;
  }

  void next() {
    const char c = peek();
    if (c == '\n') {
      ++at_;
      if (open_ == 0) {
        add(ScriptToken::Kind::NewLine, {});
        lineStart_ = true;
      }
      ++line_;
    } else if (c == ' ' || c == '\r') {
      ++at_;
    } else if (c == '\\' && peek(1) == '\n') {
      at_ += 2;
      ++line_;
    } else if (c == '#') {
      while (at_ < source_.size() && source_[at_] != '\n') ++at_;
    } else if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      number();
    } else if (isWord(c)) {
      const std::size_t from = at_;
      while (isWord(peek())) ++at_;
      add(ScriptToken::Kind::Name, std::string(source_.substr(from, at_ - from)));
    } else if (c == '"' || c == '\'') {
      text(c);
    } else {
      symbol();
    }
  }

  void number() {
    const std::size_t from = at_;
    bool real = false;
    while (isDigit(peek()) || peek() == '.' || peek() == 'e' || peek() == 'E' ||
           ((peek() == '-' || peek() == '+') && (source_[at_ - 1] == 'e' || source_[at_ - 1] == 'E'))) {
      real = real || !isDigit(peek());
      ++at_;
    }
    if (at_ - from > 400) fail("a number that is too long");
    if (peek() == 'j') fail("a complex number");
    add(real ? ScriptToken::Kind::Float : ScriptToken::Kind::Int, std::string(source_.substr(from, at_ - from)));
  }

  void text(char quote) {
    std::string made;
    ++at_;
    for (;; ++at_) {
      if (at_ >= source_.size() || peek() == '\n') fail("a text without end");
      char c = peek();
      if (c == quote) break;
      if (c == '\\') {
        ++at_;
        c = peek();
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
        if (isDigit(c)) {
          int code = 0;
          for (int i = 0; i < 3 && peek() >= '0' && peek() <= '7'; ++i, ++at_) code = code * 8 + (peek() - '0');
          --at_;
          c = static_cast<char>(code & 0xFF);
        }
      }
      made += c;
    }
    ++at_;
    add(ScriptToken::Kind::String, std::move(made));
  }

  void symbol() {
    static constexpr std::array<std::string_view, 12> kLong = {"->", "==", "!=", "<=", ">=", "//",
                                                               "**", "<<", ">>", "+=", "-=", "*="};
    const char c = peek();
    for (const std::string_view s : kLong)
      if (source_.substr(at_, 2) == s) {
        at_ += 2;
        return add(ScriptToken::Kind::Symbol, std::string(s));
      }
    if (std::string_view("()[]{},:.=+-*/%<>&|^~@;").find(c) == std::string_view::npos)
      fail("a character that has no meaning here");
    if (c == '(' || c == '[' || c == '{') ++open_;
    if ((c == ')' || c == ']' || c == '}') && open_ > 0) --open_;
    ++at_;
    add(ScriptToken::Kind::Symbol, std::string(1, c));
  }

  std::string_view source_;
  const std::string& subject_;
  std::size_t at_ = 0;
  int line_ = 1;
  int open_ = 0;
  bool lineStart_ = true;
  std::vector<std::size_t> indents_{0};
  std::vector<ScriptToken> tokens_;
};

}  // namespace

std::vector<ScriptToken> splitScript(std::string_view source, const std::string& subject) {
  return Lexer(source, subject).run();
}

}  // namespace unitscope::aten
