#include <QApplication>
#include <QPainter>
#include <QTest>

#include "widgets/drop_overlay.h"
#include "widgets/elided_label.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

using namespace unitscope;

class TestLooks : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void textIsReadableInBothThemes() {
    // WCAG 2.1, success criterion 1.4.3: at least 4.5 to 1.
    for (const bool dark : {false, true}) {
      const QPalette palette = themePalette(dark);
      QCOMPARE(isDark(palette), dark);
      const ThemeColors& theme = themeColors(palette);
      const auto check = [dark](const QColor& text, const QColor& ground, const char* what) {
        const double ratio = contrastRatio(text, ground);
        QVERIFY2(ratio >= 4.5, qPrintable(QString("%1, %2: %3").arg(what, dark ? "dark" : "light").arg(ratio)));
      };
      check(palette.color(QPalette::WindowText), palette.color(QPalette::Window), "window");
      check(palette.color(QPalette::Text), palette.color(QPalette::Base), "list");
      check(palette.color(QPalette::Text), palette.color(QPalette::AlternateBase), "list, odd rows");
      check(palette.color(QPalette::ButtonText), palette.color(QPalette::Button), "button");
      check(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight), "selected");
      check(palette.color(QPalette::ToolTipText), palette.color(QPalette::ToolTipBase), "tooltip");
      check(palette.color(QPalette::PlaceholderText), palette.color(QPalette::Window), "placeholder");
      check(theme.mutedText, palette.color(QPalette::Window), "muted on window");
      check(theme.mutedText, palette.color(QPalette::Base), "muted on list");
      check(theme.mutedText, theme.surface, "muted on surface");
      for (const StatusColors* status : {&theme.info, &theme.success, &theme.warning, &theme.error}) {
        check(status->text, status->background, "message");
        check(status->icon, status->background, "message icon");
      }
      check(theme.error.icon, palette.color(QPalette::Window), "complaint in a dialog");
    }
  }

  void contrastIsWhatWcagSays() {
    QVERIFY(std::abs(contrastRatio(Qt::black, Qt::white) - 21.0) < 1e-6);
    QVERIFY(std::abs(contrastRatio(Qt::white, Qt::white) - 1.0) < 1e-6);
    QVERIFY(std::abs(contrastRatio(QColor("#767676"), Qt::white) - 4.54) < 0.01);  // WebAIM's example
  }

  void themesSwitchBackAndForth() {
    applyTheme(*qApp, ThemeChoice::Dark);
    QVERIFY(isDark(QApplication::palette()));
    applyTheme(*qApp, ThemeChoice::Light);
    QVERIFY(!isDark(QApplication::palette()));
    applyTheme(*qApp, ThemeChoice::System);
    QCOMPARE(isDark(QApplication::palette()), systemPrefersDark());
  }

  void everyIconDraws() {
    const QStringList names = themedIconNames();
    QVERIFY(names.size() > 30);
    for (const QString& name : names) {
      for (const int side : {16, 20, 64}) {
        const QImage image = themedIcon(name, Qt::red).pixmap(QSize(side, side)).toImage();
        QVERIFY2(!image.isNull(), qPrintable(name));
        int inked = 0;
        for (int y = 0; y < image.height(); ++y) {
          for (int x = 0; x < image.width(); ++x) inked += qAlpha(image.pixel(x, y)) > 64 ? 1 : 0;
        }
        QVERIFY2(inked > 4, qPrintable(name));
      }
    }
    QVERIFY(themedIcon("no such icon").isNull());
  }

  void longTextIsCutAndToldWhole() {
    ElidedLabel label("a very long name of a layer that does not fit into so small a place");
    label.resize(60, 20);
    QCoreApplication::processEvents();
    label.show();
    QTRY_COMPARE(label.toolTip(), label.text());
    label.resize(2000, 20);
    QTRY_VERIFY(label.toolTip().isEmpty());
    QVERIFY(label.minimumSizeHint().width() < 100);
  }

  void overlayLetsThrough() {
    QWidget parent;
    parent.resize(200, 100);
    DropOverlay overlay(&parent);
    overlay.setText("Drop it");
    parent.show();
    overlay.appear();
    QCOMPARE(overlay.geometry(), parent.rect());
    QVERIFY(overlay.isVisible());
    QCOMPARE(parent.childAt(50, 50), nullptr);
    QVERIFY(!overlay.grab().isNull());
  }
};

QTEST_MAIN(TestLooks)
#include "test_looks.moc"
