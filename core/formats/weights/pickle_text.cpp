#include "formats/weights/pickle_text.h"

#include <charconv>
#include <cstdint>

#include "runtime/error.h"

namespace unitscope {
namespace {

[[noreturn]] void fail(const std::string& subject) {
  throw Error(subject, "the pickle is damaged: a text is malformed");
}

std::uint32_t hexNumber(std::string_view text, std::size_t at, std::size_t digits, const std::string& subject) {
  if (at > text.size() || digits > text.size() - at) fail(subject);
  std::uint32_t value = 0;
  const char* end = text.data() + at + digits;
  const auto [stop, error] = std::from_chars(text.data() + at, end, value, 16);
  if (error != std::errc() || stop != end) fail(subject);
  return value;
}

void appendUtf8(std::string& out, std::uint32_t code, const std::string& subject) {
  if (code > 0x10FFFF) fail(subject);
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

}  // namespace

std::string unquotePython(std::string_view text, const std::string& subject) {
  if (text.size() < 2 || (text.front() != '\'' && text.front() != '"') || text.back() != text.front()) fail(subject);
  text = text.substr(1, text.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) fail(subject);
    switch (text[i]) {
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case '\\':
      case '\'':
      case '"': out += text[i]; break;
      case 'x':
        out += static_cast<char>(hexNumber(text, i + 1, 2, subject));
        i += 2;
        break;
      default: fail(subject);
    }
  }
  return out;
}

std::string unescapeUnicode(std::string_view text, const std::string& subject) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'u' || next == 'U') {
      const std::size_t digits = next == 'u' ? 4 : 8;
      appendUtf8(out, hexNumber(text, i + 2, digits, subject), subject);
      i += 1 + digits;
    } else {
      appendUtf8(out, static_cast<std::uint8_t>(text[i]), subject);  // other bytes are latin1
    }
  }
  return out;
}

std::string toLatin1(std::string_view utf8, const std::string& subject) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(utf8[i]);
    if (byte < 0x80) {
      out += utf8[i];
      continue;
    }
    // Two bytes with at most the lowest two bits of the first set encode the codes below 256.
    if ((byte != 0xC2 && byte != 0xC3) || i + 1 == utf8.size()) fail(subject);
    const auto low = static_cast<std::uint8_t>(utf8[++i]);
    if ((low & 0xC0U) != 0x80U) fail(subject);
    out += static_cast<char>(((byte & 0x03U) << 6U) | (low & 0x3FU));
  }
  return out;
}

}  // namespace unitscope
