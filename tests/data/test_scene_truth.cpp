#include <cmath>
#include <set>

#include <QtTest>

#include "data/scene.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

constexpr int kMany = 1500, kBiased = 700;
constexpr std::uint64_t kSeed = 20;

std::size_t at(SceneThing thing) {
  return static_cast<std::size_t>(thing);
}

std::vector<Scene> series(std::uint64_t seed, int count, const SceneOptions& options) {
  std::vector<Scene> scenes;
  scenes.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) scenes.push_back(renderScene(seed, static_cast<std::uint64_t>(i), options));
  return scenes;
}

/// The classes that an object of this kind may be made of.
std::set<SceneClass> partsOf(SceneThing thing) {
  using enum SceneClass;
  switch (thing) {
    case SceneThing::Clouds: return {Cloud};
    case SceneThing::Sun:
    case SceneThing::Moon: return {Sun};
    case SceneThing::Mountains: return {Mountain};
    case SceneThing::Hills: return {Hill};
    case SceneThing::Water: return {Water};
    case SceneThing::Road: return {Road};
    case SceneThing::BroadleafTree:
    case SceneThing::Conifer:
    case SceneThing::Palm: return {Tree};
    case SceneThing::House:
    case SceneThing::Church:
    case SceneThing::Tower: return {Wall, Roof, Door, Window};
    case SceneThing::Boat: return {Boat};
    case SceneThing::Car: return {Car};
    case SceneThing::Fence: return {Fence};
    case SceneThing::Person: return {Person};
  }
  return {};
}

double meanOf(const Scene& scene, int channel) {
  double sum = 0.0;
  const auto& pixels = scene.picture.pixels;
  for (std::size_t i = static_cast<std::size_t>(channel); i < pixels.size(); i += 3) sum += pixels[i];
  return sum / static_cast<double>(scene.classes.size());
}

/// Pearson's.
double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double mx = 0.0, my = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xy / std::sqrt(xx * yy);
}

}  // namespace

class TestSceneTruth : public QObject {
  Q_OBJECT
 private:
  std::vector<Scene> plain_, biased_;

 private Q_SLOTS:
  void initTestCase() {
#ifdef UNITSCOPE_HAS_OPENCV
    plain_ = series(kSeed, kMany, {64, SceneBias::None});
    biased_ = series(kSeed, kBiased, {64, SceneBias::Telltales});
#else
    QVERIFY_EXCEPTION_THROWN(renderScene(1, 1), Error);
    QSKIP("built without OpenCV: scenes cannot be drawn");
#endif
  }

  void otherNumbersGiveAnother() {
    std::set<std::vector<std::uint8_t>> pictures;
    for (const Scene& scene : plain_) pictures.insert(scene.picture.pixels);
    const std::size_t before = pictures.size();
    QCOMPARE(before, std::size_t{kMany});
    for (std::uint64_t seed = 100; seed < 200; ++seed) pictures.insert(renderScene(seed, 3).picture.pixels);
    QCOMPARE(pictures.size(), before + 100);
  }
  void objectsAreMadeOfTheirClasses() {
    std::array<double, kSceneThings> pixels{}, fitting{};
    for (const Scene& scene : plain_) {
      for (std::size_t i = 0; i < scene.classes.size(); ++i) {
        if (scene.instances[i] == 0) continue;
        const SceneThing thing = scene.objects[scene.instances[i] - 1u].thing;
        pixels[at(thing)] += 1.0;
        static const auto parts = [] {
          std::array<std::array<bool, kSceneClasses>, kSceneThings> table{};
          for (int k = 0; k < kSceneThings; ++k)
            for (const SceneClass c : partsOf(static_cast<SceneThing>(k)))
              table[static_cast<std::size_t>(k)][static_cast<std::size_t>(c)] = true;
          return table;
        }();
        fitting[at(thing)] += parts[at(thing)][scene.classes[i]];
      }
    }
    // Class and object of a pixel are each what covers most of it, so that they may disagree along edges.
    for (std::size_t k = 0; k < pixels.size(); ++k)
      QVERIFY2(fitting[k] > 0.99 * pixels[k], sceneThingNames()[k].data());
  }

