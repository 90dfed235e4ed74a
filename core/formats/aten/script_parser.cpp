#include <charconv>
#include <cstdlib>
#include <utility>

#include "formats/aten/script_ast.h"
#include "formats/aten/script_lexer.h"
#include "runtime/error.h"

namespace unitscope::aten {
namespace {

using Kind = ScriptExpr::Kind;
using Token = ScriptToken::Kind;

constexpr int kMaxDepth = 120;

class Parser {
 public:
  Parser(std::string_view source, const std::string& subject)
      : tokens_(splitScript(source, subject)), subject_(subject) {}

  ScriptFile file() {
    ScriptFile made;
    while (!now().text.empty() || now().kind != Token::End) {
      if (now().kind == Token::End) break;
      if (acceptWord("def")) {
        ScriptFunction f = function();
        made.functions[f.name] = std::move(f);
      } else if (acceptWord("class")) {
        ScriptClass c = klass();
        made.classes[c.name] = std::move(c);
      } else {
        skipLine();
      }
    }
    return made;
  }

 private:
  const ScriptToken& now() const { return tokens_[at_]; }
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(subject_, "line " + std::to_string(now().line) + " of its program: " + why);
  }
  void advance() {
    if (at_ + 1 < tokens_.size()) ++at_;
  }
  bool isSymbol(std::string_view s) const { return now().kind == Token::Symbol && now().text == s; }
  bool isWord(std::string_view s) const { return now().kind == Token::Name && now().text == s; }
  bool accept(std::string_view s) {
    const bool found = isSymbol(s);
    if (found) advance();
    return found;
  }
  bool acceptWord(std::string_view s) {
    const bool found = isWord(s);
    if (found) advance();
    return found;
  }
  void expect(std::string_view s) {
    if (!accept(s)) fail("'" + std::string(s) + "' is expected");
  }
  std::string name() {
    if (now().kind != Token::Name) fail("a name is expected");
    std::string text = now().text;
    advance();
    return text;
  }
  void skipLine() {
    while (now().kind != Token::NewLine && now().kind != Token::End) advance();
    advance();
    // A block that belongs to a skipped line goes with it.
    if (now().kind != Token::Indent) return;
    int depth = 0;
    do {
      if (now().kind == Token::Indent) ++depth;
      if (now().kind == Token::Dedent) --depth;
      advance();
    } while (depth > 0 && now().kind != Token::End);
  }

  struct Nesting {
    explicit Nesting(Parser& p) : parser(p) {
      if (++parser.depth_ > kMaxDepth) parser.fail("the program is nested too deeply");
    }
    ~Nesting() { --parser.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    Parser& parser;
  };

  ScriptExprPtr make(Kind kind, std::string text, std::vector<ScriptExprPtr> children = {}) const {
    auto e = std::make_unique<ScriptExpr>();
    e->kind = kind;
    e->text = std::move(text);
    for (const auto& child : children) e->depth = std::max(e->depth, child->depth + 1);
    if (e->depth > 2 * kMaxDepth) fail("an expression that is nested too deeply");
    e->children = std::move(children);
    return e;
  }
  template <class... Parts>
  ScriptExprPtr make(Kind kind, std::string text, ScriptExprPtr first, Parts... rest) const {
    std::vector<ScriptExprPtr> children;
    children.push_back(std::move(first));
    (children.push_back(std::move(rest)), ...);
    return make(kind, std::move(text), std::move(children));
  }

  // Blocks ---------------------------------------------------------------------------------------------------------

  ScriptFunction function() {
    ScriptFunction f;
    f.name = name();
    expect("(");
    while (!isSymbol(")")) {
      ScriptParameter p;
      p.name = name();
      if (accept(":")) p.type = outermostType(expression());
      if (accept("=")) p.fallback = expression();
      f.parameters.push_back(std::move(p));
      if (!accept(",")) break;
    }
    expect(")");
    if (accept("->")) expression();
    expect(":");
    f.body = block();
    return f;
  }

  static std::string outermostType(const ScriptExprPtr& type) {
    const ScriptExpr* e = type.get();
    while (e->kind == Kind::Index) e = e->children.front().get();
    return e->text;
  }

  ScriptClass klass() {
    ScriptClass c;
    c.name = name();
    if (accept("(")) {
      c.base = name();
      while (!accept(")")) {
        if (now().kind == Token::End) fail("')' is expected");
        advance();
      }
    }
    expect(":");
    endOfLine();
    if (now().kind != Token::Indent) return c;
    advance();
    while (now().kind != Token::Dedent && now().kind != Token::End) {
      if (acceptWord("def")) {
        ScriptFunction f = function();
        c.methods[f.name] = std::move(f);
        continue;
      }
      if (now().kind == Token::Name && tokens_[at_ + 1].kind == Token::Symbol && tokens_[at_ + 1].text == ":")
        c.fields.push_back(now().text);
      skipLine();
    }
    advance();
    return c;
  }

  void endOfLine() {
    if (now().kind == Token::End) return;
    if (now().kind != Token::NewLine) fail("the end of the line is expected, not '" + now().text + "'");
    advance();
  }

