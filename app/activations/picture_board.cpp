#include "app/activations/picture_board.h"

#include <algorithm>

#include <QPainter>

#include "app/activations/place_canvas.h"

namespace unitscope {

namespace {

constexpr int kGap = 4;

}  // namespace

PictureBoard::PictureBoard(QWidget* parent) : QWidget(parent) {
  setMinimumSize(200, 160);
}

void PictureBoard::setScene(const ScenePtr& scene, int current) {
  const bool same = scene == scene_;
  scene_ = scene;
  current_ = current;
  const int wanted = scene ? int(scene->images.size()) : 0;
  while (canvases_.size() > wanted) delete canvases_.takeLast();
  while (canvases_.size() < wanted) {
    auto* canvas = new PlaceCanvas(this);
    const int at = int(canvases_.size());
    canvas->setOverlayOpacity(opacity_);
    canvas->setAllLines(allLines_);
    connect(canvas, &PlaceCanvas::cellPointed, this, [this, at](QPoint cell) { Q_EMIT pointed(at, cell); });
    connect(canvas, &PlaceCanvas::cellLeft, this, &PictureBoard::left);
    connect(canvas, &PlaceCanvas::cellPicked, this, [this, at](QPoint cell) { Q_EMIT picked(at, cell); });
    connect(canvas, &PlaceCanvas::released, this, &PictureBoard::released);
    canvas->show();
    canvases_.append(canvas);
  }
  for (int i = 0; i < wanted && !same; ++i) {
    PlaceCanvas* canvas = canvases_[i];
    canvas->setImage(scene->seen[std::size_t(i)]);
    canvas->setOverlay({});
    canvas->setCells(scene->cells(i));
    canvas->setCaption(scene->names[i]);
    canvas->setPointed({-1, -1});
    canvas->setPinned({-1, -1});
    canvas->setField({});
    canvas->setAccessibleName(tr("Places of %1").arg(scene->names[i]));
    canvas->setToolTip({});
  }
  arrange();
}

void PictureBoard::setOverlays(const std::vector<QImage>& overlays) {
  for (int i = 0; i < canvases_.size(); ++i)
    canvases_[i]->setOverlay(std::size_t(i) < overlays.size() ? overlays[std::size_t(i)] : QImage());
}

void PictureBoard::setOpacity(double opacity) {
  opacity_ = opacity;
  for (PlaceCanvas* canvas : std::as_const(canvases_)) canvas->setOverlayOpacity(opacity);
}

void PictureBoard::setAllLines(bool all) {
  allLines_ = all;
  for (PlaceCanvas* canvas : std::as_const(canvases_)) canvas->setAllLines(all);
}

void PictureBoard::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

void PictureBoard::arrange() {
  const int others = int(canvases_.size()) - 1;
  if (others < 0) return;
  const int side =
      others == 0 ? 0 : std::clamp((height() - (others - 1) * kGap) / others, 60, std::max(60, width() / 3));
  const QRect main(0, 0, width() - (others > 0 ? side + kGap : 0), height());
  int y = 0;
  for (int i = 0; i < canvases_.size(); ++i) {
    if (i == current_) {
      canvases_[i]->setGeometry(main);
      continue;
    }
    const int room = std::min(side, (height() - (others - 1) * kGap) / std::max(1, others));
    canvases_[i]->setGeometry(main.right() + 1 + kGap, y, side, room);
    y += room + kGap;
  }
}

QImage PictureBoard::rendered(int side) const {
  const PlaceCanvas* canvas = currentCanvas();
  if (!canvas || canvas->image().isNull()) return {};
  QSize size = canvas->image().size();
  if (std::max(size.width(), size.height()) < side) size = size.scaled(side, side, Qt::KeepAspectRatio);
  QImage picture(size, QImage::Format_RGB32);
  QPainter painter(&picture);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(picture.rect(), canvas->image());
  if (!canvas->overlay().isNull()) {
    painter.setOpacity(canvas->overlayOpacity());
    painter.drawImage(picture.rect(), canvas->overlay());
  }
  return picture;
}

}  // namespace unitscope