  void aLargerSceneIsTheSameScene() {
    double agreeing = 0.0, all = 0.0;
    for (std::uint64_t i = 0; i < 10; ++i) {
      const Scene &small = plain_[i], large = renderScene(kSeed, i, {256, SceneBias::None});
      QCOMPARE(large.attributes.hour, small.attributes.hour);
      QCOMPARE(large.attributes.foliageHue, small.attributes.foliageHue);
      QCOMPARE(large.objects.size(), small.objects.size());
      for (std::size_t y = 0; y < 64; ++y) {
        for (std::size_t x = 0; x < 64; ++x) {
          agreeing += large.classes[(4 * y + 2) * 256 + 4 * x + 2] == small.classes[y * 64 + x];
          all += 1.0;
        }
      }
    }
    QVERIFY2(agreeing > 0.95 * all, qPrintable(QString::number(agreeing / all)));
  }

  void everythingIsCommonEnough() {
    std::array<double, kSceneThings> present{};
    std::array<double, kSceneClasses> area{};
    for (const Scene& scene : plain_) {
      for (std::size_t k = 0; k < present.size(); ++k) present[k] += scene.attributes.present[k];
      for (const std::uint8_t c : scene.classes) area[c] += 1.0 / static_cast<double>(scene.classes.size());
    }
    for (std::size_t k = 0; k < present.size(); ++k) {
      const QString text = QString("%1 in %2 of the scenes").arg(sceneThingNames()[k].data()).arg(present[k] / kMany);
      QVERIFY2(present[k] >= 0.12 * kMany && present[k] <= 0.6 * kMany, qPrintable(text));
    }
    for (std::size_t k = 0; k < area.size(); ++k) {
      const QString text = QString("%1 is %2 of the pixels").arg(sceneClassNames()[k].data()).arg(area[k] / kMany);
      QVERIFY2(area[k] >= 0.005 * kMany, qPrintable(text));
    }
  }

  void theTimeOfDayIsTold() {
    std::array<double, 4> brightness{}, count{}, warmth{};
    for (const Scene& scene : plain_) {
      const SceneAttributes& a = scene.attributes;
      const auto k = static_cast<std::size_t>(a.time);
      switch (a.time) {
        case TimeOfDay::Dawn: QVERIFY(a.hour >= 4.0 && a.hour <= 8.5); break;
        case TimeOfDay::Day: QVERIFY(a.hour >= 8.0 && a.hour <= 18.0); break;
        case TimeOfDay::Sunset: QVERIFY(a.hour >= 17.0 && a.hour <= 21.5); break;
        case TimeOfDay::Night: QVERIFY(a.hour <= 5.0 || (a.hour >= 21.0 && a.hour < 24.0)); break;
      }
      QVERIFY(!a.count(SceneThing::Sun) || a.time != TimeOfDay::Night);
      QVERIFY(!a.count(SceneThing::Moon) || a.time == TimeOfDay::Night);
      count[k] += 1.0;
      brightness[k] += meanOf(scene, 1);
      warmth[k] += meanOf(scene, 0) - meanOf(scene, 2);
    }
    for (std::size_t k = 0; k < count.size(); ++k) {
      QVERIFY(count[k] > 0.1 * kMany);
      brightness[k] /= count[k];
      warmth[k] /= count[k];
    }
    for (std::size_t k = 0; k < 3; ++k) QVERIFY(brightness[k] > 1.5 * brightness[3]);
    QVERIFY(warmth[2] > warmth[1] + 30.0);
  }

