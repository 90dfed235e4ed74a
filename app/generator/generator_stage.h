#pragma once

#include <memory>
#include <optional>

#include <QImage>
#include <QObject>
#include <QString>

#include "app/context.h"
#include "app/counterfactual/turnstile.h"
#include "app/generator/generator_scene.h"

namespace unitscope {

class GeneratorConcepts;
class LivePicture;
class Model;
class SampleShelf;

/// What the pages of the generator workspace share: the generator found in the open network, the sample with its
/// changes, and the picture of it, which follows every change as quickly as it can be computed (one question at a time;
/// of those that come meanwhile only the newest is asked). What is done to the scene can be undone.
class GeneratorStage : public QObject {
  Q_OBJECT
 public:
  explicit GeneratorStage(const Context& context, QObject* parent = nullptr);

  /// A hidden workspace computes nothing; what was asked for meanwhile is done when it is seen.
  void setActive(bool active);

  /// Null while there is none. To be used on the engine thread, plan(), black() and white() aside.
  const std::shared_ptr<Generator>& generator() const { return generator_; }
  bool opening() const { return opening_; }
  /// What the user knows better than the graph tells of where the latents are; forgotten with the network.
  const LatentHints& hints() const { return hints_; }
  /// Looks for the generator anew, which clears the stage.
  void setHints(const LatentHints& hints);
  /// Why there is no generator: translated headline; empty if there is one or it is on its way.
  QString reason() const;

  /// What the units draw, as far as a dissection has told; never null.
  GeneratorConcepts* concepts() const { return concepts_; }
  /// What was on stage, and what is to be kept; never null.
  SampleShelf* shelf() const { return shelf_; }

  const GeneratorScene& scene() const { return scene_; }
  /// Takes the scene, as a step that can be undone; steps with the same `mergeKey` that follow one another become one.
  void change(const QString& text, const GeneratorScene& next, const QString& mergeKey = {});
  /// Without a step.
  void setScene(const GeneratorScene& scene);
  /// A scene of the sample with this seed (and, where there are classes, that of the present scene); truncation and
  /// noise as they are now. Nothing is shown. There must be a generator.
  GeneratorScene seeded(quint64 seed) const;

  /// Of the scene; what was shown before until it is ready. Null before the first.
  const QImage& picture() const { return picture_; }
  /// The same without changes of units and latents.
  const QImage& unchangedPicture() const { return unchanged_; }
  /// What people are to see: picture(), or in its place a frame of a film.
  const QImage& shown() const { return preview_.isNull() ? picture_ : preview_; }
  /// Shows another picture in place of the scene's until a null one is given. The scene, its picture(), its undo steps
  /// and what is saved stay as they are.
  void setPreview(const QImage& picture);
  /// Whether picture() is out of date, or something is on its way.
  bool busy() const { return opening_ || turnstile_.busy(); }
  /// What the picture is made with, kept between questions: prefixes of the network need not be computed again. For the
  /// engine thread only; together with questionOf().
  const std::shared_ptr<LivePicture>& live() const { return live_; }
  /// Failure of the last picture; empty if there was none.
  const QString& failure() const { return failure_; }

 Q_SIGNALS:
  void generatorChanged();  ///< found, lost, or on its way
  void sceneChanged();
  void pictureChanged();
  void busyChanged();

 private:
  struct Made {
    QImage picture, unchanged;
  };
  void forget();
  void open();
  void render();
  void settle();

  Context context_;
  GeneratorConcepts* concepts_;
  SampleShelf* shelf_;
  bool active_ = false, opening_ = false, stale_ = false;
  int round_ = 0;
  QString failure_, refused_;
  LatentHints hints_;
  std::weak_ptr<Model> tried_;
  std::shared_ptr<Generator> generator_;
  std::shared_ptr<LivePicture> live_;
  GeneratorScene scene_;
  std::optional<GeneratorScene> unchangedOf_;
  QImage picture_, unchanged_, preview_;
  Turnstile turnstile_;
};

/// The question whose answer is the picture of a scene: with its latents moved. On the engine thread.
SynthesisQuestion questionOf(Generator& generator, const GeneratorScene& scene, const CancelToken& cancel);

}  // namespace unitscope
