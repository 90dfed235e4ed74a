#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <QtTest>

#include "dissection/colors.h"
#include "dissection/overlap.h"
#include "dissection/top_values.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

ConceptPicture pictureOf(const at::Tensor& mask) {
  ConceptPicture picture;
  picture.planes.emplace_back();
  const at::Tensor flat = mask.flatten().to(at::kInt).contiguous();
  for (std::int64_t i = 0; i < flat.numel(); ++i)
    picture.planes[0].push_back(flat.data_ptr<int>()[i] != 0 ? 0 : kNoConcept);
  return picture;
}

/// IoU of one unit whose maps are `map` with one concept.
double iouWith(const at::Tensor& map, const at::Tensor& mask, float threshold) {
  Overlap overlap({1, map.size(0), map.size(1)}, mask.size(0), mask.size(1), {threshold}, 1);
  const std::vector<ConceptPicture> pictures{pictureOf(mask)};
  ConceptPixels counted(1);
  counted.add(pictures[0]);
  overlap.add(map.unsqueeze(0).unsqueeze(0).contiguous(), pictures);
  return iouOf(overlap.shared(0, 0), overlap.fired(0), counted.pixels[0]);
}

}  // namespace

/// The counting under dissection, against plain ways of doing the same.
class TestOverlap : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void largestOfAStream() {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> values(10'000);
    for (float& value : values) value = normal(random);
    for (const std::size_t keep : {std::size_t{1}, std::size_t{7}, std::size_t{100}, std::size_t{20'000}}) {
      TopValues top(keep);
      for (std::size_t i = 0; i < values.size(); i += 123)
        top.add(values.data() + i, static_cast<std::int64_t>(std::min<std::size_t>(123, values.size() - i)));
      std::vector<float> sorted = values;
      std::ranges::sort(sorted, std::greater<>());
      QCOMPARE(top.smallestKept(), sorted[std::min(keep, sorted.size()) - 1]);
      QCOMPARE(top.largest(), sorted.front());
      QCOMPARE(top.smallest(), sorted.back());
    }
    TopValues every(3);
    const std::vector<float> some{9, 1, 5, 2, 7, 3};
    every.add(some.data(), 6, 2);
    QCOMPARE(every.smallestKept(), 5.0F);
  }

  void enlargesAsLibTorchDoes() {
    at::manual_seed(3);
    for (const auto& [h, w, H, W] : std::vector<std::array<std::int64_t, 4>>{
             {4, 4, 64, 64}, {7, 5, 33, 48}, {1, 1, 8, 8}, {16, 16, 16, 16}, {20, 12, 10, 6}, {3, 1, 9, 4}}) {
      const at::Tensor map = at::randn({h, w});
      const at::Tensor large = at::upsample_bilinear2d(map.reshape({1, 1, h, w}), {H, W}, false)[0][0].contiguous();
      const float threshold =
          std::get<0>(map.flatten().topk(std::max<std::int64_t>(1, h * w / 4))).min().item<float>() - 0.01F;
      std::vector<int> fires(static_cast<std::size_t>(H * W), 0);
      Enlarging(h, w, H, W).forEachOver(map.data_ptr<float>(), threshold, [&](std::int64_t i) {
        ++fires[static_cast<std::size_t>(i)];
      });
      for (std::int64_t i = 0; i < H * W; ++i) {
        const float value = large.data_ptr<float>()[i];
        if (std::abs(value - threshold) < 1e-5F) continue;
        QCOMPARE(fires[static_cast<std::size_t>(i)], value > threshold ? 1 : 0);
      }
    }
  }

  void aMaskAgreesWithItselfAlone() {
    at::manual_seed(4);
    const at::Tensor mask = (at::rand({24, 24}) > 0.8).to(at::kFloat);
    QCOMPARE(iouWith(mask, mask, 0.5F), 1.0);
    const at::Tensor permuted = mask.flatten().index_select(0, at::randperm(24 * 24, at::kLong)).reshape({24, 24});
    QVERIFY(iouWith(permuted, mask, 0.5F) < 0.3);
    QCOMPARE(iouWith(1.0 - mask, mask, 0.5F), 0.0);
  }

  void shapesOfLayers() {
    QCOMPARE(unitMaps(at::zeros({2, 5}), 2, "fc").sizes().vec(), (Shape{2, 5, 1, 1}));
    QCOMPARE(unitMaps(at::zeros({2, 9, 5}), 2, "tokens").sizes().vec(), (Shape{2, 5, 3, 3}));
    const at::Tensor tokens = at::arange(10, at::kFloat).reshape({1, 10, 1});
    const at::Tensor maps = unitMaps(tokens, 1, "tokens");
    QCOMPARE(maps.sizes().vec(), (Shape{1, 1, 3, 3}));
    QCOMPARE(maps[0][0][0][0].item<float>(), 1.0F);  // behind the class token
    QCOMPARE(maps[0][0][2][2].item<float>(), 9.0F);
    QVERIFY_EXCEPTION_THROWN(unitMaps(at::zeros({1, 8, 5}), 1, "tokens"), Error);
    QVERIFY_EXCEPTION_THROWN(unitMaps(at::zeros({3, 5}), 2, "fc"), Error);
    QVERIFY_EXCEPTION_THROWN(unitMaps(at::zeros({2, 1, 2, 2, 2}), 2, "video"), Error);
  }

  void colors() {
    const auto name = [](int r, int g, int b) {
      return std::string(basicColorNames()[basicColorOf(static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g),
                                                        static_cast<std::uint8_t>(b))]);
    };
    QCOMPARE(name(0, 0, 0), std::string("black"));
    QCOMPARE(name(250, 250, 250), std::string("white"));
    QCOMPARE(name(128, 128, 128), std::string("grey"));
    QCOMPARE(name(220, 20, 20), std::string("red"));
    QCOMPARE(name(250, 140, 20), std::string("orange"));
    QCOMPARE(name(110, 70, 30), std::string("brown"));
    QCOMPARE(name(250, 240, 40), std::string("yellow"));
    QCOMPARE(name(40, 160, 60), std::string("green"));
    QCOMPARE(name(60, 110, 220), std::string("blue"));
    QCOMPARE(name(120, 40, 200), std::string("purple"));
    QCOMPARE(name(250, 150, 160), std::string("pink"));
  }
};

QTEST_GUILESS_MAIN(TestOverlap)
#include "test_overlap.moc"