  std::vector<ScriptStatement> block() {
    const Nesting nesting(*this);
    endOfLine();
    if (now().kind != Token::Indent) fail("an indented block is expected");
    advance();
    std::vector<ScriptStatement> statements;
    while (now().kind != Token::Dedent && now().kind != Token::End) statements.push_back(statement());
    advance();
    return statements;
  }

  ScriptStatement statement() {
    ScriptStatement s;
    if (acceptWord("return")) {
      s.kind = ScriptStatement::Kind::Return;
      if (now().kind != Token::NewLine) s.value = expressions();
      endOfLine();
    } else if (acceptWord("if")) {
      s = choice();
    } else if (acceptWord("for")) {
      s.kind = ScriptStatement::Kind::For;
      s.targets.push_back(name());
      if (!acceptWord("in")) fail("'in' is expected");
      s.value = expression();
      expect(":");
      s.body = block();
    } else if (acceptWord("while")) {
      s.kind = ScriptStatement::Kind::While;
      s.value = expression();
      expect(":");
      s.body = block();
    } else if (acceptWord("pass")) {
      endOfLine();
    } else if (isWord("raise") || isWord("assert") || isWord("with") || isWord("import") || isWord("del") ||
               isWord("try") || isWord("lambda") || isWord("global")) {
      fail("the statement '" + now().text + "' is not supported");
    } else {
      s = assignment();
    }
    return s;
  }

  ScriptStatement choice() {
    const Nesting nesting(*this);
    ScriptStatement s;
    s.kind = ScriptStatement::Kind::If;
    s.value = expression();
    expect(":");
    s.body = block();
    if (acceptWord("elif")) {
      s.otherwise.push_back(choice());
    } else if (acceptWord("else")) {
      expect(":");
      s.otherwise = block();
    }
    return s;
  }

  ScriptStatement assignment() {
    ScriptStatement s;
    ScriptExprPtr first = expressions();
    if (accept(":")) expression();  // a type
    if (!accept("=")) {
      s.kind = ScriptStatement::Kind::Expression;
      s.value = std::move(first);
      endOfLine();
      return s;
    }
    s.kind = ScriptStatement::Kind::Assign;
    if (first->kind == Kind::Name) {
      s.targets.push_back(first->text);
    } else if (first->kind == Kind::Tuple) {
      s.unpacks = true;
      for (const auto& child : first->children) {
        if (child->kind != Kind::Name) fail("only names can be assigned to");
        s.targets.push_back(child->text);
      }
    } else if (first->kind == Kind::Attribute) {
      fail("the program changes the module's attribute '" + first->text + "', which is not supported");
    } else {
      fail("only names can be assigned to");
    }
    s.value = expressions();
    endOfLine();
    return s;
  }

  // Expressions ----------------------------------------------------------------------------------------------------

  /// One expression, or a tuple without parentheses.
  ScriptExprPtr expressions() {
    ScriptExprPtr first = expression();
    if (!isSymbol(",")) return first;
    std::vector<ScriptExprPtr> parts;
    parts.push_back(std::move(first));
    while (accept(",")) {
      if (isSymbol("=") || now().kind == Token::NewLine || now().kind == Token::End) break;
      parts.push_back(expression());
    }
    return make(Kind::Tuple, {}, std::move(parts));
  }

  ScriptExprPtr expression() {
    const Nesting nesting(*this);
    ScriptExprPtr value = binary(0);
    if (!acceptWord("if")) return value;
    ScriptExprPtr condition = binary(0);
    if (!acceptWord("else")) fail("'else' is expected");
    ScriptExprPtr other = expression();
    return make(Kind::Choice, {}, std::move(value), std::move(condition), std::move(other));
  }

  /// How tightly the operator at hand binds; -1 where there is none. `op` is its text.
  int binding(std::string& op) const {
    static const std::map<std::string, int, std::less<>> kBinding{
        {"or", 1}, {"and", 2}, {"in", 4}, {"is", 4},  {"==", 4}, {"!=", 4}, {"<", 4},  {"<=", 4},
        {">", 4},  {">=", 4},  {"|", 5},  {"^", 6},   {"&", 7},  {"<<", 8}, {">>", 8}, {"+", 9},
        {"-", 9},  {"*", 10},  {"/", 10}, {"//", 10}, {"%", 10}, {"@", 10}, {"**", 12}};
    if (now().kind != Token::Symbol && now().kind != Token::Name) return -1;
    if (isWord("not") && tokens_[at_ + 1].text == "in") {
      op = "not in";
      return 4;
    }
    const auto it = kBinding.find(now().text);
    if (it == kBinding.end()) return -1;
    op = it->first;
    if (op == "is" && tokens_[at_ + 1].kind == Token::Name && tokens_[at_ + 1].text == "not") op = "is not";
    return it->second;
  }

