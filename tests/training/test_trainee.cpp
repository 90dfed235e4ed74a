#include <cmath>

#include <QtTest>

#include "exec/autocast.h"
#include "support/files.h"
#include "training/optimiser.h"
#include "training/trainee.h"
#include "zoo/networks/networks.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

ResidualNetShape smallNet() {
  ResidualNetShape shape;
  shape.side = 16;
  shape.classes = 3;
  shape.stem = 4;
  shape.widths = {4, 6};
  shape.blocks = {1, 1};
  return shape;
}

at::Tensor lossOf(Trainee& trainee, const at::Tensor& pictures, const at::Tensor& labels) {
  return at::cross_entropy_loss(trainee.run({{"input", pictures}}, {"logits"}).front(), labels);
}

}  // namespace

class TestTrainee : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void init() { at::manual_seed(1); }

  /// The engine's gradients against central differences of the loss, weight by weight.
  void gradientsAreThoseOfTheLoss() {
    Trainee trainee(makeResidualNet(smallNet(), {4, true}), at::kCPU);
    const at::Tensor pictures = at::randn({6, 3, 16, 16}), labels = at::tensor({0, 1, 2, 0, 1, 2}, at::kLong);
    const auto gradients = torch::autograd::grad({lossOf(trainee, pictures, labels)}, trainee.parameters());
    double worst = 0.0, largest = 0.0;
    for (std::size_t i = 0; i < trainee.parameters().size(); ++i) {
      at::Tensor weight = trainee.parameters()[i].detach();
      const at::Tensor direction = at::randn_like(weight);
      const float step = 2e-3f / std::max(1e-3f, direction.norm().item<float>());
      const auto lossAt = [&](float t) {
        weight.add_(direction, t);
        const double loss = lossOf(trainee, pictures, labels).item<double>();
        weight.add_(direction, -t);
        return loss;
      };
      const double measured = (lossAt(step) - lossAt(-step)) / (2.0 * step);
      const double told = (gradients[i] * direction).sum().item<double>();
      worst = std::max(worst, std::abs(measured - told));
      largest = std::max(largest, std::abs(told));
    }
    QVERIFY(largest > 0.05);
    QVERIFY2(worst < 0.02 * std::max(1.0, largest), qPrintable(QString("off by %1 of %2").arg(worst).arg(largest)));
  }

  void runningStatisticsFollowTheBatches() {
    Trainee trainee(makeResidualNet(smallNet(), {4, true}), at::kCPU);
    const at::Tensor pictures = at::randn({32, 3, 16, 16});
    const at::Tensor before = trainee.buffers().at("stem.bn.running_mean").clone();
    const at::Tensor stem = at::conv2d(pictures, trainee.state().at("stem.conv.weight").detach(), {}, 1, 1);
    trainee.run({{"input", pictures}}, {"logits"});
    const at::Tensor mean = trainee.buffers().at("stem.bn.running_mean");
    QVERIFY(at::allclose(mean, before * 0.9 + stem.mean({0, 2, 3}) * 0.1, 1e-4, 1e-5));
    const at::Tensor variance = trainee.buffers().at("stem.bn.running_var");
    QVERIFY(at::allclose(variance, at::full_like(variance, 0.9) + stem.var(at::IntArrayRef{0, 2, 3}, false) * 0.1, 1e-3,
                         1e-5));
    QVERIFY(!mean.requires_grad());
  }

  /// In evaluation the finished network uses those statistics.
  void finishedNetworkAgreesInEvaluation() {
    Trainee trainee(makeResidualNet(smallNet(), {4, true}), at::kCPU);
    const at::Tensor pictures = at::randn({16, 3, 16, 16});
    at::Tensor training;
    for (int i = 0; i < 150; ++i) training = trainee.run({{"input", pictures}}, {"logits"}).front();
    Executor finished(
        std::make_shared<const Graph>(withState(makeResidualNet(smallNet(), {9, false}).graph, trainee.state())));
    const at::Tensor found = finished.run(pictures, finished.graph().find("logits"));
    QVERIFY(at::allclose(found, training.detach(), 1e-2, 1e-2));
  }

  void weightsComeBack() {
    Trainee a(makeResidualNet(smallNet(), {4, true}), at::kCPU), b(makeResidualNet(smallNet(), {5, true}), at::kCPU);
    const at::Tensor pictures = at::randn({4, 3, 16, 16});
    b.load(a.state());
    QVERIFY(
        at::equal(a.run({{"input", pictures}}, {"logits"}).front(), b.run({{"input", pictures}}, {"logits"}).front()));
    NamedTensors state = a.state();
    state.erase("fc.bias");
    QVERIFY(QByteArray::fromStdString(errorOf([&] { b.load(state); })).contains("fc.bias"));
    state["fc.bias"] = at::zeros({7});
    QVERIFY(QByteArray::fromStdString(errorOf([&] { b.load(state); })).contains("shape"));
    QVERIFY(QByteArray::fromStdString(errorOf([&] {
              b.run({{"input", pictures}}, {"nonsense"});
            })).contains("nonsense"));
  }

  /// Adam as published (Kingma & Ba 2015, algorithm 1), in double precision beside ours.
  void adamAsPublished() {
    Trainee trainee(makeResidualNet(smallNet(), {4, true}), at::kCPU);
    const Adam::Options options{.rate = 0.01, .beta1 = 0.9, .beta2 = 0.99, .weightDecay = 0.1};
    Adam adam(trainee, options);
    std::vector<at::Tensor> expected, first, second;
    for (const at::Tensor& p : trainee.parameters()) {
      expected.push_back(p.detach().to(at::kDouble).clone());
      first.push_back(at::zeros_like(expected.back()));
      second.push_back(at::zeros_like(expected.back()));
    }
    for (int t = 1; t <= 5; ++t) {
      std::vector<at::Tensor> gradients;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        gradients.push_back(at::randn_like(trainee.parameters()[i].detach()));
        const at::Tensor g = gradients.back().to(at::kDouble);
        if (expected[i].dim() > 1) expected[i] *= 1.0 - 0.01 * 0.1;
        first[i] = first[i] * 0.9 + g * 0.1;
        second[i] = second[i] * 0.99 + g * g * 0.01;
        const at::Tensor m = first[i] / (1 - std::pow(0.9, t)), v = second[i] / (1 - std::pow(0.99, t));
        expected[i] -= 0.01 * m / (v.sqrt() + 1e-8);
      }
      adam.step(gradients);
    }
    for (std::size_t i = 0; i < expected.size(); ++i)
      QVERIFY(at::allclose(trainee.parameters()[i].detach().to(at::kDouble), expected[i], 1e-4, 1e-5));
  }

  void movingAverageIsAMean() {
    Trainee trainee(makeResidualNet(smallNet(), {4, true}), at::kCPU);
    MovingAverage mean(trainee);
    const at::Tensor start = trainee.state().at("fc.weight").detach().clone();
    {
      const at::NoGradGuard still;
      trainee.state().at("fc.weight").add_(1.0);
    }
    mean.update(0.75);
    QVERIFY(at::allclose(mean.state().at("fc.weight"), start + 0.25));
  }

  /// A small net learns to tell three colours apart, in full and in mixed precision.
  void learns_data() {
    QTest::addColumn<bool>("half");
    QTest::newRow("float32") << false;
    QTest::newRow("bfloat16") << true;
  }
  void learns() {
    QFETCH(bool, half);
    Trainee trainee(makeResidualNet(smallNet(), {4, true}), at::kCPU);
    Adam adam(trainee, {.rate = 1e-2});
    const at::Tensor labels = at::arange(30, at::kLong).remainder(3);
    double loss = 0.0;
    for (int i = 0; i < 40; ++i) {
      at::Tensor pictures = at::randn({30, 3, 16, 16}) * 0.5;
      for (int k = 0; k < 30; ++k) pictures[k][k % 3] += 0.7;
      at::Tensor logits;
      {
        const Autocast reduced(at::kCPU, half);
        logits = trainee.run({{"input", pictures}}, {"logits"}).front();
      }
      const at::Tensor l = at::cross_entropy_loss(logits.to(at::kFloat), labels);
      adam.minimise(l);
      loss = l.item<double>();
    }
    QVERIFY2(loss < 0.15, qPrintable(QString::number(loss)));
    for (const auto& [name, tensor] : trainee.state()) QCOMPARE(tensor.scalar_type(), at::kFloat);
  }
};

QTEST_GUILESS_MAIN(TestTrainee)
#include "test_trainee.moc"
