#include "app/document.h"

#include <algorithm>

namespace unitscope {

QString Document::label(int index) const {
  if (index >= 0 && static_cast<std::size_t>(index) < card_.labels.size()) {
    return QString::fromStdString(card_.labels[static_cast<std::size_t>(index)]);
  }
  return tr("class %1").arg(index);
}

const PictureEntry* Document::picture(ImageId id) const {
  const int index = indexOf(id);
  return index < 0 ? nullptr : &pictures_[static_cast<std::size_t>(index)];
}

int Document::indexOf(ImageId id) const {
  const auto found = std::find_if(pictures_.begin(), pictures_.end(), [id](const auto& p) { return p.id == id; });
  return found == pictures_.end() ? -1 : static_cast<int>(found - pictures_.begin());
}

void Document::setModel(OpenedModel opened, ModelCard card) {
  opened_ = std::move(opened);
  card_ = std::move(card);
  Q_EMIT modelChanged();
}

void Document::closeModel() {
  opened_ = {};
  card_ = {};
  Q_EMIT modelChanged();
}

void Document::setCard(const ModelCard& card) {
  if (card == card_) return;
  card_ = card;
  Q_EMIT cardChanged();
}

void Document::setLayerFacts(std::vector<Shape> shapes, std::vector<LayerChoice> spatial) {
  opened_.layerShapes = std::move(shapes);
  opened_.spatialLayers = std::move(spatial);
  Q_EMIT layersKnown();
}

void Document::insertPictures(const std::vector<PictureEntry>& pictures, int index) {
  if (pictures.empty()) return;
  const bool append = index < 0 || static_cast<std::size_t>(index) > pictures_.size();
  pictures_.insert(append ? pictures_.end() : pictures_.begin() + index, pictures.begin(), pictures.end());
  for (const PictureEntry& picture : pictures) lastId_ = std::max(lastId_, picture.id);
  Q_EMIT picturesChanged();
}

void Document::removePictures(const std::vector<ImageId>& ids) {
  const auto gone = [&ids](const PictureEntry& p) { return std::find(ids.begin(), ids.end(), p.id) != ids.end(); };
  if (std::erase_if(pictures_, gone) > 0) Q_EMIT picturesChanged();
}

}  // namespace unitscope
