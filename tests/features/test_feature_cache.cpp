#include <chrono>
#include <thread>

#include <QTemporaryDir>
#include <QtTest>

#include "features/feature_cache.h"
#include "features/small_nets.h"
#include "runtime/error.h"
#include "support/files.h"

using namespace unitscope;
using test::edgeModel;

namespace fs = std::filesystem;

namespace {

FeaturePicture pictureOf(std::uint8_t value, int side = 16) {
  FeaturePicture picture;
  picture.picture = Image{side, side, 3, {}};
  for (int i = 0; i < side * side * 3; ++i)
    picture.picture.pixels.push_back(static_cast<std::uint8_t>(value + (i * 37) % 64));
  picture.mean = value;
  picture.largest = 2.0 * value;
  return picture;
}

std::string keyOf(char c) {
  return std::string(32, c);
}

FeatureQuestion ask(std::int64_t unit, std::int64_t steps = 2) {
  FeatureQuestion question;
  FeatureGoal goal;
  goal.layer = "edges";
  goal.unit = unit;
  question.goals = {goal};
  question.parameters.set(featureMethod("fourier"), "steps", ParameterValue(steps));
  return question;
}

}  // namespace

/// Finished pictures on disk.
class TestFeatureCache : public QObject {
  Q_OBJECT

  std::unique_ptr<QTemporaryDir> temporary_;
  fs::path folder_;

 private Q_SLOTS:
  void initTestCase() {
#ifndef UNITSCOPE_HAS_OPENCV
    QSKIP("this build writes no pictures");
#endif
  }
  void init() {
    temporary_ = std::make_unique<QTemporaryDir>();
    folder_ = fs::path(temporary_->path().toStdString()) / "features";
  }

  void keeps() {
    FeatureCache cache(folder_);
    QVERIFY(!cache.find(keyOf('a')) && !cache.has(keyOf('a')));
    FeaturePicture made = pictureOf(20);
    made.opacity = {{16, 16}, std::vector<float>(256, 0.2F)};
    QVERIFY(cache.store(keyOf('a'), made));
    QVERIFY(cache.has(keyOf('a')));
    const auto found = FeatureCache(folder_).find(keyOf('a'));
    QVERIFY(found.has_value());
    QCOMPARE(found->picture.pixels, made.picture.pixels);
    QCOMPARE(found->mean, 20.0);
    QCOMPARE(found->largest, 40.0);
    QCOMPARE(found->opacity.shape, (Shape{16, 16}));
    QVERIFY(std::abs(found->opacity.values[5] - 0.2F) < 0.003F);
    FeaturePicture grey = pictureOf(3);
    grey.picture = Image{4, 3, 1, std::vector<std::uint8_t>(12, 77)};
    QVERIFY(cache.store(keyOf('b'), grey));
    QVERIFY(cache.find(keyOf('b')).has_value());
    QVERIFY(cache.bytes() > 0);
    cache.clear();
    QCOMPARE(cache.bytes(), std::uint64_t{0});
    QVERIFY(!cache.find(keyOf('a')));
  }

  /// What was not looked at for longest goes first.
  void evicts() {
    FeatureCache cache(folder_);
    for (const char c : {'a', 'b', 'c', 'd'}) QVERIFY(cache.store(keyOf(c), pictureOf(10)));
    const std::uint64_t one = cache.bytes() / 4;
    const auto now = fs::file_time_type::clock::now();
    int age = 40;
    for (const char c : {'a', 'b', 'c', 'd'}) {
      for (const char* ending : {".json", ".png"})
        fs::last_write_time(folder_ / (keyOf(c) + ending), now - std::chrono::minutes(age));
      age -= 10;
    }
    QVERIFY(cache.find(keyOf('a')).has_value());
    FeatureCache small(folder_, 4 * one);
    QVERIFY(small.store(keyOf('e'), pictureOf(10)));
    QVERIFY(!small.has(keyOf('b')));
    QVERIFY(small.has(keyOf('a')) && small.has(keyOf('d')) && small.has(keyOf('e')));
    QVERIFY(small.bytes() <= 4 * one);
  }

  void survivesDamage() {
    FeatureCache cache(folder_);
    const auto store = [&](char c) { QVERIFY(cache.store(keyOf(c), pictureOf(30))); };
    const auto file = [&](char c, const char* ending) { return folder_ / (keyOf(c) + ending); };
    for (const char c : {'0', '1', '2', '3', '4', '5', '6'}) store(c);
    test::writeBytes(file('0', ".json"), "{");
    test::writeBytes(file('1', ".json"), std::string(200000, '['));
    test::writeBytes(file('2', ".json"), R"({"mean": "x", "largest": 1, "picture": 3})");
    test::writeBytes(file('3', ".png"), "no picture");
    std::string bytes = test::readBytes(file('4', ".png"));
    test::writeBytes(file('4', ".png"), bytes.substr(0, bytes.size() / 2));
    fs::remove(file('5', ".png"));
    // Another picture than the one that was kept.
    QVERIFY(cache.store(keyOf('7'), pictureOf(90)));
    fs::copy_file(file('7', ".png"), file('6', ".png"), fs::copy_options::overwrite_existing);
    for (const char c : {'0', '1', '2', '3', '4', '5', '6'}) QVERIFY2(!cache.find(keyOf(c)), &c);
    QVERIFY(cache.find(keyOf('7')).has_value());
    // They are simply made again.
    store('3');
    QVERIFY(cache.find(keyOf('3')).has_value());
  }

