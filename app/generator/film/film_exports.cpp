#include "app/generator/film/film_exports.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QFileInfo>

#include "app/app_settings.h"
#include "app/aside.h"
#include "app/availability.h"
#include "app/engine_bridge.h"
#include "app/file_question.h"
#include "app/generator/generator_page.h"
#include "app/generator/generator_stage.h"
#include "app/generator/lent_generator.h"
#include "app/messages.h"
#include "gan/animation.h"
#include "gan/edited_generator.h"
#include "widgets/icons.h"

namespace unitscope {

namespace {

const QString kFilmPane = QStringLiteral("generator/film");
const QString kNetworkPane = QStringLiteral("generator/edited-network");

}  // namespace

FilmExports::FilmExports(const Context& context, GeneratorStage& stage, const std::vector<GeneratorPage*>& pages,
                         QWidget* window)
    : QObject(window), context_(context), stage_(stage), pages_(pages), window_(window) {
  const auto add = [this](const QString& icon, const QString& text, const QString& help) {
    auto* action = new QAction(themedIcon(icon), text, this);
    action->setToolTip(help);
    actions_ << action;
    return action;
  };
  film_ = add(QStringLiteral("images"), tr("&Film or strip\u2026"),
              tr("Along a direction, the walk, or before and after: GIF, MP4, WebM, PNG frames or a strip"));
  network_ = add(QStringLiteral("model"), tr("&Edited generator\u2026"),
                 tr("The network with the changes of units and latents written into it, as ONNX"));
  connect(film_, &QAction::triggered, this, &FilmExports::askForFilm);
  connect(network_, &QAction::triggered, this, [this] {
    askFile(tr("Save the edited generator"), tr("ONNX (*.onnx)"), QStringLiteral("edited-generator.onnx"), false,
            [this](const QString& file) { saveNetwork(file); });
  });
  connect(&stage_, &GeneratorStage::sceneChanged, this, &FilmExports::refresh);
  connect(&stage_, &GeneratorStage::generatorChanged, this, &FilmExports::refresh);
  refresh();
}

void FilmExports::refresh() {
  if (stage_.generator()) probe();
  const QString none = !stage_.generator() || stage_.scene().empty() ? tr("There is no sample on stage") : QString();
  setAvailable(*film_, none);
  setAvailable(*network_, !none.isEmpty() ? none
                          : stage_.scene().edited()
                              ? QString()
                              : tr("Nothing was changed: switch units or move along directions first"));
}

// Encoders are found out by trying them, which takes longer than a frame.
void FilmExports::probe() {
  if (std::exchange(probed_, true)) return;
  runAside<QHash<QString, QString>>(
      this,
      [] {
        QHash<QString, QString> reasons;
        for (const FilmPlan::Format format : {FilmPlan::Format::Gif, FilmPlan::Format::Mp4, FilmPlan::Format::WebM}) {
          const QString suffix = suffixOf(format);
          reasons[suffix] = QString::fromStdString(whyNoAnimation(suffix.toStdString()));
        }
        return reasons;
      },
      [this](const QHash<QString, QString>& reasons) { reasons_ = reasons; });
}

FilmChoices FilmExports::choices() const {
  FilmChoices choices;
  choices.reasons = reasons_;
  choices.scene = stage_.scene();
  for (const LatentMove& move : choices.scene.moves) choices.directions.push_back(move.direction);
  for (const GeneratorPage* page : pages_) {
    for (const LatentDirection& direction : page->directions()) {
      const auto same = [&](const LatentDirection& other) { return other.name == direction.name; };
      if (std::ranges::none_of(choices.directions, same)) choices.directions.push_back(direction);
    }
    if (choices.walk.empty()) choices.walk = page->film();
  }
  if (stage_.generator()) {
    const Shape& shape = stage_.generator()->plan().imageShape;
    if (shape.size() == 3) {
      choices.height = int(shape[1]);
      choices.width = int(shape[2]);
    }
  }
  return choices;
}

FilmDialog* FilmExports::askForFilm() {
  auto* dialog = new FilmDialog(choices(), context_.settings.store(), window_);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &FilmDialog::exportWanted, this, [this](const FilmPlan& plan) {
    const bool folder = plan.format == FilmPlan::Format::Frames;
    const QString suffix = suffixOf(plan.format);
    askFile(folder ? tr("A folder for the frames") : tr("Save the film"), tr("%1 (*.%2)").arg(suffix.toUpper(), suffix),
            QStringLiteral("film.") + suffix, folder, [this, plan](const QString& file) { writeFilmTo(plan, file); });
  });
  dialog->open();
  return dialog;
}

void FilmExports::askFile(const QString& title, const QString& filter, const QString& name, bool folder,
                          const std::function<void(const QString&)>& done) {
  const FileQuestion::Kind kind = folder ? FileQuestion::Kind::Folder : FileQuestion::Kind::Save;
  askForFile(window_, context_.settings.store(), {kind, title, filter, name}, done);
}

void FilmExports::began() {
  ++writing_;
  Q_EMIT busyChanged();
}

std::function<void(bool)> FilmExports::ended(const QString& file) {
  return [this, file](bool fine) {
    --writing_;
    if (fine) context_.messages.success(QFileInfo(file).fileName(), tr("saved"));
    Q_EMIT busyChanged();
  };
}

void FilmExports::writeFilmTo(const FilmPlan& plan, const QString& file) {
  if (!stage_.generator()) return;
  // A second film replaces one that is being written, whose end is never told.
  if (context_.engine.pending(kFilmPane)) --writing_;
  context_.engine.askInBackground<bool>(
      tr("Writing %1").arg(QFileInfo(file).fileName()), kFilmPane, backgroundModel(context_),
      [plan, file](Model& lent, const Progress& progress, const CancelToken& cancel) {
        writeFilm(*generatorOf(lent), plan, file, progress, cancel);
        return true;
      },
      this, ended(file), [end = ended(file)](const Problem&) { end(false); });
  began();
}

void FilmExports::saveNetwork(const QString& file) {
  if (!stage_.generator()) return;
  if (context_.engine.pending(kNetworkPane)) --writing_;
  GeneratorChanges changes;
  changes.edits = stage_.scene().sample.edits;
  for (const LatentMove& move : stage_.scene().moves) changes.directions.push_back({move.direction, move.amount});
  context_.engine.askInBackground<bool>(
      tr("Writing %1").arg(QFileInfo(file).fileName()), kNetworkPane, backgroundModel(context_),
      [changes, file](Model& lent, const Progress&, const CancelToken&) {
        saveEditedGenerator(*generatorOf(lent), changes, file.toStdString());
        return true;
      },
      this, ended(file), [end = ended(file)](const Problem&) { end(false); });
  began();
}

}  // namespace unitscope