  ScriptExprPtr binary(int least) {
    const Nesting nesting(*this);
    ScriptExprPtr left = unary();
    std::string op;
    for (int strength = binding(op); strength > least; strength = binding(op)) {
      advance();
      if (op == "is not" || op == "not in") advance();
      ScriptExprPtr right = binary(op == "**" ? strength - 1 : strength);
      left = make(Kind::Binary, op, std::move(left), std::move(right));
    }
    return left;
  }

  ScriptExprPtr unary() {
    const Nesting nesting(*this);
    if (acceptWord("not")) return make(Kind::Unary, "not", binary(3));
    if (accept("-")) {
      ScriptExprPtr operand = make(Kind::Unary, "-", binary(11));
      return operand;
    }
    if (accept("~")) return make(Kind::Unary, "~", binary(11));
    return postfix(atom());
  }

  ScriptExprPtr postfix(ScriptExprPtr value) {
    for (;;) {
      if (accept(".")) {
        value = make(Kind::Attribute, name(), std::move(value));
      } else if (isSymbol("(")) {
        value = call(std::move(value));
      } else if (accept("[")) {
        value = subscript(std::move(value));
      } else {
        return value;
      }
    }
  }

  ScriptExprPtr call(ScriptExprPtr callee) {
    expect("(");
    std::vector<ScriptExprPtr> parts;
    std::vector<std::string> keywords;
    parts.push_back(std::move(callee));
    while (!isSymbol(")")) {
      std::string keyword;
      if (now().kind == Token::Name && tokens_[at_ + 1].kind == Token::Symbol && tokens_[at_ + 1].text == "=") {
        keyword = name();
        expect("=");
      }
      keywords.push_back(std::move(keyword));
      parts.push_back(expression());
      if (!accept(",")) break;
    }
    expect(")");
    ScriptExprPtr made = make(Kind::Call, {}, std::move(parts));
    made->keywords = std::move(keywords);
    return made;
  }

  ScriptExprPtr subscript(ScriptExprPtr base) {
    ScriptExprPtr first = isSymbol(":") ? make(Kind::None, {}) : expression();
    if (accept(":")) {
      ScriptExprPtr last = isSymbol("]") ? make(Kind::None, {}) : expression();
      expect("]");
      return make(Kind::Slice, {}, std::move(base), std::move(first), std::move(last));
    }
    if (isSymbol(",")) {
      std::vector<ScriptExprPtr> parts;
      parts.push_back(std::move(first));
      while (accept(",")) {
        if (isSymbol("]")) break;
        parts.push_back(expression());
      }
      first = make(Kind::Tuple, {}, std::move(parts));
    }
    expect("]");
    return make(Kind::Index, {}, std::move(base), std::move(first));
  }

  ScriptExprPtr atom() {
    const ScriptToken token = now();
    advance();
    switch (token.kind) {
      case Token::Name:
        if (token.text == "None") return make(Kind::None, {});
        if (token.text == "True") return make(Kind::True, {});
        if (token.text == "False") return make(Kind::False, {});
        return make(Kind::Name, token.text);
      case Token::String: return make(Kind::String, token.text);
      case Token::Int: {
        ScriptExprPtr e = make(Kind::Int, token.text);
        const auto parsed = std::from_chars(token.text.data(), token.text.data() + token.text.size(), e->integer);
        if (parsed.ec != std::errc()) fail("an integer that is too large");
        return e;
      }
      case Token::Float: {
        ScriptExprPtr e = make(Kind::Float, token.text);
        const auto parsed = std::from_chars(token.text.data(), token.text.data() + token.text.size(), e->number);
        if (parsed.ec == std::errc::invalid_argument) fail("a damaged number");
        if (parsed.ec == std::errc::result_out_of_range) e->number = std::strtod(token.text.c_str(), nullptr);
        return e;
      }
      case Token::Symbol: return bracketed(token.text);
      default: fail("an expression is expected");
    }
  }

  ScriptExprPtr bracketed(const std::string& open) {
    std::vector<ScriptExprPtr> parts;
    if (open == "(") {
      bool tuple = isSymbol(")");
      while (!isSymbol(")")) {
        parts.push_back(expression());
        if (!accept(",")) break;
        tuple = true;
      }
      expect(")");
      return tuple ? make(Kind::Tuple, {}, std::move(parts)) : std::move(parts.front());
    }
    if (open == "[") {
      while (!isSymbol("]")) {
        parts.push_back(expression());
        if (isWord("for")) fail("a list that is written as a loop");
        if (!accept(",")) break;
      }
      expect("]");
      return make(Kind::List, {}, std::move(parts));
    }
    if (open == "{") {
      while (!isSymbol("}")) {
        parts.push_back(expression());
        expect(":");
        parts.push_back(expression());
        if (!accept(",")) break;
      }
      expect("}");
      return make(Kind::Dict, {}, std::move(parts));
    }
    fail("an expression is expected, not '" + open + "'");
  }

  std::vector<ScriptToken> tokens_;
  const std::string& subject_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

ScriptFile parseScript(std::string_view source, const std::string& subject) {
  return Parser(source, subject).file();
}

}  // namespace unitscope::aten
