#include "formats/npy/npy_header.h"

#include <charconv>

#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::size_t kMaxDims = 64;

class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& subject) : rest_(text), subject_(subject) {}

  NpyHeader parse() {
    NpyHeader header;
    bool type = false;
    bool order = false;
    bool shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr") {
        once(type, key);
        header.type = elementType();
      } else if (key == "fortran_order") {
        once(order, key);
        header.fortran = boolean();
      } else if (key == "shape") {
        once(shape, key);
        header.shape = tuple();
      } else {
        fail("it has an unknown field");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    space();
    if (!rest_.empty()) fail("something follows its end");
    if (!type || !order || !shape) fail("a field is missing");
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw Error(subject_, "its header is damaged: " + why); }
  void once(bool& seen, std::string_view key) const {
    if (seen) fail("'" + std::string(key) + "' stands there twice");
    seen = true;
  }

  void space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\t' || rest_[0] == '\r'))
      rest_.remove_prefix(1);
  }
  bool accept(char wanted) {
    space();
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail(std::string("'") + wanted + "' is missing");
  }
  bool accept(std::string_view word) {
    space();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  /// A string between single or double quotes; NumPy writes none with escapes here.
  std::string_view quoted() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) fail("a quote is not closed");
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  NumpyType elementType() {
    space();
    if (!rest_.empty() && rest_[0] == '[') throw Error(subject_, "it holds records with several fields, not numbers");
    const std::string code(quoted().substr(0, 40));
    const auto type = numpyType(code);
    if (type) return *type;
    const char kind = code.size() > 1 ? code[1] : ' ';
    if (kind == 'O') throw Error(subject_, "it holds Python objects, which are never loaded; save it as numbers");
    if (kind == 'U' || kind == 'S') throw Error(subject_, "it holds text, not numbers");
    throw Error(subject_, "its element type '" + code + "' is not supported");
  }

  bool boolean() {
    if (accept("True")) return true;
    if (!accept("False")) fail("'fortran_order' is neither True nor False");
    return false;
  }

  Shape tuple() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      space();
      std::int64_t dim = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), dim);
      if (error != std::errc() || dim < 0) fail("a dimension of its shape is no number that fits");
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      accept('L');  // Python 2 wrote long integers so
      shape.push_back(dim);
      if (shape.size() > kMaxDims) fail("its shape has too many dimensions");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  std::string_view rest_;
  const std::string& subject_;
};

}  // namespace

NpyHeader parseNpyHeader(std::string_view text, const std::string& subject) {
  return HeaderParser(text, subject).parse();
}

}  // namespace unitscope
