#include "app/generator/generator_stage.h"

#include <utility>

#include <QPointer>
#include <QUndoStack>

#include "app/engine_bridge.h"
#include "app/generator/generator_concepts.h"
#include "app/generator/sample_shelf.h"
#include "app/image_convert.h"

namespace unitscope {
namespace {

/// Changes what is on stage.
class SceneCommand : public QUndoCommand {
 public:
  SceneCommand(GeneratorStage& stage, const QString& text, GeneratorScene after, QString mergeKey)
      : stage_(&stage), before_(stage.scene()), after_(std::move(after)), mergeKey_(std::move(mergeKey)) {
    setText(text);
  }
  void redo() override {
    if (stage_) stage_->setScene(after_);
  }
  void undo() override {
    if (stage_) stage_->setScene(before_);
  }
  int id() const override {
    constexpr int kId = 8;
    return mergeKey_.isEmpty() ? -1 : kId;
  }
  bool mergeWith(const QUndoCommand* other) override {
    const auto* later = static_cast<const SceneCommand*>(other);
    if (later->stage_ != stage_ || later->mergeKey_ != mergeKey_) return false;
    after_ = later->after_;
    return true;
  }

 private:
  QPointer<GeneratorStage> stage_;
  GeneratorScene before_, after_;
  QString mergeKey_;
};

}  // namespace

SynthesisQuestion questionOf(Generator& generator, const GeneratorScene& scene, const CancelToken& cancel) {
  return withMoves(generator, scene.sample, scene.moves, cancel);
}

GeneratorStage::GeneratorStage(const Context& context, QObject* parent)
    : QObject(parent),
      context_(context),
      concepts_(new GeneratorConcepts(this)),
      shelf_(new SampleShelf(context, *this)) {
  connect(&context_.document, &Document::modelChanged, this, [this] {
    hints_ = {};
    shelf_->clear();
    forget();
  });
  // The card says what is black and what is white.
  connect(&context_.document, &Document::cardChanged, this, [this] {
    const GeneratorScene kept = scene_;
    forget();
    if (reason().isEmpty()) setScene(kept);
  });
}

QString GeneratorStage::reason() const {
  if (!context_.document.hasModel()) return tr("Open a generator to begin");
  if (context_.document.card().task != ModelCard::Task::Generator) return tr("This network takes pictures");
  return refused_;
}

void GeneratorStage::forget() {
  ++round_;
  turnstile_.forget();
  context_.engine.cancelPane(QStringLiteral("generator/open"));
  opening_ = false;
  stale_ = false;
  failure_.clear();
  refused_.clear();
  tried_.reset();
  generator_.reset();
  live_.reset();
  scene_ = {};
  unchangedOf_.reset();
  picture_ = unchanged_ = preview_ = {};
  concepts_->clear();
  Q_EMIT generatorChanged();
  Q_EMIT sceneChanged();
  Q_EMIT pictureChanged();
  open();
}

void GeneratorStage::setHints(const LatentHints& hints) {
  const auto same = [&] {
    return hints.z == hints_.z && hints.classes == hints_.classes && hints.truncation == hints_.truncation &&
           hints.styles == hints_.styles && hints.image == hints_.image;
  };
  if (same()) return;
  hints_ = hints;
  forget();
}

void GeneratorStage::setActive(bool active) {
  if (std::exchange(active_, active) == active || !active) return;
  open();
  if (stale_) render();
}

void GeneratorStage::open() {
  const std::shared_ptr<Model> model = context_.document.model();
  if (!active_ || !model || !reason().isEmpty() || opening_ || tried_.lock() == model) return;
  tried_ = model;
  opening_ = true;
  context_.engine.ask<std::shared_ptr<Generator>>(
      tr("Finding the latents"), QStringLiteral("generator/open"),
      [model, hints = hints_](const Progress&, const CancelToken&) { return Generator::from(model, hints); }, this,
      [this, round = round_](const std::shared_ptr<Generator>& generator) {
        if (round != round_) return;
        opening_ = false;
        generator_ = generator;
        live_ = std::make_shared<LivePicture>(generator);
        Q_EMIT generatorChanged();
        // A session may have brought one already.
        if (scene_.empty()) {
          setScene(seeded(0));
        } else {
          render();
        }
        Q_EMIT busyChanged();
      },
      [this, round = round_](const Problem& problem) {
        if (round != round_) return;
        opening_ = false;
        refused_ = problem.cancelled ? tr("Stopped") : problem.reason;
        Q_EMIT generatorChanged();
        Q_EMIT busyChanged();
      });
  Q_EMIT generatorChanged();
  Q_EMIT busyChanged();
}

GeneratorScene GeneratorStage::seeded(quint64 seed) const {
  GeneratorScene next = scene_.unchanged();
  next.name = tr("Seed %1").arg(seed);
  next.sample.latents = generator_->drawLatents({seed});
  next.sample.space = LatentSpace::Z;
  if (!generator_->plan().classes.empty() && next.sample.classes.values.empty())
    next.sample.classes = generator_->oneClass(0);
  return next;
}

void GeneratorStage::change(const QString& text, const GeneratorScene& next, const QString& mergeKey) {
  if (next == scene_) return;
  context_.undo.push(new SceneCommand(*this, text, next, mergeKey));
}

void GeneratorStage::setScene(const GeneratorScene& scene) {
  if (scene == scene_) return;
  scene_ = scene;
  Q_EMIT sceneChanged();
  render();
}

void GeneratorStage::setPreview(const QImage& picture) {
  if (picture.isNull() && preview_.isNull()) return;
  preview_ = picture;
  Q_EMIT pictureChanged();
}

void GeneratorStage::render() {
  stale_ = true;
  if (!generator_ || scene_.empty() || !active_) return;
  stale_ = false;
  turnstile_.offer([this, round = round_] {
    if (round != round_ || !generator_ || scene_.empty()) return turnstile_.done();
    const GeneratorScene scene = scene_;
    const GeneratorScene plain = scene.unchanged();
    const bool withUnchanged = scene.edited() && !(unchangedOf_ && plain == *unchangedOf_);
    context_.engine.ask<Made>(
        tr("Picture of %1").arg(scene.name), QStringLiteral("generator/picture"),
        [scene, plain, withUnchanged, generator = generator_, live = live_](const Progress&,
                                                                            const CancelToken& cancel) {
          const auto shown = [&](const GeneratorScene& one) {
            return toQImage(generator->picturesOf(live->picture(questionOf(*generator, one, cancel), cancel)).front());
          };
          Made made;
          if (withUnchanged) made.unchanged = shown(plain);
          made.picture = shown(scene);
          return made;
        },
        this,
        [this, round, scene, plain, withUnchanged](const Made& made) {
          if (round == round_) {
            failure_.clear();
            picture_ = made.picture;
            if (withUnchanged) unchanged_ = made.unchanged;
            if (!scene.edited()) unchanged_ = made.picture;
            unchangedOf_ = plain;
            Q_EMIT pictureChanged();
          }
          settle();
        },
        [this, round](const Problem& problem) {
          if (round == round_) {
            failure_ = problem.cancelled ? tr("Stopped") : problem.reason;
            Q_EMIT pictureChanged();
          }
          settle();
        });
  });
  Q_EMIT busyChanged();
}

void GeneratorStage::settle() {
  turnstile_.done();
  Q_EMIT busyChanged();
}

}  // namespace unitscope
