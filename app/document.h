#pragma once

#include <memory>
#include <vector>

#include <QImage>
#include <QObject>
#include <QString>
#include <QStringList>

#include "app/selection.h"
#include "engine/model.h"
#include "image/image.h"

namespace unitscope {

using ImagePtr = std::shared_ptr<const Image>;

/// A picture that the user brought in.
struct PictureEntry {
  ImageId id = 0;
  QString name;      ///< file name, or "Pasted 1"
  QString path;      ///< empty for pasted and drawn ones
  ImagePtr pixels;   ///< decoded, upright, never null
  QImage thumbnail;  ///< 256 px at most, for galleries
};

/// The opened network as panes see it. `model` is only handed back to the EngineBridge: of its members, only
/// graph(), layers(), format() and file() may be called on the GUI thread.
struct OpenedModel {
  std::shared_ptr<Model> model;
  QString path;     ///< empty for a built-in one
  QString builtIn;  ///< name of a built-in one; empty for files
  QString title;
  QString format;
  QStringList notes;
  std::vector<Shape> layerShapes;          ///< by index into model->layers(); empty until known
  std::vector<LayerChoice> spatialLayers;  ///< layers that CAM methods can use, last first; empty until known
};

/// What is open: one network with its card, and the pictures. Panes read it and listen; changes by the user go
/// through commands (app/commands.h) so that they can be undone.
class Document : public QObject {
  Q_OBJECT
 public:
  explicit Document(QObject* parent = nullptr) : QObject(parent) {}

  bool hasModel() const { return opened_.model != nullptr; }
  const OpenedModel& opened() const { return opened_; }
  const std::shared_ptr<Model>& model() const { return opened_.model; }
  /// The card in force; a copy that the GUI thread may read at any time.
  const ModelCard& card() const { return card_; }
  /// "Egyptian cat", or "class 285" where the model has no labels.
  QString label(int index) const;
  bool hasLabels() const { return !card_.labels.empty(); }

  const std::vector<PictureEntry>& pictures() const { return pictures_; }
  const PictureEntry* picture(ImageId id) const;
  int indexOf(ImageId id) const;  ///< -1 when it is not there
  ImageId newImageId() { return ++lastId_; }

  void setModel(OpenedModel opened, ModelCard card);
  void closeModel();
  void setCard(const ModelCard& card);
  void setLayerFacts(std::vector<Shape> shapes, std::vector<LayerChoice> spatial);
  /// Inserts before `index`; -1 or past the end appends.
  void insertPictures(const std::vector<PictureEntry>& pictures, int index = -1);
  void removePictures(const std::vector<ImageId>& ids);

 Q_SIGNALS:
  void modelChanged();  ///< opened or closed; card and pictures are valid already
  void cardChanged();   ///< preprocessing or labels: all results are out of date
  void layersKnown();   ///< layerShapes and spatialLayers have come
  void picturesChanged();

 private:
  OpenedModel opened_;
  ModelCard card_;
  std::vector<PictureEntry> pictures_;
  ImageId lastId_ = 0;
};

}  // namespace unitscope
