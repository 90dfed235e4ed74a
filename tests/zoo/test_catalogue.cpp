#include <set>

#include <QtTest>

#include <nlohmann/json.hpp>

#include "data/label_lists.h"
#include "support/files.h"
#include "zoo/catalogue.h"

using namespace unitscope;
using namespace unitscope::test;
using Json = nlohmann::json;

namespace {

const std::string kResources = std::string(UNITSCOPE_SOURCE_DIR) + "/resources/";

Json smallCatalogue() {
  const Json licence{{"name", "MIT"}, {"url", "https://example.org/licence"}};
  const Json card{
      {"task", "classifier"}, {"height", 32}, {"width", 32}, {"resize_to", 36}, {"label_set", "imagenet1k"}};
  const Json network{{"id", "one"},
                     {"title", "Number one"},
                     {"architecture", "resnet18"},
                     {"url", "https://example.org/one-0123abcd.pth"},
                     {"sha256_prefix", "0123ABCD"},
                     {"mebibytes", 2.5},
                     {"parameters", 12},
                     {"top1", 50},
                     {"top5", 75.5},
                     {"year", 2020},
                     {"paper", "A paper"},
                     {"paper_url", "https://example.org/paper"},
                     {"licence", "free"},
                     {"card", "small"}};
  return {{"version", 1},
          {"accuracy_source", {{"text", "measured here"}}},
          {"licences", {{"free", licence}}},
          {"cards", {{"small", card}}},
          {"networks", Json::array({network})}};
}

/// The message for the catalogue with one member of its network changed; null takes it away.
std::string errorWith(const std::string& key, const Json& value) {
  Json json = smallCatalogue();
  if (value.is_null()) {
    json["networks"][0].erase(key);
  } else {
    json["networks"][0][key] = value;
  }
  return errorOf([&] { parseCatalogue(json.dump(), "list.json"); });
}

}  // namespace

