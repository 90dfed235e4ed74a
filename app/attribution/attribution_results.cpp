#include "app/attribution/attribution_results.h"

#include <algorithm>
#include <utility>

#include <QMetaObject>

#include "app/document.h"
#include "runtime/error.h"

namespace unitscope {

QString questionText(const AttributionRequest& request) {
  QString text = request.method + QLatin1Char('\n') + QString::number(request.target) + QLatin1Char('\n') +
                 request.layer + QLatin1Char('\n') + QString::number(request.against) + QLatin1Char('\n') +
                 request.unitLayer + QLatin1Char('\n');
  for (const auto& [name, value] : request.parameters.all()) {
    text += QString::fromStdString(name) + QLatin1Char('=');
    std::visit(
        [&text](const auto& v) {
          using T = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<T, std::string>) {
            text += QString::fromStdString(v);
          } else if constexpr (std::is_same_v<T, double>) {
            text += QString::number(v, 'g', 17);
          } else {
            text += QString::number(qlonglong(v));
          }
        },
        value);
    text += QLatin1Char('\n');
  }
  return text;
}

AttributionResults::AttributionResults(const Context& context, QObject* parent) : QObject(parent), context_(context) {
  painters_.setMaxThreadCount(1);
  connect(&context_.engine, &EngineBridge::jobChanged, this, &AttributionResults::onJob);
  connect(&context_.engine, &EngineBridge::allCancelled, this, &AttributionResults::stopWaiting);
}

AttributionResults::~AttributionResults() {
  painters_.clear();
  painters_.waitForDone();
}

QString AttributionResults::paneOf(const Id& id) {
  return QStringLiteral("attribution/%1/%2").arg(id.first).arg(id.second);
}

const AttributionResults::Cell* AttributionResults::cell(const Id& id) const {
  const auto it = cells_.constFind(id);
  return it == cells_.cend() ? nullptr : &*it;
}

void AttributionResults::want(const Id& id, const AttributionRequest& request, bool isSigned) {
  const QString question = questionText(request);
  const auto it = cells_.constFind(id);
  const auto same = [](const AttributionRequest& a, const AttributionRequest& b) {
    return a.picture == b.picture && a.resemble == b.resemble && a.region == b.region && a.segments == b.segments;
  };
  if (it != cells_.cend() && it->question == question && same(it->request, request)) return;
  Cell& cell = cells_[id];
  cell.request = request;
  cell.question = question;
  cell.isSigned = isSigned;
  withdraw(id);
  lineUp(id, false);
}

void AttributionResults::lineUp(const Id& id, bool first) {
  Cell& cell = cells_[id];
  cell.state = State::Waiting;
  cell.fraction = -1;
  cell.text.clear();
  cell.painting = 0;
  cell.interim = nullptr;
  cell.forming = nullptr;
  if (first) {
    waiting_.prepend(id);
  } else {
    waiting_.append(id);
  }
  tell(id);
}

// Neither waits nor runs any more; whatever comes of it is not wanted.
void AttributionResults::withdraw(const Id& id) {
  waiting_.removeAll(id);
  Cell& cell = cells_[id];
  const bool asked = cell.job != 0;
  jobs_.remove(cell.job);
  cell.job = 0;
  cell.asking = 0;
  if (running_ == id) running_.reset();
  if (asked) context_.engine.cancelPane(paneOf(id));
}

void AttributionResults::arrange(const QVector<Id>& order, ImageId current) {
  QHash<Id, qsizetype> turns;
  for (qsizetype i = order.size() - 1; i >= 0; --i) turns.insert(order[i], i);
  const auto turn = [&](const Id& id) { return turns.value(id, order.size()); };
  std::stable_sort(waiting_.begin(), waiting_.end(), [&](const Id& a, const Id& b) { return turn(a) < turn(b); });
  if (running_ && running_->first != current && !waiting_.isEmpty() && waiting_.front().first == current) {
    const Id later = *running_;
    withdraw(later);
    lineUp(later, false);
  }
  goOn();
}

void AttributionResults::goOn() {
  if (!running_ && !waiting_.isEmpty()) ask(waiting_.takeFirst());
  context_.engine.announceWaiting(QStringLiteral("attribution"), int(waiting_.size()));
}

