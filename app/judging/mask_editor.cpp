#include "app/judging/mask_editor.h"

#include <algorithm>
#include <cmath>

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "app/counterfactual/brush_canvas.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

constexpr double kSmallest = 0.01;  // of a rectangle drawn with the mouse: less is a slip
constexpr double kStep = 0.004;     // between two points of a stroke

}  // namespace

MaskEditor::MaskEditor(QWidget* parent)
    : QWidget(parent),
      canvas_(new BrushCanvas),
      tools_(new QButtonGroup(this)),
      clear_(new QToolButton),
      load_(new QToolButton),
      title_(new QLabel),
      caption_(new QLabel) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(2);
  const auto tool = [&](MaskShape::Kind kind, const char* icon, const QString& name, const QString& help) {
    auto* button = new QToolButton;
    button->setIcon(themedIcon(QLatin1String(icon)));
    button->setAccessibleName(name);
    button->setToolTip(help);
    button->setCheckable(true);
    button->setChecked(kind == kind_);
    tools_->addButton(button, int(kind));
    row->addWidget(button);
  };
  tool(MaskShape::Kind::Rectangle, "occluder", tr("Rectangle"),
       tr("Marks where the object is with rectangles. Enter sets one corner, then the other"));
  tool(MaskShape::Kind::Brush, "brush", tr("Brush"), tr("Marks where the object is with a brush; [ and ] change it"));
  tool(MaskShape::Kind::Erase, "eraser", tr("Eraser"), tr("Takes away from the mark; X on the picture changes over"));
  row->addStretch(1);
  load_->setIcon(themedIcon(QStringLiteral("open")));
  load_->setAccessibleName(tr("Mask from a file"));
  load_->setToolTip(tr("A picture of the mask, bright where the object is, as large as the whole picture"));
  clear_->setIcon(themedIcon(QStringLiteral("trash")));
  clear_->setAccessibleName(tr("Clear the mask"));
  clear_->setToolTip(tr("Nobody has said where the object is"));
  row->addWidget(load_);
  row->addWidget(clear_);
  title_->setWordWrap(true);
  caption_->setWordWrap(true);
  caption_->setForegroundRole(QPalette::PlaceholderText);
  canvas_->setAccessibleName(tr("Picture on which the object is marked"));
  canvas_->setOverlayOpacity(0.8);
  canvas_->setPointer(BrushCanvas::Pointer::Brush);
  column->addLayout(row);
  column->addWidget(title_);
  column->addWidget(canvas_, 1);
  column->addWidget(caption_);
  pick(kind_);

  connect(tools_, &QButtonGroup::idClicked, this, [this](int id) { pick(MaskShape::Kind(id)); });
  connect(clear_, &QToolButton::clicked, this, &MaskEditor::clearWanted);
  connect(load_, &QToolButton::clicked, this, &MaskEditor::fileWanted);
  connect(canvas_, &BrushCanvas::strokeBegun, this, &MaskEditor::begin);
  connect(canvas_, &BrushCanvas::strokeMoved, this, &MaskEditor::move);
  connect(canvas_, &BrushCanvas::strokeEnded, this, &MaskEditor::end);
  connect(canvas_, &BrushCanvas::strokeAbandoned, this, [this] {
    live_.reset();
    corner_.reset();
    showMask();
  });
  connect(canvas_, &BrushCanvas::sizeStepped, this, [this](int steps) {
    radius_ = std::clamp(radius_ * std::pow(1.25, steps), 0.01, 0.5);
    pick(kind_);
  });
  connect(canvas_, &BrushCanvas::eraserToggled, this,
          [this] { pick(kind_ == MaskShape::Kind::Erase ? MaskShape::Kind::Brush : MaskShape::Kind::Erase); });
  setPicture({});
}

QToolButton* MaskEditor::tool(MaskShape::Kind kind) const {
  return qobject_cast<QToolButton*>(tools_->button(int(kind)));
}

void MaskEditor::pick(MaskShape::Kind kind) {
  kind_ = kind;
  corner_.reset();
  tools_->button(int(kind))->setChecked(true);
  // A rectangle begins at a point.
  canvas_->setBrush(kind == MaskShape::Kind::Rectangle ? 0.008 : radius_, 0.0);
}

void MaskEditor::setTitle(const QString& text) {
  title_->setText(text);
  title_->setVisible(!text.isEmpty());
}

void MaskEditor::setPicture(const QImage& seen) {
  if (seen.cacheKey() == canvas_->image().cacheKey() && !seen.isNull()) return;
  live_.reset();
  corner_.reset();
  canvas_->setImage(seen);
  const QString reason = seen.isNull() ? tr("There is no picture yet") : QString();
  for (QAbstractButton* button : tools_->buttons()) setAvailable(*button, reason);
  setAvailable(*load_, reason);
  showMask();
}

void MaskEditor::setMask(const QVector<MaskShape>& shapes, const QImage& file) {
  shapes_ = shapes;
  file_ = file;
  showMask();
}

void MaskEditor::begin(QPointF place) {
  live_ = MaskShape{kind_, {place}, radius_};
  if (kind_ == MaskShape::Kind::Rectangle) live_->points << place;
  showMask();
}

void MaskEditor::move(QPointF place) {
  if (!live_) return;
  if (live_->kind == MaskShape::Kind::Rectangle) {
    live_->points[1] = place;
  } else if (std::hypot(place.x() - live_->points.back().x(), place.y() - live_->points.back().y()) > kStep) {
    live_->points << place;
  }
  showMask();
}

void MaskEditor::end() {
  if (!live_) return;
  MaskShape shape = *live_;
  live_.reset();
  if (shape.kind == MaskShape::Kind::Rectangle) {
    const QPointF at = shape.points[0], to = shape.points[1];
    if (std::abs(at.x() - to.x()) < kSmallest && std::abs(at.y() - to.y()) < kSmallest) {
      if (!corner_) {
        corner_ = at;
        return showMask();
      }
      shape.points[0] = *corner_;
    }
  }
  corner_.reset();
  Q_EMIT drawn(shape);
}

void MaskEditor::showMask() {
  const QSize size = canvas_->image().size();
  if (size.isEmpty()) {
    mask_ = {};
    canvas_->setOverlay({});
    caption_->clear();
    setAvailable(*clear_, tr("There is no picture yet"));
    return;
  }
  QVector<MaskShape> shapes = shapes_;
  if (live_) shapes << *live_;
  mask_ = paintMask(shapes, size, file_);
  const Array marked = maskArray(mask_);
  const bool any = !marked.values.empty();
  canvas_->setOverlay(any ? tintedMask(mask_) : QImage());
  const double share =
      any ? double(std::count(marked.values.begin(), marked.values.end(), 1.0F)) / double(marked.values.size()) : 0.0;
  caption_->setText(corner_ ? tr("Now the other corner")
                    : any   ? tr("The object takes %1 % of the picture").arg(QLocale().toString(100 * share, 'f', 1))
                            : tr("Mark where the object is, to see which heatmaps find it"));
  setAvailable(*clear_, any || !shapes_.isEmpty() ? QString() : tr("There is no mask"));
}

}  // namespace unitscope
