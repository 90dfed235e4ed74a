#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QToolButton>
#include <QTreeView>

#include "app/bottom_bar.h"
#include "app/inspector_panel.h"
#include "app/model_panel.h"
#include "app/picture_panel.h"
#include "app/welcome_page.h"
#include "app/window_actions.h"
#include "desk_fixture.h"
#include "heartbeat.h"
#include "widgets/breadcrumb.h"
#include "widgets/gallery_grid.h"
#include "widgets/job_bar.h"
#include "widgets/layer_tree.h"
#include "widgets/message_bar.h"
#include "widgets/theme.h"

using namespace unitscope;
using namespace unitscope::test;

class TestWindow : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void dropsPicturesAnywhere() {
    DeskFixture f;
    const QString a = f.makePicture("a.png"), b = f.makePicture("b.png", Qt::red);
    QVERIFY(dropFiles(f.window(), {a, b}));
    QVERIFY(f.desk().waitUntilIdle(20000));
    const auto& pictures = f.studio().document().pictures();
    QCOMPARE(pictures.size(), std::size_t(2));
    QCOMPARE(pictures[0].name, QString("a.png"));
    QCOMPARE(pictures[1].pixels->pixels[0], std::uint8_t(255));  // red
    QCOMPARE(f.studio().selection().focus().image, pictures[0].id);
    QCOMPARE(f.window().picturePanel().grid().selectedIds(), QStringList{QString::number(pictures[0].id)});
  }

  void dropsFoldersAndPixels() {
    DeskFixture f;
    QDir(f.path("")).mkdir("photos");
    f.makePicture("photos/10.png");
    f.makePicture("photos/9.png");
    QFile note(f.path("photos/note.png"));  // not a picture, whatever its name says
    QVERIFY(note.open(QIODevice::WriteOnly));
    note.write("hello");
    note.close();
    QVERIFY(dropFiles(f.window(), {f.path("photos")}));
    QVERIFY(f.desk().waitUntilIdle(20000));
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(2));
    QCOMPARE(f.studio().document().pictures()[0].name, QString("9.png"));  // as people count

    QMimeData pixels;
    QImage image(12, 8, QImage::Format_RGB32);
    image.fill(Qt::blue);
    pixels.setImageData(image);
    QVERIFY(drop(f.window(), pixels));
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(3));
    QCOMPARE(f.studio().document().pictures()[2].pixels->width, 12);
  }

  void saysWhyADropIsRefused() {
    DeskFixture f;
    QFile broken(f.path("broken.onnx"));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("this is no network");
    broken.close();
    QVERIFY(dropFiles(f.window(), {broken.fileName()}));
    QVERIFY(f.desk().waitUntilIdle(20000));
    QVERIFY(!f.studio().document().hasModel());
    QCOMPARE(f.window().messageBar().count(), 1);
    const Message message = f.window().messageBar().messages().front();
    QCOMPARE(message.severity, Message::Severity::Error);
    QVERIFY2(message.subject.contains("broken.onnx"), qPrintable(message.subject));
    QVERIFY(!message.reason.isEmpty());

    QMimeData web;
    web.setUrls({QUrl("https://example.org/cat.png")});
    drop(f.window(), web);
    QVERIFY(f.window().messageBar().messages().front().reason.contains("save the file first"));
  }

  void exampleFillsTheWindow() {
    DeskFixture f;
    QVERIFY(f.window().welcome().isVisible());
    f.openExample();
    QCOMPARE(f.studio().document().opened().builtIn, QString("example"));
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(4));
    QVERIFY(!f.window().modelPanel().tree().shownNames().isEmpty());
    QVERIFY(f.window().windowTitle().contains(f.studio().document().opened().title));
    if (!f.window().workspaces().empty()) QVERIFY(!f.window().welcome().isVisible());
    QVERIFY(!f.studio().document().opened().layerShapes.empty());
    QVERIFY(!f.studio().undo().canUndo());  // the example's pictures are not an edit
    f.window().actions().closeModel->trigger();
    QVERIFY(f.window().welcome().isVisible());
    QVERIFY(f.window().modelPanel().tree().shownNames().isEmpty());
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(4));
  }

  void treeInspectorAndBreadcrumbFollow() {
    DeskFixture f;
    f.openExample();
    LayerTree& tree = f.window().modelPanel().tree();
    const QStringList names = tree.shownNames();
    QVERIFY(names.size() >= 2);
    const QString first = names[0], second = names[1];
    f.studio().selection().setLayer(second);
    QCOMPARE(tree.selected(), second);
    QCoreApplication::processEvents();
    QVERIFY(f.window().inspector().asText().contains("Name: " + second));
    QCOMPARE(f.window().breadcrumb().path().back().text, second.section('.', -1));

    // The weights of a layer are read beside the engine.
    f.studio().selection().setLayer("edges");
    QTRY_VERIFY_WITH_TIMEOUT(f.window().inspector().asText().contains("Range: "), 10000);
    f.studio().selection().setLayer(second);

    tree.view()->setCurrentIndex(tree.view()->model()->index(0, 0));
    QCOMPARE(f.studio().selection().focus().layer, first);
    QTest::keyClick(&f.window(), Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(f.studio().selection().focus().layer, second);
    QCOMPARE(tree.selected(), second);
    QTest::keyClick(&f.window(), Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(f.studio().selection().focus().layer, first);
    f.studio().selection().setUnit(first, 1);
    QCOMPARE(f.window().breadcrumb().path().back().id, QString("unit"));
    QTest::keyClick(&f.window(), Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(f.studio().selection().focus().unit, -1);
    QCOMPARE(f.studio().selection().focus().layer, first);
  }

  void undoesPictures() {
    DeskFixture f;
    const QString a = f.makePicture("a.png"), b = f.makePicture("b.png"), c = f.makePicture("c.png");
    f.studio().addPictureFiles({a, b, c});
    QVERIFY(f.desk().waitUntilIdle(20000));
    QUndoStack& undo = f.studio().undo();
    const ImageId middle = f.studio().document().pictures()[1].id;
    f.studio().removePictures({middle});
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(2));
    QVERIFY(f.window().actions().undo->text().contains("b.png"));
    QTest::keySequence(&f.window(), QKeySequence::Undo);
    QCOMPARE(f.studio().document().indexOf(middle), 1);  // back at its old place
    undo.undo();
    QVERIFY(f.studio().document().pictures().empty());
    QVERIFY(!f.window().actions().undo->isEnabled());
    QCOMPARE(f.window().actions().undo->toolTip(), QString("Nothing to undo"));
    undo.redo();
    undo.redo();
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(2));
  }

  void pastes() {
    DeskFixture f;
    QImage image(20, 10, QImage::Format_RGB32);
    image.fill(Qt::green);
    QApplication::clipboard()->setImage(image);
    f.window().actions().paste->trigger();
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(1));
    QApplication::clipboard()->setText(f.makePicture("fromPath.png"));
    f.window().actions().paste->trigger();
    QVERIFY(f.desk().waitUntilIdle(20000));
    QCOMPARE(f.studio().document().pictures().back().name, QString("fromPath.png"));
    // As terminals and editors have it: several lines, quotes, file:// addresses.
    const QString quoted = '"' + f.makePicture("with space.png") + '"';
    QApplication::clipboard()->setText(quoted + '\n' + QUrl::fromLocalFile(f.makePicture("as address.png")).toString() +
                                       '\n');
    f.window().actions().paste->trigger();
    QVERIFY(f.desk().waitUntilIdle(20000));
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(4));
    QCOMPARE(f.studio().document().pictures()[2].name, QString("with space.png"));
    QCOMPARE(f.studio().document().pictures()[3].name, QString("as address.png"));
    QApplication::clipboard()->setText("nothing of the kind");
    f.window().actions().paste->trigger();
    QCOMPARE(f.window().messageBar().count(), 1);
  }

  void disabledControlsSayWhy() {
    DeskFixture f;
    const WindowActions& actions = f.window().actions();
    QVERIFY(!actions.card->isEnabled());
    QCOMPARE(actions.card->toolTip(), QString("No model is open yet"));
    for (const QAction* action : actions.all()) {
      QVERIFY2(!action->toolTip().isEmpty(), qPrintable(action->text()));
      if (!action->isEnabled()) QCOMPARE(action->statusTip(), action->toolTip());
    }
    f.openExample();
    QVERIFY(actions.card->isEnabled());
    QVERIFY(actions.card->toolTip() != QString("No model is open yet"));
    // Whatever can be pressed has a name that is spoken.
    for (const QToolButton* button : f.window().findChildren<QToolButton*>()) {
      // Qt's own: title buttons of docks, icons inside of text fields.
      const bool qts = button->objectName().startsWith("qt_") || button->inherits("QDockWidgetTitleButton") ||
                       qobject_cast<QLineEdit*>(button->parent()) || !button->isVisible();
      if (qts) continue;
      QVERIFY2(
          !button->accessibleName().isEmpty() || !button->text().isEmpty(),
          qPrintable(
              QString("%1 in %2").arg(button->metaObject()->className(), button->parent()->metaObject()->className())));
    }
  }

  void themeSwitches() {
    DeskFixture f;
    f.window().actions().themeDark->trigger();
    QVERIFY(isDark(QApplication::palette()));
    QVERIFY(f.window().actions().themeDark->isChecked());
    f.window().actions().themeLight->trigger();
    QVERIFY(!isDark(QApplication::palette()));
    QCOMPARE(f.studio().settings().theme(), AppSettings::Theme::Light);
    f.reopen();
    QVERIFY(f.window().actions().themeLight->isChecked());
  }

  void cancelsAJobAndStaysFluid() {
    DeskFixture f;
    JobBar& bar = f.window().bottom().jobs();
    bar.setDelay(0);
    // A job that works until it is cancelled: it cannot end otherwise.
    bool finished = false, cancelled = false;
    f.studio().engine().ask<int>(
        "Endless", "test",
        [](const Progress& progress, const CancelToken& cancel) {
          for (double x = 1.0;; x += 1e-6) {
            cancel.check();
            progress.report(x / (x + 100.0), "going on");
          }
          return 0;
        },
        &f.window(), [&](int) { finished = true; }, [&](const Problem& problem) { cancelled = problem.cancelled; });
    Heartbeat heart;
    QTest::qWait(1500);
    heart.report("while a job reports as fast as it can");
    QTRY_VERIFY(bar.isVisible());
    QCOMPARE(bar.count(), 1);
    auto* cancel = bar.findChild<QToolButton*>();
    for (QToolButton* button : bar.findChildren<QToolButton*>()) {
      if (button->toolTip().contains("Endless")) cancel = button;
    }
    QVERIFY(cancel);
    QTest::mouseClick(cancel, Qt::LeftButton);
    QTRY_VERIFY(cancelled);
    QVERIFY(!finished);
    QTRY_COMPARE(bar.count(), 0);
    QCOMPARE(f.window().messageBar().count(), 0);  // the user's own doing is no error
  }

  void panelsAreReachedByKeys() {
    DeskFixture f;
    f.openExample();
    f.window().activateWindow();
    f.window().modelPanel().tree().view()->setFocus();
    QTest::keyClick(&f.window(), Qt::Key_F6);
    QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(&f.window().picturePanel().grid()));
    QTest::keyClick(&f.window(), Qt::Key_F6, Qt::ShiftModifier);
    QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(f.window().modelPanel().tree().view()));
    const ImageId before = f.studio().selection().focus().image;
    QTest::keyClick(&f.window(), Qt::Key_PageDown, Qt::ControlModifier);
    QVERIFY(f.studio().selection().focus().image != before);
  }
};

QTEST_MAIN(TestWindow)
#include "test_window.moc"
