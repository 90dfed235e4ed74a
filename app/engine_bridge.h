#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QString>

#include "app/document.h"
#include "app/problem.h"
#include "engine/model.h"
#include "runtime/job_queue.h"

namespace unitscope {

class InputCache;

/// A picture as the network sees it.
struct PreparedInput {
  std::shared_ptr<const Array> input;  ///< [1,C,H,W]
  std::shared_ptr<const Image> seen;   ///< the same as a picture, for overlays
};

struct Classification {
  PreparedInput prepared;
  std::vector<Prediction> top;  ///< best first
};

/// "Why this class?" for one picture and one method.
struct AttributionRequest {
  ImagePtr picture;
  QString method;   ///< id
  QString title;    ///< "Grad-CAM, chelsea.png": what the job is called
  int target = -1;  ///< -1: the network's first choice
  QString layer;    ///< empty: the method's default
  ParameterValues parameters;

  // Other scores than a class of the network's output; see AttributionQuestion.
  int against = -1;                       ///< class whose score is taken off the target's
  QString unitLayer;                      ///< explains channel `target` of this layer instead of a class
  ImagePtr resemble;                      ///< a second picture: the score is how similar the two outputs are
  std::shared_ptr<const Array> region;    ///< [h,w] weights of the output's places
  std::shared_ptr<const Array> segments;  ///< [H,W] numbers of superpixels
};

struct AttributionResult {
  PreparedInput prepared;
  AttributionAnswer answer;
};

/// What a copy for work in the background is made of.
struct BackgroundModel {
  std::shared_ptr<Model> model;  ///< only its graph is looked at
  ModelCard card;
  ComputeSettings compute;
};

struct OpenRequest {
  QString path;
  ComputeSettings compute;
};

struct LayerFacts {
  std::vector<Shape> shapes;
  std::vector<LayerChoice> spatial;
};

/// Carries questions to the engine thread and answers back to the GUI thread. Each question belongs to a pane, named
/// by a key: a newer question of the same pane replaces an older one, whose answer is then never delivered. `done` and
/// `failed` run on the GUI thread, and only while `receiver` lives. Every failure is also announced by problem(), so a
/// pane needs `failed` only to tidy up. All members are to be called on the GUI thread.
class EngineBridge : public QObject {
  Q_OBJECT
 public:
  using Failed = std::function<void(const Problem&)>;
  template <class T>
  using Done = std::function<void(T)>;

  explicit EngineBridge(QObject* parent = nullptr);
  /// Cancels everything and waits until the running job has noticed.
  ~EngineBridge() override;

  /// Any work with an answer of type T. `work` runs on the engine thread and must hold what it uses by value.
  template <class T>
  JobId ask(const QString& title, const QString& pane, std::function<T(const Progress&, const CancelToken&)> work,
            QObject* receiver, Done<T> done, Failed failed = {}) {
    auto slot = std::make_shared<std::optional<T>>();
    return submit(
        title, pane,
        [slot, work = std::move(work)](const Progress& progress, const CancelToken& cancel) {
          slot->emplace(work(progress, cancel));
        },
        receiver, [slot, done = std::move(done)] { done(std::move(**slot)); }, std::move(failed));
  }

  /// Long work (a hunt for failures, a league of methods) on a thread of its own, with a copy of the model, so that
  /// whatever the user looks at meanwhile is answered at once. As ask() otherwise.
  template <class T>
  JobId askInBackground(const QString& title, const QString& pane, const BackgroundModel& model,
                        std::function<T(Model&, const Progress&, const CancelToken&)> work, QObject* receiver,
                        Done<T> done, Failed failed = {}) {
    auto slot = std::make_shared<std::optional<T>>();
    return submit(
        title, pane,
        [this, slot, model, work = std::move(work)](const Progress& progress, const CancelToken& cancel) {
          slot->emplace(work(*copyOf(model), progress, cancel));
        },
        receiver, [slot, done = std::move(done)] { done(std::move(**slot)); }, std::move(failed), Lane::Background);
  }

