#include <QtTest>

#include "exec/layout_choice.h"

using namespace unitscope;

namespace {

/// Lets the choice time runs that take as long as given until it is decided; the layouts in their order.
std::vector<bool> trial(LayoutChoice& choice, LayoutChoice::Kind kind, double rowMajor, double channelsLast) {
  std::vector<bool> order;
  while (!choice.decided(kind) && order.size() < 10) {
    order.push_back(choice.channelsLast(kind));
    choice.measured(kind, order.back(), order.back() ? channelsLast : rowMajor);
  }
  return order;
}

}  // namespace

class TestLayoutChoice : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void triesTheLikelierLayoutTwiceAndTheOtherOnce() {
    LayoutChoice choice;
    const auto many = LayoutChoice::kindOf(32, false, false);
    QCOMPARE(trial(choice, many, 1.0, 2.0), (std::vector<bool>{true, false, true}));
    const auto one = LayoutChoice::kindOf(1, false, false);
    QCOMPARE(trial(choice, one, 1.0, 2.0), (std::vector<bool>{false, true, false}));
  }

  void keepsTheFaster() {
    for (const std::int64_t batch : {1, 4, 32}) {
      const auto kind = LayoutChoice::kindOf(batch, true, false);
      LayoutChoice choice;
      trial(choice, kind, 1.0, 2.0);
      QCOMPARE(choice.channelsLast(kind), false);
      LayoutChoice other;
      trial(other, kind, 2.0, 1.0);
      QCOMPARE(other.channelsLast(kind), true);
    }
  }

  void aSlowFirstRunDecidesNothing() {
    LayoutChoice choice;
    const auto kind = LayoutChoice::kindOf(32, false, false);
    choice.measured(kind, true, 9.0);  // it paid for memory
    choice.measured(kind, false, 2.0);
    choice.measured(kind, true, 1.0);
    QVERIFY(choice.decided(kind));
    QVERIFY(choice.channelsLast(kind));
  }

  void kindsAreChosenApart() {
    LayoutChoice choice;
    trial(choice, LayoutChoice::kindOf(32, false, false), 1.0, 2.0);
    QVERIFY(!choice.decided(LayoutChoice::kindOf(32, true, false)));
    QVERIFY(!choice.decided(LayoutChoice::kindOf(1, false, false)));
    QVERIFY(choice.decided(LayoutChoice::kindOf(8, false, false)));
  }
};

QTEST_GUILESS_MAIN(TestLayoutChoice)
#include "test_layout_choice.moc"
