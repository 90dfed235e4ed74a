#include "zoo/catalogue.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "runtime/error.h"
#include "zoo/embedded_catalogue.h"

namespace unitscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr int kDeepestNesting = 8;
constexpr std::size_t kLargestFile = std::size_t{4} << 20;
constexpr std::size_t kMostEntries = 10'000;
constexpr std::size_t kLongestText = 2048;
constexpr std::size_t kLongestName = 128;
constexpr double kMebibyte = 1024.0 * 1024.0;
constexpr double kMostMebibytes = kMebibyte;  // a tebibyte
constexpr std::size_t kHashDigits = 64, kFewestHashDigits = 8;

bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/// A name that is safe as part of a file's.
bool isPlainName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, isNameCharacter);
}

/// The members of one object, refused with the object's name and theirs where they are not as they should be.
class Reader {
 public:
  Reader(const Json& object, std::string name, const std::string& origin)
      : object_(object), name_(std::move(name)), origin_(origin) {
    if (!object.is_object()) throw Error(origin_, name_ + " must be an object");
  }

  [[noreturn]] void refuse(const char* key, const std::string& reason) const {
    throw Error(origin_, name_ + ": '" + key + "' " + reason);
  }
  const Json* find(const char* key) const {
    const auto it = object_.find(key);
    return it == object_.end() || it->is_null() ? nullptr : &*it;
  }
  const Json& need(const char* key) const {
    const Json* value = find(key);
    if (!value) refuse(key, "is missing");
    return *value;
  }
  std::string text(const char* key) const {
    const Json& value = need(key);
    if (!value.is_string()) refuse(key, "must be text");
    auto text = value.get<std::string>();
    if (text.empty()) refuse(key, "is empty");
    if (text.size() > kLongestText) refuse(key, "is too long");
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
      refuse(key, "has control characters in it");
    return text;
  }
  std::string textOr(const char* key) const { return find(key) ? text(key) : std::string(); }
  std::string name(const char* key) const {
    std::string text = this->text(key);
    if (!isPlainName(text)) refuse(key, "must be a short name of letters, digits, '.', '_' and '-'");
    return text;
  }
  std::string webAddressOr(const char* key) const {
    std::string url = textOr(key);
    if (!url.empty() && !isFetchable(url)) refuse(key, "must be an https address");
    return url;
  }
  double number(const char* key, double least, double most) const {
    const Json& value = need(key);
    const double number = value.is_number() ? value.get<double>() : NAN;
    if (!(number >= least && number <= most)) {
      refuse(key, "must be a number from " + Json(least).dump() + " to " + Json(most).dump());
    }
    return number;
  }
  std::uint64_t whole(const char* key, std::uint64_t least, std::uint64_t most) const {
    const Json& value = need(key);
    const std::uint64_t number = value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
    if (!value.is_number_unsigned() || number < least || number > most) {
      refuse(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    return number;
  }

 private:
  const Json& object_;
  std::string name_;
  const std::string& origin_;
};

struct NamedCard {
  ModelCard card;
  std::string labelSet;
};

std::map<std::string, Licence> readLicences(const Json& json, const std::string& origin) {
  std::map<std::string, Licence> licences;
  if (!json.is_object()) throw Error(origin, "'licences' must be an object");
  for (const auto& [key, value] : json.items()) {
    const Reader reader(value, "licence '" + key + "'", origin);
    licences[key] = {reader.text("name"), reader.webAddressOr("url"), reader.textOr("terms"),
                     reader.webAddressOr("terms_url")};
  }
  return licences;
}

std::map<std::string, NamedCard> readCards(const Json& json, const std::string& origin) {
  std::map<std::string, NamedCard> cards;
  if (!json.is_object()) throw Error(origin, "'cards' must be an object");
  for (const auto& [key, value] : json.items()) {
    const std::string name = "card '" + key + "'";
    const Reader reader(value, name, origin);
    NamedCard card;
    if (reader.find("label_set")) card.labelSet = reader.name("label_set");
    card.card = cardFromJson(value.dump(), origin + ", " + name);
    cards[key] = std::move(card);
  }
  return cards;
}

template <class T>
const T& lookUp(const Reader& reader, const char* key, const std::map<std::string, T>& known) {
  const std::string name = reader.text(key);
  const auto it = known.find(name);
  if (it == known.end()) reader.refuse(key, "is '" + name + "', which the catalogue does not have");
  return it->second;
}

/// The part after the last slash: what the file is called.
std::string fileOf(const Reader& reader, const std::string& url) {
  std::string file = url.substr(url.rfind('/') + 1);
  const std::string_view endings[] = {".pth", ".pt", ".pt2", ".onnx", ".safetensors"};
  if (!isPlainName(file) || std::ranges::none_of(endings, [&](auto ending) { return file.ends_with(ending); })) {
    reader.refuse("url", "must end in the name of a .pth, .pt, .pt2, .onnx or .safetensors file");
  }
  return file;
}

std::string readHash(const Reader& reader) {
  const bool whole = reader.find("sha256") != nullptr;
  const char* key = whole ? "sha256" : "sha256_prefix";
  if (whole && reader.find("sha256_prefix")) reader.refuse("sha256_prefix", "must not stand beside 'sha256'");
  std::string hash = reader.text(key);
  for (char& c : hash) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) reader.refuse(key, "must be hexadecimal digits");
  }
  if (whole && hash.size() != kHashDigits) reader.refuse(key, "must have 64 digits");
  if (!whole && (hash.size() < kFewestHashDigits || hash.size() >= kHashDigits))
    reader.refuse(key, "must have 8 to 63 digits");
  return hash;
}

