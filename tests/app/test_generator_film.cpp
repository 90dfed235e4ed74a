#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFile>
#include <QImageReader>
#include <QLabel>
#include <QPushButton>

#include "app/generator/directions/direction_list.h"
#include "app/generator/directions/directions_page.h"
#include "app/generator/film/film_dialog.h"
#include "app/generator/film/film_exports.h"
#include "gan/animation.h"
#include "generator_pages_fixture.h"

using namespace unitscope;
using namespace unitscope::test;

/// Films and the edited network, from the built-in generator of scenes.
class TestGeneratorFilm : public QObject {
  Q_OBJECT

  static void rest(GeneratorWorkspace& w) { QTRY_VERIFY_WITH_TIMEOUT(!w.busy(), kGeneratorPatience); }

  /// A made-up direction of w.
  static LatentDirection direction(GeneratorWorkspace& w) {
    LatentDirection made;
    made.name = "made up";
    made.source = "file";
    const std::int64_t size = w.stage()->generator()->plan().styleSize;
    made.vector = {{size}, std::vector<float>(std::size_t(size), 0.1F)};
    made.from = -2.0;
    made.to = 2.0;
    return made;
  }

  static void moveAlong(GeneratorWorkspace& w, double amount) {
    GeneratorScene next = w.stage()->scene();
    next.moves = {{direction(w), amount}};
    w.stage()->change(QStringLiteral("move"), next);
    rest(w);
  }

  static QString textOf(const QAction* action) { return QString(action->text()).remove(QLatin1Char('&')); }

 private Q_SLOTS:
  void nothingToFilmSaysWhy() {
    DeskFixture f;
    f.window().showWorkspace(QStringLiteral("generator"));
    auto* w = qobject_cast<GeneratorWorkspace*>(f.window().currentWorkspace());
    QVERIFY(w);
    for (QAction* action : w->films()->actions()) QVERIFY(!action->isEnabled() && !action->toolTip().isEmpty());
    GeneratorWorkspace& opened = openedGenerator(f);
    QVERIFY(opened.films()->actions()[0]->isEnabled());
    QVERIFY(!opened.films()->actions()[1]->isEnabled());
    FilmDialog* dialog = opened.films()->askForFilm();
    QVERIFY(!dialog->exportButton()->isEnabled());
    QVERIFY(dialog->summary()->text().contains("Nothing"));
    dialog->reject();
  }

  void framesOfASweep() {
    FilmPlan plan;
    plan.what = FilmPlan::What::Sweep;
    plan.direction.name = "d";
    plan.direction.vector = {{2}, {1.0F, 0.0F}};
    plan.from = -1.0;
    plan.to = 3.0;
    plan.frames = 8;
    plan.returns = false;
    std::vector<GeneratorScene> scenes = scenesOf(plan);
    QCOMPARE(scenes.size(), std::size_t(8));
    QCOMPARE(scenes.front().moves.front().amount, -1.0);
    QCOMPARE(scenes.back().moves.front().amount, 3.0);
    plan.returns = true;
    plan.scene.moves = {{plan.direction, 0.5}};
    scenes = scenesOf(plan);
    QCOMPARE(scenes[4].moves.size(), std::size_t(1));
    QCOMPARE(scenes[4].moves.front().amount, 3.0);
    QCOMPARE(scenes[2].moves.front().amount, scenes[6].moves.front().amount);
    plan.format = FilmPlan::Format::Strip;
    scenes = scenesOf(plan);
    QCOMPARE(scenes.front().moves.front().amount, -1.0);
    QCOMPARE(scenes.back().moves.front().amount, 3.0);
    plan.what = FilmPlan::What::Walk;
    plan.walk = std::vector<GeneratorScene>(20);
    QCOMPARE(scenesOf(plan).size(), std::size_t(8));
    plan.frames = 100;
    QCOMPARE(scenesOf(plan).size(), std::size_t(20));
  }

