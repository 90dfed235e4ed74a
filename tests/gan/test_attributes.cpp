#include <cmath>

#include <QtTest>

#include "gan/attributes.h"
#include "gan/generators.h"
#include "gan/planted.h"
#include "support/files.h"
#include "zoo/embedded_models.h"

using namespace unitscope;
using test::errorOf;
using Kind = PictureAttribute::Kind;
using Band = PictureAttribute::Band;

namespace {

bool near(double a, double b, double within = 1e-5) {
  return std::abs(a - b) < within;
}

/// One picture of side x side in -1..1, by a function of channel, row and column that gives 0..1.
template <class Pixel>
Array picture(int side, Pixel pixel, int channels = 3) {
  Array all{{1, channels, side, side}, {}};
  for (int c = 0; c < channels; ++c)
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) all.values.push_back(static_cast<float>(2.0 * pixel(c, y, x) - 1.0));
  return all;
}

std::vector<float> scoresOf(const std::vector<const char*>& texts, const Array& pictures,
                            const AttributeModels& models = {}) {
  std::vector<PictureAttribute> attributes;
  for (const char* text : texts) attributes.push_back(attributeFrom(text));
  AttributeScorer scorer(attributes, models);
  const Array scores = scorer.score(*test::planted(), pictures);
  return scores.values;
}

}  // namespace

