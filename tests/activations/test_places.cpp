#include <ATen/ATen.h>

#include <QtTest>

#include "activations/groups.h"
#include "activations/place_maps.h"
#include "attribution/nets.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

/// A layer place by place: units that make up a vector, similar places, one vector a cell.
class TestPlaces : public QObject {
  Q_OBJECT

  static std::vector<Array> maps() {
    return {toArray(wavyPicture(5, 7, 1, 19)[0] + 0.3), toArray(wavyPicture(4, 3, 1, 19)[0] - 0.1)};
  }

 private Q_SLOTS:
  void similarityIsTheCosine() {
    const std::vector<Array> given = maps();
    const PlaceMaps places(given);
    QCOMPARE(places.pictures(), std::size_t{2});
    QCOMPARE(places.units(), std::int64_t{19});
    const at::Tensor vector = viewOf(given[0]).select(1, 3).select(1, 2);
    const std::vector<float> own = places.vectorAt(0, 3, 2);
    QVERIFY(at::equal(at::tensor(own), vector));
    const std::vector<Array> similar = places.similarity(0, 3, 2);
    QCOMPARE(similar.size(), std::size_t{2});
    for (std::size_t i = 0; i < given.size(); ++i) {
      const at::Tensor all = viewOf(given[i]).flatten(1).t();
      const at::Tensor expected =
          at::cosine_similarity(all, vector.unsqueeze(0)).reshape({given[i].shape[1], given[i].shape[2]});
      QVERIFY(largestDifference(viewOf(similar[i]), expected) < 1e-5);
    }
    QVERIFY(std::abs(similar[0].values[3 * 7 + 2] - 1.0F) < 1e-6F);
  }

  void nothingIsSimilarToNothing() {
    Array map{{3, 1, 2}, {0, 1, 0, 1, 0, 0}};
    const PlaceMaps places({map});
    const std::vector<Array> similar = places.similarity(0, 0, 0);
    QCOMPARE(similar.front().values, (std::vector<float>{0.0F, 0.0F}));
  }

  void unitsAtAPlaceAndOfAMap() {
    const PlaceMaps places({Array{{3, 1, 2}, {1, 5, 3, 0, -4, 0}}});
    const std::vector<UnitActivation> top = places.topUnits(0, 0, 0, 3);
    QCOMPARE(top.size(), std::size_t{3});
    QCOMPARE(top[0].unit, std::int64_t{1});
    QCOMPARE(top[0].activation, 3.0F);
    QCOMPARE(top[0].share, 3.0F / 8.0F);
    QCOMPARE(top[2].unit, std::int64_t{2});
    QCOMPARE(places.topUnits(0, 1).front().unit, std::int64_t{0});
    QCOMPARE(places.topUnits(0, 1).front().activation, 3.0F);
    QCOMPARE(places.map(0, 2).values, (std::vector<float>{-4.0F, 0.0F}));
    QVERIFY(places.topUnits(0, 0, 0, 0).empty());
    QCOMPARE(places.topUnits(0, 0, 1, 99).size(), std::size_t{3});
  }

  void mistakes() {
    const PlaceMaps places(maps());
    QVERIFY_EXCEPTION_THROWN(places.similarity(0, 5, 0), Error);
    QVERIFY_EXCEPTION_THROWN(places.similarity(2, 0, 0), Error);
    QVERIFY_EXCEPTION_THROWN(places.similarityTo({1.0F}), Error);
    QVERIFY_EXCEPTION_THROWN(places.map(0, 19), Error);
    QVERIFY_EXCEPTION_THROWN(PlaceMaps({Array{{2, 1, 1}, {1, 2}}, Array{{1, 1, 1}, {1}}}), Error);
    QVERIFY_EXCEPTION_THROWN(PlaceMaps({Array{{2, 2}, {1, 2, 3, 4}}}), Error);
    QVERIFY_EXCEPTION_THROWN(PlaceMaps({Array{{2, 2, 2}, {1, 2, 3, 4}}}), Error);
    const auto model = Model::fromGraph(*convNet(16).graph, {});
    const Array input = toArray(wavyPicture(16, 16));
    QVERIFY_EXCEPTION_THROWN(layerMaps(*model, input, "nowhere"), Error);
    QVERIFY_EXCEPTION_THROWN(layerMaps(*model, input, "conv1.weight"), Error);
    QVERIFY_EXCEPTION_THROWN(layerMaps(*model, toArray(wavyPicture(16, 16, 2)), "relu2"), Error);
  }

  void fromANetwork() {
    const auto model = Model::fromGraph(*convNet(16).graph, {});
    const Array input = toArray(wavyPicture(16, 16));
    const PlaceMaps places = PlaceMaps::of(*model, {input, input}, "relu2");
    QCOMPARE(places.height(1), std::int64_t{8});
    QCOMPARE(layerMaps(*model, input, "scores").shape, (Shape{4, 1, 1}));
    const Array maps = layerMaps(*model, input, "relu2");
    // Two runs of a convolution may differ in the last place, as their memory lies.
    const Array map = places.map(0, 3);
    QCOMPARE(map.values.size(), std::size_t{64});
    QVERIFY(largestDifference(viewOf(map).flatten(), viewOf(maps)[3].flatten()) < 1e-5);
  }

  void cellsOfALayer() {
    const Array given = maps().front();
    const ActivationGrid each = activationGrid(given);
    QCOMPARE(each.rows * each.columns, std::int64_t{35});
    QVERIFY(at::equal(viewOf(each.vectors)[9], viewOf(given).select(1, 1).select(1, 2)));
    QCOMPARE(*std::ranges::max_element(each.sizes), 1.0F);
    const ActivationGrid coarse = activationGrid(given, 1, 1);
    QVERIFY(largestDifference(viewOf(coarse.vectors)[0], viewOf(given).flatten(1).mean(1)) < 1e-5);
    QVERIFY(std::abs(coarse.lengths[0] - viewOf(coarse.vectors)[0].norm().item<float>()) < 1e-5F);
    QVERIFY_EXCEPTION_THROWN(activationGrid(given, 6, 1), Error);
    QVERIFY_EXCEPTION_THROWN(activationGrid(given, 1, -1), Error);
    QVERIFY_EXCEPTION_THROWN(activationGrid({{2, 2}, {1, 2, 3, 4}}), Error);
  }
};

QTEST_GUILESS_MAIN(TestPlaces)
#include "test_places.moc"
