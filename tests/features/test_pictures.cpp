#include <cmath>

#include <ATen/CPUGeneratorImpl.h>

#include <QtTest>

#include "features/colours.h"
#include "features/parameterisation.h"
#include "features/random_stream.h"
#include "features/regularisers.h"
#include "features/transforms.h"

using namespace unitscope;

namespace {

PictureSeeds seeds(std::size_t count, std::uint64_t first = 1) {
  PictureSeeds all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(at::make_generator<at::CPUGeneratorImpl>(first + i));
  return all;
}

PictureForm form(std::int64_t channels, std::int64_t height, std::int64_t width) {
  PictureForm f;
  f.channels = channels;
  f.height = height;
  f.width = width;
  return f;
}

double difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

}  // namespace

/// What pictures are made of: parameterisations, colours, transforms, penalties.
class TestPictures : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  /// The value before the colours has exactly the spectrum that the numbers say.
  void fourierRoundTrip() {
    for (const auto& [h, w] : {std::pair{16, 16}, {15, 18}, {17, 9}}) {
      const auto p = fourierPictures(form(1, h, w), seeds(2));
      QCOMPARE(p->values().sizes().vec(), (std::vector<std::int64_t>{2, 1, h, w / 2 + 1, 2}));
      QVERIFY(std::abs(p->values().std().item<double>() - 0.01) < 0.003);
      const at::Tensor plane = p->pictures().detach().logit();
      QCOMPARE(plane.sizes().vec(), (std::vector<std::int64_t>{2, 1, h, w}));
      const at::Tensor spectrum = at::fft_rfft2(plane) / std::sqrt(static_cast<double>(h * w));
      const at::Tensor scale = 0.25 / pictureFrequencies(h, w).clamp_min(1.0 / std::max(h, w));
      const at::Tensor wanted = at::view_as_complex((p->values().detach() * scale.unsqueeze(-1)).contiguous());
      // Columns that are their own mirror images hold only what a real picture can have.
      const at::Tensor inner = (spectrum - wanted).abs().slice(3, 1, (w - 1) / 2 + 1);
      QVERIFY(inner.max().item<double>() < 1e-5);
    }
  }

  void seedsDecideEachPictureAlone() {
    for (const char* method : {"fourier", "pixels", "maco"}) {
      const at::Tensor both = parameterisationOf(method, form(3, 12, 12), seeds(2, 5))->pictures().detach();
      const at::Tensor second = parameterisationOf(method, form(3, 12, 12), seeds(1, 6))->pictures().detach();
      QVERIFY(difference(both[1], second[0]) < 1e-6);
      QVERIFY(difference(both[0], both[1]) > 1e-4);
      QVERIFY(both.min().item<double>() >= 0.0 && both.max().item<double>() <= 1.0);
    }
  }

  void colours() {
    const at::Tensor m = colourMatrix();
    QVERIFY(std::abs(m.norm(2, {0}).max().item<double>() - 1.0) < 1e-6);
    // The first column is luminance: all channels about alike, and it is the strongest.
    QVERIFY(m.select(1, 0).min().item<double>() > 0.5 && m.select(1, 0).std().item<double>() < 0.02);
    const at::Tensor one = at::zeros({1, 3, 1, 1});
    one[0][0][0][0].fill_(2.0);
    QVERIFY(difference(coloursFrom(one, true).flatten(), (m.select(1, 0) * 2.0).sigmoid()) < 1e-6);
    QVERIFY(difference(coloursFrom(one, false).flatten(), one.flatten().sigmoid()) < 1e-6);
    const at::Tensor grey = at::randn({1, 1, 4, 4});
    QVERIFY(difference(coloursFrom(grey, true), grey.sigmoid()) < 1e-6);
  }

  /// Whatever the phases, the spectrum's magnitudes keep the proportions of natural pictures.
  void macoKeepsItsSpectrum() {
    const auto p = phasePictures(form(1, 32, 32), seeds(1));
    const at::Tensor natural = naturalMagnitude(32, 32);
    QCOMPARE(natural[0][0].item<float>(), 0.0F);
    QVERIFY(natural[0][1].item<double>() > natural[0][8].item<double>());
    at::Tensor before;
    for (int step = 0; step < 2; ++step) {
      const at::Tensor magnitude = at::fft_rfft2(p->pictures().detach().logit())[0][0].abs();
      // Inner columns: at the edges a real picture halves what the phases ask for.
      const at::Tensor share = (magnitude / natural.clamp_min(1e-12)).slice(1, 1, 16);
      QVERIFY((share.std() / share.mean()).item<double>() < 1e-3);
      const at::NoGradGuard noGradients;
      before = p->pictures().clone();
      p->values().add_(at::randn(p->values().sizes(), seeds(1, 9)[0]) * 3.0);
      QVERIFY(difference(before, p->pictures()) > 0.01);
    }
  }

  void shiftsAreExact() {
    const at::Tensor x = at::arange(2 * 3 * 8 * 8, at::kFloat).reshape({2, 3, 8, 8}) / 400.0;
    TransformDraw draw;
    draw.x = 2;
    draw.y = -1;
    const at::Tensor y = transformed(x, draw, 8, 8);
    QVERIFY(difference(y.slice(2, 1, 8).slice(3, 0, 6), x.slice(2, 0, 7).slice(3, 2, 8)) == 0.0);
    QVERIFY(difference(y.slice(2, 0, 1), at::full({2, 3, 1, 8}, 0.5)) == 0.0);
    QVERIFY(difference(transformed(x, {}, 4, 4), x.slice(2, 2, 6).slice(3, 2, 6)) == 0.0);
    // Pushed around: nothing is lost.
    TransformDraw around;
    around.right = 3;
    around.down = 7;
    QVERIFY(std::abs(transformed(x, around, 8, 8).sum().item<double>() - x.sum().item<double>()) < 1e-3);
    QVERIFY(difference(transformed(x, around, 8, 8), at::roll(x, {7, 3}, {2, 3})) == 0.0);
  }

  void turnsAndSizes() {
    const at::Tensor x = at::rand({2, 3, 9, 9}, seeds(1)[0]);
    TransformDraw quarter;
    quarter.angle = 90.0;
    const at::Tensor turned = transformed(x, quarter, 9, 9);
    const double clockwise = difference(turned, at::rot90(x, 1, {2, 3}));
    const double other = difference(turned, at::rot90(x, -1, {2, 3}));
    QVERIFY(std::min(clockwise, other) < 1e-4);
    // A smooth ramp, twice as large: half as steep.
    const at::Tensor ramp = at::linspace(0.0, 1.0, 33).reshape({1, 1, 1, 33}).expand({1, 1, 33, 33}).contiguous();
    TransformDraw twice;
    twice.zoom = 2.0;
    const at::Tensor large = transformed(ramp, twice, 33, 33);
    const double step = (large[0][0][16][17] - large[0][0][16][16]).item<double>();
    QVERIFY(std::abs(step - 1.0 / 64.0) < 1e-4);
    QVERIFY(std::abs(large[0][0][16][16].item<double>() - 0.5) < 1e-5);
    // A crop that fills the view.
    TransformDraw half;
    half.zoom = 2.0;
    const at::Tensor crop = transformed(ramp, half, 16, 16, true);
    QVERIFY(crop.min().item<double>() > 0.24 && crop.max().item<double>() < 0.76);
  }

  void drawsKeepTheirRange() {
    at::Generator generator = seeds(1, 3)[0];
    const TransformRange range = transformRange("standard", 128);
    double farthest = 0.0, least = 2.0, most = 0.0, turn = 0.0;
    int straight = 0;
    constexpr int kDraws = 600;
    for (int i = 0; i < kDraws; ++i) {
      const TransformDraw draw = drawTransform(range, 128, 128, generator);
      farthest = std::max({farthest, std::abs(draw.x), std::abs(draw.y)});
      least = std::min(least, draw.zoom);
      most = std::max(most, draw.zoom);
      turn = std::max(turn, std::abs(draw.angle));
      straight += draw.angle == 0.0 ? 1 : 0;
    }
    QVERIFY(farthest <= 12.0 && farthest > 8.0);
    QVERIFY(least >= 0.9 - 1e-9 && least < 0.93 && most <= 1.1 + 1e-9 && most > 1.07);
    QVERIFY(turn <= 10.0 && turn > 8.0);
    // 6 of 26 are not turned.
    QVERIFY(straight > kDraws * 0.15 && straight < kDraws * 0.32);
    QVERIFY(transformRange("standard", 32).shift < 4.0);
    QCOMPARE(drawTransform(transformRange("none", 128), 128, 128, generator).x, 0.0);
    at::Generator a = seeds(1, 4)[0], b = seeds(1, 4)[0];
    QCOMPARE(drawTransform(range, 128, 128, a).x, drawTransform(range, 128, 128, b).x);
  }

  void gradientsPassTransforms() {
    const at::AutoGradMode on(true);
    const at::Tensor x = at::rand({4, 3, 16, 16}, seeds(1)[0]).requires_grad_(true);
    TransformDraw draw;
    draw.angle = 7.0;
    draw.zoom = 1.06;
    draw.down = 5;
    transformed(x, draw, 12, 12).sum().backward();
    QVERIFY(x.grad().defined());
    // Every pixel of the view spreads a weight of 1.
    QVERIFY(std::abs(x.grad().sum().item<double>() - 4 * 3 * 12 * 12) < 1.0);
  }

  void penalties() {
    const at::Tensor flat = at::full({2, 3, 16, 16}, 0.75);
    QVERIFY(difference(greyness(flat), at::full({2}, 0.25)) < 1e-6);
    QVERIFY(variation(flat).max().item<double>() < 1e-6);
    QVERIFY(sharpness(flat).max().item<double>() < 1e-6);
    const at::Tensor board = (at::arange(16).reshape({16, 1}) + at::arange(16)).remainder(2).to(at::kFloat);
    const at::Tensor checks = board.expand({1, 3, 16, 16}).contiguous();
    QVERIFY(std::abs(variation(checks).item<double>() - 2.0) < 1e-5);
    QVERIFY(fineShare(checks).item<double>() > 0.999);
    const at::Tensor wave = (at::arange(16, at::kFloat) * (2.0 * 3.14159265 / 16.0)).sin();
    QVERIFY(fineShare(wave.expand({1, 3, 16, 16}).contiguous()).item<double>() < 1e-6);
  }
};

QTEST_GUILESS_MAIN(TestPictures)
#include "test_pictures.moc"