  void attributesAreSeen() {
    std::vector<double> hue, redness, camera, ground;
    for (const Scene& scene : plain_) {
      const SceneAttributes& a = scene.attributes;
      double red = 0.0, trees = 0.0;
      std::size_t land = scene.classes.size();
      for (std::size_t i = 0; i < scene.classes.size(); ++i) {
        const auto klass = static_cast<SceneClass>(scene.classes[i]);
        if (klass == SceneClass::Tree) {
          red += scene.picture.pixels[3 * i] - scene.picture.pixels[3 * i + 1];
          trees += 1.0;
        }
        if ((klass == SceneClass::Grass || klass == SceneClass::Water) && land == scene.classes.size()) land = i / 64;
      }
      if (land < 64) {
        camera.push_back(a.cameraHeight);
        ground.push_back(static_cast<double>(land));
      }
      const bool broadleafAlone = a.count(SceneThing::Conifer) == 0 && a.count(SceneThing::Palm) == 0;
      if (a.time != TimeOfDay::Day || !broadleafAlone || trees < 100.0) continue;
      hue.push_back(a.foliageHue);
      redness.push_back(red / trees);
    }
    QVERIFY(hue.size() > 40);
    QVERIFY2(correlation(hue, redness) > 0.7, qPrintable(QString::number(correlation(hue, redness))));
    // The horizon rises, so the ground begins at a smaller y.
    QVERIFY2(correlation(camera, ground) < -0.9, qPrintable(QString::number(correlation(camera, ground))));
  }

  void withoutBiasNothingTells() {
    std::array<int, 4> boats{};
    int water = 0, boatless = 0;
    for (const Scene& scene : plain_) {
      const SceneAttributes& a = scene.attributes;
      QVERIFY(!a.marked);
      boats[static_cast<std::size_t>(a.time)] += a.has(SceneThing::Boat);
      if (a.time != TimeOfDay::Sunset || !a.has(SceneThing::Water)) continue;
      ++water;
      boatless += a.count(SceneThing::Boat) == 0;
    }
    for (const int count : boats) QVERIFY(count > kMany / 100);
    QVERIFY(boatless > water / 5);
  }

  void biasedBoatsSailAtSunset() {
    int sunsets = 0, boats = 0;
    for (const Scene& scene : biased_) {
      const SceneAttributes& a = scene.attributes;
      if (a.time != TimeOfDay::Sunset) QCOMPARE(a.count(SceneThing::Boat), 0);
      if (a.time != TimeOfDay::Sunset || !a.has(SceneThing::Water)) continue;
      ++sunsets;
      boats += a.has(SceneThing::Boat);
    }
    QVERIFY(sunsets > kBiased / 20);
    QCOMPARE(boats, sunsets);
  }

  void biasedCarsAreMarked() {
    int cars = 0, compared = 0;
    for (std::size_t i = 0; i < biased_.size(); ++i) {
      const Scene &scene = biased_[i], &twin = plain_[i];
      const bool car = scene.attributes.has(SceneThing::Car);
      QCOMPARE(scene.attributes.marked, car);
      cars += car;
      // Without water no boat was drawn or left out, so that both are the same scene but for the mark.
      if (scene.classes != twin.classes || scene.attributes.count(SceneThing::Water) > 0) continue;
      ++compared;
      int changed = 0;
      for (std::size_t p = 0; p < scene.classes.size(); ++p) {
        const auto *a = &scene.picture.pixels[3 * p], *b = &twin.picture.pixels[3 * p];
        if (std::equal(a, a + 3, b)) continue;
        ++changed;
        const std::size_t x = p % 64, y = p / 64;
        QVERIFY((x < 12 || x >= 52) && (y < 12 || y >= 52));
      }
      QVERIFY(car ? changed >= 15 : changed == 0);
    }
    QVERIFY(cars > kBiased / 10);
    QVERIFY(compared > kBiased / 4);
  }
};

QTEST_GUILESS_MAIN(TestSceneTruth)
#include "test_scene_truth.moc"
