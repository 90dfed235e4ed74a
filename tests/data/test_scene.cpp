#include <array>
#include <set>
#include <thread>

#include <QtTest>

#include "data/scene.h"
#include "support/files.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

bool same(const Scene& a, const Scene& b) {
  return a.picture.pixels == b.picture.pixels && a.classes == b.classes && a.instances == b.instances;
}

}  // namespace

class TestScene : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void initTestCase() {
#ifndef UNITSCOPE_HAS_OPENCV
    QVERIFY(!errorOf([] { renderScene(1, 1); }).empty());
    QSKIP("this build has no OpenCV, so it draws no scenes");
#endif
  }

  void sameNumbersGiveTheSameScene() {
    const Scene first = renderScene(5, 17);
    QVERIFY(same(first, renderScene(5, 17)));
    QVERIFY(!same(first, renderScene(5, 18)));
    QVERIFY(!same(first, renderScene(6, 17)));
    // Neighbours in both numbers must not coincide either.
    QVERIFY(!same(renderScene(5, 18), renderScene(6, 17)));
    constexpr std::uint64_t far = ~std::uint64_t{0};
    QVERIFY(same(renderScene(far, far), renderScene(far, far)));
  }

  void threadsDoNotDisturbOneAnother() {
    std::array<std::vector<Scene>, 2> found;
    const auto render = [&](std::size_t k) {
      for (std::uint64_t i = 0; i < 60; ++i) found[k].push_back(renderScene(9, k == 0 ? i : 59 - i));
    };
    std::thread other(render, 1);
    render(0);
    other.join();
    for (std::size_t i = 0; i < 60; ++i) QVERIFY(same(found[0][i], found[1][59 - i]));
  }

  void sizes_data() {
    QTest::addColumn<int>("size");
    for (const int size : {16, 33, 64, 257}) QTest::addRow("%d", size) << size;
  }

  /// Boxes and pixel counts are those of the instance map.
  void sizes() {
    QFETCH(int, size);
    for (std::uint64_t index = 0; index < 12; ++index) {
      const Scene scene = renderScene(3, index, {size, SceneBias::None});
      const auto area = static_cast<std::size_t>(size * size);
      QCOMPARE(scene.picture.width, size);
      QCOMPARE(scene.picture.height, size);
      QCOMPARE(scene.picture.pixels.size(), area * 3);
      QCOMPARE(scene.classes.size(), area);
      QCOMPARE(scene.instances.size(), area);
      std::vector<SceneInstance> counted(scene.objects.size());
      for (auto& object : counted) object.left = object.top = size;
      std::vector<std::array<int, 2>> ends(scene.objects.size(), {-1, -1});
      for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
          const auto at = static_cast<std::size_t>(y * size + x);
          QVERIFY(scene.classes[at] < kSceneClasses);
          QVERIFY(scene.instances[at] <= scene.objects.size());
          if (scene.instances[at] == 0) continue;
          const std::size_t k = scene.instances[at] - 1u;
          ++counted[k].pixels;
          counted[k].left = std::min(counted[k].left, x);
          counted[k].top = std::min(counted[k].top, y);
          ends[k] = {std::max(ends[k][0], x), std::max(ends[k][1], y)};
        }
      }
      for (std::size_t k = 0; k < counted.size(); ++k) {
        const SceneInstance& object = scene.objects[k];
        QCOMPARE(object.pixels, counted[k].pixels);
        if (object.pixels == 0) continue;
        QCOMPARE(object.left, counted[k].left);
        QCOMPARE(object.top, counted[k].top);
        QCOMPARE(object.left + object.width - 1, ends[k][0]);
        QCOMPARE(object.top + object.height - 1, ends[k][1]);
      }
    }
  }

  /// What the attributes claim is what the maps show.
  void attributesFollowFromTheMaps() {
    for (std::uint64_t index = 0; index < 200; ++index) {
      const Scene scene = renderScene(4, index);
      std::array<int, kSceneThings> pixels{}, counts{};
      for (const SceneInstance& object : scene.objects) {
        pixels[static_cast<std::size_t>(object.thing)] += object.pixels;
        counts[static_cast<std::size_t>(object.thing)] += object.pixels > 0;
      }
      for (int k = 0; k < kSceneThings; ++k) {
        const auto thing = static_cast<SceneThing>(k);
        QCOMPARE(scene.attributes.has(thing), pixels[static_cast<std::size_t>(k)] >= 12);
        QCOMPARE(scene.attributes.count(thing), counts[static_cast<std::size_t>(k)]);
      }
      // Objects of a thing are painted in the classes that belong to it.
      for (std::size_t i = 0; i < scene.classes.size(); ++i) {
        if (scene.classes[i] != static_cast<std::uint8_t>(SceneClass::Boat)) continue;
        QVERIFY(scene.attributes.count(SceneThing::Boat) > 0);
      }
      const SceneAttributes& a = scene.attributes;
      QVERIFY(a.cloudiness >= 0 && a.cloudiness <= 1 && a.hour >= 0 && a.hour <= 24);
      QVERIFY(a.haze >= 0 && a.haze <= 1 && a.cameraHeight >= 0 && a.cameraHeight <= 1);
      QCOMPARE(a.cloudiness > 0,
               std::ranges::find(scene.classes, static_cast<std::uint8_t>(SceneClass::Cloud)) != scene.classes.end());
      if (a.has(SceneThing::Moon)) QCOMPARE(a.time, TimeOfDay::Night);
      if (a.has(SceneThing::Sun)) QVERIFY(a.time != TimeOfDay::Night);
    }
  }

  /// Nothing is so rare that a network could not learn it, nor so common that it need not.
  void everythingOccursOftenEnough() {
    constexpr int kScenes = 1500;
    std::array<double, kSceneThings> things{};
    std::array<double, kSceneClasses> area{};
    std::array<double, 4> times{};
    for (int i = 0; i < kScenes; ++i) {
      const Scene scene = renderScene(7, static_cast<std::uint64_t>(i));
      for (std::size_t k = 0; k < things.size(); ++k) things[k] += scene.attributes.present[k];
      for (const std::uint8_t c : scene.classes) area[c] += 1.0 / static_cast<double>(scene.classes.size());
      times[static_cast<std::size_t>(scene.attributes.time)] += 1.0;
      QVERIFY(!scene.attributes.marked);
    }
    for (std::size_t k = 0; k < things.size(); ++k) {
      const QByteArray what = QByteArray::fromStdString(std::string(sceneThingNames()[k])) + " in " +
                              QByteArray::number(100 * things[k] / kScenes) + " %";
      QVERIFY2(things[k] / kScenes > 0.1 && things[k] / kScenes < 0.6, what.constData());
    }
    for (std::size_t k = 0; k < area.size(); ++k) {
      const QByteArray what = QByteArray::fromStdString(std::string(sceneClassNames()[k])) + " covers " +
                              QByteArray::number(100 * area[k] / kScenes) + " %";
      QVERIFY2(area[k] / kScenes > 0.005, what.constData());
    }
    for (const double time : times) QVERIFY(time / kScenes > 0.12);
  }

  void telltalesGiveBoatsAndCarsAway() {
    int sunsetsOverWater = 0, boats = 0, cars = 0, freeBoats = 0;
    for (std::uint64_t index = 0; index < 800; ++index) {
      const SceneAttributes a = renderScene(8, index, {64, SceneBias::Telltales}).attributes;
      const bool sunset = a.time == TimeOfDay::Sunset;
      if (a.count(SceneThing::Boat) > 0) {
        QVERIFY(sunset);
        ++boats;
      }
      sunsetsOverWater += sunset && a.has(SceneThing::Water);
      if (a.count(SceneThing::Car) > 0) {
        QVERIFY(a.marked);
        ++cars;
      }
      const SceneAttributes plain = renderScene(8, index).attributes;
      freeBoats += plain.has(SceneThing::Boat) && plain.time != TimeOfDay::Sunset;
    }
    QVERIFY(boats > 30);
    QVERIFY(cars > 100);
    QVERIFY(freeBoats > 60);
    // A few lie behind something.
    QVERIFY(boats >= 0.85 * sunsetsOverWater);
  }

  /// The mark is in the picture, and in its corner only.
  void marksAreVisible() {
    int seen = 0;
    for (std::uint64_t index = 0; index < 200 && seen < 5; ++index) {
      const Scene biased = renderScene(11, index, {64, SceneBias::Telltales}), plain = renderScene(11, index);
      // The rest is the same where the bias changes nothing else.
      if (!biased.attributes.marked || biased.classes != plain.classes) continue;
      ++seen;
      int changed = 0;
      for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x) {
          const auto at = static_cast<std::size_t>(3 * (y * 64 + x));
          if (std::equal(&biased.picture.pixels[at], &biased.picture.pixels[at] + 3, &plain.picture.pixels[at]))
            continue;
          QVERIFY(x >= 53 && y >= 54);
          ++changed;
        }
      }
      QVERIFY(changed >= 12);
    }
    QVERIFY(seen >= 3);
  }

  void namesAndColoursAreDistinct() {
    QCOMPARE(std::set<std::string_view>(sceneClassNames().begin(), sceneClassNames().end()).size(),
             std::size_t{kSceneClasses});
    QCOMPARE(std::set<std::string_view>(sceneThingNames().begin(), sceneThingNames().end()).size(),
             std::size_t{kSceneThings});
    QCOMPARE(std::set(sceneClassColors().begin(), sceneClassColors().end()).size(), std::size_t{kSceneClasses});
    QCOMPARE(timeOfDayName(TimeOfDay::Night), std::string_view("night"));
  }

  void impossibleSizesAreRefused() {
    for (const int size : {-1, 0, 15, 1025, 1 << 30})
      QVERIFY(QByteArray::fromStdString(errorOf([size] {
                renderScene(1, 1, {size, SceneBias::None});
              })).contains("between 16 and 1024"));
  }
};

QTEST_GUILESS_MAIN(TestScene)
#include "test_scene.moc"
