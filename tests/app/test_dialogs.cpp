#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QToolButton>

#include "app/bottom_bar.h"
#include "app/card_dialog.h"
#include "app/card_form.h"
#include "app/card_text.h"
#include "app/find_dialog.h"
#include "app/help_dialogs.h"
#include "app/settings_dialog.h"
#include "app/window_actions.h"
#include "desk_fixture.h"
#include "widgets/message_bar.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

template <class T>
T& child(QWidget& parent, const QString& name) {
  T* found = parent.findChild<T*>(name);
  Q_ASSERT_X(found, "child", qPrintable(name));
  return *found;
}

}  // namespace

class TestDialogs : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void cardPreviewsAndChanges() {
    DeskFixture f;
    f.openExample();
    const ModelCard before = f.studio().document().card();
    CardDialog* dialog = f.window().showCard();
    QVERIFY(dialog);
    QCOMPARE(f.window().showCard(), dialog);  // one only
    // Fields that nobody touched give the card back to the last digit.
    QVERIFY(dialog->form().card() == before);
    QTRY_VERIFY_WITH_TIMEOUT(!child<QLabel>(*dialog, "answer").text().isEmpty(), 30000);
    const QString first = child<QLabel>(*dialog, "answer").text();
    QVERIFY2(first.contains('%'), qPrintable(first));

