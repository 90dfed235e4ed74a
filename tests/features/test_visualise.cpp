#include <cmath>
#include <numeric>

#include <QtTest>

#include "features/small_nets.h"
#include "features/visualise.h"
#include "runtime/error.h"
#include "support/files.h"

using namespace unitscope;
using test::edgeModel;
using test::errorOf;
using Kind = FeatureGoal::Kind;

namespace {

FeatureGoal channel(std::int64_t unit, const std::string& layer = "edges") {
  FeatureGoal goal;
  goal.layer = layer;
  goal.unit = unit;
  return goal;
}

FeatureQuestion ask(std::vector<FeatureGoal> goals, const char* method = "fourier", std::int64_t steps = 40) {
  FeatureQuestion question;
  question.goals = std::move(goals);
  question.method = method;
  question.parameters.set(featureMethod(method), "steps", ParameterValue(steps));
  return question;
}

double largestDifference(const Image& a, const Image& b) {
  if (a.pixels.size() != b.pixels.size()) return 1e9;
  double most = 0.0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(a.pixels[i]) - static_cast<double>(b.pixels[i])));
  return most;
}

double meanDifference(const Image& a, const Image& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    sum += std::abs(static_cast<double>(a.pixels[i]) - static_cast<double>(b.pixels[i]));
  return sum / static_cast<double>(a.pixels.size());
}

/// Direction in which the luminance changes most, in degrees from 0 (left to right) to 180, by the structure tensor.
double orientation(const Image& image) {
  double xx = 0, xy = 0, yy = 0;
  const auto at = [&](int x, int y) {
    double sum = 0;
    for (int c = 0; c < image.channels; ++c)
      sum += image.pixels[static_cast<std::size_t>((y * image.width + x) * image.channels + c)];
    return sum;
  };
  for (int y = 1; y + 1 < image.height; ++y)
    for (int x = 1; x + 1 < image.width; ++x) {
      const double dx = at(x + 1, y) - at(x - 1, y), dy = at(x, y - 1) - at(x, y + 1);
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
    }
  const double angle = 0.5 * std::atan2(2 * xy, xx - yy) * 180.0 / 3.14159265358979;
  return angle < 0 ? angle + 180.0 : angle;
}

Array vectorOf(std::vector<float> values) {
  return {{static_cast<std::int64_t>(values.size())}, std::move(values)};
}

}  // namespace

