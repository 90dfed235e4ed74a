#include <QAction>
#include <QCryptographicHash>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QtTest>

#include "app/catalogue/catalogue_dialog.h"
#include "app/catalogue/catalogue_model.h"
#include "app/messages.h"
#include "app/window_actions.h"
#include "desk_fixture.h"
#include "http_server.h"

using namespace unitscope;
using namespace unitscope::test;
using State = DownloadStatus::State;

namespace {

constexpr int kPatience = 20'000;

CatalogueEntry makeEntry(const HttpServer& server, const std::string& name, const QByteArray& body) {
  CatalogueEntry entry;
  entry.id = name;
  entry.title = "Network " + name;
  entry.architecture = "resnet18";
  entry.file = name + ".pth";
  entry.url = server.url(QString::fromStdString("/" + entry.file)).toString().toStdString();
  entry.sha256 = QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex().left(8).toStdString();
  entry.mebibytes = static_cast<double>(body.size()) / (1 << 20);
  entry.year = 2020;
  entry.paper = "Somebody, On " + name;
  entry.top1 = 50 + static_cast<double>(body.size() % 10);
  entry.licence.name = "MIT";
  entry.card.title = entry.title;
  entry.card.guessed = false;
  entry.labelSet = "imagenet1k";
  return entry;
}

/// The dialog with a catalogue of three networks that lie on a local server.
struct Fixture {
  Fixture() {
    Catalogue catalogue;
    catalogue.accuracySource = "nobody measured";
    for (const char* name : {"alpha", "beta", "gamma"}) {
      const QByteArray body(200'000 + 3 * int(name[0]), name[0]);
      server.file("/" + QByteArray(name) + ".pth").body = body;
      catalogue.entries.push_back(makeEntry(server, name, body));
    }
    QObject::connect(&messages, &Messages::posted, &messages, [this](const Message& message) { posted << message; });
    dialog = std::make_unique<CatalogueDialog>(std::move(catalogue), folder.filePath("models"), messages);
    dialog->queue().setAllowsLocalHttp(true);
    dialog->show();
  }
  void press(const char* name) {
    auto* one = dialog->findChild<QPushButton*>(name);
    QVERIFY2(one && one->isEnabled(), name);
    QTest::mouseClick(one, Qt::LeftButton);
  }
  bool canPress(const char* name) const { return dialog->findChild<QPushButton*>(name)->isEnabled(); }
  QString cell(int row, int column) const {
    return dialog->findChild<QTableView*>()->model()->index(row, column).data().toString();
  }
  State state(int row) const { return dialog->queue().status(row).state; }
  QString path(const char* name) const { return folder.filePath(QString("models/%1.pth").arg(name)); }
  QLabel& label(const char* name) const { return *dialog->findChild<QLabel*>(name); }
  /// Answers the question that is open.
  bool answer(const QString& text) const {
    auto* box = dialog->findChild<QMessageBox*>("removeConfirmation");
    if (!box) return false;
    for (QAbstractButton* button : box->buttons()) {
      if (button->text().remove('&') != text) continue;
      button->click();
      QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
      return true;
    }
    return false;
  }

  QTemporaryDir folder;
  HttpServer server;
  Messages messages;
  QVector<Message> posted;
  std::unique_ptr<CatalogueDialog> dialog;
};

}  // namespace

class TestCatalogueDialog : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void downloadsAndOpens() {
    Fixture f;
    QVERIFY(f.dialog->select("beta"));
    QCOMPARE(f.cell(1, CatalogueModel::State), QString("not here"));
    QVERIFY(!f.canPress("open") && !f.canPress("cancel") && !f.canPress("remove"));
    QVERIFY(f.server.requests().empty());  // nothing unasked
    f.press("download");
    QTRY_COMPARE_WITH_TIMEOUT(f.state(1), State::Here, kPatience);
    QCOMPARE(f.cell(1, CatalogueModel::State), QString("here"));
    QVERIFY(!f.canPress("download") && !f.canPress("cancel") && f.canPress("remove"));
    QCOMPARE(f.server.requests().size(), std::size_t(1));
    // It has its card, labels and all.
    const std::string cardFile = f.path("beta").toStdString() + ".card.json";
    QFile file(QString::fromStdString(cardFile));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const ModelCard card = cardFromJson(file.readAll().toStdString(), cardFile);
    QCOMPARE(card.title, std::string("Network beta"));
    QCOMPARE(card.labels.size(), std::size_t(1000));
    QVERIFY(!card.guessed);
    // The window was told, with a button that opens it.
    QCOMPARE(f.posted.size(), 1);
    QCOMPARE(f.posted[0].severity, Message::Severity::Success);
    QSignalSpy wanted(f.dialog.get(), &CatalogueDialog::openWanted);
    f.messages.runAction(f.posted[0].actionId);
    QCOMPARE(wanted.count(), 1);
    f.press("open");
    QCOMPARE(wanted.count(), 2);
    QCOMPARE(wanted[1][0].toString(), f.path("beta"));
    QVERIFY(!f.dialog->isVisible());
  }