  /// Reads a model file with its card. Replaces an opening that is still under way.
  JobId openModel(const OpenRequest& request, QObject* receiver, Done<std::shared_ptr<Model>> done, Failed failed = {});
  /// Builds a model from a graph that the program made itself.
  JobId openGraph(const QString& title, std::function<std::pair<Graph, ModelCard>()> make,
                  const ComputeSettings& compute, QObject* receiver, Done<std::shared_ptr<Model>> done,
                  Failed failed = {});
  /// Output shapes of the layers and which of them CAM methods can use.
  JobId askLayerFacts(const std::shared_ptr<Model>& model, QObject* receiver, Done<LayerFacts> done,
                      Failed failed = {});
  /// Best `top` classes of a picture.
  JobId classify(const std::shared_ptr<Model>& model, const QString& pane, ImagePtr picture, int top, QObject* receiver,
                 Done<Classification> done, Failed failed = {});
  /// `preview` is given what is there so far, by methods that take long: never older than what it was given before,
  /// and not all of it when the GUI thread is slower.
  JobId attribute(const std::shared_ptr<Model>& model, const QString& pane, const AttributionRequest& request,
                  QObject* receiver, Done<AttributionResult> done, Failed failed = {},
                  Done<AttributionResult> preview = {});
  /// What the network would see of a picture if its card were `card`; the model keeps its own card. A failure is the
  /// caller's alone to show: half-typed cards fail all the time.
  JobId preview(const std::shared_ptr<Model>& model, const QString& pane, ImagePtr picture, const ModelCard& card,
                QObject* receiver, Done<Classification> done, Failed failed = {});
  /// Makes `card` the model's own, in order with the other jobs.
  void setCard(const std::shared_ptr<Model>& model, const ModelCard& card);

  void cancel(JobId id);
  void cancelPane(const QString& pane);
  /// Also what panes keep back: see announceWaiting().
  void cancelAll();
  /// A pane that asks one question after the other, so that others get their turn between them, says how many it
  /// keeps back, for people to see. It drops them on allCancelled().
  void announceWaiting(const QString& pane, int count);
  bool idle() const;
  /// Whether the pane still waits for an answer.
  bool pending(const QString& pane) const { return newest_.contains(pane); }

 Q_SIGNALS:
  /// State or progress of a job, at most once each event-loop turn.
  void jobChanged(const unitscope::JobStatus& status);
  void problem(const unitscope::Problem& problem);
  void becameIdle();
  /// Questions that panes keep back, all together.
  void waitingChanged(int count);
  void allCancelled();

 private:
  struct Pending {
    QString pane;
    QPointer<QObject> receiver;
    std::function<void()> done;
    Failed failed;
    bool quiet = false;
  };

  /// What a running question has found so far, on its way from the engine thread.
  struct Interim {
    bool put(AttributionResult result);
    std::mutex mutex;
    std::optional<AttributionResult> newest;
    JobId job = 0;
    QPointer<QObject> receiver;
    Done<AttributionResult> preview;
  };
  void show(Interim& interim);

  enum class Lane { Front, Background };
  JobId submit(const QString& title, const QString& pane, JobQueue::Work work, QObject* receiver,
               std::function<void()> done, Failed failed, Lane lane = Lane::Front);
  JobQueue& queueOf(Lane lane);
  /// On the background thread.
  std::shared_ptr<Model> copyOf(const BackgroundModel& wanted);
  void onStatus(const JobStatus& status);  // worker thread
  void flush();                            // GUI thread
  void settle(const JobStatus& status);

  std::mutex mutex_;
  std::vector<JobStatus> statuses_;  // newest status of each job since the last flush
  bool flushPosted_ = false;

  QHash<JobId, Pending> pending_;
  QHash<QString, JobId> newest_;
  QHash<QString, int> waiting_;
  std::shared_ptr<InputCache> inputs_;
  std::weak_ptr<Model> copied_;  // only used on the background thread, like the next
  std::shared_ptr<Model> copy_;
  std::unique_ptr<JobQueue> queue_;
  std::unique_ptr<JobQueue> background_;  // made when it is first needed
};

}  // namespace unitscope

Q_DECLARE_METATYPE(unitscope::JobStatus)
