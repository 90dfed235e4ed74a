#include <chrono>
#include <set>

#include <ATen/ATen.h>

#include <QtTest>

#include "attribution/gradients_of.h"
#include "attribution/nets.h"
#include "attribution/perturbation/area_penalty.h"
#include "attribution/perturbation/descent.h"
#include "attribution/perturbation/gaussian.h"
#include "attribution/perturbation/number_list.h"
#include "attribution/perturbation/perturbation.h"
#include "attribution/perturbation/reward.h"
#include "attribution/perturbation/smooth_mask.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

using Settings = std::vector<std::pair<const char*, const char*>>;

/// The score of class 0 is the sum of the upper left quarter, that of class 1 of the lower right one.
Net quarterNet(std::int64_t side) {
  GraphBuilder b;
  Net net;
  std::vector<float> weights(static_cast<std::size_t>(2 * side * side), 0.0F);
  for (std::int64_t y = 0; y < side / 2; ++y)
    for (std::int64_t x = 0; x < side / 2; ++x) {
      weights[static_cast<std::size_t>(y * side + x)] = 0.3F;
      weights[static_cast<std::size_t>(side * side + (y + side / 2) * side + x + side / 2)] = 0.2F;
    }
  net.input = b.input("x", DType::Float32, Shape{-1, 1, side, side});
  net.output = b.op(
      "Gemm",
      {b.op("Flatten", {net.input}), b.parameter("w", TensorData::fromFloats({2, side * side}, std::move(weights)))},
      {{"transB", std::int64_t{1}}});
  b.output(net.output, "scores");
  net.graph = std::make_shared<const Graph>(b.take());
  return net;
}

double inUpperLeft(const at::Tensor& map) {
  const std::int64_t half = map.size(2) / 2;
  return (map.slice(2, 0, half).slice(3, 0, half).sum() / map.sum()).item<double>();
}

double overlap(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor x = a.gt(0.5);
  const at::Tensor y = b.gt(0.5);
  return (x.logical_and(y).sum().to(at::kDouble) / x.logical_or(y).sum().to(at::kDouble)).item<double>();
}

}  // namespace