  void severalWaitInLine() {
    Fixture f;
    f.server.file("/alpha.pth").hangAfter = 1000;
    for (const char* id : {"alpha", "beta", "gamma"}) {
      f.dialog->select(id);
      f.press("download");
    }
    QCOMPARE(f.state(0), State::Running);
    QCOMPARE(f.state(1), State::Waiting);
    QCOMPARE(f.cell(2, CatalogueModel::State), QString("waiting"));
    QTRY_VERIFY_WITH_TIMEOUT(f.dialog->queue().status(0).received == 1000, kPatience);
    QCOMPARE(f.server.requests().size(), std::size_t(1));
    f.dialog->select("beta");
    f.press("cancel");
    QCOMPARE(f.state(1), State::Absent);
    f.dialog->select("alpha");
    QVERIFY(!f.canPress("remove"));
    f.press("cancel");
    QCOMPARE(f.state(0), State::Unfinished);
    QVERIFY2(f.cell(0, CatalogueModel::State).startsWith("stopped"), qPrintable(f.cell(0, CatalogueModel::State)));
    QTRY_COMPARE_WITH_TIMEOUT(f.state(2), State::Here, kPatience);
    QVERIFY(!QFile::exists(f.path("beta")));
    // And on with the first.
    f.server.file("/alpha.pth").hangAfter = -1;
    QVERIFY(f.dialog->findChild<QPushButton*>("download")->text().contains("on"));
    f.press("download");
    QTRY_COMPARE_WITH_TIMEOUT(f.state(0), State::Here, kPatience);
    QCOMPARE(f.server.requests().back().header("range"), QByteArray("bytes=1000-"));
    QVERIFY(f.dialog->queue().idle());
  }

  void goesOnWhileClosed() {
    Fixture f;
    f.dialog->select("alpha");
    f.press("download");
    f.dialog->close();
    QTRY_COMPARE_WITH_TIMEOUT(f.state(0), State::Here, kPatience);
    QCOMPARE(f.posted.size(), 1);
  }

  void saysWhatWentWrong() {
    Fixture f;
    f.server.file("/alpha.pth").body += "x";  // another file than the catalogue's
    f.dialog->select("alpha");
    f.press("download");
    f.dialog->select("beta");
    f.press("download");  // the line goes on after a failure
    QTRY_COMPARE_WITH_TIMEOUT(f.state(1), State::Here, kPatience);
    QCOMPARE(f.cell(0, CatalogueModel::State), QString("failed"));
    QVERIFY(f.label("problem").isHidden());
    f.dialog->select("alpha");
    QVERIFY(!f.label("problem").isHidden());
    QVERIFY2(f.label("problem").text().contains("SHA-256"), qPrintable(f.label("problem").text()));
    QCOMPARE(f.posted.size(), 2);
    QCOMPARE(f.posted[0].severity, Message::Severity::Error);
    QCOMPARE(f.posted[0].subject, QString("Network alpha"));
    QVERIFY(!QFile::exists(f.path("alpha")));
    f.server.file("/alpha.pth").body.chop(1);
    f.press("download");
    QTRY_COMPARE_WITH_TIMEOUT(f.state(0), State::Here, kPatience);
    QVERIFY(f.label("problem").isHidden());
  }

  void worksWithoutANetwork() {
    Fixture f;
    f.server.stop();
    f.dialog->select("alpha");
    f.press("download");
    QTRY_VERIFY_WITH_TIMEOUT(!f.label("problem").isHidden(), kPatience);
    QVERIFY2(f.label("problem").text().contains("cannot be reached"), qPrintable(f.label("problem").text()));
    QVERIFY(f.canPress("download"));
  }

