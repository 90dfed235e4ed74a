#pragma once

#include <optional>

#include <QObject>
#include <QUndoStack>

#include "app/app_settings.h"
#include "app/card_store.h"
#include "app/context.h"
#include "app/document.h"
#include "app/engine_bridge.h"
#include "app/messages.h"
#include "app/picture_loader.h"
#include "app/places.h"
#include "app/selection.h"

class QMimeData;

namespace unitscope {

struct ModelFile;

/// All that stands behind the window, and how things get into it: networks, pictures, cards. Knows no widget.
class Studio : public QObject {
  Q_OBJECT
 public:
  explicit Studio(const Places& places, QObject* parent = nullptr);
  ~Studio() override;

  Context context();
  AppSettings& settings() { return settings_; }
  Messages& messages() { return messages_; }
  Document& document() { return document_; }
  Selection& selection() { return selection_; }
  QUndoStack& undo() { return undo_; }
  EngineBridge& engine() { return engine_; }
  PictureLoader& loader() { return loader_; }

  /// Opens whatever the paths hold: a network, pictures, folders of pictures; a session is handed on by
  /// sessionGiven(). What a file is follows from its contents.
  void openPaths(const QStringList& paths);
  /// A card that is given replaces the model's own.
  void openModel(const QString& path, const std::optional<ModelCard>& card = std::nullopt);
  /// A network that comes with the program; with sample pictures where none are open.
  void openBuiltIn(const QString& name, bool withPictures = true, const std::optional<ModelCard>& card = std::nullopt);
  void closeModel();
  void addPictureFiles(const QStringList& paths);
  /// Files, folders or a picture, from the clipboard or a drop. False when it holds nothing that can be opened.
  bool takeData(const QMimeData* data);
  void addPicture(const QString& name, const QImage& image);
  void removePictures(const std::vector<ImageId>& ids);
  /// Undoable.
  void changeCard(const ModelCard& card);
  /// Makes the card the model's own from now on: saves it beside the model or in the settings.
  void confirmCard(ModelCard card);
  /// Drawn pictures stand in where the preview of a card has none.
  ImagePtr anyPicture() const;

 Q_SIGNALS:
  void sessionGiven(const QString& path);
  /// The card of the opened model was guessed; nobody has looked at it yet.
  void cardUnconfirmed();
  /// An attempt to open a model has ended.
  void modelOpened();
  void modelFailed();
  /// What failed to open holds tensors at least. `why` says why that is no network.
  void weightsFound(const QString& path, const std::shared_ptr<const unitscope::ModelFile>& file, const QString& why);
  /// Whatever was asked of addPictureFiles() is in.
  void picturesAdded();

 private:
  void adopt(OpenedModel opened, const std::optional<ModelCard>& card);
  void take(LoadedPictures loaded);
  void insert(std::vector<PictureEntry> pictures);
  void lookForWeights(const QString& path, const QString& why);
  void computeChanged();

  AppSettings settings_;
  Messages messages_;
  Document document_;
  Selection selection_;
  QUndoStack undo_;
  CardStore cards_;
  PictureLoader loader_;
  EngineBridge engine_;  // last: its thread ends first
};

}  // namespace unitscope