/// Masks found by optimisation: their parts, the two methods, and TorchRay's result.
class TestOptimised : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void blurKeepsWhatItShould() {
    const at::Tensor flat = at::ones({1, 2, 20, 30});
    QVERIFY(largestDifference(gaussianBlur(flat, 4.0, BlurBorder::Open), flat) < 1e-5);
    const at::Tensor zeroed = gaussianBlur(flat, 2.0, BlurBorder::Zero);
    QVERIFY(std::abs(zeroed[0][0][10][15].item<double>() - 1.0) < 1e-4);
    QVERIFY(zeroed[0][0][0][0].item<double>() < 0.5);
    QVERIFY(gaussianBlur(flat, 0.0, BlurBorder::Zero).equal(flat));
    // A dot becomes the bell itself.
    at::Tensor dot = at::zeros({1, 1, 41, 41});
    dot[0][0][20][20] = 1.0;
    const at::Tensor bell = gaussianBlur(dot, 3.0, BlurBorder::Zero)[0][0];
    QVERIFY(std::abs((bell[20][23] / bell[20][20]).item<double>() - std::exp(-0.5)) < 1e-5);
    QVERIFY(std::abs(bell.sum().item<double>() - 1.0) < 1e-5);
  }

  void aPyramidRunsFromThePictureToItsBlur() {
    const at::Tensor picture = wavyPicture(24, 20);
    const Perturbation blur(picture, {PerturbationKind::Blur, 8, 4.0, 0});
    QCOMPARE(blur.levels().sizes().vec(), (std::vector<std::int64_t>{8, 3, 24, 20}));
    QVERIFY(largestDifference(blur.levels().narrow(0, 0, 1), picture) < 1e-6);
    QVERIFY(largestDifference(blur.levels().narrow(0, 7, 1), gaussianBlur(picture, 4.0, BlurBorder::Zero)) < 1e-6);
    QVERIFY(largestDifference(blur.apply(at::ones({1, 1, 24, 20})), picture) < 1e-6);
    QVERIFY(largestDifference(blur.apply(at::zeros({1, 1, 24, 20})), blur.levels().narrow(0, 7, 1)) < 1e-6);
    // Half way between levels 3 and 4.
    const at::Tensor half = (blur.levels().narrow(0, 3, 1) + blur.levels().narrow(0, 4, 1)) / 2;
    QVERIFY(largestDifference(blur.apply(at::full({1, 1, 24, 20}, 0.5)), half) < 1e-5);
    const Perturbation fade(picture, {PerturbationKind::Fade});
    QVERIFY(largestDifference(fade.apply(at::full({1, 1, 24, 20}, 0.25)), picture * 0.25) < 1e-6);
    const at::Tensor channels = at::tensor({1.0F, 0.0F, 0.5F}).reshape({1, 3, 1, 1});
    QVERIFY(largestDifference(fade.apply(channels), picture * channels) < 1e-6);
    const at::Tensor noise = Perturbation(picture, {PerturbationKind::Noise, 2, 0.0, 5}).levels()[1];
    QVERIFY(noise.equal(Perturbation(picture, {PerturbationKind::Noise, 2, 0.0, 5}).levels()[1]));
    QVERIFY(std::abs(noise.mean().item<double>() - picture.mean().item<double>()) < 0.1);
    // The derivative by the mask.
    const at::Tensor leaf = at::full({2, 1, 24, 20}, 0.3).requires_grad_(true);
    const at::Tensor slope = gradientsOf(blur.apply(leaf).sum(), {leaf}).front();
    const at::Tensor up = blur.apply(at::full({2, 1, 24, 20}, 0.31)).sum({1});
    const at::Tensor down = blur.apply(at::full({2, 1, 24, 20}, 0.29)).sum({1});
    QVERIFY(largestDifference(slope.select(1, 0), (up - down) / 0.02) < 1e-3);
  }

  void aConstantMaskStaysConstant_data() {
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("step");
    QTest::addColumn<double>("sigma");
    QTest::newRow("224") << 224 << 224 << 7 << 21.0;
    QTest::newRow("32") << 32 << 32 << 1 << 3.0;
    QTest::newRow("not square") << 40 << 61 << 2 << 4.5;
    QTest::newRow("feature map") << 13 << 13 << 1 << 1.22;
    QTest::newRow("coarse") << 30 << 30 << 7 << 7.0;
  }
  void aConstantMaskStaysConstant() {
    QFETCH(int, height);
    QFETCH(int, width);
    QFETCH(int, step);
    QFETCH(double, sigma);
    SmoothMask field(height, width, step, sigma);
    const at::Tensor cells = field.start(2);
    QCOMPARE(cells.size(2), std::int64_t{(height + step - 1) / step});
    const at::Tensor all = field.visible(field.masks(cells));
    QCOMPARE(all.sizes().vec(), (std::vector<std::int64_t>{2, 1, height, width}));
    // The middle has cells all around; the softmax takes a little off for those that are far away.
    const at::Tensor middle = all.slice(2, height / 3, 2 * height / 3).slice(3, width / 3, 2 * width / 3);
    QVERIFY2(middle.min().item<double>() > 0.9 && all.max().item<double>() <= 1.0,
             qPrintable(QString::number(middle.min().item<double>())));
    QVERIFY((middle.max() - middle.min()).item<double>() < 0.05);
    QVERIFY(field.masks(at::zeros_like(cells)).abs().max().item<double>() == 0.0);
  }

  void aSmoothMaskIsTheWeightedMaximumOfItsCells() {
    // Straight from the definition, for a few places.
    constexpr std::int64_t step = 3;
    constexpr double sigma = 6.0;
    SmoothMask field(21, 27, step, sigma);
    at::Tensor cells = (wavyPicture(7, 9, 1, 1) * 1.2 + 0.3).clamp(0, 1);
    const at::Tensor mask = field.visible(field.masks(cells));
    const at::Tensor grid = cells[0][0];
    for (const auto& [y, x] : {std::pair{10, 13}, {0, 0}, {20, 26}, {5, 22}}) {
      double sum = 0.0;
      double product = 0.0;
      // Cells count within 1 + ceil(sigma / step) of the one that the place belongs to, those beyond the grid as 0.
      const int blockY = (y + 6) / 3 - 4;
      const int blockX = (x + 6) / 3 - 4;
      for (int i = blockY - 1; i <= blockY + 5; ++i)
        for (int j = blockX - 1; j <= blockX + 5; ++j) {
          const bool inside = i >= 0 && i < 7 && j >= 0 && j < 9;
          const double u = std::hypot(y - 3.0 * i, x - 3.0 * j) / sigma;
          const double value =
              inside ? std::exp(-2.0 * std::pow(std::max(0.0, u - 0.5), 2)) * grid[i][j].item<double>() : 0.0;
          sum += std::exp(20.0 * value);
          product += std::exp(20.0 * value) * value;
        }
      const double ours = mask[0][0][y][x].item<double>();
      QVERIFY2(std::abs(ours - product / sum) < 1e-5, qPrintable(QString("%1 %2").arg(ours).arg(product / sum)));
    }
  }

  void aSmoothMasksDerivativeIsRight() {
    SmoothMask field(21, 27, 3, 6.0);
    const at::Tensor cells = (wavyPicture(7, 9, 2, 1) * 1.2 + 0.3).clamp(0.01, 0.99);
    const at::Tensor direction =
        at::sin(at::arange(field.masks(cells).numel(), at::kFloat) * 0.7 + 1.0).reshape(field.masks(cells).sizes());
    field.masks(cells);
    const at::Tensor slopes = field.pull(direction);
    const auto along = [&](const at::Tensor& at) {
      return (field.masks(at) * direction).sum(at::kDouble).item<double>();
    };
    for (const std::int64_t i : {0, 17, 40, 62, 63, 100, 125}) {
      at::Tensor up = cells.clone();
      at::Tensor down = cells.clone();
      up.view(-1)[i] += 5e-3;
      down.view(-1)[i] -= 5e-3;
      const double expected = (along(up) - along(down)) / 1e-2;
      const double ours = slopes.flatten()[i].item<double>();
      QVERIFY2(std::abs(ours - expected) < 0.02 * (1.0 + std::abs(expected)),
               qPrintable(QString("%1: %2 %3").arg(i).arg(ours).arg(expected)));
    }
    // Cells that are exactly 0 or 1 take another way.
    at::Tensor edge = cells.clone();
    edge.view(-1)[40] = 0.0;
    edge.view(-1)[41] = 1.0;
    field.masks(edge);
    const at::Tensor atEdge = field.pull(direction);
    edge.view(-1)[40] = 1e-6;
    edge.view(-1)[41] = 1.0 - 1e-6;
    field.masks(edge);
    QVERIFY(largestDifference(atEdge, field.pull(direction)) < 1e-3);
  }

  void thePenaltyIsZeroForTheRightArea() {
    at::Tensor mask = at::zeros({2, 1, 10, 10});
    mask[0].slice(1, 0, 2).fill_(1.0);
    mask[1].slice(1, 0, 5).fill_(1.0);
    const AreaPenalty both = areaPenalty(mask, {0.2, 0.2});
    QVERIFY(both.values[0] < 1e-9);
    QVERIFY(std::abs(both.values[1] - 0.3) < 1e-6);
    QVERIFY(both.gradient[0].abs().max().item<double>() < 1e-9);
    // Of 50 equal ones 20 may stay: each is pulled a little, whichever comes first.
    QVERIFY(std::abs(both.gradient[1][0][0][0].item<double>() - 2.0 * 0.6 / 100) < 1e-6);
    // Against the definition, by sorting.
    const at::Tensor wavy = wavyPicture(10, 10, 1, 1).abs();
    at::Tensor reference = at::ones({100});
    reference.slice(0, 0, 70).zero_();
    const double expected = (std::get<0>(wavy.flatten().sort()) - reference).square().mean().item<double>();
    QVERIFY(std::abs(areaPenalty(wavy, {0.3}).values[0] - expected) < 1e-6);
  }

  void descentsFindTheBottom() {
    const at::Tensor goal = at::tensor({1.0F, -2.0F});
    at::Tensor a = at::zeros({2});
    at::Tensor b = at::zeros({2});
    MomentumDescent momentum(0.05, 0.9);
    AdamDescent adam(0.05);
    for (int i = 0; i < 600; ++i) {
      momentum.step(a, 2 * (a - goal));
      adam.step(b, 2 * (b - goal));
    }
    QVERIFY(largestDifference(a, goal) < 1e-2);
    QVERIFY(largestDifference(b, goal) < 1e-2);
  }

  void areasAreRead() {
    QCOMPARE(partsFrom("0.1", "areas"), (std::vector<double>{0.1}));
    QCOMPARE(partsFrom(" 0.05, 0.2,.4", "areas"), (std::vector<double>{0.05, 0.2, 0.4}));
    for (const char* wrong : {"", "0", "1", "-0.1", "0.1,,0.2", "a", "0.1 0.2", "nan", "0.1;0.2"})
      QVERIFY_EXCEPTION_THROWN(partsFrom(wrong, "areas"), Error);
    std::string many = "0.1";
    for (int i = 0; i < 64; ++i) many += ",0.1";
    QVERIFY_EXCEPTION_THROWN(partsFrom(many, "areas"), Error);
  }

  void contrastIsTakenWhereItMakesSense() {
    Asked asked(convNet());
    AttributionQuery query = asked.query(wavyPicture(16, 16), 1);
    const at::Tensor rows = at::tensor({3.0F, 5.0F, 1.0F, 4.0F}).reshape({1, 4});
    const auto reward = [&](bool contrastive) {
      const ScoreFunction score(query, query.input, {});
      return Reward(score, contrastive).of(rows).item<double>();
    };
    QCOMPARE(reward(false), 5.0);
    QCOMPARE(reward(true), 1.0);
    query.against = 2;
    QCOMPARE(reward(true), 4.0);
    query.against = -1;
    query.multiLabel = true;
    QCOMPARE(reward(true), 5.0);
    query.multiLabel = false;
    query.outputIsProbability = true;
    QVERIFY(std::abs(reward(true) - std::log(5.0 / 4.0)) < 1e-6);
    query.outputIsProbability = false;
    query.output = asked.net().layer;
    QCOMPARE(reward(true), 5.0);
  }

  void masksFindWhatTheScoreIsMadeOf_data() {
    QTest::addColumn<QString>("variant");
    for (const char* variant : {"preserve", "delete", "dual"}) QTest::newRow(variant) << variant;
  }
  void masksFindWhatTheScoreIsMadeOf() {
    QFETCH(QString, variant);
    Asked asked(quarterNet(32));
    const at::Tensor x = at::ones({1, 1, 32, 32});
    const Attribution answer = asked.run("extremal", x, 0,
                                         {{"areas", "0.1"},
                                          {"steps", "500"},
                                          {"jitter", "false"},
                                          {"variant", qPrintable(variant)},
                                          {"precision", "float32"},
                                          {"perturbation", "fade"}});
    QCOMPARE(answer.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 32, 32}));
    QVERIFY2(inUpperLeft(answer.map) > 0.7, qPrintable(QString::number(inUpperLeft(answer.map))));
    QCOMPARE(answer.pictures.size(), std::size_t{1});
    QCOMPARE(answer.pictures[0].picture.sizes(), x.sizes());
    QCOMPARE(answer.curves.size(), std::size_t{2});
    QVERIFY(answer.curves[1].level.has_value());
    QVERIFY(std::abs(*answer.curves[1].level - asked.score(x, 0)) < 1e-3);
    QVERIFY(std::abs(answer.curves[1].y[0] - asked.score(answer.pictures[0].picture, 0)) < 1e-3);
  }

  void areasAreKept() {
    Asked asked(quarterNet(32));
    const at::Tensor x = at::ones({1, 1, 32, 32});
    double last = 0.0;
    for (const char* area : {"0.05", "0.1", "0.2"}) {
      const Attribution answer = asked.run(
          "extremal", x, 0, {{"areas", area}, {"steps", "500"}, {"jitter", "false"}, {"perturbation", "fade"}});
      // Of the mask with its margin of sigma on each side, of which the picture is the larger part.
      const double wanted = std::atof(area);
      const double covered = answer.map.gt(0.5).to(at::kFloat).mean().item<double>();
      QVERIFY2(covered > 0.6 * wanted && covered < 2.2 * wanted, qPrintable(QString::number(covered)));
      QVERIFY(covered > last);
      last = covered;
    }
  }

  void areasTogetherEqualAreasAlone() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    const Settings fixed{{"steps", "25"}, {"precision", "float32"}};
    const auto run = [&](const char* areas) {
      Settings settings = fixed;
      settings.emplace_back("areas", areas);
      return asked.run("extremal", x, 1, settings);
    };
    const Attribution both = run("0.1,0.4");
    const Attribution few = run("0.1");
    const Attribution many = run("0.4");
    QVERIFY(largestDifference(both.map, (few.map + many.map) / 2) < 1e-3);
    QCOMPARE(both.pictures.size(), std::size_t{2});
    QCOMPARE(both.curves[0].x, (std::vector<double>{0.1, 0.4}));
    QVERIFY(largestDifference(both.pictures[1].picture, many.pictures[0].picture) < 1e-2);
    // A network exported for single pictures gets them one by one.
    Asked one(convNet(16, 1));
    QVERIFY(largestDifference(
                one.run("extremal", x, 1, {{"areas", "0.1,0.4"}, {"steps", "25"}, {"precision", "float32"}}).map,
                both.map) < 1e-3);
  }

  void layersAndChannelsAreMasked() {
    Asked asked(convNet());
    const at::Tensor x = wavyPicture(16, 16);
    const Attribution layer = asked.run("extremal", x, 1, {{"at", "layer"}, {"steps", "20"}, {"areas", "0.2,0.5"}});
    QCOMPARE(layer.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 8, 8}));
    QVERIFY(layer.channelScores.empty() && layer.pictures.empty());
    QCOMPARE(layer.curves.size(), std::size_t{2});
    // Enough steps to settle on two of the five channels; these two must do better than any others.
    const Attribution channels =
        asked.run("extremal", x, 1, {{"at", "channels"}, {"steps", "400"}, {"areas", "0.4"}, {"reward", "simple"}});
    QCOMPARE(channels.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 8, 8}));
    QCOMPARE(channels.channelScores.size(), std::size_t{5});
    const at::Tensor activation = asked.executor().run(x, asked.net().layer);
    const at::Tensor weights = tensorOf(*asked.net().graph->value(asked.net().graph->find("head.weight")).data)[1];
    const at::Tensor gains = activation.mean(at::IntArrayRef{0, 2, 3}) * weights;
    std::set<std::int64_t> best, kept;
    const at::Tensor order = gains.argsort(0, /*descending=*/true);
    for (int i = 0; i < 2; ++i) best.insert(order[i].item<std::int64_t>());
    for (std::size_t c = 0; c < 5; ++c)
      if (channels.channelScores[c] > 0.5F) kept.insert(static_cast<std::int64_t>(c));
    QCOMPARE(kept, best);
    AttributionQuery query = asked.query(x);
    query.layer = kNoValue;
    QVERIFY_EXCEPTION_THROWN(asked.run("extremal", query, {{"at", "layer"}, {"steps", "2"}}), Error);
    asked.run("extremal", query, {{"steps", "2"}});
  }

  void bothGamesFindTheEvidence() {
    Asked asked(quarterNet(32));
    const at::Tensor x = at::ones({1, 1, 32, 32}) * 0.1;
    for (const char* game : {"deletion", "preservation"}) {
      const Attribution answer =
          asked.run("meaningful", x, 0, {{"game", game}, {"perturbation", "fade"}, {"steps", "120"}, {"l1", "0.003"}});
      QCOMPARE(answer.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 32, 32}));
      QVERIFY2(inUpperLeft(answer.map) > 0.6, qPrintable(QString("%1 %2").arg(game).arg(inUpperLeft(answer.map))));
      QCOMPARE(answer.curves.size(), std::size_t{1});
      QCOMPARE(answer.curves[0].y.size(), std::size_t{120});
      QCOMPARE(answer.pictures.size(), std::size_t{1});
      QCOMPARE(answer.notes.size(), std::size_t{2});
    }
  }

  void bothShowMasksAsTheyForm() {
    Asked asked(convNet());
    for (const char* id : {"extremal", "meaningful"}) {
      AttributionQuery query = asked.query(wavyPicture(16, 16));
      int shown = 0;
      query.preview = [&](const Attribution& soFar) {
        ++shown;
        QCOMPARE(soFar.map.sizes().vec(), (std::vector<std::int64_t>{1, 1, 16, 16}));
        QVERIFY(!soFar.pictures.empty() && !soFar.map.requires_grad());
      };
      const auto start = std::chrono::steady_clock::now();
      asked.run(id, query, {{"steps", "30"}});
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      QVERIFY(shown >= 1 && shown <= 2 + static_cast<int>(5.0 * seconds));
    }
  }

  void bothStopWhenAsked() {
    Asked asked(convNet());
    for (const char* id : {"extremal", "meaningful"}) {
      const AttributionMethod& method = asked.registry().find(id);
      AttributionQuery query = asked.query(wavyPicture(16, 16));
      query.parameters.set(method.info(), "steps", std::string_view("100000"));
      const CancelToken cancel;
      int reports = 0;
      const Progress progress([&](double, const std::string&) {
        if (++reports == 3) cancel.cancel();
      });
      QVERIFY_EXCEPTION_THROWN(method.run(query, progress, cancel), Cancelled);
      QVERIFY(reports <= 4);
    }
    // The Executor computes as before.
    QVERIFY(asked.executor().options().layout == MemoryLayout::Automatic);
  }

  // TorchRay's mask of the cup, and what it is worth under the same perturbation. On the cat two places are equally
  // good, and rounding decides between them: TorchRay run twice agrees with itself by 0.575 there.
  void agreesWithTorchRay() {
    UNITSCOPE_NEED("models/squeezenet1_0-imagenet.onnx");
    const std::shared_ptr<Model> model = Model::open(shared("models/squeezenet1_0-imagenet.onnx"));
    AttributionQuestion question;
    question.method = "extremal";
    question.input = arrayFrom("reference/coffee_input.npy");
    question.target = 967;
    for (const MethodInfo& info : attributionMethods())
      if (info.id == "extremal") question.parameters.set(info, "steps", std::string_view("300"));
    const AttributionAnswer answer = model->attribute(question);
    const Array expected = arrayFrom("reference/coffee_torchray_extremal_area0.1_iter300.npy");
    QCOMPARE(answer.map.shape, expected.shape);
    const Perturbation blur(viewOf(question.input), {PerturbationKind::Blur, 8, 20.0, 0});
    const auto contrast = [&](const Array& mask) {
      at::Tensor scores = viewOf(model->scores(toArray(blur.apply(viewOf(mask))))).clone()[0];
      const double own = scores[967].item<double>();
      scores[967] = -1e9;
      return own - scores.max().item<double>();
    };
    const double shared = overlap(viewOf(answer.map), viewOf(expected));
    const double ours = contrast(answer.map);
    const double theirs = contrast(expected);
    const QString numbers = QString("intersection over union %1, score %2 beside %3, %4 s")
                                .arg(shared)
                                .arg(ours)
                                .arg(theirs)
                                .arg(answer.seconds, 0, 'f', 2);
    qInfo().noquote() << numbers;
    for (const std::string& note : answer.notes) qInfo().noquote() << QString::fromStdString(note);
    // The search is chaotic in its roundings: TorchRay's own second run shares 0.575 of its first on the other photo,
    // runs of ours 0.57 to 0.89 with TorchRay's. What the mask is worth is the stricter test.
    QVERIFY2(shared > 0.45, qPrintable(numbers));
    QVERIFY2(ours >= theirs, qPrintable(numbers));
  }
};

QTEST_GUILESS_MAIN(TestOptimised)
#include "test_optimised.moc"
