#include "app/counterfactual/live_scores.h"

#include <limits>

#include "app/counterfactual/stroke_painter.h"

namespace unitscope {

namespace {

LiveScores::Answer answer(LiveScores::Question question, const CancelToken& cancel) {
  LiveScores::Answer answer;
  answer.pixels = question.pixels;
  if (!answer.pixels) {
    answer.drawn = EditedPicture::draw(question.work, cancel);
    answer.pixels = answer.drawn.empty() ? question.work.from : answer.drawn.back();
    if (question.live) answer.pixels = drawStroke(question.work.canvas, answer.pixels, *question.live);
  }
  const Array input = inputOfSeen(*answer.pixels, question.model->card());
  answer.classes =
      question.model->predictionsFrom(question.model->scores(input, cancel), 0, std::numeric_limits<int>::max());
  answer.question = std::move(question);
  return answer;
}

}  // namespace

LiveScores::LiveScores(EngineBridge& engine, Source source, QObject* parent)
    : QObject(parent), engine_(engine), source_(std::move(source)) {}

void LiveScores::refresh() {
  turnstile_.offer([this] { ask(); });
  Q_EMIT busyChanged();
}

void LiveScores::ask() {
  const std::optional<Question> question = source_();
  if (!question) {
    turnstile_.done();
    return;
  }
  engine_.ask<Answer>(
      tr("Scoring the edited picture"), QStringLiteral("counterfactual/scores"),
      [question = *question](const Progress&, const CancelToken& cancel) { return answer(question, cancel); }, this,
      [this](const Answer& found) {
        Q_EMIT answered(found);  // first, so that the next question knows
        turnstile_.done();
        Q_EMIT busyChanged();
      },
      [this](const Problem&) {
        turnstile_.done();
        Q_EMIT busyChanged();
      });
}

}  // namespace unitscope
