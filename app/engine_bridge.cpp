#include "app/engine_bridge.h"

#include <algorithm>
#include <chrono>

#include <QMetaObject>

#include "app/input_cache.h"
#include "exec/caching_allocator.h"

namespace unitscope {

namespace {

// Long enough that a user who reads between two questions does not pay for the memory again.
constexpr std::chrono::seconds kIdle{10};

// Ids of both queues in one row: the lowest bit says which.
JobId idIn(JobId own, bool background) {
  return own * 2 + (background ? 1 : 0);
}

bool isOver(JobStatus::State state) {
  return state != JobStatus::State::Queued && state != JobStatus::State::Running;
}

}  // namespace

EngineBridge::EngineBridge(QObject* parent) : QObject(parent), inputs_(std::make_shared<InputCache>()) {
  queueOf(Lane::Front);
}

EngineBridge::~EngineBridge() {
  if (background_) background_->cancelAll();
  queue_.reset();
  background_.reset();
}

JobQueue& EngineBridge::queueOf(Lane lane) {
  const bool background = lane == Lane::Background;
  std::unique_ptr<JobQueue>& queue = background ? background_ : queue_;
  if (!queue)
    queue = std::make_unique<JobQueue>(
        [this, background](JobStatus status) {
          status.id = idIn(status.id, background);
          onStatus(status);
        },
        nullptr, JobQueue::IdleTask{kIdle, releaseCachedMemory});
  return *queue;
}

std::shared_ptr<Model> EngineBridge::copyOf(const BackgroundModel& wanted) {
  if (!copy_ || copied_.lock() != wanted.model) {
    copy_ = Model::fromGraph(wanted.model->graph(), wanted.card, wanted.compute);
    copied_ = wanted.model;
  }
  copy_->setCard(wanted.card);
  return copy_;
}

JobId EngineBridge::submit(const QString& title, const QString& pane, JobQueue::Work work, QObject* receiver,
                           std::function<void()> done, Failed failed, Lane lane) {
  const JobId id =
      idIn(queueOf(lane).submit(title.toStdString(), pane.toStdString(), std::move(work)), lane == Lane::Background);
  pending_.insert(id, Pending{pane, receiver, std::move(done), std::move(failed)});
  if (!pane.isEmpty()) newest_.insert(pane, id);
  return id;
}

void EngineBridge::onStatus(const JobStatus& status) {
  const std::lock_guard lock(mutex_);
  const auto same = std::find_if(statuses_.begin(), statuses_.end(), [&](const auto& s) { return s.id == status.id; });
  if (same == statuses_.end()) {
    statuses_.push_back(status);
  } else {
    *same = status;
  }
  if (flushPosted_) return;
  flushPosted_ = true;
  QMetaObject::invokeMethod(this, &EngineBridge::flush, Qt::QueuedConnection);
}

void EngineBridge::flush() {
  std::vector<JobStatus> statuses;
  {
    const std::lock_guard lock(mutex_);
    statuses.swap(statuses_);
    flushPosted_ = false;
  }
  bool anyOver = false;
  for (const JobStatus& status : statuses) {
    Q_EMIT jobChanged(status);
    if (!isOver(status.state)) continue;
    anyOver = true;
    settle(status);
  }
  if (anyOver && pending_.isEmpty()) Q_EMIT becameIdle();
}

void EngineBridge::settle(const JobStatus& status) {
  const auto found = pending_.find(status.id);
  if (found == pending_.end()) return;
  const Pending request = std::move(*found);
  pending_.erase(found);
  if (!request.pane.isEmpty()) {
    // An older question of the pane: its answer is no longer wanted, whatever it is.
    if (newest_.value(request.pane) != status.id) return;
    newest_.remove(request.pane);
  }
  if (status.state == JobStatus::State::Finished) {
    if (request.receiver) request.done();
    return;
  }
  Problem problem;
  problem.cancelled = status.state == JobStatus::State::Cancelled;
  problem.subject = QString::fromStdString(status.errorSubject.empty() ? status.title : status.errorSubject);
  problem.reason = problem.cancelled ? tr("cancelled") : QString::fromStdString(status.errorReason);
  if (request.receiver && request.failed) request.failed(problem);
  if (!problem.cancelled && !request.quiet) Q_EMIT this->problem(problem);
}

JobId EngineBridge::openModel(const OpenRequest& request, QObject* receiver, Done<std::shared_ptr<Model>> done,
                              Failed failed) {
  const std::string path = request.path.toStdString();
  return ask<std::shared_ptr<Model>>(
      tr("Opening %1").arg(request.path.section('/', -1)), QStringLiteral("open"),
      [path, compute = request.compute](const Progress& progress, const CancelToken& cancel) {
        return Model::open(path, compute, progress, cancel);
      },
      receiver, std::move(done), std::move(failed));
}

JobId EngineBridge::openGraph(const QString& title, std::function<std::pair<Graph, ModelCard>()> make,
                              const ComputeSettings& compute, QObject* receiver, Done<std::shared_ptr<Model>> done,
                              Failed failed) {
  return ask<std::shared_ptr<Model>>(
      tr("Opening %1").arg(title), QStringLiteral("open"),
      [make = std::move(make), compute](const Progress&, const CancelToken&) {
        auto [graph, card] = make();
        return Model::fromGraph(std::move(graph), std::move(card), compute);
      },
      receiver, std::move(done), std::move(failed));
}

JobId EngineBridge::askLayerFacts(const std::shared_ptr<Model>& model, QObject* receiver, Done<LayerFacts> done,
                                  Failed failed) {
  return ask<LayerFacts>(
      tr("Measuring the layers"), QStringLiteral("layers"),
      [model](const Progress&, const CancelToken& cancel) {
        LayerFacts facts;
        facts.shapes = model->layerShapes(cancel);
        facts.spatial = model->spatialLayers(cancel);
        return facts;
      },
      receiver, std::move(done), std::move(failed));
}

JobId EngineBridge::classify(const std::shared_ptr<Model>& model, const QString& pane, ImagePtr picture, int top,
                             QObject* receiver, Done<Classification> done, Failed failed) {
  return ask<Classification>(
      tr("Classifying"), pane,
      [model, picture = std::move(picture), top, inputs = inputs_](const Progress&, const CancelToken& cancel) {
        Classification result;
        result.prepared = inputs->prepare(*model, picture);
        result.top = model->classify(*result.prepared.input, top, cancel);
        return result;
      },
      receiver, std::move(done), std::move(failed));
}

JobId EngineBridge::attribute(const std::shared_ptr<Model>& model, const QString& pane,
                              const AttributionRequest& request, QObject* receiver, Done<AttributionResult> done,
                              Failed failed, Done<AttributionResult> preview) {
  auto interim = std::make_shared<Interim>();
  const JobId id = ask<AttributionResult>(
      request.title.isEmpty() ? tr("Explaining: %1").arg(request.method) : request.title, pane,
      [this, model, request, inputs = inputs_, interim, wanted = preview != nullptr](const Progress& progress,
                                                                                     const CancelToken& cancel) {
        AttributionResult result;
        result.prepared = inputs->prepare(*model, request.picture);
        AttributionQuestion question;
        question.method = request.method.toStdString();
        question.input = *result.prepared.input;
        question.target = request.target;
        question.layer = request.layer.toStdString();
        question.parameters = request.parameters;
        question.against = request.against;
        question.unitLayer = request.unitLayer.toStdString();
        if (request.resemble) question.resemble = *inputs->prepare(*model, request.resemble).input;
        if (request.region) question.region = *request.region;
        if (request.segments) question.segments = *request.segments;
        if (wanted)
          question.preview = [&](const AttributionAnswer& soFar) {
            if (interim->put({result.prepared, soFar}))
              QMetaObject::invokeMethod(
                  this, [this, interim] { show(*interim); }, Qt::QueuedConnection);
          };
        result.answer = model->attribute(question, progress, cancel);
        return result;
      },
      receiver, std::move(done), std::move(failed));
  // The work may have begun, but what it announces is looked at here, on this thread.
  interim->job = id;
  interim->receiver = receiver;
  interim->preview = std::move(preview);
  return id;
}

/// Keeps the newest; true when the GUI thread has to be told.
bool EngineBridge::Interim::put(AttributionResult result) {
  const std::lock_guard lock(mutex);
  const bool first = !newest;
  newest = std::move(result);
  return first;
}

void EngineBridge::show(Interim& interim) {
  std::optional<AttributionResult> result;
  {
    const std::lock_guard lock(interim.mutex);
    result.swap(interim.newest);
  }
  // Nothing follows the answer itself, and nothing comes for a question that was replaced.
  const auto asked = pending_.constFind(interim.job);
  if (!result || !interim.receiver || asked == pending_.cend()) return;
  if (!asked->pane.isEmpty() && newest_.value(asked->pane) != interim.job) return;
  interim.preview(std::move(*result));
}

JobId EngineBridge::preview(const std::shared_ptr<Model>& model, const QString& pane, ImagePtr picture,
                            const ModelCard& card, QObject* receiver, Done<Classification> done, Failed failed) {
  const JobId id = ask<Classification>(
      tr("Previewing"), pane,
      [model, picture = std::move(picture), card](const Progress&, const CancelToken& cancel) {
        // The engine thread is the only one that reads the model's card, so it may be borrowed for one job.
        struct Borrowed {
          Model& model;
          ModelCard own;
          ~Borrowed() { model.setCard(std::move(own)); }
        } borrowed{*model, model->card()};
        model->setCard(card);
        Classification result;
        auto input = std::make_shared<Array>(model->preprocess(*picture));
        result.prepared.seen = std::make_shared<Image>(model->pictureOf(*input));
        result.prepared.input = input;
        result.top = model->classify(*input, 5, cancel);
        return result;
      },
      receiver, std::move(done), std::move(failed));
  pending_[id].quiet = true;
  return id;
}

void EngineBridge::setCard(const std::shared_ptr<Model>& model, const ModelCard& card) {
  ask<bool>(
      tr("Changing the card"), {},
      [model, card, inputs = inputs_](const Progress&, const CancelToken&) {
        model->setCard(card);
        inputs->clear();
        return true;
      },
      this, [](bool) {});
}

void EngineBridge::cancel(JobId id) {
  queueOf(id % 2 == 1 ? Lane::Background : Lane::Front).cancel(id / 2);
}
void EngineBridge::cancelPane(const QString& pane) {
  queue_->cancelKey(pane.toStdString());
  if (background_) background_->cancelKey(pane.toStdString());
}
void EngineBridge::announceWaiting(const QString& pane, int count) {
  if (waiting_.value(pane) == count) return;
  waiting_[pane] = count;
  int all = 0;
  for (const int one : std::as_const(waiting_)) all += one;
  Q_EMIT waitingChanged(all);
}
void EngineBridge::cancelAll() {
  Q_EMIT allCancelled();
  queue_->cancelAll();
  if (background_) background_->cancelAll();
}
bool EngineBridge::idle() const {
  return pending_.isEmpty();
}

}  // namespace unitscope