  void removesOnlyWhenConfirmed() {
    Fixture f;
    f.dialog->select("gamma");
    f.press("download");
    QTRY_COMPARE_WITH_TIMEOUT(f.state(2), State::Here, kPatience);
    f.press("remove");
    QVERIFY(f.answer("Cancel"));
    QVERIFY(QFile::exists(f.path("gamma")));
    auto& table = *f.dialog->findChild<QTableView*>("networks");
    table.setFocus();
    QTest::keyClick(&table, Qt::Key_Delete);
    QVERIFY(f.answer("Remove"));
    QVERIFY(QDir(f.folder.filePath("models")).entryList(QDir::Files).isEmpty());
    QCOMPARE(f.cell(2, CatalogueModel::State), QString("not here"));
    QVERIFY(f.canPress("download"));
  }

  void searches() {
    Fixture f;
    auto& search = *f.dialog->findChild<QLineEdit*>("search");
    auto& table = *f.dialog->findChild<QTableView*>("networks");
    QCOMPARE(table.model()->rowCount(), 3);
    QTest::keyClicks(&search, "2020 bet");
    QCOMPARE(table.model()->rowCount(), 1);
    QCOMPARE(f.label("title").text(), QString("Network beta"));
    QTest::keyClicks(&search, "zzz");
    QVERIFY(!table.isVisible());
    QVERIFY(!f.canPress("download"));
    search.clear();
    QVERIFY(table.isVisible());
    QVERIFY(f.canPress("download"));
  }

  void sortsByNumber() {
    Fixture f;
    auto& table = *f.dialog->findChild<QTableView*>("networks");
    table.sortByColumn(CatalogueModel::Size, Qt::DescendingOrder);
    QCOMPARE(f.cell(0, CatalogueModel::Name), QString("Network gamma"));
    table.sortByColumn(CatalogueModel::Size, Qt::AscendingOrder);
    QCOMPARE(f.cell(0, CatalogueModel::Name), QString("Network alpha"));
    QVERIFY(f.dialog->select("gamma"));  // by its row of the catalogue, wherever it stands
    QCOMPARE(f.label("title").text(), QString("Network gamma"));
  }

  void worksByKeysAlone() {
    Fixture f;
    QSignalSpy wanted(f.dialog.get(), &CatalogueDialog::openWanted);
    auto& table = *f.dialog->findChild<QTableView*>("networks");
    table.setFocus();
    QTest::keyClick(&table, Qt::Key_Down);
    QTest::keyClick(&table, Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(f.state(1), State::Here, kPatience);
    QTest::keyClick(&table, Qt::Key_Return);
    QCOMPARE(wanted.count(), 1);
  }

  void theMenuOpensIt() {
    DeskFixture f;
    QAction* action = f.window().actions().getModels;
    bool inMenu = false;
    for (const QAction* menu : f.window().menuBar()->actions()) inMenu |= menu->menu()->actions().contains(action);
    QVERIFY(inMenu);
    action->trigger();
    auto* dialog = f.window().findChild<CatalogueDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    QVERIFY(dialog->queue().catalogue().find("resnet18"));
    QCOMPARE(dialog->queue().store().folder(), f.places().modelFolder);
    QVERIFY(!QFile::exists(f.places().modelFolder));  // nothing unasked
    dialog->close();
    action->trigger();
    QCOMPARE(f.window().findChildren<CatalogueDialog*>().size(), 1);  // its downloads go on
    QVERIFY(dialog->isVisible());
    // What it wants opened goes to the studio; this is no network, and the window says so.
    QFile file(f.path("broken.pth"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("no network");
    file.close();
    QSignalSpy failed(&f.studio(), &Studio::modelFailed);
    Q_EMIT dialog->openWanted(file.fileName());
    QVERIFY(failed.wait(kPatience));
  }

  void theBuiltInCatalogueIsShown() {
    QTemporaryDir folder;
    Messages messages;
    CatalogueDialog dialog(builtInCatalogue(), folder.filePath("models"), messages);
    dialog.show();
    auto& table = *dialog.findChild<QTableView*>("networks");
    QVERIFY(table.model()->rowCount() >= 20);
    QVERIFY(dialog.select("resnet18"));
    QVERIFY(dialog.findChild<QTextBrowser*>("facts")->toPlainText().contains("resnet18-f37072fd.pth"));
    QVERIFY(!QFile::exists(folder.filePath("models")));
    for (const QPushButton* button : dialog.findChildren<QPushButton*>()) {
      QVERIFY2(!button->text().isEmpty(), qPrintable(button->objectName()));
    }
  }
};

QTEST_MAIN(TestCatalogueDialog)
#include "test_catalogue_dialog.moc"
