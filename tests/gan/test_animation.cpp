#include <algorithm>
#include <cmath>
#include <fstream>

#include <QtTest>

#include "gan/animation.h"
#include "gan/colour_palette.h"
#include "runtime/error.h"

#ifdef UNITSCOPE_TEST_GIF
#include <gif_lib.h>
#endif

using namespace unitscope;

namespace {

/// A bar that moves over few colours.
std::vector<Image> bars(int count, int width = 20, int height = 9) {
  std::vector<Image> frames;
  for (int k = 0; k < count; ++k) {
    Image frame{width, height, 3, {}};
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const bool bar = x / 3 == k % 6;
        frame.pixels.insert(frame.pixels.end(), {static_cast<std::uint8_t>(bar ? 250 : 10),
                                                 static_cast<std::uint8_t>(y * 20), static_cast<std::uint8_t>(40)});
      }
    frames.push_back(std::move(frame));
  }
  return frames;
}

/// Many colours: a slope that shifts.
std::vector<Image> slopes(int count) {
  std::vector<Image> frames;
  for (int k = 0; k < count; ++k) {
    Image frame{64, 48, 3, {}};
    for (int y = 0; y < 48; ++y)
      for (int x = 0; x < 64; ++x)
        frame.pixels.insert(frame.pixels.end(), {static_cast<std::uint8_t>(x * 4), static_cast<std::uint8_t>(y * 5),
                                                 static_cast<std::uint8_t>((x + y + 8 * k) % 128)});
    frames.push_back(std::move(frame));
  }
  return frames;
}

double meanDifference(const Image& a, const Image& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

#ifdef UNITSCOPE_TEST_GIF
struct Film {
  std::vector<Image> frames;
  std::vector<int> hundredths;
  bool forever = false;
};

/// What a player of GIFs shows.
Film played(const QString& file) {
  Film film;
  int problem = 0;
  GifFileType* gif = DGifOpenFileName(QFile::encodeName(file).constData(), &problem);
  if (gif == nullptr || DGifSlurp(gif) != GIF_OK) return film;
  Image canvas{
      gif->SWidth, gif->SHeight, 3,
      std::vector<std::uint8_t>(static_cast<std::size_t>(gif->SWidth) * static_cast<std::size_t>(gif->SHeight) * 3)};
  for (int i = 0; i < gif->ImageCount; ++i) {
    const SavedImage& saved = gif->SavedImages[i];
    GraphicsControlBlock control{};
    static_cast<void>(DGifSavedExtensionToGCB(gif, i, &control));
    film.hundredths.push_back(control.DelayTime);
    for (int k = 0; k < saved.ExtensionBlockCount; ++k) {
      const ExtensionBlock& block = saved.ExtensionBlocks[k];
      if (block.Function == APPLICATION_EXT_FUNC_CODE && block.ByteCount == 11 &&
          std::equal(block.Bytes, block.Bytes + 11, "NETSCAPE2.0"))
        film.forever = true;
    }
    const GifImageDesc& box = saved.ImageDesc;
    for (int y = 0; y < box.Height; ++y)
      for (int x = 0; x < box.Width; ++x) {
        const GifColorType& colour = gif->SColorMap->Colors[saved.RasterBits[y * box.Width + x]];
        const auto at = static_cast<std::size_t>((box.Top + y) * gif->SWidth + box.Left + x) * 3;
        canvas.pixels[at] = colour.Red;
        canvas.pixels[at + 1] = colour.Green;
        canvas.pixels[at + 2] = colour.Blue;
      }
    film.frames.push_back(canvas);
  }
  DGifCloseFile(gif, nullptr);
  return film;
}
#endif

}  // namespace