class TestCatalogue : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void readsEveryField() {
    const Catalogue catalogue = parseCatalogue(smallCatalogue().dump(), "list.json");
    QCOMPARE(catalogue.entries.size(), std::size_t(1));
    QCOMPARE(catalogue.accuracySource, std::string("measured here"));
    const CatalogueEntry* one = catalogue.find("one");
    QVERIFY(one);
    QVERIFY(!catalogue.find("two"));
    QCOMPARE(one->title, std::string("Number one"));
    QCOMPARE(one->file, std::string("one-0123abcd.pth"));
    QCOMPARE(one->sha256, std::string("0123abcd"));
    QVERIFY(!one->bytes);
    QCOMPARE(one->size(), std::uint64_t(2621440));
    QCOMPARE(one->parameters, std::uint64_t(12));
    QCOMPARE(*one->top1, 50.0);
    QCOMPARE(*one->top5, 75.5);
    QCOMPARE(one->year, 2020);
    QCOMPARE(one->licence.name, std::string("MIT"));
    QCOMPARE(one->card.height, 32);
    QCOMPARE(one->card.title, std::string("Number one"));
    QVERIFY(!one->card.guessed);
    QCOMPARE(one->labelSet, std::string("imagenet1k"));
  }

  void refusesWhatIsWrong_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");  // JSON
    for (const char* key :
         {"id", "title", "architecture", "url", "sha256_prefix", "mebibytes", "year", "paper", "licence", "card"}) {
      QTest::addRow("no %s", key) << key << "null";
    }
    const auto add = [](const char* name, const char* key, const Json& value) {
      QTest::newRow(name) << QString(key) << QString::fromStdString(value.dump());
    };
    add("number as text", "title", 7);
    add("empty text", "title", "");
    add("line end in text", "title", "a\nb");
    add("path as id", "id", "../one");
    add("hidden id", "id", ".one");
    add("http", "url", "http://example.org/one.pth");
    add("http to this machine", "url", "http://localhost:8080/one.pth");
    add("ftp", "url", "ftp://example.org/one.pth");
    add("file", "url", "file:///etc/one.pth");
    add("user name", "url", "https://me:secret@example.org/one.pth");
    add("no host", "url", "https:///one.pth");
    add("space", "url", "https://example.org/a b.pth");
    add("query", "url", "https://example.org/one.pth?x=1");
    add("no file", "url", "https://example.org/");
    add("no model", "url", "https://example.org/one.exe");
    add("climbing", "url", "https://example.org/..%2fone.pth");
    add("no hex", "sha256_prefix", "0123abcg");
    add("short hash", "sha256_prefix", "0123abc");
    add("two hashes", "sha256", "0123");
    add("negative size", "mebibytes", -1);
    add("no size", "mebibytes", 0);
    add("size as text", "mebibytes", "big");
    add("negative bytes", "bytes", -5);
    add("broken bytes", "bytes", 2.5);
    add("endless bytes", "bytes", 18446744073709551615u);
    add("bytes that disagree", "bytes", 17);
    add("too good", "top1", 101);
    add("top5 below top1", "top5", 40);
    add("year", "year", 20200);
    add("year as text", "year", "2020");
    add("paper's address", "paper_url", "javascript:alert(1)");
    add("unknown licence", "licence", "none");
    add("unknown card", "card", "none");
    add("list as card", "card", Json::array());
  }
  void refusesWhatIsWrong() {
    QFETCH(QString, key);
    QFETCH(QString, value);
    const std::string message = errorWith(key.toStdString(), Json::parse(value.toStdString()));
    QVERIFY2(message.starts_with("list.json: network 1"), message.c_str());
    const bool otherField = key == "bytes" || key == "sha256";
    QVERIFY2(otherField || message.find("'" + key.toStdString()) != std::string::npos, message.c_str());
    if (key != "id") QVERIFY2(message.find("'one'") != std::string::npos, message.c_str());
  }

  void refusesWrongDocuments() {
    for (const char* text : {"", "[]", "7", "{", "{\"version\": 1}", "\xff\xfe", "{\"version\": -1}"}) {
      QVERIFY2(!errorOf([&] { parseCatalogue(text, "list.json"); }).empty(), text);
    }
    Json newer = smallCatalogue();
    newer["version"] = 2;
    QVERIFY(errorOf([&] { parseCatalogue(newer.dump(), "list.json"); }).find("newer") != std::string::npos);
    const std::string deep = std::string(100'000, '[');
    QVERIFY(errorOf([&] { parseCatalogue(deep, "list.json"); }).find("deep") != std::string::npos);
    Json card = smallCatalogue();
    card["cards"]["small"]["std"] = {0, 0, 0};
    const std::string message = errorOf([&] { parseCatalogue(card.dump(), "list.json"); });
    QVERIFY2(message.find("card 'small'") != std::string::npos && message.find("'std'") != std::string::npos,
             message.c_str());
    Json licence = smallCatalogue();
    licence["licences"]["free"]["url"] = "http://example.org";
    QVERIFY(errorOf([&] { parseCatalogue(licence.dump(), "list.json"); }).find("licence 'free'") != std::string::npos);
  }

  void refusesDoubles() {
    Json json = smallCatalogue();
    json["networks"].push_back(json["networks"][0]);
    std::string message = errorOf([&] { parseCatalogue(json.dump(), "list.json"); });
    QVERIFY2(message.find("network 2 ('one'): 'id'") != std::string::npos, message.c_str());
    json["networks"][1]["id"] = "two";
    message = errorOf([&] { parseCatalogue(json.dump(), "list.json"); });
    QVERIFY2(message.find("network 2 ('two'): 'url'") != std::string::npos, message.c_str());
  }

  void localServersNeedPermission() {
    QVERIFY(isFetchable("https://example.org/x"));
    QVERIFY(!isFetchable("http://localhost:80/x"));
    const CatalogueRules rules{true};
    QVERIFY(isFetchable("http://localhost:8080/x", rules));
    QVERIFY(isFetchable("http://127.0.0.1/x", rules));
    QVERIFY(!isFetchable("http://localhost.example.org/x", rules));
    QVERIFY(!isFetchable("http://localhost@example.org/x", rules));
    QVERIFY(!isFetchable("http://example.org/x", rules));
    QVERIFY(!isFetchable("https://example.org:99999999/x"));
    QVERIFY(!isFetchable("https://example.org:x/x"));
  }

  void theRealOneIsSane() {
    const Catalogue catalogue = builtInCatalogue();
    QVERIFY(catalogue.entries.size() >= 20);
    for (const char* id :
         {"alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "vgg16_bn", "resnet18", "resnet34", "resnet50", "resnet101",
          "resnet152", "squeezenet1_0", "squeezenet1_1", "densenet121", "googlenet", "mobilenet_v2"}) {
      QVERIFY2(catalogue.find(id), id);
    }
    const std::vector<std::string> labels = builtInLabels("imagenet1k");
    QVERIFY(labels == readLabels(kResources + "labels/imagenet1k.txt"));
    QVERIFY(builtInLabels("none").empty());
    QCOMPARE(labels.size(), std::size_t(1000));
    QCOMPARE(std::set<std::string>(labels.begin(), labels.end()).size(), std::size_t(1000));
    QCOMPARE(labels[285], std::string("Egyptian cat"));
    QCOMPARE(labels[967], std::string("espresso"));
    for (const CatalogueEntry& entry : catalogue.entries) {
      // torchvision's file names end in the first eight digits of the sum.
      QVERIFY2(entry.file.find("-" + entry.sha256.substr(0, 8) + ".pth") != std::string::npos, entry.id.c_str());
      QVERIFY2(entry.url.starts_with("https://download.pytorch.org/models/"), entry.id.c_str());
      QCOMPARE(entry.labelSet, std::string("imagenet1k"));
      QCOMPARE(entry.card.width, 224);
      QVERIFY(!entry.licence.terms.empty());
      // Weights are four bytes a parameter. GoogLeNet's and DenseNet's files hold more than the network that runs:
      // auxiliary heads, BatchNorm's averages.
      const double perParameter = static_cast<double>(entry.size()) / static_cast<double>(entry.parameters);
      QVERIFY2(perParameter > 3.9 && perParameter < (entry.id == "googlenet" ? 8.0 : 4.2), entry.id.c_str());
    }
  }
};

QTEST_GUILESS_MAIN(TestCatalogue)
#include "test_catalogue.moc"
