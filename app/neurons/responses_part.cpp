#include "app/neurons/responses_part.h"

#include <algorithm>
#include <cmath>

#include <QLocale>
#include <QVBoxLayout>

#include "app/engine_bridge.h"
#include "app/neurons/activation_pictures.h"
#include "app/neurons/bar_rows.h"
#include "app/selection.h"
#include "graph/layers.h"
#include "widgets/bar_list.h"

namespace unitscope {

namespace {

const QString kPane = QStringLiteral("neurons/responses");
constexpr std::size_t kMostImages = 24;
constexpr std::size_t kMostValues = 64u << 20;  // numbers kept of all images together

}  // namespace

ResponsesPart::ResponsesPart(const Context& context, QWidget* parent)
    : PagePart(tr("On the open images"),
               tr("The unit's largest activation on each image, and where it fires. A click makes an image the current "
                  "one"),
               parent),
      context_(context),
      list_(new BarList(tr("The unit's response to each image"))) {
  list_->setPictureSize(56);
  list_->setEmptyText(tr("No image is open"));
  column()->addWidget(list_);
  connect(&context_.document, &Document::modelChanged, this, &ResponsesPart::forget);
  connect(&context_.document, &Document::cardChanged, this, &ResponsesPart::forget);
  connect(&context_.document, &Document::picturesChanged, this, [this] {
    showRows();
    askNext();
  });
  connect(&context_.selection, &Selection::changed, this, [this](const Focus& now) { list_->mark(now.image); });
  connect(list_, &BarList::picked, this, [this](int id) { context_.selection.setImage(id); });
}

void ResponsesPart::forget() {
  ++round_;
  asking_ = false;
  context_.engine.cancelPane(kPane);
  responses_.clear();
  pictures_.clear();
}

void ResponsesPart::showUnit(const UnitAddress& address) {
  if (address == address_) return;
  address_ = address;
  pictures_.clear();
  if (address.layer != layer_) {
    forget();
    layer_ = address.layer;
  }
  showRows();
  askNext();
}

std::vector<ImageId> ResponsesPart::images() const {
  std::vector<ImageId> ids;
  const auto& pictures = context_.document.pictures();
  for (std::size_t i = 0; i < std::min(pictures.size(), kMostImages); ++i) ids.push_back(pictures[i].id);
  return ids;
}

void ResponsesPart::askNext() {
  if (asking_ || address_.unit < 0 || !context_.document.hasModel()) return;
  std::size_t values = 0;
  for (const auto& [id, response] : responses_) values += response.maps->values();
  if (values > kMostValues) return;
  for (const ImageId id : images()) {
    const PictureEntry* entry = context_.document.picture(id);
    if (!entry || responses_.count(id) > 0) continue;
    asking_ = true;
    context_.engine.ask<Response>(
        tr("Responses of %1").arg(layer_), kPane,
        [model = context_.document.model(), pixels = entry->pixels, layer = layer_.toStdString()](
            const Progress&, const CancelToken& cancel) {
          const Array input = model->preprocess(*pixels);
          const ValueId value = resolveLayer(model->graph(), model->layers(), layer);
          return Response{std::make_shared<UnitMaps>(model->activations(input, value, cancel)),
                          std::make_shared<Image>(model->pictureOf(input))};
        },
        this,
        [this, id, round = round_](const Response& response) {
          if (round != round_) return;
          asking_ = false;
          responses_[id] = response;
          showRows();
          askNext();
        },
        [this, round = round_](const Problem&) {
          if (round == round_) asking_ = false;
        });
    return;
  }
}

void ResponsesPart::showRows() {
  double most = 0;
  for (const auto& [id, response] : responses_)
    if (address_.unit >= 0 && address_.unit < response.maps->units())
      most = std::max(most, std::abs(double(response.maps->largest(address_.unit))));
  QVector<BarRow> rows;
  for (const ImageId id : images()) {
    const PictureEntry* entry = context_.document.picture(id);
    BarRow row;
    row.id = id;
    row.title = entry->name;
    const auto response = responses_.find(id);
    if (response != responses_.end() && address_.unit >= 0 && address_.unit < response->second.maps->units()) {
      const double value = response->second.maps->largest(address_.unit);
      row.detail = QLocale().toString(value, 'g', 3);
      row.bars = {most > 0 ? value / most : 0.0};
      QImage& picture = pictures_[id];
      if (picture.isNull()) picture = paintUnit(*response->second.maps, address_.unit, *response->second.seen);
      row.picture = picture;
    } else {
      row.bars = {0.0};
      row.picture = entry->thumbnail;
    }
    rows << row;
  }
  list_->setRows(rows);
  list_->mark(context_.selection.focus().image);
  fitToRows(*list_);
}

}  // namespace unitscope
