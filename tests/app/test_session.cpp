#include <random>

#include <QAction>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPushButton>

#include "app/window_actions.h"
#include "desk_fixture.h"
#include "runtime/error.h"
#include "widgets/message_bar.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

QByteArray readAll(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeAll(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::WriteOnly));
  QCOMPARE(file.write(bytes), bytes.size());
}

}  // namespace

class TestSession : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void comesBackWhole() {
    DeskFixture f;
    f.openExample();
    f.studio().addPictureFiles({f.makePicture("photo.png", Qt::magenta)});
    QVERIFY(f.desk().waitUntilIdle(20000));
    const auto before = f.studio().document().pictures();
    QCOMPARE(before.size(), std::size_t(5));
    const QString layer = QString::fromStdString(f.studio().document().model()->layers().front().name);
    f.studio().selection().setUnit(layer, 2);
    f.studio().selection().setTarget(3);
    f.studio().selection().setImage(before[4].id);
    const QString file = f.path("work.unitscope");
    QVERIFY(f.window().session().save(file));
    QVERIFY(f.studio().settings().recentSessions().contains(file));

    f.reopen();
    QVERIFY(!f.studio().document().hasModel());
    f.studio().openPaths({file});  // recognised by its contents
    QVERIFY(f.desk().waitUntilIdle(60000));
    QCOMPARE(f.studio().document().opened().builtIn, QString("example"));
    const auto& after = f.studio().document().pictures();
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
      QCOMPARE(after[i].name, before[i].name);
      QVERIFY(after[i].pixels->pixels == before[i].pixels->pixels);  // drawn ones travel as PNG, without loss
    }
    const Focus& focus = f.studio().selection().focus();
    QCOMPARE(focus.layer, layer);
    QCOMPARE(focus.unit, 2);
    QCOMPARE(focus.target, 3);
    QCOMPARE(focus.image, after[4].id);
    QVERIFY(f.window().windowTitle().contains("work"));
  }

  void movesWithItsFolder() {
    DeskFixture f;
    QDir(f.path("")).mkdir("old");
    f.studio().addPictureFiles({f.makePicture("old/photo.png")});
    QVERIFY(f.desk().waitUntilIdle(20000));
    QVERIFY(f.window().session().save(f.path("old/work.unitscope")));
    QVERIFY(QDir(f.path("")).rename("old", "new"));
    f.window().session().open(f.path("new/work.unitscope"));
    QVERIFY(f.desk().waitUntilIdle(20000));
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(1));
    QCOMPARE(f.studio().document().pictures()[0].path, f.path("new/photo.png"));
  }

  void saysWhatIsMissing() {
    DeskFixture f;
    SessionData session;
    session.modelPath = f.path("gone.onnx");
    session.pictures.push_back({"gone.png", f.path("gone.png"), nullptr});
    session.pictures.push_back({"here.png", f.makePicture("here.png"), nullptr});
    writeSession(session, f.path("s.unitscope"));
    f.window().session().open(f.path("s.unitscope"));
    QVERIFY(f.desk().waitUntilIdle(20000));
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(1));
    QString all;
    for (const Message& message : f.window().messageBar().messages()) all += message.subject + ' ';
    QVERIFY2(all.contains("gone.onnx") && all.contains("gone.png"), qPrintable(all));
  }

  void refusesWhatIsNoSession() {
    DeskFixture f;
    const QString file = f.path("bad.unitscope");
    const QByteArray mark = "{\"format\": \"unitscope-session\", \"version\": 1";
    const QList<QByteArray> broken{
        "",
        "{}",
        "[1, 2]",
        "{\"format\": \"unitscope-session\", \"version\": 99}",
        mark,
        mark + ", \"model\": " + QByteArray(5000, '[') + QByteArray(5000, ']') + "}",
        mark + ", \"model\": {\"card\": {\"height\": -5}}}",
        mark + ", \"pictures\": [" + QByteArray("{},").repeated(20000) + "{}]}",
    };
    for (const QByteArray& bytes : broken) {
      QVERIFY_EXCEPTION_THROWN(sessionFromJson(bytes, file), Error);
    }
    writeAll(file, mark);
    f.window().session().open(file);
    QCOMPARE(f.window().messageBar().count(), 1);
    QVERIFY(f.window().messageBar().messages().front().subject.contains("bad.unitscope"));
    QVERIFY(f.window().session().file().isEmpty());
  }

  void takesWhatItUnderstands() {
    // Wrong types and wild numbers are as good as absent.
    const SessionData session = sessionFromJson(
        "{\"format\": \"unitscope-session\", \"version\": 1, \"model\": 7, \"pictures\": [3, {\"png\": \"!!\"}, null],"
        " \"focus\": {\"unit\": 1e300, \"place\": [\"x\", {}], \"target\": \"a\"}, \"currentPicture\": -1e99,"
        " \"workspaces\": {\"attribution\": [1], \"unheard-of\": {\"a\": 1}}}",
        "/nowhere/x.unitscope");
    QVERIFY(session.empty());
    QCOMPARE(session.focus.target, -1);
    QCOMPARE(session.focus.place, QPoint(-1, -1));
  }

  void survivesAnyDamage() {
    DeskFixture f;
    f.studio().openBuiltIn("example");
    QVERIFY(f.desk().waitUntilIdle(60000));
    const QString file = f.path("whole.unitscope");
    QVERIFY(f.window().session().save(file));
    const QByteArray whole = readAll(file);
    std::mt19937 random(7);
    int opened = 0, refused = 0;
    for (int i = 0; i < 400; ++i) {
      QByteArray damaged = whole;
      if (i % 4 == 0) damaged.truncate(int(random() % unsigned(whole.size())));
      for (unsigned k = 0; k < 1 + random() % 20 && !damaged.isEmpty(); ++k) {
        damaged[int(random() % unsigned(damaged.size()))] = char(random());
      }
      try {
        sessionFromJson(damaged, file);
        ++opened;
      } catch (const Error& error) {
        QVERIFY(!error.reason().empty());
        ++refused;
      }
    }
    qInfo("of 400 damaged sessions %d opened and %d were refused with a reason", opened, refused);
    QCOMPARE(opened + refused, 400);
  }

  void offersWhatACrashLeft() {
    DeskFixture f;
    // A window that died: its file is there and its lock belongs to a process that is not.
    SessionData session;
    session.pictures.push_back({"p.png", f.makePicture("p.png"), nullptr});
    const QString left = QDir(f.places().sessionFolder).filePath("dead.unitscope");
    writeSession(session, left);
    writeAll(left + ".lock", "999999999\nunitscope\n" + QSysInfo::machineHostName().toUtf8() + "\n\n\n");
    f.reopen();
    QCOMPARE(f.window().messageBar().count(), 1);
    QVERIFY(f.window().messageBar().messages().front().actionText.contains("Go on"));
    for (QPushButton* button : f.window().messageBar().findChildren<QPushButton*>()) button->click();
    QVERIFY(f.desk().waitUntilIdle(20000));
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(1));
    QVERIFY(!QFile::exists(left));
    f.reopen();
    QCOMPARE(f.window().messageBar().count(), 0);
  }

  void leavesALivingWindowAlone() {
    DeskFixture f;
    f.studio().addPictureFiles({f.makePicture("p.png")});
    QVERIFY(f.desk().waitUntilIdle(20000));
    f.window().session().flush();
    // A second window in the same folder, while the first one lives.
    Desk second(f.options());
    QVERIFY(second.window().session().abandoned().isEmpty());
    QCOMPARE(second.window().messageBar().count(), 0);
  }

  void damagedLeftoversDoNotHarm() {
    DeskFixture f;
    const QString left = QDir(f.places().sessionFolder).filePath("dead.unitscope");
    writeAll(left, "{\"format\": \"unitscope-session\"");
    f.window().session().recover(left);
    QCOMPARE(f.window().messageBar().messages().front().severity, Message::Severity::Error);
    QVERIFY(!QFile::exists(left));
  }

  void savesItselfAndGoesOn() {
    DeskFixture f;
    QVERIFY(!f.window().actions().goOn->isEnabled());
    f.studio().addPictureFiles({f.makePicture("p.png")});
    QVERIFY(f.desk().waitUntilIdle(20000));
    f.window().session().flush();
    const QDir folder(f.places().sessionFolder);
    QCOMPARE(folder.entryList({"*.unitscope"}).size(), 1);  // there before anything was saved by hand
    QVERIFY(f.window().close());
    f.reopen();
    QCOMPARE(folder.entryList({"*.unitscope"}), QStringList{"last.unitscope"});
    QCOMPARE(f.window().messageBar().count(), 0);  // it ended well
    QVERIFY(f.window().actions().goOn->isEnabled());
    f.window().actions().goOn->trigger();
    QVERIFY(f.desk().waitUntilIdle(20000));
    QCOMPARE(f.studio().document().pictures().size(), std::size_t(1));
  }

  void autosaveCanBeTurnedOff() {
    DeskFixture f;
    f.studio().settings().setAutosave(false);
    f.studio().addPictureFiles({f.makePicture("p.png")});
    QVERIFY(f.desk().waitUntilIdle(20000));
    f.window().session().flush();
    QVERIFY(QDir(f.places().sessionFolder).entryList({"*.unitscope"}).isEmpty());
  }
};

QTEST_MAIN(TestSession)
#include "test_session.moc"