class TestAnimation : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void fewColoursAreKept() {
    const std::vector<Image> frames = bars(3);
    ColourPalette palette(frames);
    QVERIFY(palette.exact());
    for (const Image& frame : frames) {
      const std::vector<std::uint8_t> indices = palette.indicesOf(frame, true);
      for (std::size_t i = 0; i < indices.size(); ++i) {
        const Rgb colour = palette.colours()[indices[i]];
        QCOMPARE(colour.r, frame.pixels[3 * i]);
        QCOMPARE(colour.g, frame.pixels[3 * i + 1]);
        QCOMPARE(colour.b, frame.pixels[3 * i + 2]);
      }
    }
  }

  void manyColoursComeClose() {
    const std::vector<Image> frames = slopes(4);
    ColourPalette palette(frames);
    QVERIFY(!palette.exact());
    QCOMPARE(palette.colours().size(), std::size_t{256});
    const auto differenceWith = [&](bool dither) {
      const std::vector<std::uint8_t> indices = palette.indicesOf(frames[1], dither);
      Image shown = frames[1];
      for (std::size_t i = 0; i < indices.size(); ++i) {
        shown.pixels[3 * i] = palette.colours()[indices[i]].r;
        shown.pixels[3 * i + 1] = palette.colours()[indices[i]].g;
        shown.pixels[3 * i + 2] = palette.colours()[indices[i]].b;
      }
      // Seen from afar, where dithering counts: means of blocks of 8 x 8.
      double plain = meanDifference(shown, frames[1]), far = 0.0;
      for (int by = 0; by < 48; by += 8)
        for (int bx = 0; bx < 64; bx += 8)
          for (std::size_t c = 0; c < 3; ++c) {
            double sum = 0.0;
            for (int y = by; y < by + 8; ++y)
              for (int x = bx; x < bx + 8; ++x) {
                const auto at = static_cast<std::size_t>(y * 64 + x) * 3 + c;
                sum += shown.pixels[at] - frames[1].pixels[at];
              }
            far += std::abs(sum) / 64.0;
          }
      return std::pair{plain, far / (48.0 * 3.0)};
    };
    const auto [plain, plainFar] = differenceWith(false);
    const auto [dithered, ditheredFar] = differenceWith(true);
    // 256 of 64 * 48 colours on a curved sheet: a few steps of 255 off.
    QVERIFY2(plain < 6.0, qPrintable(QString::number(plain)));
    QVERIFY2(dithered < 8.0, qPrintable(QString::number(dithered)));
    QVERIFY2(ditheredFar < 0.6 * plainFar, qPrintable(QString("%1 %2").arg(ditheredFar).arg(plainFar)));
  }

  void gifShowsTheFrames() {
#ifdef UNITSCOPE_TEST_GIF
    QCOMPARE(whyNoAnimation("gif"), std::string());
    const QTemporaryDir dir;
    const QString file = dir.filePath("bars.gif");
    // The same frame twice must last as long as two.
    std::vector<Image> frames = bars(7);
    frames.push_back(frames.back());
    AnimationOptions options;
    options.framesPerSecond = 30.0;
    writeAnimation(frames, file.toStdString(), options);
    const Film film = played(file);
    QCOMPARE(film.frames.size(), frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) QCOMPARE(film.frames[i].pixels, frames[i].pixels);
    QVERIFY(film.forever);
    int sum = 0;
    for (const int one : film.hundredths) {
      QVERIFY(one == 3 || one == 4);
      sum += one;
    }
    QCOMPARE(sum, 27);  // 8 frames at 30 in a second
    options.forever = false;
    options.scale = 3;
    writeAnimation(frames, file.toStdString(), options);
    const Film large = played(file);
    QVERIFY(!large.forever);
    QCOMPARE(large.frames[2].width, 60);
    for (int y = 0; y < 27; ++y)
      for (int x = 0; x < 60; ++x)
        QCOMPARE(large.frames[2].pixels[static_cast<std::size_t>(y * 60 + x) * 3],
                 frames[2].pixels[static_cast<std::size_t>(y / 3 * 20 + x / 3) * 3]);
    std::vector<Image> grey;
    for (int k = 0; k < 3; ++k)
      grey.push_back({4, 4, 1, std::vector<std::uint8_t>(16, static_cast<std::uint8_t>(80 * k))});
    writeAnimation(grey, file.toStdString());
    QCOMPARE(played(file).frames[2].pixels.front(), std::uint8_t{160});
#else
    QVERIFY(!whyNoAnimation("gif").empty());
    QVERIFY_EXCEPTION_THROWN(writeAnimation(bars(2), "bars.gif"), Error);
#endif
  }

  void gifOfManyColours() {
#ifdef UNITSCOPE_TEST_GIF
    const QTemporaryDir dir;
    const QString file = dir.filePath("slopes.gif");
    const std::vector<Image> frames = slopes(5);
    writeAnimation(frames, file.toStdString());
    const Film film = played(file);
    QCOMPARE(film.frames.size(), frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) QVERIFY(meanDifference(film.frames[i], frames[i]) < 8.0);
#endif
  }

  void filmsWhereThereAreEncoders() {
    const QTemporaryDir dir;
    for (const std::string format : {"mp4", "webm"}) {
      const QString file = dir.filePath(QString::fromStdString("film." + format));
      const std::string why = whyNoAnimation(format);
      if (!why.empty()) {
        QVERIFY_EXCEPTION_THROWN(writeAnimation(slopes(3), file.toStdString()), Error);
        QVERIFY(!QFile::exists(file));
        continue;
      }
      writeAnimation(slopes(12), file.toStdString());
      QFile made(file);
      QVERIFY(made.open(QFile::ReadOnly));
      const QByteArray head = made.read(64);
      QVERIFY(format == "mp4" ? head.contains("ftyp") : head.startsWith("\x1a\x45\xdf\xa3"));
      QVERIFY(made.size() > 500);
    }
    QVERIFY(!whyNoAnimation("avi").empty());
    QCOMPARE(QDir(dir.path()).entryList(QDir::Files).filter("film.").size(),
             static_cast<int>(whyNoAnimation("mp4").empty()) + static_cast<int>(whyNoAnimation("webm").empty()));
  }

  void framesAsPictures() {
    const QTemporaryDir dir;
    const std::vector<Image> frames = bars(3);
    writeFrames(frames, dir.filePath("a/b").toStdString());
    QCOMPARE(QDir(dir.filePath("a/b")).entryList(QDir::Files),
             (QStringList{"frame-0000.png", "frame-0001.png", "frame-0002.png"}));
    QCOMPARE(loadImage(dir.filePath("a/b/frame-0001.png").toStdString()).pixels, frames[1].pixels);
    QFile blocker(dir.filePath("file"));
    QVERIFY(blocker.open(QFile::WriteOnly));
    QVERIFY_EXCEPTION_THROWN(writeFrames(frames, dir.filePath("file").toStdString()), Error);
  }

  void stripTakesSome() {
    const std::vector<Image> frames = bars(6);
    const Image strip = filmStrip(frames, 3, 1);
    QCOMPARE(strip.width, 3 * 20 + 2);
    QCOMPARE(strip.height, 9);
    // The first, the third of six (2.5 is rounded away from 0) and the last.
    for (int k = 0; k < 3; ++k) {
      const Image& shown = frames[std::array<std::size_t, 3>{0, 3, 5}[static_cast<std::size_t>(k)]];
      for (int x = 0; x < 20; ++x)
        QCOMPARE(strip.pixels[static_cast<std::size_t>(k * 21 + x) * 3], shown.pixels[static_cast<std::size_t>(x) * 3]);
    }
    QCOMPARE(strip.pixels[20 * 3], std::uint8_t{255});
    QCOMPARE(filmStrip(frames, 100, 0).width, 120);
    QVERIFY_EXCEPTION_THROWN(filmStrip({}, 3, 1), Error);
    QVERIFY_EXCEPTION_THROWN(filmStrip(frames, 0, 1), Error);
  }

  void badFramesAreRefused() {
    std::vector<Image> frames = bars(2);
    QVERIFY_EXCEPTION_THROWN(writeAnimation({}, "none.gif"), Error);
    QVERIFY_EXCEPTION_THROWN(writeAnimation(frames, "film.avi"), Error);
    AnimationOptions options;
    options.framesPerSecond = 0.0;
    QVERIFY_EXCEPTION_THROWN(writeAnimation(frames, "film.gif", options), Error);
    options = {};
    options.scale = 0;
    QVERIFY_EXCEPTION_THROWN(writeAnimation(frames, "film.gif", options), Error);
    frames.push_back(bars(1, 21).front());
    QVERIFY_EXCEPTION_THROWN(writeAnimation(frames, "film.gif"), Error);
    frames.back() = {20, 9, 3, {1, 2, 3}};
    QVERIFY_EXCEPTION_THROWN(writeAnimation(frames, "film.gif"), Error);
    QVERIFY(!QFile::exists("film.gif"));
  }

  void cancelledFilmsLeaveNothing() {
    const QTemporaryDir dir;
    CancelToken cancel;
    const Progress progress([&](double fraction, const std::string&) {
      if (fraction > 0.3) cancel.cancel();
    });
    for (const char* name : {"film.gif", "film.mp4", "film.webm"}) {
      if (!whyNoAnimation(std::string(name).substr(5)).empty()) continue;
      QVERIFY_EXCEPTION_THROWN(writeAnimation(slopes(6), dir.filePath(name).toStdString(), {}, progress, cancel),
                               Cancelled);
    }
    QVERIFY(QDir(dir.path()).isEmpty());
  }
};

QTEST_APPLESS_MAIN(TestAnimation)
#include "test_animation.moc"
