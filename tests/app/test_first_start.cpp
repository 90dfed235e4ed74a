#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "app/attribution/attribution_workspace.h"
#include "app/built_in_menu.h"
#include "app/sample_pictures.h"
#include "app/start_card.h"
#include "app/welcome_page.h"
#include "desk_fixture.h"
#include "widgets/message_bar.h"

using namespace unitscope;
using namespace unitscope::test;

class TestFirstStart : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void firstStartShowsHeatmapsAtOnce() {
    DeskFixture f;
    QVERIFY(f.window().welcome().isVisible());
    f.desk().begin();
    QVERIFY(f.desk().waitUntilIdle(120000));
    QCOMPARE(f.studio().document().opened().builtIn, firstBuiltIn());
    QVERIFY(f.studio().document().pictures().size() >= 4);
    QVERIFY(!f.window().welcome().isVisible());
    QVERIFY(f.window().startCard().isVisible());
    QCOMPARE(f.window().messageBar().count(), 0);
    const auto* workspace = qobject_cast<AttributionWorkspace*>(f.window().currentWorkspace());
    QVERIFY(workspace);
    QVERIFY(!workspace->commandLine().isNull() || !f.studio().document().pictures().empty());
    QVERIFY(!f.studio().undo().canUndo());
  }

  void laterStartsDoNot() {
    DeskFixture f;
    f.desk().begin();
    QVERIFY(f.desk().waitUntilIdle(120000));
    f.reopen();
    f.desk().begin();
    QVERIFY(f.desk().waitUntilIdle(20000));
    QVERIFY(!f.studio().document().hasModel());
    QVERIFY(f.window().welcome().isVisible());
    QVERIFY(!f.window().startCard().isVisible());
  }

  void theCardLeadsOnAndCanBeClosed() {
    DeskFixture f;
    f.openExample();
    StartCard& card = f.window().startCard();
    QVERIFY(card.isVisible());
    for (const Workspace* workspace : f.window().workspaces()) {
      auto* button = card.findChild<QPushButton*>("start-" + workspace->id());
      QVERIFY2(button, qPrintable(workspace->id()));
      QCOMPARE(button->isHidden(), workspace->id() == QStringLiteral("generator"));  // the example draws nothing
      if (button->isHidden()) continue;
      QTest::mouseClick(button, Qt::LeftButton);
      QCOMPARE(f.window().currentWorkspace(), workspace);
    }
    QTest::mouseClick(card.findChild<QToolButton*>("startClose"), Qt::LeftButton);
    QVERIFY(!card.isVisible());
    // Pictures that come and go do not bring it back.
    const QString red = f.makePicture("red.png", Qt::red);
    f.studio().addPictureFiles({red});
    QVERIFY(f.desk().waitUntilIdle(60000));
    QVERIFY(!card.isVisible());
    f.studio().closeModel();
    f.openExample();
    QVERIFY(card.isVisible());
  }

  void noCardForOnesOwnModels() {
    DeskFixture f;
    const QString model = QStringLiteral(UNITSCOPE_SHARED_DIR "/models/resnet20-cifar10.onnx");
    if (!QFile::exists(model)) QSKIP("there is no ../shared with a model");
    f.studio().openModel(model);
    QVERIFY(f.desk().waitUntilIdle(60000));
    QVERIFY(f.studio().document().hasModel());
    QVERIFY(!f.window().startCard().isVisible());
  }

  void theMenuOpensEach_data() {
    QTest::addColumn<QString>("name");
    for (const BuiltInChoice& choice : builtInChoices()) QTest::newRow(qPrintable(choice.name)) << choice.name;
  }
  void theMenuOpensEach() {
    QFETCH(QString, name);
    DeskFixture f;
    BuiltInMenu* menu = nullptr;
    for (BuiltInMenu* found : f.window().findChildren<BuiltInMenu*>())
      if (qobject_cast<QMenu*>(found->parent())) menu = found;
    QVERIFY(menu);
    QAction* action = menu->findChild<QAction*>(name);
    QVERIFY(action && !action->toolTip().isEmpty());
    action->trigger();
    QVERIFY(f.desk().waitUntilIdle(120000));
    QCOMPARE(f.studio().document().opened().builtIn, name);
    QVERIFY(!f.studio().document().opened().title.isEmpty());
    for (const Message& message : f.window().messageBar().messages())
      QVERIFY2(message.severity != Message::Severity::Error, qPrintable(message.reason));
  }

  void samplePicturesAreNamedAndDistinct() {
    for (const BuiltInChoice& choice : builtInChoices()) {
      const std::vector<PictureEntry> pictures = samplePicturesFor(choice.name);
      for (std::size_t i = 0; i < pictures.size(); ++i) {
        QVERIFY(!pictures[i].name.isEmpty());
        for (std::size_t k = 0; k < i; ++k) QVERIFY(pictures[k].pixels->pixels != pictures[i].pixels->pixels);
      }
    }
    QVERIFY(samplePicturesFor("no-such-model").empty());
  }

  void unknownBuiltInModelIsRefused() {
    DeskFixture f;
    f.studio().openBuiltIn("no-such-model");
    QVERIFY(f.desk().waitUntilIdle(20000));
    QVERIFY(!f.studio().document().hasModel());
    QCOMPARE(f.window().messageBar().count(), 1);
    QVERIFY(f.window().messageBar().messages().front().subject.contains("no-such-model"));
  }
};

QTEST_MAIN(TestFirstStart)
#include "test_first_start.moc"
