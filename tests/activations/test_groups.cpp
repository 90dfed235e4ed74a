#include <set>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <QtTest>

#include "activations/groups.h"
#include "attribution/nets.h"
#include "engine/model.h"
#include "engine/model_internal.h"
#include "engine/shared_models.h"
#include "runtime/error.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

/// Maps [20,8,8] of three groups of units that fire in parts of the picture of their own, and how the groups look.
struct Planted {
  Array maps;
  at::Tensor directions;  // [3,20]
};

Planted planted(double noise) {
  const at::Generator generator = at::detail::createCPUGenerator(5);
  at::Tensor directions = at::zeros({3, 20}), strengths = at::zeros({3, 8, 8});
  for (std::int64_t k = 0; k < 3; ++k) {
    directions[k].narrow(0, 6 * k, 7).copy_(at::rand({7}, generator) + 0.2);
    strengths[k].narrow(0, 2 * k, 4).copy_(at::rand({4, 8}, generator) + 0.1);
  }
  const at::Tensor maps = at::mm(directions.t(), strengths.flatten(1)).reshape({20, 8, 8});
  const at::Tensor lengths = at::linalg_vector_norm(directions, 2, at::IntArrayRef{1}, true);
  return {toArray((maps + noise * at::rand(maps.sizes(), generator)).contiguous()), directions / lengths};
}

}  // namespace

