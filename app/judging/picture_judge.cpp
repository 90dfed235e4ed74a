#include "app/judging/picture_judge.h"

#include <algorithm>
#include <utility>

#include "app/judging/score_table_model.h"

namespace unitscope {

namespace {

const QString kPane = QStringLiteral("judge/picture");

struct Verdicts {
  std::shared_ptr<const Array> map;
  double seconds = 0.0;
  std::vector<MetricResult> results;
};

}  // namespace

PictureJudge::PictureJudge(EngineBridge& engine, QObject* parent)
    : QObject(parent), engine_(engine), infos_(judgeMetrics()) {}

void PictureJudge::setSubject(const JudgeSubject& subject) {
  const bool same = subject.model.model == subject_.model.model && subject.picture == subject_.picture &&
                    subject.target == subject_.target && subject.points == subject_.points &&
                    subject.absolute == subject_.absolute;
  const bool sameMask = subject.mask == subject_.mask;
  if (same && sameMask) return;
  subject_ = subject;
  giveUp();
  if (!same) {
    heats_.clear();
  } else {
    for (JudgedHeat& heat : heats_)
      for (const MetricInfo& info : infos_)
        if (info.needsMask) heat.results.remove(QString::fromStdString(info.id));
  }
  Q_EMIT changed();
  askNext();
}

void PictureJudge::want(const QVector<JudgedMethod>& methods, const QStringList& metrics) {
  const bool same = methods == wanted_ && metrics == metrics_;
  wanted_ = methods;
  metrics_ = metrics;
  for (const JudgedMethod& method : methods) {
    JudgedHeat& heat = heats_[method.id];
    if (heat.method == method) continue;
    heat = JudgedHeat();
    heat.method = method;
    if (running_ == method.id) giveUp();
  }
  const bool gone = !running_.isEmpty() &&
                    std::ranges::none_of(methods, [&](const JudgedMethod& method) { return method.id == running_; });
  if (gone) giveUp();
  if (!same) Q_EMIT changed();
  askNext();
}

void PictureJudge::stop() {
  wanted_.clear();
  giveUp();
  finish();
}

void PictureJudge::clear() {
  heats_.clear();
  subject_ = JudgeSubject();
  stop();
  Q_EMIT changed();
}

const JudgedHeat* PictureJudge::heat(const QString& method) const {
  const auto found = heats_.constFind(method);
  return found == heats_.cend() ? nullptr : &*found;
}

/// Whatever runs is not wanted any more.
void PictureJudge::giveUp() {
  ++round_;
  if (!running_.isEmpty()) engine_.cancelPane(kPane);
  running_.clear();
}

void PictureJudge::finish() {
  engine_.announceWaiting(kPane, 0);
  Q_EMIT busyChanged();
}

QStringList PictureJudge::missing(const JudgedHeat& heat) const {
  QStringList ids;
  if (!heat.problem.isEmpty()) return ids;
  for (const QString& id : metrics_) {
    const MetricInfo* info = findMetric(infos_, id);
    if (info && (!info->needsMask || subject_.mask) && !heat.results.contains(id)) ids << id;
  }
  return ids;
}

void PictureJudge::askNext() {
  if (!running_.isEmpty() || !subject_.picture || !subject_.model.model) return;
  int waiting = 0;
  const JudgedHeat* next = nullptr;
  QStringList metrics;
  for (const JudgedMethod& method : std::as_const(wanted_)) {
    const JudgedHeat* candidate = heat(method.id);
    const QStringList lacks = candidate ? missing(*candidate) : QStringList();
    if (lacks.isEmpty()) continue;
    if (next) {
      ++waiting;
    } else {
      next = candidate;
      metrics = lacks;
    }
  }
  if (!next) return finish();
  running_ = next->method.id;
  engine_.announceWaiting(kPane, waiting);
  const int round = round_;
  engine_.askInBackground<Verdicts>(
      tr("Judging %1").arg(next->method.title), kPane, subject_.model,
      [subject = subject_, method = next->method, map = next->map, metrics](Model& model, const Progress& progress,
                                                                            const CancelToken& cancel) {
        Verdicts verdicts;
        JudgeQuestion question;
        question.asked.method = method.id.toStdString();
        question.asked.input = model.preprocess(*subject.picture);
        question.asked.target = subject.target;
        question.asked.layer = method.layer.toStdString();
        question.asked.parameters = method.parameters;
        const double share = map ? 0.0 : 0.3;
        verdicts.map = map;
        if (!map) {
          const AttributionAnswer answer = model.attribute(question.asked, progress.part(0.0, share), cancel);
          verdicts.map = std::make_shared<const Array>(answer.map);
          verdicts.seconds = answer.seconds;
        }
        question.map = *verdicts.map;
        if (subject.mask) question.mask = *subject.mask;
        for (const QString& id : metrics) question.metrics.push_back(id.toStdString());
        question.absolute = subject.absolute;
        const ModelCard& card = model.card();
        question.step = std::max<std::int64_t>(1, std::int64_t{card.width} * card.height / subject.points);
        verdicts.results = judge(model, question, progress.part(share, 1.0), cancel);
        return verdicts;
      },
      this,
      [this, round, id = next->method.id](Verdicts verdicts) {
        if (round != round_) return;
        running_.clear();
        JudgedHeat& heat = heats_[id];
        if (!heat.map) heat.seconds = verdicts.seconds;
        heat.map = verdicts.map;
        for (MetricResult& result : verdicts.results)
          heat.results.insert(QString::fromStdString(result.metric), std::move(result));
        askNext();
        Q_EMIT changed();
      },
      [this, round, id = next->method.id](const Problem& problem) {
        if (round != round_) return;
        running_.clear();
        if (problem.cancelled) {
          wanted_.clear();
          Q_EMIT cancelled();
        } else {
          heats_[id].problem = problem.reason;
        }
        askNext();
        Q_EMIT changed();
      });
  Q_EMIT busyChanged();
}

}  // namespace unitscope