void AttributionResults::ask(const Id& id) {
  Cell& cell = cells_[id];
  running_ = id;
  cell.asking = ++lastAsking_;
  // The cell, if this is still what is wanted of it.
  const auto asked = [this, id, asking = cell.asking]() -> Cell* {
    const auto found = cells_.find(id);
    return found == cells_.end() || found->asking != asking ? nullptr : &*found;
  };
  const auto over = [this, id](Cell& done) {
    jobs_.remove(done.job);
    done.job = 0;
    running_.reset();
  };
  cell.job = context_.engine.attribute(
      context_.document.model(), paneOf(id), cell.request, this,
      [this, id, asked, over](AttributionResult result) {
        Cell* found = asked();
        if (!found) return;
        over(*found);
        found->result = std::make_shared<const AttributionResult>(std::move(result));
        found->interim = nullptr;  // what is seen of it stays until the result is painted
        goOn();
        paint(id);
      },
      [this, id, asked, over](const Problem& problem) {
        Cell* found = asked();
        if (!found) return;
        over(*found);
        found->state = problem.cancelled ? State::Stopped : State::Failed;
        found->text = problem.reason;
        if (!problem.cancelled) found->interim = nullptr, found->forming = nullptr;
        goOn();
        tell(id);
      },
      [this, id, asked](AttributionResult soFar) {
        Cell* found = asked();
        if (!found) return;
        found->interim = std::make_shared<const AttributionResult>(std::move(soFar));
        // While one is being painted the next waits, and only the newest of those that wait is painted at all.
        if (found->painting == 0) paint(id);
      });
  jobs_.insert(cell.job, id);
}

void AttributionResults::stopWaiting() {
  const QList<Id> stopped = std::exchange(waiting_, {});
  context_.engine.announceWaiting(QStringLiteral("attribution"), 0);
  for (const Id& id : stopped) {
    cells_[id].state = State::Stopped;
    tell(id);
  }
}

void AttributionResults::paint(const Id& id) {
  Cell& cell = cells_[id];
  cell.painting = ++lastPainting_;
  painters_.start([this, id, number = cell.painting, result = cell.newest(), isSigned = cell.isSigned, look = look_,
                   card = context_.document.card()] {
    std::shared_ptr<const HeatPicture> heat;
    QString problem;
    try {
      HeatPicture painted = makeHeatPicture(*result, isSigned, look);
      painted.pictures = answerImages(result->answer, card);
      heat = std::make_shared<const HeatPicture>(std::move(painted));
    } catch (const Error& error) {
      problem = QString::fromStdString(error.what());
    } catch (const std::bad_alloc&) {
      problem = tr("there is not enough memory to show it");
    }
    // `this` waits for its painters before it goes, and its going drops calls that are still queued.
    QMetaObject::invokeMethod(
        this,
        [this, id, number, result, heat, problem] {
          const auto found = cells_.find(id);
          if (found == cells_.end() || found->painting != number) return;
          found->painting = 0;
          show(id, *found, result, heat, problem);
        },
        Qt::QueuedConnection);
  });
  tell(id);
}

void AttributionResults::show(const Id& id, Cell& cell, const std::shared_ptr<const AttributionResult>& painted,
                              const std::shared_ptr<const HeatPicture>& heat, const QString& problem) {
  if (painted == cell.result) {
    cell.heat = heat;
    cell.forming = nullptr;
    cell.state = heat ? State::Ready : State::Failed;
    cell.text = problem;
  } else if (heat) {
    cell.forming = heat;
  }
  if (cell.interim && painted != cell.interim) paint(id);
  tell(id);
}

void AttributionResults::onJob(const JobStatus& status) {
  const auto found = jobs_.constFind(status.id);
  if (found == jobs_.cend() || status.state != JobStatus::State::Running) return;
  Cell& cell = cells_[*found];
  cell.state = State::Running;
  cell.fraction = status.fraction > 0 ? status.fraction : -1.0;
  tell(*found);
}

void AttributionResults::drop(const Id& id) {
  if (!cells_.contains(id)) return;
  withdraw(id);
  cells_.remove(id);
  tell(id);
}

void AttributionResults::clear() {
  for (const Id& id : ids()) drop(id);
  goOn();
}

void AttributionResults::stop(const Id& id) {
  const Cell* found = cell(id);
  if (!found) return;
  if (found->job) {
    context_.engine.cancelPane(paneOf(id));
  } else if (waiting_.removeAll(id) > 0) {
    cells_[id].state = State::Stopped;
    goOn();
    tell(id);
  }
}

void AttributionResults::retry(const Id& id) {
  if (!cell(id) || !context_.document.hasModel()) return;
  withdraw(id);
  lineUp(id, true);
  goOn();
}

void AttributionResults::setLook(const HeatLook& look) {
  if (look == look_) return;
  look_ = look;
  for (const Id& id : ids()) {
    const Cell& cell = cells_[id];
    if (cell.newest() && !cell.job && !waiting_.contains(id)) paint(id);
  }
}

bool AttributionResults::busy() const {
  return !waiting_.isEmpty() || std::any_of(cells_.cbegin(), cells_.cend(),
                                            [](const Cell& cell) { return cell.job != 0 || cell.painting != 0; });
}

void AttributionResults::tell(const Id& id) {
  Q_EMIT changed(id.first, id.second);
  const bool now = busy();
  if (now == wasBusy_) return;
  wasBusy_ = now;
  Q_EMIT busyChanged();
}

}  // namespace unitscope