/// Units that fire together: planted groups are found, sums are what they should be.
class TestGroups : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void findsThePlantedGroups() {
    const Planted hidden = planted(0.0);
    const ChannelGroups found = groupActivations({hidden.maps}, 3, 2000, 0);
    QVERIFY2(found.explained > 0.9999, qPrintable(QString::number(found.explained)));
    QCOMPARE(found.directions.shape, (Shape{3, 20}));
    QCOMPARE(found.maps.front().shape, (Shape{3, 8, 8}));
    QCOMPARE(found.negative, 0.0);
    // Each planted group has a found one of nearly the same direction.
    const at::Tensor cosines = at::mm(viewOf(found.directions), hidden.directions.t());
    const at::Tensor best = std::get<0>(cosines.max(0));
    QVERIFY2(best.min().item<double>() > 0.98, qPrintable(QString::number(best.min().item<double>())));
    std::set<std::int64_t> different;
    for (std::int64_t k = 0; k < 3; ++k) different.insert(cosines.argmax(0)[k].item<std::int64_t>());
    QCOMPARE(different.size(), std::size_t{3});
    // What they say together is the activation.
    const at::Tensor again = at::einsum("kc,khw->chw", {viewOf(found.directions), viewOf(found.maps.front())});
    QVERIFY(largestDifference(again, viewOf(hidden.maps)) < 0.03);
  }

  void propertiesHold() {
    const Planted hidden = planted(0.3);
    const ChannelGroups few = groupActivations({hidden.maps, hidden.maps}, 2, 200, 1);
    const ChannelGroups more = groupActivations({hidden.maps, hidden.maps}, 6, 200, 1);
    QVERIFY(few.explained < more.explained && more.explained < 1.0 && few.explained > 0.5);
    for (const ChannelGroups* groups : {&few, &more}) {
      QVERIFY(viewOf(groups->directions).min().item<double>() >= 0.0);
      QCOMPARE(groups->maps.size(), std::size_t{2});
      // Equal pictures have equal maps.
      QVERIFY(largestDifference(viewOf(groups->maps[0]), viewOf(groups->maps[1])) < 1e-4);
      double sum = 0.0;
      for (std::size_t k = 0; k < groups->shares.size(); ++k) {
        sum += groups->shares[k];
        if (k > 0) QVERIFY(groups->shares[k] <= groups->shares[k - 1]);
      }
      QVERIFY(std::abs(sum - 1.0) < 1e-9);
      const at::Tensor lengths = at::linalg_vector_norm(viewOf(groups->directions), 2, at::IntArrayRef{1});
      QVERIFY((lengths - 1.0).abs().max().item<double>() < 1e-5);
    }
    // The same seed gives the same groups.
    QCOMPARE(groupActivations({hidden.maps, hidden.maps}, 6, 200, 1).directions.values, more.directions.values);
  }

  void emptyAndNegativeMaps() {
    const ChannelGroups none = groupActivations({Array{{4, 2, 2}, std::vector<float>(16, 0.0F)}}, 2, 10, 0);
    QCOMPARE(none.explained, 1.0);
    QCOMPARE(none.shares, (std::vector<double>{0.0, 0.0}));
    std::vector<float> values(16, 1.0F);
    std::fill_n(values.begin(), 4, -1.0F);
    const ChannelGroups half = groupActivations({Array{{4, 2, 2}, values}}, 2, 50, 0);
    QCOMPARE(half.negative, 0.25);
    QVERIFY(half.explained > 0.999);
    for (const float d : half.directions.values) QVERIFY(std::isfinite(d));
  }

  void contributionsSumUp() {
    const auto model = Model::fromGraph(*convNet(16).graph, {});
    GroupsQuestion question;
    question.inputs = {toArray(wavyPicture(16, 16)), toArray(wavyPicture(16, 16) * -0.7)};
    question.layer = "relu2";
    question.groups = 3;
    question.steps = 500;
    question.target = 2;
    const ChannelGroups found = groupChannels(*model, question);
    QCOMPARE(found.target, std::int64_t{2});
    QCOMPARE(found.contributions.size(), std::size_t{2});
    for (std::size_t i = 0; i < 2; ++i) {
      const GroupContributions& c = found.contributions[i];
      // Behind the layer the network is linear, without a constant: gradient x activation is the score.
      QVERIFY(std::abs(c.total - c.score) < 1e-4);
      QVERIFY(std::abs(c.score - model->scores(question.inputs[i]).values[2]) < 1e-4);
      double sum = c.rest;
      for (const double group : c.groups) sum += group;
      QVERIFY(std::abs(sum - c.total) < 1e-5);
      QCOMPARE(c.maps.shape, (Shape{3, 8, 8}));
      const double first = viewOf(c.maps)[0].sum().item<double>();
      QVERIFY(std::abs(first - c.groups[0]) < 1e-4);
    }
    question.target = -1;
    QVERIFY(groupChannels(*model, question).target >= 0);
    question.attribute = false;
    QVERIFY(groupChannels(*model, question).contributions.empty());
  }

  void mistakes() {
    const auto model = Model::fromGraph(*convNet(16).graph, {});
    GroupsQuestion question;
    question.inputs = {toArray(wavyPicture(16, 16))};
    question.layer = "relu2";
    const auto fails = [&](auto change) {
      GroupsQuestion bad = question;
      change(bad);
      try {
        groupChannels(*model, bad);
      } catch (const Error&) {
        return true;
      }
      return false;
    };
    QVERIFY(fails([](GroupsQuestion& q) { q.layer = "nowhere"; }));
    QVERIFY(fails([](GroupsQuestion& q) { q.layer = "scores"; }));  // one place
    QVERIFY(fails([](GroupsQuestion& q) { q.groups = 1; }));
    QVERIFY(fails([](GroupsQuestion& q) { q.groups = 17; }));
    QVERIFY(fails([](GroupsQuestion& q) { q.groups = 6; }));  // of five units
    QVERIFY(fails([](GroupsQuestion& q) { q.groups = 2, q.target = 4; }));
    QVERIFY(fails([](GroupsQuestion& q) { q.inputs.clear(); }));
    CancelToken cancel;
    cancel.cancel();
    question.groups = 2;
    QVERIFY_EXCEPTION_THROWN(groupChannels(*model, question, {}, cancel), Cancelled);
  }

  void aCat() {
    UNITSCOPE_NEED("models/squeezenet1_0-imagenet.onnx");
    const auto model = Model::open(shared("models/squeezenet1_0-imagenet.onnx"));
    GroupsQuestion question;
    question.inputs = {arrayFrom("reference/chelsea_input.npy")};
    question.layer = "features.10";
    const auto start = std::chrono::steady_clock::now();
    const ChannelGroups found = groupChannels(*model, question);
    qInfo("6 groups explain %.1f %% after %d steps, %.2f s", 100.0 * found.explained, static_cast<int>(found.steps),
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    QVERIFY(found.explained > 0.5);
    QCOMPARE(found.targetLabel, std::string("Egyptian cat"));
  }
};

QTEST_GUILESS_MAIN(TestGroups)
#include "test_groups.moc"