  void staysInItsFolder() {
    FeatureCache cache(folder_);
    for (const char* key : {"", "../escape", "short", "ABCDEF0123456789ABCDEF0123456789"}) {
      QVERIFY(!cache.store(key, pictureOf(1)));
      QVERIFY(!cache.find(key));
    }
    QVERIFY(!fs::exists(folder_.parent_path() / "escape.png"));
    QVERIFY(!FeatureCache("").store(keyOf('a'), pictureOf(1)));
    // Other files in it are not the cache's to count or remove.
    QVERIFY(cache.store(keyOf('a'), pictureOf(1)));
    test::writeBytes(folder_ / "notes.txt", "mine");
    cache.clear();
    QVERIFY(fs::exists(folder_ / "notes.txt"));
    // A folder that cannot be.
    test::writeBytes(folder_.parent_path() / "file", "x");
    QVERIFY(!FeatureCache(folder_.parent_path() / "file").store(keyOf('a'), pictureOf(1)));
  }

  void manyAtOnce() {
    constexpr int kThreads = 4, kRounds = 12;
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        FeatureCache cache(folder_, 24000);
        for (int i = 0; i < kRounds; ++i) {
          const char c = static_cast<char>('0' + (i + t) % 6);
          cache.store(keyOf(c), pictureOf(static_cast<std::uint8_t>(10 * (c - '0'))));
          const auto found = cache.find(keyOf(c));
          if (found && found->mean != 10.0 * (c - '0')) ++wrong;
          if (found && found->picture.pixels != pictureOf(static_cast<std::uint8_t>(10 * (c - '0'))).picture.pixels)
            ++wrong;
        }
      });
    for (std::thread& thread : threads) thread.join();
    QCOMPARE(wrong.load(), 0);
  }

  void keysTellQuestionsApart() {
    const std::string model = modelFingerprint(*edgeModel());
    QCOMPARE(model.size(), std::size_t{32});
    QCOMPARE(model, modelFingerprint(*edgeModel()));
    QVERIFY(model != modelFingerprint(*edgeModel(3, 32, 0.1F)));
    ModelCard card = edgeModel()->card();
    const auto other = edgeModel();
    card.mean = {0.4};
    other->setCard(card);
    QVERIFY(model != modelFingerprint(*other));

    const std::string key = featureKey(model, ask(0));
    QCOMPARE(key.size(), std::size_t{32});
    QCOMPARE(key, featureKey(model, ask(0)));
    QVERIFY(key != featureKey(model, ask(1)));
    QVERIFY(key != featureKey(model, ask(0, 3)));
    QVERIFY(key != featureKey("x", ask(0)));
    FeatureQuestion question = ask(0);
    question.seed = 1;
    QVERIFY(key != featureKey(model, question));
    question = ask(0);
    question.goals[0].negative = true;
    QVERIFY(key != featureKey(model, question));
    // Set to its default and not set are the same; so is the company, unless it is a group.
    question = ask(0);
    question.parameters.set(featureMethod("fourier"), "rate", ParameterValue(0.05));
    QCOMPARE(key, featureKey(model, question));
    question.goals.push_back(ask(1).goals[0]);
    QCOMPARE(key, featureKey(model, question));
    question.goals.push_back(question.goals[0]);
    QVERIFY(key != featureKey(model, question, 2));
    for (FeatureGoal& goal : question.goals) goal.group = 0;
    QVERIFY(key != featureKey(model, question));
  }

  /// The second time nothing is computed.
  void visualisesOnce() {
    const auto model = edgeModel();
    const std::string fingerprint = modelFingerprint(*model);
    FeatureCache cache(folder_);
    FeatureQuestion question = ask(0);
    const auto first = visualiseCached(*model, fingerprint, cache, question);
    question.goals.push_back(ask(1).goals[0]);
    std::vector<std::size_t> finished;
    int steps = 0;
    const Progress progress([&](double, const std::string& what) { steps += what.empty() ? 0 : 1; });
    question.finished = [&](std::size_t i, const FeaturePicture&) { finished.push_back(i); };
    const auto both = visualiseCached(*model, fingerprint, cache, question, progress);
    QCOMPARE(finished, (std::vector<std::size_t>{0, 1}));
    QCOMPARE(steps, 2);
    QCOMPARE(both[0].picture.pixels, first[0].picture.pixels);
    QCOMPARE(both[1].goal.unit, std::int64_t{1});
    steps = 0;
    const auto again = visualiseCached(*model, fingerprint, cache, question, progress);
    QCOMPARE(steps, 0);
    QCOMPARE(again[1].picture.pixels, both[1].picture.pixels);
    QCOMPARE(again[1].mean, both[1].mean);
  }
};

QTEST_GUILESS_MAIN(TestFeatureCache)
#include "test_feature_cache.moc"
