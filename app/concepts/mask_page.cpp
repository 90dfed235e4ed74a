#include "app/concepts/mask_page.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QSlider>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/concepts/vectors_page.h"
#include "app/engine_bridge.h"
#include "app/image_convert.h"
#include "app/selection.h"
#include "widgets/empty_state.h"
#include "widgets/image_canvas.h"

namespace unitscope {

namespace {

const QString kPane = QStringLiteral("concepts/mask");
constexpr int kScale = 6;  // pixels of the overlay for one of the mask, so that its rim is a line
const QColor kTint("#ff2bd6"), kRim("#ffffff");

QString text(const std::string& s) {
  return QString::fromStdString(s);
}

/// Tinted where the probability reaches the cut, with a bright rim.
QImage tintOf(const Array& mask, double cut) {
  if (mask.shape.size() != 2) return {};
  const auto height = int(mask.shape[0]), width = int(mask.shape[1]);
  const auto in = [&](int x, int y) {
    return x >= 0 && y >= 0 && x < width && y < height &&
           double(mask.values[std::size_t(y) * std::size_t(width) + std::size_t(x)]) >= cut;
  };
  const int scale = std::max(1, std::min(kScale, 1536 / std::max(1, std::max(width, height))));
  QImage image(width * scale, height * scale, QImage::Format_ARGB32_Premultiplied);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      if (!in(x, y)) continue;
      const QRect cell(x * scale, y * scale, scale, scale);
      painter.fillRect(cell, kTint);
      if (!in(x - 1, y)) painter.fillRect(QRect(cell.left(), cell.top(), 1, scale), kRim);
      if (!in(x + 1, y)) painter.fillRect(QRect(cell.right(), cell.top(), 1, scale), kRim);
      if (!in(x, y - 1)) painter.fillRect(QRect(cell.left(), cell.top(), scale, 1), kRim);
      if (!in(x, y + 1)) painter.fillRect(QRect(cell.left(), cell.bottom(), scale, 1), kRim);
    }
  return image;
}

}  // namespace

MaskPage::MaskPage(const Context& context, QWidget* parent)
    : QWidget(parent),
      context_(context),
      stack_(new QStackedWidget),
      empty_(new EmptyState),
      concepts_(new QComboBox),
      opacity_(new QSlider(Qt::Horizontal)),
      caption_(new QLabel),
      canvas_(new ImageCanvas) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 4, 8, 4);
  auto* head = new QHBoxLayout;
  auto* label = new QLabel(tr("Con&cept"));
  label->setBuddy(concepts_);
  concepts_->setAccessibleName(tr("Concept to look for in the picture"));
  concepts_->setMaxVisibleItems(24);
  concepts_->setMinimumContentsLength(12);
  opacity_->setRange(0, 100);
  opacity_->setPageStep(10);
  opacity_->setMaximumWidth(140);
  opacity_->setAccessibleName(tr("Opacity of the mask"));
  opacity_->setToolTip(tr("Opacity of the mask over the picture"));
  head->addWidget(label);
  head->addWidget(concepts_);
  head->addWidget(new QLabel(tr("Mask")));
  head->addWidget(opacity_);
  head->addStretch(1);
  column->addLayout(head);
  caption_->setWordWrap(true);
  column->addWidget(caption_);
  empty_->setIcon(QStringLiteral("image"));
  empty_->setHeadline(tr("Drop a picture here"));
  empty_->setText(tr("You will see where the vector of the concept finds it, by the units of the layer alone."));
  stack_->addWidget(empty_);
  stack_->addWidget(canvas_);
  column->addWidget(stack_, 1);
  canvas_->setAccessibleName(tr("The picture with the mask of the concept"));
  canvas_->setKeyboardCursor(true);
  canvas_->setReadout([this](QPointF place) -> QString {
    if (mask_.shape.size() != 2) return {};
    const auto height = int(mask_.shape[0]), width = int(mask_.shape[1]);
    const int x = std::clamp(int(place.x() * width), 0, width - 1),
              y = std::clamp(int(place.y() * height), 0, height - 1);
    return tr("probability %1")
        .arg(QLocale().toString(double(mask_.values[std::size_t(y) * std::size_t(width) + std::size_t(x)]), 'f', 2));
  });
  connect(concepts_, &QComboBox::activated, this, [this] { Q_EMIT conceptPicked(concepts_->currentText()); });
  connect(opacity_, &QSlider::valueChanged, this, &MaskPage::opacityChanged);
}