/// Feature visualization on networks whose answer is known.
class TestVisualise : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  /// Unit u of the net answers to edges across u * 45 degrees, and so must its picture be: nearer to that than to any
  /// other's.
  void edgesGetTheirOrientation() {
    const auto model = edgeModel();
    for (const char* method : {"fourier", "pixels", "maco"}) {
      const auto pictures = visualise(*model, ask({channel(0), channel(1), channel(2), channel(3)}, method, 80));
      QCOMPARE(pictures.size(), std::size_t{4});
      for (std::size_t u = 0; u < 4; ++u) {
        QCOMPARE(pictures[u].picture.width, 32);
        QCOMPARE(pictures[u].picture.channels, 3);
        double off = std::abs(orientation(pictures[u].picture) - static_cast<double>(u) * 45.0);
        off = std::min(off, 180.0 - off);
        QVERIFY2(off < 22.5, qPrintable(QString("%1 unit %2: off by %3").arg(method).arg(u).arg(off)));
        QVERIFY(pictures[u].largest >= pictures[u].mean);
        QCOMPARE(pictures[u].opacity.values.size(), std::string(method) == "maco" ? 32UL * 32UL : 0UL);
        for (const float v : pictures[u].opacity.values) QVERIFY(v >= 0.0F && v <= 1.0F);
      }
    }
  }

  /// More steps excite more; a unit's own picture excites it more than the others' do.
  void ascends() {
    const auto model = edgeModel();
    const double few = visualise(*model, ask({channel(1)}, "fourier", 2))[0].mean;
    const double many = visualise(*model, ask({channel(1)}, "fourier", 60))[0].mean;
    QVERIFY2(many > 5.0 * few, qPrintable(QString("%1 %2").arg(few).arg(many)));
    const double lower = visualise(*model, ask({channel(1)}, "pixels", 60))[0].mean;
    QVERIFY(lower > 5.0 * few);
  }

  /// The number told is that of the picture as it is shown.
  void numbersAreThoseOfTheFinishedPicture() {
    const auto model = edgeModel();
    const FeaturePicture made = visualise(*model, ask({channel(2)}))[0];
    const Array input = model->preprocess(made.picture);
    const ValueId layer = resolveLayer(model->graph(), model->layers(), "edges");
    const Array maps = model->activations(input, layer);
    const auto begin = maps.values.begin() + 2 * 32 * 32;
    const double mean = std::accumulate(begin, begin + 32 * 32, 0.0) / (32 * 32);
    QVERIFY(std::abs(mean - made.mean) < 1e-4);
    QVERIFY(std::abs(*std::max_element(begin, begin + 32 * 32) - made.largest) < 1e-4);
  }

  void negativeLowers() {
    const auto model = edgeModel(3, 32, 0.1F);
    for (const char* layer : {"scores", "edges"}) {
      FeatureGoal less = channel(1, layer);
      less.negative = true;
      const auto start = visualise(*model, ask({channel(1, layer)}, "pixels", 1));
      const auto pictures = visualise(*model, ask({channel(1, layer), less}, "pixels", 100));
      QVERIFY(pictures[0].mean > 2.0 * start[0].mean);
      QVERIFY2(pictures[1].mean < pictures[0].mean, qPrintable(QString::number(pictures[1].mean)));
      QVERIFY(meanDifference(pictures[0].picture, pictures[1].picture) > 10.0);
      QVERIFY2(pictures[1].mean < start[0].mean + 0.01, qPrintable(QString::number(pictures[1].mean)));
    }
  }

  /// Units that are off everywhere in the noise of the beginning get a gradient all the same.
  void wakesDeadUnits() {
    const auto model = edgeModel(3, 32, -0.3F);
    const auto start = visualise(*model, ask({channel(0)}, "fourier", 1));
    QCOMPARE(start[0].largest, 0.0);
    const auto made = visualise(*model, ask({channel(0)}, "fourier", 60));
    QVERIFY2(made[0].largest > 0.3, qPrintable(QString::number(made[0].largest)));
  }

  void neuronAtAPlace() {
    const auto model = edgeModel();
    FeatureGoal goal = channel(0);
    goal.kind = Kind::Neuron;
    goal.place = FeaturePlace{8, 24};
    FeatureQuestion question = ask({goal});
    question.parameters.set(featureMethod("fourier"), "transforms", ParameterValue(std::string("none")));
    const FeaturePicture made = visualise(*model, question)[0];
    const Array maps =
        model->activations(model->preprocess(made.picture), resolveLayer(model->graph(), model->layers(), "edges"));
    QVERIFY(maps.values[8 * 32 + 24] > 0.8F * static_cast<float>(made.largest));
    QVERIFY(made.largest > 3.0 * made.mean);
    FeatureGoal centre = channel(0);
    centre.kind = Kind::Neuron;
    QVERIFY(visualise(*model, ask({centre}))[0].largest > 0.5);
  }

  void directionBetweenAndDream() {
    const auto model = edgeModel();
    FeatureGoal direction = channel(0);
    direction.kind = Kind::Direction;
    direction.vector = vectorOf({0, 0, 1, 0});
    FeatureGoal between = channel(0);
    between.kind = Kind::Between;
    between.other = 2;
    between.mix = 1.0;
    FeatureGoal dream = channel(0);
    dream.kind = Kind::Layer;
    const auto pictures = visualise(*model, ask({direction, between, dream, channel(2)}, "fourier", 60));
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      const double off = std::abs(orientation(pictures[i].picture) - 90.0);
      QVERIFY(std::min(off, 180.0 - off) < 12.0);
    }
    // Between, with all of its weight on the other unit, is that unit.
    QVERIFY(std::abs(pictures[1].mean - pictures[3].mean) < 0.15 * pictures[3].mean);
    QVERIFY(pictures[2].mean > 0.05);
  }

  /// Inversion: a picture that gives the activations of another.
  void matchesGivenActivations() {
    const auto model = edgeModel();
    Image photo{32, 32, 3, {}};
    for (int y = 0; y < 32; ++y)
      for (int x = 0; x < 32; ++x)
        for (int c = 0; c < 3; ++c)
          photo.pixels.push_back(static_cast<std::uint8_t>((x - 16) * (x - 16) + (y - 12) * (y - 12) < 64 ? 220 : 60));
    const ValueId layer = resolveLayer(model->graph(), model->layers(), "edges");
    FeatureGoal goal = channel(0);
    goal.kind = Kind::Activation;
    goal.vector = model->activations(model->preprocess(photo), layer);
    goal.vector.shape.erase(goal.vector.shape.begin());
    FeatureQuestion question = ask({goal}, "fourier", 150);
    question.parameters.set(featureMethod("fourier"), "transforms", ParameterValue(std::string("none")));
    const FeaturePicture made = visualise(*model, question)[0];
    const Array again = model->activations(model->preprocess(made.picture), layer);
    double apart = 0, whole = 0;
    for (std::size_t i = 0; i < again.values.size(); ++i) {
      apart += std::pow(again.values[i] - goal.vector.values[i], 2.0);
      whole += std::pow(goal.vector.values[i], 2.0);
    }
    QVERIFY2(apart < 0.1 * whole, qPrintable(QString::number(apart / whole)));
  }

  void diversityPushesApart() {
    const auto model = edgeModel(3, 32);
    FeatureGoal dream = channel(0);
    dream.kind = Kind::Layer;
    const auto alike = visualise(*model, ask({dream, dream, dream}));
    QVERIFY(meanDifference(alike[0].picture, alike[1].picture) > 1.0);
    FeatureGoal pushed = dream;
    pushed.group = 7;
    FeatureQuestion question = ask({pushed, pushed, pushed});
    question.parameters.set(featureMethod("fourier"), "diversity", ParameterValue(4.0));
    const auto diverse = visualise(*model, question);
    // The Gram matrices of the layer's activations, which is what they are to differ in.
    const auto likeness = [&](const std::vector<FeaturePicture>& pictures) {
      std::vector<std::vector<double>> grams;
      for (const FeaturePicture& one : pictures) {
        const Array maps =
            model->activations(model->preprocess(one.picture), resolveLayer(model->graph(), model->layers(), "edges"));
        std::vector<double> gram;
        for (int a = 0; a < 4; ++a)
          for (int b = 0; b < 4; ++b)
            gram.push_back(std::inner_product(maps.values.begin() + a * 1024, maps.values.begin() + (a + 1) * 1024,
                                              maps.values.begin() + b * 1024, 0.0));
        grams.push_back(std::move(gram));
      }
      const auto dot = [](const auto& a, const auto& b) {
        return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
      };
      double sum = 0;
      for (const auto& [i, j] : {std::pair{0, 1}, {0, 2}, {1, 2}})
        sum += dot(grams[i], grams[j]) / std::sqrt(dot(grams[i], grams[i]) * dot(grams[j], grams[j]));
      return sum / 3.0;
    };
    QVERIFY2(likeness(diverse) < likeness(alike) - 0.02,
             qPrintable(QString("%1 %2").arg(likeness(diverse)).arg(likeness(alike))));
  }

  void penaltiesWork() {
    const auto model = edgeModel();
    const auto variationOf = [&](const char* id, double weight) {
      FeatureQuestion question = ask({channel(0)}, "pixels");
      if (weight > 0.0) question.parameters.set(featureMethod("pixels"), id, ParameterValue(weight));
      const Image image = visualise(*model, question)[0].picture;
      double sum = 0;
      for (std::size_t i = 3; i < image.pixels.size(); ++i) sum += std::abs(image.pixels[i] - image.pixels[i - 3]);
      return sum;
    };
    const double free = variationOf("tv", 0.0);
    for (const char* id : {"tv", "l1", "blur"}) QVERIFY2(variationOf(id, 20.0) < 0.9 * free, id);
  }

  /// A batch gives what each goal gives alone.
  void batchIsTheSameAsOneByOne() {
    const auto model = edgeModel();
    for (const char* method : {"fourier", "maco"}) {
      const auto batch = visualise(*model, ask({channel(0), channel(3), channel(1)}, method, 12));
      const auto alone = visualise(*model, ask({channel(3)}, method, 12));
      QVERIFY(largestDifference(batch[1].picture, alone[0].picture) <= 3.0);
      QVERIFY(std::abs(batch[1].mean - alone[0].mean) < 0.01 * alone[0].mean + 1e-4);
    }
  }

  void seedsReproduce() {
    const auto model = edgeModel();
    FeatureQuestion question = ask({channel(0)});
    const auto first = visualise(*model, question), again = visualise(*model, question);
    QCOMPARE(first[0].picture.pixels, again[0].picture.pixels);
    QCOMPARE(first[0].mean, again[0].mean);
    question.seed = 1;
    QVERIFY(visualise(*model, question)[0].picture.pixels != first[0].picture.pixels);
  }

  void logitsAndOneChannel() {
    const auto model = edgeModel(1, 28);
    const auto pictures = visualise(*model, ask({channel(2, "scores")}, "fourier", 60));
    QCOMPARE(pictures[0].picture.channels, 1);
    QCOMPARE(pictures[0].picture.width, 28);
    QCOMPARE(pictures[0].mean, pictures[0].largest);
    const double off = std::abs(orientation(pictures[0].picture) - 90.0);
    QVERIFY(std::min(off, 180.0 - off) < 12.0);
  }

  /// A file for single pictures gets one at a time, and gives what another gives.
  void fixedBatch() {
    const auto model = edgeModel(3, 32, 0.0F, 1);
    const auto fixed = visualise(*model, ask({channel(0), channel(1)}, "fourier", 10));
    const auto free = visualise(*edgeModel(), ask({channel(0), channel(1)}, "fourier", 10));
    QVERIFY(largestDifference(fixed[1].picture, free[1].picture) <= 3.0);
  }

  void sizes() {
    const auto model = edgeModel();
    FeatureQuestion question = ask({channel(0)}, "fourier", 3);
    question.parameters.set(featureMethod("fourier"), "pixels", ParameterValue(std::int64_t{50}));
    const auto made = visualise(*model, question);
    QCOMPARE(made[0].picture.width, 50);
    QCOMPARE(made[0].picture.height, 50);
    const auto large = edgeModel(3, 224);
    QCOMPARE(visualise(*large, ask({channel(0)}, "fourier", 1))[0].picture.width, 128);
    QCOMPARE(visualise(*large, ask({channel(0, "scores")}, "fourier", 1))[0].picture.width, 224);
  }

  void previewsAndFinished() {
    const auto model = edgeModel();
    FeatureQuestion question = ask({channel(0), channel(1)}, "fourier", 30);
    int previews = 0, done = 0;
    question.preview = [&](std::size_t first, const std::vector<Image>& pictures) {
      ++previews;
      QCOMPARE(first, std::size_t{0});
      QCOMPARE(pictures.size(), std::size_t{2});
      QCOMPARE(pictures[1].width, 32);
    };
    question.finished = [&](std::size_t index, const FeaturePicture& made) {
      QCOMPARE(made.goal.unit, static_cast<std::int64_t>(index));
      ++done;
    };
    double last = 0.0;
    visualise(*model, question, Progress([&](double fraction, const std::string&) {
      QVERIFY(fraction >= last && fraction <= 1.0);
      last = fraction;
    }));
    QVERIFY(previews >= 1);
    QCOMPARE(done, 2);
    QVERIFY(last > 0.999);
  }

  void cancels() {
    const auto model = edgeModel();
    CancelToken cancel;
    int steps = 0;
    const Progress progress([&](double, const std::string&) {
      if (++steps == 3) cancel.cancel();
    });
    QVERIFY_EXCEPTION_THROWN(visualise(*model, ask({channel(0)}, "fourier", 100000), progress, cancel), Cancelled);
    QCOMPARE(steps, 3);
    // The network is as it was.
    QCOMPARE(visualise(*model, ask({channel(0)}, "fourier", 2)).size(), std::size_t{1});
  }

  void refusals() {
    const auto model = edgeModel();
    const auto error = [&](FeatureQuestion question) {
      return QString::fromStdString(errorOf([&] { static_cast<void>(visualise(*model, question)); }));
    };
    QVERIFY(error(ask({channel(4)})).contains("no such unit"));
    QVERIFY(error(ask({channel(-1)})).contains("no such unit"));
    QVERIFY(error(ask({channel(0, "edgse")})).contains("edges"));
    QVERIFY(error(ask({channel(0, "input")})).contains("picture itself"));
    QVERIFY(error(ask({channel(0), channel(0, "scores")})).contains("one layer"));
    FeatureGoal place = channel(0);
    place.kind = Kind::Neuron;
    place.place = FeaturePlace{32, 0};
    QVERIFY(error(ask({place})).contains("outside"));
    FeatureGoal direction = channel(0);
    direction.kind = Kind::Direction;
    direction.vector = vectorOf({1, 2, 3});
    QVERIFY(error(ask({direction})).contains("[4]"));
    direction.vector = vectorOf({0, 0, 0, 0});
    QVERIFY(error(ask({direction})).contains("no direction"));
    direction.vector = vectorOf({1, 2, NAN, 0});
    QVERIFY(error(ask({direction})).contains("no numbers"));
    FeatureQuestion unknown = ask({channel(0)});
    unknown.method = "vae";
    QVERIFY(error(unknown).contains("maco"));
    QVERIFY(visualise(*model, ask({})).empty());
    QVERIFY(errorOf([] {
              ParameterValues values;
              values.set(featureMethod("fourier"), "steps", std::string_view("0"));
            }).find("steps") != std::string::npos);
  }

  void methodsDescribeThemselves() {
    for (const MethodInfo& info : featureMethods()) {
      QVERIFY(!info.title.empty() && !info.description.empty() && !info.citation.empty());
      const ParameterValues defaults(info);
      for (const char* id : {"steps", "pixels", "rate", "diversity", "tv", "l1", "blur"})
        QVERIFY2(defaults.all().contains(id), id);
      for (const ParameterSpec& spec : info.parameters) QVERIFY(!spec.title.empty() && !spec.help.empty());
    }
  }
};

QTEST_GUILESS_MAIN(TestVisualise)
#include "test_visualise.moc"
