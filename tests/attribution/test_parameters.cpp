#include <limits>

#include <QtTest>

#include "attribution/parameters.h"
#include "runtime/error.h"

using namespace unitscope;

namespace {

MethodInfo info() {
  MethodInfo m;
  m.id = "method";
  m.parameters = {{"on", "On", "", true, 0, 0, {}},
                  {"count", "Count", "", std::int64_t{5}, 1, 10, {}},
                  {"free", "Free", "", std::int64_t{0}, 0, 0, {}},
                  {"part", "Part", "", 0.5, 0.0, 1.0, {}},
                  {"kind", "Kind", "", std::string("a"), 0, 0, {"a", "b"}},
                  {"name", "Name", "", std::string(), 0, 0, {}}};
  return m;
}

}  // namespace

class TestParameters : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void defaults() {
    const ParameterValues values(info());
    QCOMPARE(values.flag("on"), true);
    QCOMPARE(values.integer("count"), std::int64_t{5});
    QCOMPARE(values.number("part"), 0.5);
    QCOMPARE(values.text("kind"), std::string("a"));
    QCOMPARE(values.all().size(), std::size_t{6});
  }

  void parsesText_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    const auto row = [](const char* id, const char* text, bool good) {
      QTest::addRow("%s=%s", id, text) << id << text << good;
    };
    for (const char* yes : {"true", "false", "0", "1", "on", "off", "yes", "no"}) row("on", yes, true);
    for (const char* no : {"", "2", "True ", "maybe"}) row("on", no, false);
    for (const char* yes : {"1", "10", "+7"}) row("count", yes, true);
    for (const char* no : {"", "0", "11", "-1", "5.0", "5x", " 5", "0x5", "99999999999999999999", "nan", "+"})
      row("count", no, false);
    for (const char* yes : {"-9223372036854775808", "9223372036854775807"}) row("free", yes, true);
    for (const char* yes : {"0", "1", "0.25", "1e-3", ".5"}) row("part", yes, true);
    for (const char* no : {"", "1.01", "-0.1", "nan", "inf", "1e400", "0,5", "0.5 "}) row("part", no, false);
    for (const char* yes : {"a", "b"}) row("kind", yes, true);
    for (const char* no : {"", "c", "A", "ab"}) row("kind", no, false);
    row("name", "anything", true);
    row("unknown", "1", false);
    row("", "1", false);
  }
  void parsesText() {
    QFETCH(QString, id);
    QFETCH(QString, text);
    QFETCH(bool, good);
    ParameterValues values(info());
    const ParameterValues before = values;
    try {
      values.set(info(), id.toStdString(), std::string_view(text.toStdString()));
      QVERIFY2(good, "it was accepted");
    } catch (const Error& error) {
      QVERIFY2(!good, error.what());
      QVERIFY(QString::fromStdString(error.subject()).startsWith("method"));
      QVERIFY(values.all() == before.all());
    }
  }

  void parsedValuesArrive() {
    ParameterValues values;
    values.set(info(), "on", std::string_view("off"));
    values.set(info(), "count", std::string_view("+7"));
    values.set(info(), "part", std::string_view("1e-3"));
    values.set(info(), "kind", std::string_view("b"));
    QCOMPARE(values.flag("on"), false);
    QCOMPARE(values.integer("count"), std::int64_t{7});
    QCOMPARE(values.number("part"), 1e-3);
    QCOMPARE(values.text("kind"), std::string("b"));
  }

  void numbersConvertWhereNothingIsLost() {
    ParameterValues values(info());
    values.set(info(), "part", ParameterValue(std::int64_t{1}));
    QCOMPARE(values.number("part"), 1.0);
    values.set(info(), "count", ParameterValue(3.0));
    QCOMPARE(values.integer("count"), std::int64_t{3});
    QVERIFY_EXCEPTION_THROWN(values.set(info(), "count", ParameterValue(3.5)), Error);
    QVERIFY_EXCEPTION_THROWN(values.set(info(), "free", ParameterValue(1e300)), Error);
    QVERIFY_EXCEPTION_THROWN(values.set(info(), "count", ParameterValue(std::string("3"))), Error);
    QVERIFY_EXCEPTION_THROWN(values.set(info(), "part", ParameterValue(std::numeric_limits<double>::quiet_NaN())),
                             Error);
  }

  void completedFillsDefaultsAndChecks() {
    ParameterValues some;
    some.set(info(), "count", ParameterValue(std::int64_t{9}));
    const ParameterValues whole = some.completed(info());
    QCOMPARE(whole.integer("count"), std::int64_t{9});
    QCOMPARE(whole.number("part"), 0.5);
    MethodInfo other = info();
    other.parameters.erase(other.parameters.begin() + 1);
    QVERIFY_EXCEPTION_THROWN(some.completed(other), Error);
  }

  void askingForTheWrongThingIsAnError() {
    const ParameterValues values(info());
    QVERIFY_EXCEPTION_THROWN(values.number("count"), Error);
    QVERIFY_EXCEPTION_THROWN(values.flag("nothing"), Error);
  }
};

QTEST_GUILESS_MAIN(TestParameters)
#include "test_parameters.moc"