  void aDirectionBecomesAGifByTheDialog() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    moveAlong(w, 1.0);
    FilmDialog* dialog = w.films()->askForFilm();
    QVERIFY(dialog->isVisible());
    QCOMPARE(dialog->what()->currentIndex(), 0);
    QCOMPARE(dialog->direction()->currentText(), QString("made up"));
    dialog->seconds()->setValue(0.4);
    dialog->framesPerSecond()->setValue(20);
    dialog->size()->setCurrentIndex(1);
    QVERIFY2(dialog->summary()->text().contains("8 pictures"), qPrintable(dialog->summary()->text()));
    const FilmPlan plan = dialog->plan();
    QCOMPARE(plan.from, -2.0);
    QCOMPARE(plan.scale, 2);
    dialog->reject();
    w.films()->writeFilmTo(plan, f.path("sweep.gif"));
    QVERIFY(w.films()->busy());
    rest(w);
    QImageReader gif(f.path("sweep.gif"));
    QCOMPARE(gif.imageCount(), 8);
    QCOMPARE(gif.size(), QSize(128, 128));
  }

  void beforeAndAfterAsEveryFormat() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    moveAlong(w, 2.0);
    FilmPlan plan;
    plan.scene = w.stage()->scene();
    plan.frames = 6;
    plan.scale = 1;
    plan.format = FilmPlan::Format::Frames;
    w.films()->writeFilmTo(plan, f.path("frames"));
    rest(w);
    QCOMPARE(QDir(f.path("frames")).entryList({"*.png"}, QDir::Files).size(), 6);
    plan.format = FilmPlan::Format::Strip;
    w.films()->writeFilmTo(plan, f.path("strip.png"));
    rest(w);
    const QImage strip(f.path("strip.png"));
    QVERIFY(strip.width() >= 128 && strip.height() >= 64 && strip.height() < 80);
    for (const FilmPlan::Format format : {FilmPlan::Format::Mp4, FilmPlan::Format::WebM}) {
      if (!whyNoAnimation(suffixOf(format).toStdString()).empty()) continue;
      plan.format = format;
      const QString file = f.path("film.") + suffixOf(format);
      w.films()->writeFilmTo(plan, file);
      rest(w);
      QVERIFY2(QFile(file).size() > 100, qPrintable(file));
    }
    // What cannot be written is told.
    plan.format = FilmPlan::Format::Gif;
    w.films()->writeFilmTo(plan, f.path("no/such/folder/film.gif"));
    rest(w);
    QTRY_VERIFY(f.window().messageBar().count() > 0);
  }

  void theEditedNetworkDrawsTheSame() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    moveAlong(w, 1.5);
    QVERIFY(w.films()->actions()[1]->isEnabled());
    w.films()->saveNetwork(f.path("edited.onnx"));
    rest(w);
    QVERIFY(QFile::exists(f.path("edited.onnx")));
    // Opened again it draws without changes what the stage shows.
    const QImage shown = w.stage()->picture();
    f.studio().openModel(f.path("edited.onnx"));
    QVERIFY(f.desk().waitUntilIdle(kGeneratorPatience));
    QTRY_VERIFY_WITH_TIMEOUT(w.stage()->generator() && !w.busy(), kGeneratorPatience);
    const QImage again = w.stage()->picture();
    QCOMPARE(again.size(), shown.size());
    int worst = 0;
    for (int y = 0; y < again.height(); ++y)
      for (int x = 0; x < again.width(); ++x)
        worst = std::max(worst, std::abs(qGreen(again.pixel(x, y)) - qGreen(shown.pixel(x, y))));
    QVERIFY2(worst <= 2, qPrintable(QString::number(worst)));
  }

  void directionsOfTheListCanBeFilmed() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    QVERIFY(w.films()->choices().directions.empty());
    shownPage<DirectionsPage>(w).list()->add(QStringLiteral("add"), {direction(w)}, true);
    QCOMPARE(w.films()->choices().directions.size(), std::size_t(1));
    // One that the scene is moved along is not offered twice.
    moveAlong(w, 1.0);
    QCOMPARE(w.films()->choices().directions.size(), std::size_t(1));
  }

  void theWorkspaceOffersThem() {
    DeskFixture f;
    GeneratorWorkspace& w = openedGenerator(f);
    QStringList texts;
    for (const QAction* action : w.exportActions()) texts << textOf(action);
    for (const char* wanted : {"Film", "Latents", "Edited generator"}) {
      const bool there = std::any_of(texts.begin(), texts.end(),
                                     [&](const QString& text) { return text.startsWith(QLatin1String(wanted)); });
      QVERIFY2(there, wanted);
    }
  }
};

QTEST_MAIN(TestGeneratorFilm)
#include "test_generator_film.moc"
