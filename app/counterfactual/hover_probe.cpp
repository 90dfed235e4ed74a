#include "app/counterfactual/hover_probe.h"

#include <limits>

#include "runtime/error.h"

namespace unitscope {

struct HoverProbe::Prepared {
  std::shared_ptr<Model> model;
  ImagePtr seen;
  CoverContent content = CoverContent::Mean;
  std::unique_ptr<CoverScorer> scorer;
  std::vector<Prediction> whole;  // by class

  std::vector<Prediction> predictions(const PixelBox& window, const CancelToken& cancel) const {
    const std::vector<Prediction> best =
        model->predictionsFrom(scorer->scores(window, cancel), 0, std::numeric_limits<int>::max());
    std::vector<Prediction> byClass(best.size());
    for (const Prediction& one : best) byClass.at(std::size_t(one.index)) = one;
    return byClass;
  }

  HoverReading read(const PixelBox& window, int target, const CancelToken& cancel) {
    if (!scorer) scorer = makeCoverScorer(model, *seen, content);
    if (whole.empty()) whole = predictions({}, cancel);
    if (target < 0 || target >= int(whole.size())) throw Error("occluder", "the network has no such class");
    const Prediction& before = whole[std::size_t(target)];
    const Prediction after = predictions(window, cancel)[std::size_t(target)];
    return {window, before.score, after.score, before.probability, after.probability};
  }
};

HoverProbe::HoverProbe(EngineBridge& engine, QObject* parent) : QObject(parent), engine_(engine) {}

void HoverProbe::setPicture(const std::shared_ptr<Model>& model, const ImagePtr& seen, CoverContent content) {
  if (prepared_ && prepared_->model == model && prepared_->seen == seen && prepared_->content == content) return;
  turnstile_.forget();
  prepared_.reset();
  if (!model || !seen) return;
  prepared_ = std::make_shared<Prepared>();
  prepared_->model = model;
  prepared_->seen = seen;
  prepared_->content = content;
}

void HoverProbe::probe(const PixelBox& window, int target) {
  if (!prepared_) return;
  turnstile_.offer([this, window, target] { ask(window, target); });
  Q_EMIT busyChanged();
}

void HoverProbe::ask(const PixelBox& window, int target) {
  if (!prepared_) {
    turnstile_.done();
    return;
  }
  engine_.ask<HoverReading>(
      tr("Covering a window"), QStringLiteral("counterfactual/hover"),
      [prepared = prepared_, window, target](const Progress&, const CancelToken& cancel) {
        return prepared->read(window, target, cancel);
      },
      this,
      [this, asked = prepared_](const HoverReading& reading) {
        turnstile_.done();
        if (asked == prepared_) Q_EMIT answered(reading);
        Q_EMIT busyChanged();
      },
      [this](const Problem&) {
        turnstile_.done();
        Q_EMIT busyChanged();
      });
}

}  // namespace unitscope