    child<QDoubleSpinBox>(*dialog, "std0").setValue(0.2);
    QTRY_VERIFY_WITH_TIMEOUT(child<QLabel>(*dialog, "answer").text() != first, 30000);
    QVERIFY(f.studio().document().card() == before);  // only tried, not taken over
    dialog->accept();
    QVERIFY(f.desk().waitUntilIdle(20000));
    QCOMPARE(f.studio().document().card().std[0], 0.2);
    QVERIFY(!f.studio().document().card().guessed);
    f.studio().undo().undo();
    QVERIFY(f.studio().document().card() == before);
  }

  void cardRefusesWhatCannotBe() {
    DeskFixture f;
    f.openExample();
    CardDialog* dialog = f.window().showCard();
    QPushButton* confirm = dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    QVERIFY(confirm->isEnabled());
    child<QDoubleSpinBox>(*dialog, "std1").setValue(0.0);
    QVERIFY(!confirm->isEnabled());
    QVERIFY(confirm->toolTip().contains("divided"));
    QCOMPARE(confirm->accessibleDescription(), confirm->toolTip());
    QCOMPARE(child<QLabel>(*dialog, "complaint").text(), confirm->toolTip());
    child<QDoubleSpinBox>(*dialog, "std1").setValue(1.0);
    QVERIFY(confirm->isEnabled());
    f.studio().closeModel();  // its card cannot be confirmed any more
    QVERIFY(!dialog->isVisible());
  }

  void cardFindsProblems() {
    ModelCard card;
    card.input = "x";
    card.output = "y";
    QCOMPARE(cardProblem(card, {"x"}, {"y"}), QString());
    QVERIFY(!cardProblem(card, {"z"}, {"y"}).isEmpty());
    QVERIFY(!cardProblem(card, {"x"}, {}).isEmpty());
    ModelCard small = card;
    small.resizeTo = 100;
    QVERIFY(!cardProblem(small, {"x"}, {"y"}).isEmpty());
    ModelCard flat = card;
    flat.std = {1.0, 0.0, 1.0};
    QVERIFY(!cardProblem(flat, {"x"}, {"y"}).isEmpty());
    ModelCard grey = card;
    grey.channels = 1;  // with three means
    QVERIFY(!cardProblem(grey, {"x"}, {"y"}).isEmpty());
    QVERIFY(describePreprocessing(card).contains("256"));
  }

  void cardReadsLabels() {
    DeskFixture f;
    ModelCard card;
    card.input = "x";
    card.output = "y";
    CardForm form({"x"}, {"y"}, f.path("net.onnx"));
    form.setCard(card);
    QFile labels(f.path("names.txt"));
    QVERIFY(labels.open(QIODevice::WriteOnly));
    labels.write("cat\ndog\n");
    labels.close();
    QVERIFY(form.loadLabels(labels.fileName()));
    QCOMPARE(form.card().labels, (std::vector<std::string>{"cat", "dog"}));
    QCOMPARE(form.card().labelsFile, std::string("names.txt"));  // beside the model
    QVERIFY(!form.loadLabels(f.path("missing.txt")));
    QVERIFY(child<QLabel>(form, "labels").text().contains("missing.txt"));
    QCOMPARE(form.card().labels.size(), std::size_t(2));  // the old ones stay
  }

  void cardPresetsAndGrey() {
    ModelCard card;
    card.input = "x";
    card.output = "y";
    CardForm form({"x"}, {"y"}, {});
    form.setCard(card);
    auto& preset = child<QComboBox>(form, "preset");
    preset.setCurrentIndex(preset.findText("0 to 255"));
    Q_EMIT preset.activated(preset.currentIndex());
    QCOMPARE(form.card().scale, 1.0);
    QCOMPARE(form.card().mean, (std::vector<double>{0, 0, 0}));
    card.channels = 1;
    card.mean = {0.1307};
    card.std = {0.3081};
    form.setCard(card);
    QCOMPARE(form.card().mean, std::vector<double>{0.1307});
    QVERIFY(!child<QComboBox>(form, "order").isEnabled());
    QVERIFY(child<QComboBox>(form, "order").toolTip().contains("one channel"));
  }

  void settingsTakeEffect() {
    DeskFixture f;
    auto* dialog = new SettingsDialog(f.studio().context(), &f.window());
    dialog->open();
    QVERIFY(!child<QComboBox>(*dialog, "device").toolTip().isEmpty());
    QVERIFY(f.desk().waitUntilIdle(60000));
    QVERIFY(child<QComboBox>(*dialog, "device").findData("cpu") >= 0);
    child<QSpinBox>(*dialog, "memory").setValue(2048);
    child<QComboBox>(*dialog, "precision").setCurrentIndex(1);
    child<QCheckBox>(*dialog, "autosave").setChecked(false);
    QSignalSpy changes(&f.studio().settings(), &AppSettings::computeChanged);
    dialog->accept();
    QCOMPARE(changes.count(), 1);  // the model is readied once, not three times
    QCOMPARE(f.studio().settings().compute().memoryBudget, std::size_t(2048) << 20);
    QVERIFY(f.studio().settings().bfloat16());
    f.reopen();
    QVERIFY(f.studio().settings().bfloat16());
    QVERIFY(!f.studio().settings().autosave());
  }

  void deviceAndPrecisionAreChosenInTheMenu() {
    DeskFixture f;
    QMenu* menu = f.window().bottom().compute().menu();
    QVERIFY(menu);
    Q_EMIT menu->aboutToShow();
    const auto entry = [menu](const QVariant& data) -> QAction* {
      for (QAction* action : menu->actions()) {
        if (action->data() == data) return action;
      }
      return nullptr;
    };
    QTRY_VERIFY_WITH_TIMEOUT(entry("cpu") && menu->actions().size() >= 5, 60000);
    QVERIFY(entry("cpu")->isChecked());
    // What is not there is listed with its reason, in the tooltip and for screen readers.
    if (QAction* cuda = entry("cuda")) {
      QVERIFY(!cuda->isEnabled());
      QVERIFY2(cuda->toolTip().contains("CUDA"), qPrintable(cuda->toolTip()));
      QCOMPARE(cuda->statusTip(), cuda->toolTip());
    }
    QVERIFY(entry(false)->isChecked());
    entry(true)->trigger();
    QVERIFY(f.studio().settings().bfloat16());
    QVERIFY(f.window().bottom().compute().text().contains("bfloat16"));
    QTRY_VERIFY(entry(true)->isChecked());
  }

  void recentFilesAreKeptAndForgotten() {
    DeskFixture f;
    AppSettings& settings = f.studio().settings();
    QStringList files;
    for (int i = 0; i < 14; ++i) files << f.makePicture(QString("p%1.png").arg(i));
    for (const QString& file : files) settings.addRecentModel(file);
    settings.addRecentModel(files[5]);
    QCOMPARE(settings.recentModels().size(), 10);
    QCOMPARE(settings.recentModels().front(), files[5]);
    QCOMPARE(settings.recentModels().count(files[5]), 1);
    QVERIFY(QFile::remove(files[13]));
    QVERIFY(!settings.recentModels().contains(files[13]));  // what is gone is not offered
    f.reopen();
    QCOMPARE(f.studio().settings().recentModels().front(), files[5]);
    f.studio().settings().clearRecent();
    QVERIFY(f.studio().settings().recentModels().isEmpty());
  }

  void findsLayersAndClasses() {
    DeskFixture f;
    f.openExample();
    const ModelCard& card = f.studio().document().card();
    QVERIFY(!card.labels.empty());
    const QString label = QString::fromStdString(card.labels[1]);
    auto* dialog = new FindDialog(f.studio().context(), &f.window());
    dialog->show();
    const auto all = dialog->shown().size();
    auto* text = dialog->findChild<QLineEdit*>();
    QTest::keyClicks(text, label);
    QVERIFY(dialog->shown().contains(label));
    QVERIFY(dialog->shown().size() < all);
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(f.studio().selection().focus().target, 1);
    f.studio().undo().undo();
    QCOMPARE(f.studio().selection().focus().target, -1);

    QString layer;
    for (const Layer& one : f.studio().document().model()->layers()) {
      if (!one.plumbing) layer = QString::fromStdString(one.name);
    }
    auto* second = new FindDialog(f.studio().context(), &f.window());
    second->show();
    QTest::keyClicks(second->findChild<QLineEdit*>(), layer);
    QTest::keyClick(second->findChild<QLineEdit*>(), Qt::Key_Return);
    QCOMPARE(f.studio().selection().focus().layer, layer);
  }

  void helpListsEveryKeyOnce() {
    DeskFixture f;
    QHash<QString, QString> owners;
    for (const QAction* action : f.window().findChildren<QAction*>()) {
      for (const QKeySequence& keys : action->shortcuts()) {
        const QString text = keys.toString();
        if (text.isEmpty() || !f.window().actions().all().contains(const_cast<QAction*>(action))) continue;
        QVERIFY2(!owners.contains(text), qPrintable(text + " is " + owners[text] + " and " + action->text()));
        owners.insert(text, action->text());
      }
    }
    QVERIFY(owners.size() > 15);
    QDialog* about = makeAboutDialog(&f.window());
    about->show();
    QTRY_VERIFY_WITH_TIMEOUT(child<QLabel>(*about, "engine").text().contains("LibTorch"), 60000);
    about->close();
  }
};

QTEST_MAIN(TestDialogs)
#include "test_dialogs.moc"
