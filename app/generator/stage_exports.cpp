#include "app/generator/stage_exports.h"

#include <algorithm>
#include <utility>

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QSaveFile>

#include "app/app_settings.h"
#include "app/availability.h"
#include "app/document.h"
#include "app/engine_bridge.h"
#include "app/file_question.h"
#include "app/generator/generator_stage.h"
#include "app/generator/sample_controls.h"
#include "app/messages.h"
#include "app/shell_text.h"
#include "formats/npy/npy.h"
#include "gan/unit_edits_file.h"
#include "widgets/icons.h"

namespace unitscope {
namespace {

bool anyMove(const GeneratorScene& scene) {
  return std::ranges::any_of(scene.moves, [](const LatentMove& move) { return move.amount != 0.0; });
}

QString fileName(const QString& name) {
  QString safe = name;
  for (QChar& c : safe)
    if (!c.isLetterOrNumber()) c = QLatin1Char('-');
  return safe.isEmpty() ? QStringLiteral("sample") : safe.toLower().left(60);
}

}  // namespace

StageExports::StageExports(const Context& context, GeneratorStage& stage, QWidget* window)
    : QObject(window), context_(context), stage_(stage), window_(window) {
  const auto add = [this](const QString& icon, const QString& text, const QString& help, auto work) {
    auto* action = new QAction(themedIcon(icon), text, this);
    action->setToolTip(help);
    connect(action, &QAction::triggered, this, work);
    actions_ << action;
  };
  add(QStringLiteral("image"), tr("Sample as &picture\u2026"), tr("The generated picture with its changes, as PNG"),
      [this] {
        askFile(tr("Save the picture"), tr("Pictures (*.png)"), fileName(stage_.scene().name) + QStringLiteral(".png"),
                [this](const QString& file) {
                  if (savePicture(file)) context_.messages.success(QFileInfo(file).fileName(), tr("saved"));
                });
      });
  add(QStringLiteral("table"), tr("Changes of &units\u2026"), tr("For `unitscope gan sample --layer-edits`, as JSON"),
      [this] {
        askFile(tr("Save the changes of units"), tr("Changes (*.json)"), QStringLiteral("edits.json"),
                [this](const QString& file) {
                  if (saveEdits(file)) context_.messages.success(QFileInfo(file).fileName(), tr("saved"));
                });
      });
  add(QStringLiteral("save"), tr("&Latents\u2026"),
      tr("What the sample is made from, with all directions added, as npy"), [this] {
        askFile(tr("Save the latents"), tr("Arrays (*.npy)"), QStringLiteral("latents.npy"),
                [this](const QString& file) { saveLatents(file); });
      });
  add(QStringLiteral("terminal"), tr("Copy command &line"), tr("The command that makes this picture, to the clipboard"),
      [this] {
        QApplication::clipboard()->setText(commandLine());
        context_.messages.info(tr("Copied"), commandLine());
      });
  connect(&stage_, &GeneratorStage::sceneChanged, this, &StageExports::show);
  connect(&stage_, &GeneratorStage::pictureChanged, this, &StageExports::show);
  connect(&stage_, &GeneratorStage::generatorChanged, this, &StageExports::show);
  show();
}

void StageExports::show() {
  const QString none = stage_.generator() && !stage_.scene().empty() ? QString() : tr("There is no sample yet");
  setAvailable(*actions_[0], stage_.picture().isNull() ? tr("There is no picture yet") : none);
  setAvailable(*actions_[1], none.isEmpty() && stage_.scene().sample.edits.empty() ? tr("No unit was changed") : none);
  setAvailable(*actions_[2], none);
  setAvailable(*actions_[3], none);
}

void StageExports::askFile(const QString& title, const QString& filter, const QString& name,
                           const std::function<void(const QString&)>& save) {
  askForFile(window_, context_.settings.store(), {FileQuestion::Kind::Save, title, filter, name}, save);
}

bool StageExports::savePicture(const QString& file) {
  QSaveFile out(file);
  if (out.open(QIODevice::WriteOnly) && stage_.picture().save(&out, "PNG") && out.commit()) return true;
  context_.messages.error(file, tr("could not be written: %1").arg(out.errorString()));
  return false;
}

bool StageExports::saveEdits(const QString& file) {
  const std::string json = toJson(stage_.scene().sample.edits);
  QSaveFile out(file);
  if (out.open(QIODevice::WriteOnly) && out.write(json.data(), qint64(json.size())) == qint64(json.size()) &&
      out.commit())
    return true;
  context_.messages.error(file, tr("could not be written: %1").arg(out.errorString()));
  return false;
}

void StageExports::saveLatents(const QString& file) {
  if (!stage_.generator() || stage_.scene().empty()) return;
  context_.engine.ask<QString>(
      tr("Saving the latents"), QStringLiteral("generator/latents"),
      [file, scene = stage_.scene(), generator = stage_.generator()](const Progress&, const CancelToken& cancel) {
        const SynthesisQuestion question = questionOf(*generator, scene, cancel);
        writeNpy(file.toStdString(), TensorData::fromFloats(question.latents.shape, question.latents.values));
        return QString::fromStdString(nameOf(question.space));
      },
      this,
      [this, file](const QString& space) {
        context_.messages.success(QFileInfo(file).fileName(), tr("saved: latents of %1").arg(space));
      });
}

QString StageExports::commandLine() const {
  const GeneratorScene& scene = stage_.scene();
  if (!context_.document.hasModel() || !stage_.generator() || scene.empty()) return {};
  const OpenedModel& opened = context_.document.opened();
  const SynthesisQuestion& sample = scene.sample;
  QStringList words{QStringLiteral("unitscope gan sample"),
                    shellWord(opened.path.isEmpty() ? opened.builtIn : opened.path)};
  const LatentHints& hints = stage_.hints();
  for (const auto& [option, name] :
       {std::pair("--z-input", hints.z), std::pair("--class-input", hints.classes),
        std::pair("--truncation-value", hints.truncation), std::pair("--styles-value", hints.styles)})
    if (!name.empty()) words << QLatin1String(option) << shellWord(QString::fromStdString(name));
  const auto seed = anyMove(scene) ? std::nullopt : seedOf(stage_, scene);
  bool drawn = sample.space == LatentSpace::Z;
  if (seed) {
    words << QStringLiteral("--seeds %1").arg(*seed);
  } else {
    QString space = QString::fromStdString(nameOf(sample.space));
    const bool behind = std::ranges::any_of(
        scene.moves, [](const LatentMove& move) { return move.amount != 0.0 && move.direction.space != "z"; });
    if (behind) {
      space = QStringLiteral("w+");
      drawn = false;
    }
    words << QStringLiteral("--latents latents.npy --space %1").arg(space);
  }
  if (drawn && sample.truncation != 1.0) words << QStringLiteral("--truncation %1").arg(sample.truncation);
  if (!sample.classes.values.empty())
    words << QStringLiteral("--class %1")
                 .arg(std::ranges::max_element(sample.classes.values) - sample.classes.values.begin());
  if (sample.noise == NoiseMode::Random)
    words << QStringLiteral("--noise random --noise-seed %1").arg(sample.noiseSeed);
  if (sample.noise == NoiseMode::None) words << QStringLiteral("--noise none");
  QString before;
  if (!sample.edits.empty()) {
    const bool painted =
        std::ranges::any_of(sample.edits, [](const UnitEdit& edit) { return !edit.where.values.empty(); });
    // Masks are too long for a command line: they are exported as a file.
    if (!painted)
      before = QStringLiteral("printf %s ") + shellWord(QString::fromStdString(toJson(sample.edits)).simplified()) +
               QStringLiteral(" > edits.json && ");
    words << QStringLiteral("--layer-edits edits.json");
  }
  words << QStringLiteral("--out %1.png").arg(fileName(scene.name));
  return before + words.join(QLatin1Char(' '));
}

}  // namespace unitscope
