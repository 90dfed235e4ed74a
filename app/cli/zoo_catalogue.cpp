#include <iomanip>
#include <ostream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/json_text.h"
#include "zoo/catalogue.h"

namespace unitscope::cli {
namespace {

std::string fixed(double number, const char* unit) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << number << unit;
  return text.str();
}

Json toJson(const CatalogueEntry& entry, const Catalogue& catalogue) {
  return {{"id", entry.id},
          {"title", entry.title},
          {"architecture", entry.architecture},
          {"url", entry.url},
          {entry.sha256.size() == 64 ? "sha256" : "sha256_prefix", entry.sha256},
          {"bytes", entry.size()},
          {"bytes_exact", entry.bytes.has_value()},
          {"parameters", entry.parameters},
          {"top1", entry.top1 ? Json(*entry.top1) : Json()},
          {"top5", entry.top5 ? Json(*entry.top5) : Json()},
          {"accuracy_source", catalogue.accuracySource},
          {"year", entry.year},
          {"paper", entry.paper},
          {"paper_url", entry.paperUrl},
          {"licence", entry.licence.name},
          {"terms", entry.licence.terms}};
}

int listCatalogue(bool asJson, Console& console) {
  const Catalogue catalogue = builtInCatalogue();
  if (asJson) {
    Json all = Json::array();
    for (const CatalogueEntry& entry : catalogue.entries) all.push_back(toJson(entry, catalogue));
    printJson(console.out(), all);
    return kFine;
  }
  for (const CatalogueEntry& entry : catalogue.entries) {
    console.out() << std::left << std::setw(18) << entry.id << std::right << std::setw(10)
                  << fixed(entry.mebibytes, " MiB") << std::setw(9)
                  << (entry.top1 ? fixed(*entry.top1, " %") : std::string("-")) << "  " << entry.year << "  "
                  << entry.licence.name << "  " << entry.url << '\n';
  }
  return kFine;
}

}  // namespace

void addCatalogue(CLI::App& zoo, Action& chosen) {
  auto asJson = std::make_shared<bool>(false);
  CLI::App* command = zoo.add_subcommand(
      "catalogue",
      "Well-known networks that File > Get models downloads: size, top-1 accuracy, year, licence, address");
  addJsonFlag(*command, *asJson);
  command->callback(
      [asJson, &chosen] { chosen = [asJson](Console& console) { return listCatalogue(*asJson, console); }; });
}

}  // namespace unitscope::cli
