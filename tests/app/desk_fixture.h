#pragma once

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "app/desk.h"

namespace unitscope::test {

/// A window with folders of its own.
class DeskFixture {
 public:
  DeskFixture() { reopen(); }

  Desk& desk() { return *desk_; }
  Studio& studio() { return desk_->studio(); }
  MainWindow& window() { return desk_->window(); }
  QString path(const QString& name) const { return folder_.filePath(name); }
  Places places() const { return Places::under(folder_.filePath("config")); }

  /// The window anew, as at the next start of the program.
  void reopen() {
    desk_.reset();
    desk_ = std::make_unique<Desk>(options());
    desk_->window().show();
    QVERIFY(QTest::qWaitForWindowExposed(&desk_->window()));
  }

  DeskOptions options() const {
    DeskOptions options;
    options.places = places();
    options.size = QSize(1280, 800);
    options.asksForCards = false;
    return options;
  }

  /// A PNG file with a picture of one colour.
  QString makePicture(const QString& name, QColor color = Qt::darkCyan, QSize size = {40, 30}) const {
    QImage image(size, QImage::Format_RGB32);
    image.fill(color);
    const QString file = path(name);
    return image.save(file, "PNG") ? file : QString();
  }

  void openExample() {
    studio().openBuiltIn("example");
    QVERIFY(desk_->waitUntilIdle(60000));
    QVERIFY(studio().document().hasModel());
  }

 private:
  QTemporaryDir folder_;
  std::unique_ptr<Desk> desk_;
};

/// Drags onto the middle of the widget and lets go there. Whether the widget took it.
inline bool drop(QWidget& widget, const QMimeData& data) {
  const QPoint at = widget.rect().center();
  QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&widget, &enter);
  if (!enter.isAccepted()) return false;
  QDropEvent dropped(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&widget, &dropped);
  return dropped.isAccepted();
}

inline bool dropFiles(QWidget& widget, const QStringList& files) {
  QMimeData data;
  QList<QUrl> urls;
  for (const QString& file : files) urls << QUrl::fromLocalFile(file);
  data.setUrls(urls);
  return drop(widget, data);
}

}  // namespace unitscope::test
