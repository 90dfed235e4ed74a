#include "app/studio.h"

#include <QDir>
#include <QFileInfo>
#include <QMimeData>

#include "app/aside.h"
#include "app/commands.h"
#include "app/example_pictures.h"
#include "app/file_kind.h"
#include "app/image_convert.h"
#include "app/sample_pictures.h"
#include "formats/model_reader.h"
#include "runtime/error.h"
#include "widgets/dropped_files.h"
#include "zoo/embedded_models.h"

namespace unitscope {

Studio::Studio(const Places& places, QObject* parent)
    : QObject(parent), settings_(places.settingsFile), cards_(places.cardFolder) {
  connect(&engine_, &EngineBridge::problem, &messages_, &Messages::report);
  connect(&settings_, &AppSettings::computeChanged, this, &Studio::computeChanged);
}

Studio::~Studio() = default;

Context Studio::context() {
  return {engine_, document_, selection_, messages_, undo_, settings_};
}

void Studio::openPaths(const QStringList& paths) {
  QStringList pictures;
  for (const QString& path : paths) {
    switch (kindOf(path)) {
      case FileKind::Missing: messages_.error(QFileInfo(path).fileName(), tr("there is no such file")); break;
      case FileKind::Folder:
        loader_.loadFolder(path, [this](LoadedPictures loaded) { take(std::move(loaded)); });
        break;
      case FileKind::Session: Q_EMIT sessionGiven(path); break;
      case FileKind::Picture: pictures << path; break;
      case FileKind::Other: openModel(path); break;
    }
  }
  if (!pictures.isEmpty()) addPictureFiles(pictures);
}

void Studio::openModel(const QString& path, const std::optional<ModelCard>& card) {
  const QString absolute = QFileInfo(path).absoluteFilePath();
  engine_.openModel(
      {absolute, settings_.compute()}, this,
      [this, absolute, card](const std::shared_ptr<Model>& model) {
        settings_.addRecentModel(absolute);
        OpenedModel opened;
        opened.model = model;
        opened.path = absolute;
        adopt(std::move(opened), card);
      },
      [this, absolute](const Problem& problem) {
        Q_EMIT modelFailed();
        if (!problem.cancelled) lookForWeights(absolute, problem.reason);
      });
}

void Studio::lookForWeights(const QString& path, const QString& why) {
  using File = std::shared_ptr<const ModelFile>;
  runAside<File>(
      this,
      [path] {
        auto file = std::make_shared<const ModelFile>(readModelFile(path.toStdString()));
        if (file->isNetwork()) throw Error(path.toStdString(), "is a network that cannot be computed");
        return file;
      },
      [this, path, why](const File& file) { Q_EMIT weightsFound(path, file, why); });
}

void Studio::openBuiltIn(const QString& name, bool withPictures, const std::optional<ModelCard>& card) {
  auto samples = std::make_shared<std::vector<PictureEntry>>();
  withPictures = withPictures && document_.pictures().empty();
  engine_.openGraph(
      name,
      [name, withPictures, samples] {
        std::optional<ReadModel> read = readBuiltInModel(name.toStdString());
        if (!read) throw Error(name.toStdString(), "is no built-in model");
        if (withPictures && read->card.task != ModelCard::Task::Generator) *samples = samplePicturesFor(name);
        return std::pair{std::move(read->graph), std::move(read->card)};
      },
      settings_.compute(), this,
      [this, name, samples, card](const std::shared_ptr<Model>& model) {
        OpenedModel opened;
        opened.model = model;
        opened.builtIn = name;
        adopt(std::move(opened), card);
        if (samples->empty() || !document_.pictures().empty()) return;
        insert(std::move(*samples));
        undo_.clear();
      },
      [this](const Problem&) { Q_EMIT modelFailed(); });
}

void Studio::adopt(OpenedModel opened, const std::optional<ModelCard>& given) {
  const std::shared_ptr<Model> model = opened.model;
  const QString path = opened.path;
  // No other job holds the model yet, so its card may be read here.
  ModelCard card = model->card();
  std::optional<ModelCard> own = given;
  if (!own && card.guessed && !path.isEmpty()) {
    QString problem;
    own = cards_.find(path, &problem);
    if (!problem.isEmpty()) messages_.warn(tr("Card of %1").arg(QFileInfo(path).fileName()), problem);
  }
  if (own && *own != card) {
    card = *own;
    engine_.setCard(model, card);
  }
  opened.title = !card.title.empty() ? QString::fromStdString(card.title) : QFileInfo(path).fileName();
  opened.format = QString::fromStdString(model->format());
  for (const std::string& note : model->notes()) opened.notes << QString::fromStdString(note);
  // Layer, class and place belong to the old network; only the picture stays.
  Focus focus;
  focus.image = selection_.focus().image;
  undo_.clear();
  document_.setModel(std::move(opened), card);
  selection_.reset(focus);
  Q_EMIT modelOpened();
  if (card.guessed) Q_EMIT cardUnconfirmed();
  engine_.askLayerFacts(model, this, [this, model](LayerFacts facts) {
    if (document_.model() == model) document_.setLayerFacts(std::move(facts.shapes), std::move(facts.spatial));
  });
}

void Studio::closeModel() {
  engine_.cancelAll();
  undo_.clear();
  document_.closeModel();
  Focus focus;
  focus.image = selection_.focus().image;
  selection_.reset(focus);
}

void Studio::addPictureFiles(const QStringList& paths) {
  loader_.load(paths, [this](LoadedPictures loaded) { take(std::move(loaded)); });
}

void Studio::take(LoadedPictures loaded) {
  for (const Problem& problem : loaded.problems) messages_.report(problem);
  for (const PictureEntry& picture : loaded.pictures) settings_.addRecentImage(picture.path);
  insert(std::move(loaded.pictures));
  Q_EMIT picturesAdded();
}

void Studio::insert(std::vector<PictureEntry> pictures) {
  if (pictures.empty()) return;
  for (PictureEntry& picture : pictures) picture.id = document_.newImageId();
  const ImageId first = pictures.front().id;
  undo_.push(new AddPicturesCommand(document_, std::move(pictures)));
  selection_.setImage(first);
}

bool Studio::takeData(const QMimeData* data) {
  if (!data) return false;
  const QStringList files = droppedFiles(data);
  if (!files.isEmpty()) {
    openPaths(files);
    return true;
  }
  if (data->hasImage()) {
    const QImage image = qvariant_cast<QImage>(data->imageData());
    if (!image.isNull()) {
      addPicture(tr("Pasted %1").arg(document_.newImageId()), image);
      return true;
    }
  }
  const QStringList paths = pathsInText(data->text());
  if (!paths.isEmpty()) openPaths(paths);
  return !paths.isEmpty();
}

void Studio::addPicture(const QString& name, const QImage& image) {
  if (static_cast<std::int64_t>(image.width()) * image.height() > kMaxImagePixels) {
    messages_.error(name, tr("the picture is too large"));
    return;
  }
  std::vector<PictureEntry> pictures;
  pictures.push_back(makePicture(name, image));
  insert(std::move(pictures));
}

void Studio::removePictures(const std::vector<ImageId>& ids) {
  if (ids.empty()) return;
  const ImageId current = selection_.focus().image;
  const int at = document_.indexOf(current);
  undo_.push(new RemovePicturesCommand(document_, ids));
  if (document_.picture(current)) return;
  const auto& left = document_.pictures();
  const int next = std::min(at, static_cast<int>(left.size()) - 1);
  selection_.setImage(next >= 0 ? left[static_cast<std::size_t>(next)].id : 0);
}

void Studio::changeCard(const ModelCard& card) {
  if (document_.hasModel() && !(card == document_.card())) undo_.push(new EditCardCommand(document_, engine_, card));
}

void Studio::confirmCard(ModelCard card) {
  card.guessed = false;
  card.guesses.clear();
  changeCard(card);
  const QString path = document_.opened().path;
  if (path.isEmpty()) return;
  try {
    const QString saved = cards_.save(path, card);
    messages_.success(tr("Card saved"), QDir::toNativeSeparators(saved));
  } catch (const Error& error) {
    messages_.error(QString::fromStdString(error.subject()), QString::fromStdString(error.reason()));
  }
}

ImagePtr Studio::anyPicture() const {
  if (const PictureEntry* current = document_.picture(selection_.focus().image)) return current->pixels;
  if (!document_.pictures().empty()) return document_.pictures().front().pixels;
  return std::make_shared<Image>(fromQImage(drawExamplePictures().back().image));
}

void Studio::computeChanged() {
  if (!document_.hasModel()) return;
  const ModelCard card = document_.card();
  const OpenedModel& opened = document_.opened();
  if (opened.builtIn.isEmpty()) {
    openModel(opened.path, card);
  } else {
    openBuiltIn(opened.builtIn, false, card);
  }
}

}  // namespace unitscope
