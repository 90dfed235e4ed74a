#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

#include "widgets/parameter_form.h"

using namespace unitscope;

namespace {

using Kind = FormField::Kind;

QVector<FormField> fields() {
  return {{"steps", "Steps", "How many steps", Kind::Integer, 50, 1, 1000, {}},
          {"noise", "Noise", "Standard deviation", Kind::Real, 0.15, 0.0, 2.0, {}},
          {"epsilon", "Epsilon", "Stabiliser", Kind::Real, 1e-6, 1e-9, 1.0, {}},
          {"rule", "Rule", "Quadrature", Kind::Choice, "gausslegendre", 0, 0, {"gausslegendre", "trapezoid"}},
          {"abs", "Absolute", "", Kind::Flag, false, 0, 0, {}},
          {"mask", "Mask", "", Kind::Text, "none", 0, 0, {}}};
}

}  // namespace

class TestParameterForm : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void startsWithTheDefaults() {
    ParameterForm form;
    form.setFields(fields());
    QCOMPARE(form.value("steps").toInt(), 50);
    QCOMPARE(form.value("noise").toDouble(), 0.15);
    QCOMPARE(form.value("epsilon").toDouble(), 1e-6);
    QCOMPARE(form.value("rule").toString(), QString("gausslegendre"));
    QCOMPARE(form.value("abs").toBool(), false);
    QCOMPARE(form.value("mask").toString(), QString("none"));
    QVERIFY(form.isDefault());
    QVERIFY(!form.value("no such").isValid());
    QCOMPARE(form.control("steps")->toolTip(), QString("How many steps"));
    QCOMPARE(form.control("steps")->accessibleName(), QString("Steps"));
  }

  void tellsOfEditsOnce() {
    ParameterForm form;
    form.setFields(fields());
    QSignalSpy changed(&form, &ParameterForm::valueChanged);
    auto* steps = static_cast<QSpinBox*>(form.control("steps"));
    steps->selectAll();
    QTest::keyClicks(steps, "128");
    QCOMPARE(changed.count(), 0);  // not for 1 and 12
    QTest::keyClick(steps, Qt::Key_Return);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed[0][0].toString(), QString("steps"));
    QCOMPARE(changed[0][1].toInt(), 128);
    auto* noise = static_cast<QDoubleSpinBox*>(form.control("noise"));
    QTest::keyClick(noise, Qt::Key_Up);
    QCOMPARE(changed.count(), 2);
    QVERIFY(changed[1][1].toDouble() > 0.15);
    static_cast<QCheckBox*>(form.control("abs"))->click();
    QCOMPARE(changed[2][1].toBool(), true);
    QTest::keyClick(form.control("rule"), Qt::Key_Down);
    QCOMPARE(changed[3][1].toString(), QString("trapezoid"));
    auto* mask = static_cast<QLineEdit*>(form.control("mask"));
    mask->selectAll();
    QTest::keyClicks(mask, "disc");
    QTest::keyClick(mask, Qt::Key_Return);
    QCOMPARE(changed[4][1].toString(), QString("disc"));
    QCOMPARE(changed.count(), 5);
    QVERIFY(!form.isDefault());
  }

  void resetBringsTheDefaultBack() {
    ParameterForm form;
    form.setFields(fields());
    form.show();
    auto* reset = form.findChild<QToolButton*>("steps.reset");
    QVERIFY(reset);
    QVERIFY(!reset->isVisible());
    static_cast<QSpinBox*>(form.control("steps"))->setValue(7);
    QVERIFY(reset->isVisible());
    QSignalSpy changed(&form, &ParameterForm::valueChanged);
    QTest::mouseClick(reset, Qt::LeftButton);
    QCOMPARE(form.value("steps").toInt(), 50);
    QCOMPARE(changed.count(), 1);
    QVERIFY(!reset->isVisible());
    form.setValues({{"noise", 1.5}, {"rule", "trapezoid"}});
    QCOMPARE(changed.count(), 1);
    form.resetAll();
    QCOMPARE(changed.count(), 3);
    QVERIFY(form.isDefault());
  }

  void ignoresValuesThatDoNotFit() {
    ParameterForm form;
    form.setFields(fields());
    QSignalSpy changed(&form, &ParameterForm::valueChanged);
    form.setValues({{"steps", 100000}, {"noise", -1.0}, {"rule", "simpson"}, {"who", 3}, {"epsilon", "text"}});
    QCOMPARE(form.value("steps").toInt(), 50);
    QCOMPARE(form.value("noise").toDouble(), 0.15);
    QCOMPARE(form.value("rule").toString(), QString("gausslegendre"));
    QCOMPARE(form.value("epsilon").toDouble(), 1e-6);
    form.setValues({{"steps", 64}, {"abs", true}});
    QCOMPARE(form.value("steps").toInt(), 64);
    QCOMPARE(form.value("abs").toBool(), true);
    QCOMPARE(changed.count(), 0);
    QCOMPARE(form.values().size(), 6);
  }

  void fieldsCanBeReplaced() {
    ParameterForm form;
    form.setFields(fields());
    form.setFields({{"window", "Window", "", Kind::Integer, 16, 1, 512, {}}});
    QCOMPARE(form.values().keys(), QStringList{"window"});
    QVERIFY(!form.control("steps"));
  }
};

QTEST_MAIN(TestParameterForm)
#include "test_parameter_form.moc"
