#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "widgets/breadcrumb.h"
#include "widgets/job_bar.h"
#include "widgets/message_bar.h"

using namespace unitscope;

namespace {

Message say(Message::Severity severity, const QString& subject, const QString& reason = "because") {
  return {severity, subject, reason, {}, {}};
}

QToolButton* buttonNamed(QWidget& parent, const QString& part) {
  for (QToolButton* button : parent.findChildren<QToolButton*>()) {
    if (button->accessibleName().contains(part) || button->text().contains(part)) return button;
  }
  return nullptr;
}

}  // namespace

class TestBars : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void errorsStayOthersGo() {
    MessageBar bar;
    bar.setLifetime(30);
    bar.show(say(Message::Severity::Error, "net.onnx"));
    bar.show(say(Message::Severity::Info, "note"));
    QCOMPARE(bar.count(), 2);
    QCOMPARE(bar.messages().front().subject, QString("note"));  // newest first
    QTRY_COMPARE(bar.count(), 1);
    QTest::qWait(60);
    QCOMPARE(bar.messages().front().subject, QString("net.onnx"));
  }

  void repeatsReplaceAndOldOnesGiveWay() {
    MessageBar bar;
    for (int i = 0; i < 3; ++i) bar.show(say(Message::Severity::Error, "same"));
    QCOMPARE(bar.count(), 1);
    for (int i = 0; i < 5; ++i) bar.show(say(Message::Severity::Error, QString::number(i)));
    QCOMPARE(bar.count(), MessageBar::kMaximum);
    QCOMPARE(bar.messages().back().subject, QString("2"));
  }

  void actionsAndClosing() {
    MessageBar bar;
    Message offer = say(Message::Severity::Warning, "crash");
    offer.actionText = "Go on";
    offer.actionId = "7";
    QSignalSpy triggered(&bar, &MessageBar::actionTriggered), closed(&bar, &MessageBar::closed);
    bar.show(offer);
    bar.findChild<QPushButton*>()->click();
    QCOMPARE(triggered.count(), 1);
    QCOMPARE(triggered[0][0].toString(), QString("7"));
    QCOMPARE(closed.count(), 0);
    QCOMPARE(bar.count(), 0);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);  // the first row is gone for good
    bar.show(offer);
    buttonNamed(bar, "Close")->click();
    QCOMPARE(closed.count(), 1);
    QCOMPARE(triggered.count(), 1);
    QVERIFY(bar.isHidden());
  }

  void markupIsShownAsItIs() {
    MessageBar bar;
    bar.show(say(Message::Severity::Error, "<img src='x'>.onnx", "a < b & c"));
    QVERIFY(bar.findChild<QWidget*>());
    QCOMPARE(bar.messages().front().reason, QString("a < b & c"));
  }

  void jobsAreShownAfterTheDelay() {
    JobBar bar;
    bar.setDelay(40);
    bar.setJob({1, "Quick", {}, 0.1, {}, false});
    bar.removeJob(1);
    QTest::qWait(80);
    QVERIFY(bar.isHidden());
    bar.setJob({2, "Slow", "step", 0.5, 65.0, false});
    QTRY_VERIFY(!bar.isHidden());
    QCOMPARE(bar.findChild<QProgressBar*>()->value(), 500);
    QSignalSpy cancel(&bar, &JobBar::cancelRequested);
    buttonNamed(bar, "Slow")->click();
    QCOMPARE(cancel.count(), 1);
    QCOMPARE(cancel[0][0].toULongLong(), 2ULL);
    bar.removeJob(2);
    QVERIFY(bar.isHidden());
  }

  void manyJobsAreCounted() {
    for (const int rows : {1, 2}) {
      JobBar bar;
      bar.setMaximumRows(rows);
      bar.setDelay(0);
      for (quint64 id = 1; id <= 5; ++id) bar.setJob({id, QString("Job %1").arg(id), {}, -1.0, {}, id < 5});
      QTRY_VERIFY(!bar.isHidden());
      QVERIFY(buttonNamed(bar, "Job 5"));   // the one that runs comes first
      QVERIFY(!buttonNamed(bar, "Job 4"));  // waiting, and there is no room
      QSignalSpy all(&bar, &JobBar::cancelAllRequested);
      bar.findChild<QToolButton*>("cancelAll")->click();
      QCOMPARE(all.count(), 1);
      QCOMPARE(bar.count(), 5);
    }
  }

  void oneRowNeverGrows() {
    JobBar bar;
    bar.setMaximumRows(1);
    bar.setDelay(0);
    bar.setJob({1, "One", {}, 0.5, {}, false});
    QTRY_VERIFY(!bar.isHidden());
    const int alone = bar.sizeHint().height();
    for (quint64 id = 2; id < 9; ++id) bar.setJob({id, "More", {}, 0.5, {}, true});
    QTest::qWait(120);
    QVERIFY(bar.sizeHint().height() <= alone + 8);
  }

  void timesAreReadable() {
    QCOMPARE(JobBar::timeText(0.2), QString("1 s left"));
    QCOMPARE(JobBar::timeText(59.4), QString("59 s left"));
    QCOMPARE(JobBar::timeText(125), QString("2 min 5 s left"));
    QCOMPARE(JobBar::timeText(7260), QString("2 h 1 min left"));
    QCOMPARE(JobBar::timeText(-1), QString());
    QCOMPARE(JobBar::timeText(qQNaN()), QString());
  }

  void crumbsLead() {
    Breadcrumb crumbs;
    QSignalSpy went(&crumbs, &Breadcrumb::crumbActivated), back(&crumbs, &Breadcrumb::backRequested);
    crumbs.setPath({{"model", "Net & Co"}, {"layer:a", "a"}});
    buttonNamed(crumbs, "Go to a")->click();
    QCOMPARE(went[0][0].toString(), QString("layer:a"));
    QToolButton* backButton = crumbs.findChild<QToolButton*>("back");
    QVERIFY(!backButton->isEnabled());
    QVERIFY(backButton->toolTip().contains("Nowhere"));
    crumbs.setBackEnabled(true);
    QVERIFY(backButton->toolTip().contains("Alt+Left"));
    backButton->click();
    QCOMPARE(back.count(), 1);
    crumbs.setPath({});
    QVERIFY(!buttonNamed(crumbs, "Go to a") || !buttonNamed(crumbs, "Go to a")->isVisibleTo(&crumbs));
  }
};

QTEST_MAIN(TestBars)
#include "test_bars.moc"
