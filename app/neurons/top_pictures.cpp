#include "app/neurons/top_pictures.h"

#include <algorithm>
#include <utility>

#include <QPainter>

#include "app/engine_bridge.h"
#include "app/image_convert.h"
#include "examples/example_crops.h"
#include "sources/picture_source.h"

namespace unitscope {

namespace {

constexpr std::size_t kTogether = 6;
constexpr int kKeptKiB = 96 * 1024;
constexpr int kSide = 192;
constexpr int kAcross = 2;  // pictures of a tile along each side

struct Made {
  std::vector<std::pair<int, QImage>> pictures;
  std::vector<std::pair<int, QString>> failures;
};

// The best first, from top left.
QImage mosaic(const std::vector<ExampleCrop>& crops) {
  QImage image(kSide, kSide, QImage::Format_RGB32);
  image.fill(QColor(128, 128, 128));
  QPainter painter(&image);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  const int across = crops.size() < 2 ? 1 : kAcross, side = kSide / across;
  for (int i = 0; i < std::min(int(crops.size()), across * across); ++i) {
    const Image& crop = crops[std::size_t(i)].crop;
    if (crop.empty()) continue;
    const QImage one = toQImage(crop);
    const QRect cell(i % across * side, i / across * side, side, side);
    QSize fitted = one.size().scaled(cell.size(), Qt::KeepAspectRatio);
    QRect target(QPoint(0, 0), fitted);
    target.moveCenter(cell.center());
    painter.drawImage(target, one);
  }
  painter.setPen(QColor(128, 128, 128));
  if (across > 1) {
    painter.drawLine(side, 0, side, kSide);
    painter.drawLine(0, side, kSide, side);
  }
  return image;
}

}  // namespace

TopPictures::TopPictures(const Context& context, UnitKnowledge& knowledge, const QString& pane, QObject* parent)
    : QObject(parent), context_(context), knowledge_(knowledge), pane_(pane), pictures_(kKeptKiB) {
  connect(&knowledge_, &UnitKnowledge::changed, this, [this] {
    if (of_ != knowledge_.examples()) forget();
    askNext();
  });
}

void TopPictures::forget() {
  ++round_;
  asking_ = false;
  context_.engine.cancelPane(pane_);
  pictures_.clear();
  failures_.clear();
  of_ = knowledge_.examples();
}

void TopPictures::look(const QString& layer, Kind kind) {
  if (layer == layer_ && kind == kind_) return;
  layer_ = layer;
  kind_ = kind;
  wanted_.clear();
  forget();
}

void TopPictures::want(const std::vector<int>& units) {
  wanted_ = units;
  askNext();
}

QImage TopPictures::picture(int unit) const {
  const QImage* image = pictures_.object(unit);
  return image ? *image : QImage();
}

void TopPictures::askNext() {
  const int layer = knowledge_.exampleLayer(layer_);
  if (asking_ || layer < 0 || !of_ || !context_.document.hasModel()) return;
  std::vector<int> some;
  for (const int unit : wanted_) {
    if (pictures_.contains(unit) || failures_.contains(unit)) continue;
    some.push_back(unit);
    if (some.size() == kTogether) break;
  }
  if (some.empty()) return;
  asking_ = true;
  const int round = round_;
  context_.engine.ask<Made>(
      tr("Top images of %1").arg(layer_), pane_,
      [some, layer, kind = kind_, examples = of_, model = context_.document.model()](const Progress&,
                                                                                     const CancelToken& cancel) {
        const std::lock_guard lock(examples->mutex);
        const ExampleStore& store = examples->store;
        const auto source = openPictures(store.data(), *model, store.seed());
        Made made;
        for (const int unit : some) {
          cancel.check();
          try {
            std::vector<Example> top = store.top(layer, unit, 1).at(0);
            if (kind == Kind::Mean) {
              const Image mean = meanOfCrops(*model, *source, top, store.layers()[std::size_t(layer)].field, cancel);
              if (mean.empty()) throw Error("examples", "none of the pictures can be read any more");
              made.pictures.emplace_back(unit, toQImage(mean));
            } else {
              if (top.size() > kAcross * kAcross) top.resize(kAcross * kAcross);
              made.pictures.emplace_back(unit, mosaic(exampleCrops(*model, *source, top, cancel)));
            }
          } catch (const Error& error) {
            made.failures.emplace_back(unit, QString::fromStdString(error.reason()));
          }
        }
        return made;
      },
      this,
      [this, round](const Made& made) {
        if (round != round_) return;
        asking_ = false;
        for (const auto& [unit, image] : made.pictures)
          pictures_.insert(unit, new QImage(image), int(std::max<qsizetype>(1, image.sizeInBytes() / 1024)));
        for (const auto& [unit, reason] : made.failures) failures_.insert(unit, reason);
        for (const auto& [unit, image] : made.pictures) Q_EMIT painted(unit);
        for (const auto& [unit, reason] : made.failures) Q_EMIT painted(unit);
        askNext();
      },
      [this, round, some](const Problem& problem) {
        if (round != round_) return;
        asking_ = false;
        if (problem.cancelled) return;
        for (const int unit : some) {
          failures_.insert(unit, problem.reason);
          Q_EMIT painted(unit);
        }
      });
}

std::vector<ShownExample> showExamples(Model& model, ExampleStore& store, const QString& layer, int unit, double level,
                                       const std::vector<Example>& examples, const CancelToken& cancel) {
  const auto source = openPictures(store.data(), model, store.seed());
  const std::vector<ExampleCrop> crops = exampleCrops(model, *source, examples, cancel);
  std::vector<ShownExample> shown;
  for (std::size_t i = 0; i < crops.size() && i < examples.size(); ++i) {
    ShownExample one;
    one.example = examples[i];
    if (!crops[i].picture.empty()) {
      one.picture = toQImage(crops[i].picture).convertToFormat(QImage::Format_RGB32);
      const Array mask =
          firingMask(model, source->at(examples[i].picture).input, layer.toStdString(), unit, level, cancel);
      if (mask.shape.size() == 2 && mask.shape[0] == one.picture.height() && mask.shape[1] == one.picture.width()) {
        for (int y = 0; y < one.picture.height(); ++y) {
          auto* line = reinterpret_cast<QRgb*>(one.picture.scanLine(y));
          for (int x = 0; x < one.picture.width(); ++x) {
            if (mask.values[std::size_t(y) * std::size_t(one.picture.width()) + std::size_t(x)] > 0.5F) continue;
            // Where it does not fire: greyer and darker, still to be made out.
            const int grey = qGray(line[x]);
            line[x] =
                qRgb((grey * 3 + qRed(line[x])) / 8, (grey * 3 + qGreen(line[x])) / 8, (grey * 3 + qBlue(line[x])) / 8);
          }
        }
      }
      one.crop = toQImage(crops[i].crop);
      const FieldBox& box = crops[i].box;
      if (box.width < one.picture.width() || box.height < one.picture.height()) {
        QPainter painter(&one.picture);
        painter.setPen(QPen(QColor(255, 200, 40), std::max(1.0, one.picture.width() / 96.0)));
        painter.drawRect(
            QRectF(double(box.x), double(box.y), double(box.width), double(box.height)).adjusted(0.5, 0.5, -0.5, -0.5));
      }
    }
    shown.push_back(std::move(one));
  }
  return shown;
}

}  // namespace unitscope