void readSize(const Reader& reader, CatalogueEntry& entry) {
  if (reader.find("bytes")) entry.bytes = reader.whole("bytes", 1, std::uint64_t(kMostMebibytes * kMebibyte));
  if (reader.find("mebibytes") || !entry.bytes) {
    entry.mebibytes = reader.number("mebibytes", 1.0 / kMebibyte, kMostMebibytes);
  }
  if (!entry.bytes) return;
  const double exact = static_cast<double>(*entry.bytes) / kMebibyte;
  if (entry.mebibytes == 0) entry.mebibytes = exact;
  // Published sizes are rounded to a thousandth.
  if (std::abs(exact - entry.mebibytes) > 0.001) reader.refuse("mebibytes", "does not agree with 'bytes'");
}

CatalogueEntry readEntry(const Reader& reader, const std::map<std::string, Licence>& licences,
                         const std::map<std::string, NamedCard>& cards, const CatalogueRules& rules) {
  CatalogueEntry entry;
  entry.id = reader.name("id");
  entry.title = reader.text("title");
  entry.architecture = reader.name("architecture");
  entry.note = reader.textOr("note");
  entry.url = reader.text("url");
  if (!isFetchable(entry.url, rules)) reader.refuse("url", "must be an https address");
  entry.file = fileOf(reader, entry.url);
  entry.sha256 = readHash(reader);
  readSize(reader, entry);
  if (reader.find("parameters")) entry.parameters = reader.whole("parameters", 1, 1'000'000'000'000);
  if (reader.find("top1")) entry.top1 = reader.number("top1", 0, 100);
  if (reader.find("top5")) entry.top5 = reader.number("top5", 0, 100);
  if (entry.top1 && entry.top5 && *entry.top5 < *entry.top1) reader.refuse("top5", "is less than 'top1'");
  entry.year = static_cast<int>(reader.whole("year", 1950, 2100));
  entry.paper = reader.text("paper");
  entry.paperUrl = reader.webAddressOr("paper_url");
  entry.licence = lookUp(reader, "licence", licences);
  const NamedCard& card = lookUp(reader, "card", cards);
  entry.card = card.card;
  entry.card.title = entry.title;
  entry.labelSet = card.labelSet;
  return entry;
}

Json parse(std::string_view text, const std::string& origin) {
  if (text.size() > kLargestFile) throw Error(origin, "is too large for a catalogue");
  const auto bounded = [&](int depth, Json::parse_event_t, const Json&) {
    if (depth > kDeepestNesting) throw Error(origin, "is nested too deeply for a catalogue");
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), bounded);
  } catch (const Json::exception& problem) {
    throw Error(origin, "is not valid JSON (" + std::string(problem.what()) + ")");
  }
}

}  // namespace

std::uint64_t CatalogueEntry::size() const {
  return bytes ? *bytes : static_cast<std::uint64_t>(std::llround(mebibytes * kMebibyte));
}

const CatalogueEntry* Catalogue::find(std::string_view id) const {
  const auto it = std::ranges::find(entries, id, &CatalogueEntry::id);
  return it == entries.end() ? nullptr : &*it;
}

bool isFetchable(std::string_view url, const CatalogueRules& rules) {
  const bool secure = url.starts_with("https://");
  if (!secure && !(rules.allowLocalHttp && url.starts_with("http://"))) return false;
  if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\'; }))
    return false;
  const std::string_view rest = url.substr(secure ? 8 : 7);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view host = authority.substr(0, authority.find(':'));
  if (!isPlainName(host)) return false;  // also refuses "user@host"
  const std::string_view port = authority.substr(host.size());
  if (!port.empty() && (port.size() < 2 || port.size() > 6 || port.find_first_not_of("0123456789", 1) != port.npos))
    return false;
  return secure || host == "localhost" || host == "127.0.0.1";
}

Catalogue builtInCatalogue() {
  return parseCatalogue(embeddedCatalogueText(), "catalogue.json");
}

Catalogue parseCatalogue(std::string_view json, const std::string& origin, const CatalogueRules& rules) {
  const Json document = parse(json, origin);
  const Reader reader(document, "the catalogue", origin);
  if (reader.whole("version", 1, 1'000'000) > kVersion)
    throw Error(origin, "was written for a newer version of Unitscope");
  Catalogue catalogue;
  const Reader source(reader.need("accuracy_source"), "'accuracy_source'", origin);
  catalogue.accuracySource = source.text("text");
  catalogue.accuracySourceUrl = source.webAddressOr("url");
  const auto licences = readLicences(reader.need("licences"), origin);
  const auto cards = readCards(reader.need("cards"), origin);
  const Json& networks = reader.need("networks");
  if (!networks.is_array()) reader.refuse("networks", "must be a list");
  if (networks.size() > kMostEntries) reader.refuse("networks", "has too many entries");
  std::set<std::string> ids, files;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const Json& network = networks[i];
    std::string name = "network " + std::to_string(i + 1);
    if (network.is_object()) {
      if (const auto id = network.find("id"); id != network.end() && id->is_string())
        name += " ('" + id->get<std::string>().substr(0, kLongestName) + "')";
    }
    const Reader one(network, name, origin);
    CatalogueEntry entry = readEntry(one, licences, cards, rules);
    if (!ids.insert(entry.id).second) one.refuse("id", "is taken by an entry before it");
    // They would overwrite each other on the disk.
    if (!files.insert(entry.file).second) one.refuse("url", "has the file name of an entry before it");
    catalogue.entries.push_back(std::move(entry));
  }
  return catalogue;
}

}  // namespace unitscope