void MaskPage::show(const Net2VecPtr& vectors, const QString& conceptName, int opacity, bool active) {
  if (vectors != vectors_) {
    vectors_ = vectors;
    concepts_->clear();
    if (vectors_)
      for (const ConceptVector& one : vectors_->concepts) concepts_->addItem(text(one.name));
  }
  {
    const QSignalBlocker quiet(opacity_);
    opacity_->setValue(opacity);
  }
  canvas_->setOverlayOpacity(opacity / 100.0);
  int index = vectors_ ? vectorIndex(*vectors_, conceptName) : -1;
  if (index < 0 && vectors_ && !vectors_->concepts.empty()) index = 0;
  concepts_->setCurrentIndex(index);
  const PictureEntry* picture = context_.document.picture(context_.selection.focus().image);
  if (!picture && !context_.document.pictures().empty()) picture = &context_.document.pictures().front();
  stack_->setCurrentIndex(picture ? 1 : 0);
  if (!active) return;
  if (!picture || index < 0 || !context_.document.hasModel()) {
    asked_ = shown_ = {};
    mask_ = {};
    canvas_->setOverlay({});
    caption_->clear();
    return;
  }
  const Asked wanted{vectors_, picture->pixels, index};
  if (wanted != asked_) ask(wanted, tr("Where is %1").arg(text(vectors_->concepts[std::size_t(index)].name)));
}

void MaskPage::ask(const Asked& wanted, const QString& title) {
  asked_ = wanted;
  asking_ = true;
  context_.engine.ask<Answer>(
      title, kPane,
      [model = context_.document.model(), wanted](const Progress&, const CancelToken& cancel) {
        const Array input = model->preprocess(*wanted.picture);
        return Answer{toQImage(model->pictureOf(input)),
                      predictMask(*model, input, *wanted.vectors, wanted.index, cancel)};
      },
      this,
      [this, wanted](Answer answer) {
        asking_ = false;
        shown_ = wanted;
        mask_ = std::move(answer.mask);
        canvas_->setImage(answer.seen);
        paint();
        Q_EMIT busyChanged();
      },
      [this](const Problem&) {
        asking_ = false;
        mask_ = {};
        canvas_->setOverlay({});
        caption_->setText(tr("There is no mask: the message below says why."));
        Q_EMIT busyChanged();
      });
  Q_EMIT busyChanged();
}

void MaskPage::paint() {
  const ConceptVector& one = shown_.vectors->concepts[std::size_t(shown_.index)];
  canvas_->setOverlay(tintOf(mask_, one.cut));
  const auto inside = std::count_if(mask_.values.begin(), mask_.values.end(),
                                    [&](float probability) { return double(probability) >= one.cut; });
  const QLocale locale;
  const double share = mask_.values.empty() ? 0.0 : double(inside) / double(mask_.values.size());
  caption_->setText(
      inside == 0
          ? tr("<b>%1</b> is nowhere: no place reaches a probability of %2")
                .arg(text(one.name).toHtmlEscaped(), locale.toString(one.cut, 'f', 2))
          : tr("<b>%1</b> on %2 % of the picture, where its probability reaches %3 (IoU %4 on pictures kept aside)")
                .arg(text(one.name).toHtmlEscaped(), locale.toString(100.0 * share, 'f', 1),
                     locale.toString(one.cut, 'f', 2), locale.toString(one.validationIou, 'f', 2)));
}

QImage MaskPage::picture() const {
  if (mask_.values.empty()) return {};
  const QImage overlay = canvas_->overlay();
  QImage image = canvas_->image().convertToFormat(QImage::Format_RGB32).scaled(overlay.size());
  QPainter painter(&image);
  painter.setOpacity(canvas_->overlayOpacity());
  painter.drawImage(0, 0, overlay);
  return image;
}

QString MaskPage::csv() const {
  if (mask_.shape.size() != 2) return {};
  QString out;
  const auto width = std::size_t(mask_.shape[1]);
  for (std::size_t i = 0; i < mask_.values.size(); ++i)
    out += QString::number(double(mask_.values[i]), 'g', 5) + QLatin1Char((i + 1) % width == 0 ? '\n' : ',');
  return out;
}

}  // namespace unitscope