/// What pictures are scored by.
class TestAttributes : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void textGoesBothWays() {
    for (const char* text :
         {"class:boat", "score:broadleaf tree", "area:tree", "area:sky@top", "color:green@bottom", "brightness",
          "brightness@top", "contrast@middle", "saturation", "warmth", "hand:nice", "class:a:b"})
      QCOMPARE(textOf(attributeFrom(text)), std::string(text));
    QVERIFY(attributeFrom("area:tree@top") == (PictureAttribute{Kind::ConceptArea, "tree", Band::Top}));
    QVERIFY(attributeFrom("brightness").kind == Kind::Brightness);
  }

  void otherTextIsRefused() {
    for (const char* text : {"", "tree", "area", "area:", "brightness:top", "class:boat@top", "brightness@left",
                             "hand:x@top", "Brightness", "area :tree", ":"})
      QVERIFY2(errorOf([&] { attributeFrom(text); }).find("is no attribute") != std::string::npos, text);
  }

  void statisticsAreWhatTheySay() {
    // The top third white, the middle pure red, the bottom mid-grey.
    const Array three = picture(9, [](int c, int y, int) { return y < 3 ? 1.0 : y < 6 ? (c == 0 ? 1.0 : 0.0) : 0.5; });
    const std::vector<float> got =
        scoresOf({"brightness", "brightness@top", "brightness@middle", "brightness@bottom", "saturation",
                  "saturation@middle", "warmth", "warmth@middle", "contrast@top", "color:red", "color:white@top",
                  "color:grey@bottom", "color:red@bottom"},
                 three);
    const std::vector<double> wanted{
        (1.0 + 0.299 + 0.5) / 3, 1.0, 0.299, 0.5, 1.0 / 3, 1.0, 1.0 / 3, 1.0, 0.0, 1.0 / 3, 1.0, 1.0, 0.0};
    QCOMPARE(got.size(), wanted.size());
    for (std::size_t k = 0; k < wanted.size(); ++k)
      QVERIFY2(near(static_cast<double>(got[k]), wanted[k]), qPrintable(QString("%1: %2").arg(k).arg(got[k])));
    const Array halves = picture(8, [](int, int, int x) { return x < 4 ? 0.0 : 1.0; });
    QVERIFY(near(static_cast<double>(scoresOf({"contrast"}, halves)[0]), 0.5));
  }

  void valuesBeyondTheRangeCountAsShown() {
    Array loud = picture(6, [](int, int, int) { return 0.5; });
    for (float& value : loud.values) value = 7.0F;
    QVERIFY(near(static_cast<double>(scoresOf({"brightness"}, loud)[0]), 1.0));
  }

  void greyAndTinyPicturesHaveScores() {
    const Array grey = picture(
        2, [](int, int y, int) { return y == 0 ? 1.0 : 0.0; }, 1);
    const std::vector<float> got =
        scoresOf({"brightness", "brightness@top", "brightness@bottom", "saturation", "warmth"}, grey);
    const std::vector<double> wanted{0.5, 1.0, 0.0, 0.0, 0.0};
    for (std::size_t k = 0; k < wanted.size(); ++k) QVERIFY(near(static_cast<double>(got[k]), wanted[k]));
    QVERIFY(near(static_cast<double>(scoresOf({"score:red"}, grey, {test::colorJudge(4), nullptr})[0]), 1.5));
  }

  void classesComeFromTheClassifier() {
    const Array red = picture(6, [](int c, int, int) { return c == 0 ? 0.8 : 0.2; });
    for (const bool last : {false, true})
      for (const std::int64_t batch : {-1, 1}) {
        const AttributeModels models{test::colorJudge(6, batch, last), nullptr};
        const std::vector<float> got = scoresOf({"score:red", "score:blue", "class:red", "class:1"}, red, models);
        QVERIFY(near(static_cast<double>(got[0]), 2.4) && near(static_cast<double>(got[1]), 0.6));
        QVERIFY(near(static_cast<double>(got[2]), 1.0 / (1.0 + std::exp(-1.8))));
        QVERIFY(near(static_cast<double>(got[2] + got[3]), 1.0));
      }
    const std::shared_ptr<Model> many = test::colorJudge(6);
    ModelCard card = many->card();
    card.multiLabel = true;
    many->setCard(card);
    QVERIFY(near(static_cast<double>(scoresOf({"class:red"}, red, {many, nullptr})[0]), 1.0 / (1.0 + std::exp(-2.4))));
    card.outputIsProbability = true;
    many->setCard(card);
    QVERIFY(near(static_cast<double>(scoresOf({"class:red"}, red, {many, nullptr})[0]), 2.4));
    card.outputIsProbability = false;
    card.bgr = true;
    many->setCard(card);
    QVERIFY(near(static_cast<double>(scoresOf({"score:red"}, red, {many, nullptr})[0]), 0.6));
  }

  void areasComeFromTheSegmenter() {
    const Array sky = picture(9, [](int, int y, int) { return y < 3 ? 0.9 : 0.1; });
    const AttributeModels models{nullptr, test::lightJudge(9)};
    const std::vector<float> got =
        scoresOf({"area:light", "area:dark", "area:light@top", "area:light@bottom", "area:gold"}, sky, models);
    const std::vector<double> wanted{1.0 / 3, 2.0 / 3, 1.0, 0.0, 0.0};
    for (std::size_t k = 0; k < wanted.size(); ++k) QVERIFY(near(static_cast<double>(got[k]), wanted[k]));
    // Resized as a whole to what the segmenter takes.
    const std::vector<float> small = scoresOf({"area:light"}, sky, {nullptr, test::lightJudge(3)});
    QVERIFY(near(static_cast<double>(small[0]), 1.0 / 3));
    const std::vector<float> large = scoresOf({"area:light"}, sky, {nullptr, test::lightJudge(27)});
    QVERIFY(near(static_cast<double>(large[0]), 1.0 / 3, 0.04));
  }

  void picturesKeepTheirRows() {
    Array two = picture(6, [](int, int, int) { return 0.25; });
    const Array second = picture(6, [](int, int, int) { return 0.75; });
    two.shape[0] = 2;
    two.values.insert(two.values.end(), second.values.begin(), second.values.end());
    const std::vector<float> got = scoresOf({"brightness", "score:red"}, two, {test::colorJudge(6), nullptr});
    const std::vector<double> wanted{0.25, 0.75, 0.75, 2.25};
    for (std::size_t k = 0; k < 4; ++k) QVERIFY(near(static_cast<double>(got[k]), wanted[k]));
  }

  void whatIsNotKnownIsRefused() {
    const AttributeModels models{test::colorJudge(6), test::lightJudge(6)};
    const auto refused = [&](const char* text) {
      return errorOf([&] { AttributeScorer scorer({attributeFrom(text)}, models); });
    };
    QVERIFY(refused("class:green").find("it knows red, blue") != std::string::npos);
    QVERIFY(refused("class:2").find("class:2") != std::string::npos);
    QVERIFY(refused("area:boat").find("light, dark") != std::string::npos);
    QVERIFY(refused("color:mauve").find("mauve") != std::string::npos);
    QVERIFY(!refused("hand:nice").empty());
    QVERIFY(!errorOf([&] { AttributeScorer scorer({}, models); }).empty());
    AttributeScorer scorer({attributeFrom("brightness")});
    QVERIFY(!errorOf([&] { scorer.score(*test::planted(), {{1, 2, 3, 3}, std::vector<float>(18)}); }).empty());
    AttributeScorer wrong({attributeFrom("area:red")}, {nullptr, test::colorJudge(6)});
    QVERIFY(errorOf([&] {
              wrong.score(*test::planted(), picture(6, [](int, int, int) { return 0.5; }));
            }).find("no segmenter") != std::string::npos);
    CancelToken stopped;
    stopped.cancel();
    QVERIFY_EXCEPTION_THROWN(scorer.score(*test::planted(), picture(6, [](int, int, int) { return 0.5; }), {}, stopped),
                             Cancelled);
  }

  void whatCanBeAskedIsListed() {
    const std::vector<PictureAttribute> all = availableAttributes({test::colorJudge(6), test::lightJudge(6)});
    std::vector<std::string> texts;
    for (const PictureAttribute& one : all) {
      texts.push_back(textOf(one));
      QVERIFY(attributeFrom(texts.back()) == one);
    }
    for (const char* text : {"class:red", "score:blue", "area:gold", "color:green", "brightness", "warmth@bottom"})
      QVERIFY2(std::ranges::find(texts, text) != texts.end(), text);
    // All of them can be scored at once.
    AttributeScorer scorer(all, {test::colorJudge(6), test::lightJudge(6)});
    const Array scores = scorer.score(*test::planted(), picture(6, [](int, int, int) { return 0.5; }));
    QCOMPARE(scores.shape, (Shape{1, static_cast<std::int64_t>(all.size())}));
  }

  void unnamedOutputsGoByNumber() {
    const std::shared_ptr<Model> judge = test::colorJudge(6);
    ModelCard card = judge->card();
    card.labels.clear();
    judge->setCard(card);
    const Array red = picture(6, [](int c, int, int) { return c == 0 ? 1.0 : 0.0; });
    QVERIFY(near(static_cast<double>(scoresOf({"score:0"}, red, {judge, nullptr})[0]), 3.0));
    QVERIFY(!errorOf([&] { scoresOf({"score:2"}, red, {judge, nullptr}); }).empty());
  }

  void embeddedNetworksAreUsedByThemselves() {
    if (findEmbeddedModel("scene-segmenter") == nullptr || findEmbeddedModel("scene-classifier") == nullptr)
      QSKIP("this build has no embedded networks");
    const Array blue = picture(16, [](int c, int, int) { return c == 2 ? 0.9 : 0.6; });
    const std::vector<float> got = scoresOf({"class:boat", "area:sky", "area:tree"}, blue);
    QVERIFY(got[0] >= 0.0F && got[0] <= 1.0F && got[1] >= 0.0F && got[1] + got[2] <= 1.0F + 1e-6F);
  }
};

QTEST_GUILESS_MAIN(TestAttributes)
#include "test_attributes.moc"
