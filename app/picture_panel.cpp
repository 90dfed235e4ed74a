#include "app/picture_panel.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/availability.h"
#include "widgets/gallery_grid.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

QToolButton* makeButton(const QString& icon, const QString& help) {
  auto* button = new QToolButton;
  button->setAutoRaise(true);
  button->setIcon(themedIcon(icon));
  button->setToolTip(help);
  button->setAccessibleName(help);
  return button;
}

}  // namespace

PicturePanel::PicturePanel(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  grid_ = new GalleryGrid;
  grid_->setThumbnailSize(84);
  grid_->setEmptyText(tr("Drop images or a folder here,\nor paste one"));
  grid_->setAccessibleName(tr("Images"));
  QToolButton* add = makeButton("plus", tr("Open images"));
  QToolButton* paste = makeButton("paste", tr("Paste an image"));
  remove_ = makeButton("trash", tr("Remove the selected images"));
  auto* size = new QSlider(Qt::Horizontal);
  size->setRange(48, 192);
  size->setValue(grid_->thumbnailSize());
  size->setMaximumWidth(110);
  size->setToolTip(tr("Size of the thumbnails"));
  size->setAccessibleName(size->toolTip());
  auto* line = new QHBoxLayout;
  line->setContentsMargins(2, 0, 4, 0);
  line->setSpacing(2);
  line->addWidget(add);
  line->addWidget(paste);
  line->addWidget(remove_);
  line->addStretch(1);
  line->addWidget(size);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 4, 4, 4);
  column->setSpacing(4);
  column->addWidget(grid_, 1);
  column->addLayout(line);

  connect(add, &QToolButton::clicked, this, &PicturePanel::openWanted);
  connect(paste, &QToolButton::clicked, this, &PicturePanel::pasteWanted);
  connect(remove_, &QToolButton::clicked, this, &PicturePanel::removeSelected);
  connect(size, &QSlider::valueChanged, grid_, &GalleryGrid::setThumbnailSize);
  connect(grid_, &GalleryGrid::selectionChangedTo, this, [this](const QStringList& ids) {
    const QString current = grid_->currentIndex().data(GalleryModel::IdRole).toString();
    if (!ids.isEmpty()) studio_.selection().setImage((ids.contains(current) ? current : ids.front()).toInt());
    setAvailable(*remove_, ids.isEmpty() ? tr("No image is selected") : QString());
  });
  connect(grid_, &GalleryGrid::removeRequested, this,
          [this](const QStringList& ids) { studio_.removePictures(idsOf(ids)); });
  connect(grid_, &GalleryGrid::filesDropped, &studio_, &Studio::openPaths);
  connect(grid_, &GalleryGrid::imageDropped, this, [this](const QImage& image) {
    studio_.addPicture(tr("Pasted %1").arg(studio_.document().newImageId()), image);
  });
  connect(&studio_.document(), &Document::picturesChanged, this, &PicturePanel::showPictures);
  connect(&studio_.selection(), &Selection::changed, this, &PicturePanel::follow);
  showPictures();
}

void PicturePanel::removeSelected() {
  std::vector<ImageId> ids = idsOf(grid_->selectedIds());
  if (ids.empty() && studio_.selection().focus().image != 0) ids.push_back(studio_.selection().focus().image);
  studio_.removePictures(ids);
}

std::vector<ImageId> PicturePanel::idsOf(const QStringList& ids) const {
  std::vector<ImageId> numbers;
  for (const QString& id : ids) numbers.push_back(id.toInt());
  return numbers;
}

void PicturePanel::showPictures() {
  QVector<GalleryItem> items;
  for (const PictureEntry& picture : studio_.document().pictures()) {
    const QString size = QStringLiteral("%1 \u00d7 %2").arg(picture.pixels->width).arg(picture.pixels->height);
    items << GalleryItem{QString::number(picture.id), picture.name, size, picture.thumbnail, false};
  }
  grid_->gallery()->setItems(items);
  follow();
}

void PicturePanel::follow() {
  const ImageId image = studio_.selection().focus().image;
  const QString id = QString::number(image);
  // Several may be selected, to be removed together: the current one being among them is enough.
  if (!grid_->selectedIds().contains(id)) {
    grid_->select(studio_.document().picture(image) ? QStringList{id} : QStringList{});
  }
  setAvailable(*remove_, grid_->selectedIds().isEmpty() ? tr("No image is selected") : QString());
}

}  // namespace unitscope
