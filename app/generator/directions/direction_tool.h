#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <QJsonObject>
#include <QWidget>

#include "app/app_settings.h"
#include "app/context.h"
#include "app/engine_bridge.h"
#include "app/generator/generator_stage.h"
#include "gan/generator.h"

namespace unitscope {

class DirectionList;

/// One way of getting directions, of knowing more about them, or of going along them: a view below the list.
class DirectionTool : public QWidget {
  Q_OBJECT
 public:
  DirectionTool(const Context& context, GeneratorStage& stage, DirectionList& list, QWidget* parent = nullptr)
      : QWidget(parent), context_(context), stage_(stage), list_(list) {}

  virtual QString id() const = 0;           ///< key in sessions
  virtual QString title() const = 0;        ///< translated
  virtual QString explanation() const = 0;  ///< one sentence, for the tooltip
  virtual QJsonObject saveState() const { return {}; }
  virtual void restoreState(const QJsonObject&) {}
  /// Whether it is seen; a tool that is not asks for nothing.
  virtual void setActive(bool) {}
  virtual bool busy() const { return false; }

 Q_SIGNALS:
  void stateChanged();
  void busyChanged();
  void directionWanted(int index);  ///< of the list: to be made seen

 protected:
  /// Long work with a copy of the generator, in the background: the picture on stage keeps following its sliders. A
  /// pane's newer question replaces an older one.
  template <class T>
  void askInBackground(const QString& title, const QString& pane,
                       std::function<T(Generator&, const Progress&, const CancelToken&)> work,
                       std::function<void(T)> done, EngineBridge::Failed failed) {
    context_.engine.askInBackground<T>(
        title, pane, BackgroundModel{context_.document.model(), context_.document.card(), context_.settings.compute()},
        [work = std::move(work), hints = stage_.hints()](Model& model, const Progress& progress,
                                                         const CancelToken& cancel) {
          // The model outlives the job.
          const auto generator = Generator::from(std::shared_ptr<Model>(std::shared_ptr<Model>(), &model), hints);
          return work(*generator, progress, cancel);
        },
        this, std::move(done), std::move(failed));
  }
  GeneratorStage& stage() const { return stage_; }
  DirectionList& list() const { return list_; }
  const Context& context() const { return context_; }

 private:
  Context context_;
  GeneratorStage& stage_;
  DirectionList& list_;
};

}  // namespace unitscope
