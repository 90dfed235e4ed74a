#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model_card.h"

namespace unitscope {

/// On what terms something may be used.
struct Licence {
  std::string name;      ///< "BSD-3-Clause"
  std::string url;       ///< of its text; may be empty
  std::string terms;     ///< what else a user should know, in a sentence or two; may be empty
  std::string termsUrl;  ///< may be empty
};

/// A network that can be downloaded.
struct CatalogueEntry {
  std::string id;                      ///< "resnet18": letters, digits, '_', '-', '.'
  std::string title;                   ///< "ResNet-18"
  std::string architecture;            ///< torchvision's name for it
  std::string note;                    ///< may be empty
  std::string url;                     ///< https
  std::string file;                    ///< the last part of the URL: the name under which it is kept
  std::string sha256;                  ///< lower-case hex of the file's SHA-256: all 64 digits, or its first 8 to 63
  std::optional<std::uint64_t> bytes;  ///< exact size of the file, where it is known
  double mebibytes = 0;                ///< size as published, rounded
  std::uint64_t parameters = 0;        ///< 0: not stated
  std::optional<double> top1, top5;    ///< published accuracy in percent
  int year = 0;
  std::string paper, paperUrl;
  Licence licence;
  ModelCard card;        ///< without labels; input and output are found when the file is opened
  std::string labelSet;  ///< "imagenet1k": which list of labels goes with it; may be empty

  /// The exact size, else the published one in bytes.
  std::uint64_t size() const;
};

struct Catalogue {
  std::vector<CatalogueEntry> entries;
  std::string accuracySource;     ///< where the accuracies come from
  std::string accuracySourceUrl;  ///< may be empty

  /// Null where there is none of this id.
  const CatalogueEntry* find(std::string_view id) const;
};

struct CatalogueRules {
  bool allowLocalHttp = false;  ///< also http to this machine: for a server that a test runs
};

/// Whether a network may be fetched from this address: https with a plain host name and no user name in it; with
/// `rules.allowLocalHttp` also http to localhost or 127.0.0.1.
bool isFetchable(std::string_view url, const CatalogueRules& rules = {});

/// The catalogue that is part of the program.
Catalogue builtInCatalogue();

/// Reads a catalogue (the form of resources/catalogue.json). Throws Error(origin, reason) for anything else than a
/// valid one: the reason names the network and the field.
Catalogue parseCatalogue(std::string_view json, const std::string& origin, const CatalogueRules& rules = {});

}  // namespace unitscope
