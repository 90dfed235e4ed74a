#include "app/counterfactual/live_heat.h"

#include <algorithm>

namespace unitscope {

namespace {

constexpr std::size_t kKept = 4;
const QString kPane = QStringLiteral("counterfactual/heat");

}  // namespace

std::vector<MethodInfo> LiveHeat::fastMethods() {
  static const QStringList fast{"grad_cam",        "gradient",  "input_x_gradient",    "guided_backprop",
                                "guided_grad_cam", "deconvnet", "grad_cam_pp",         "layer_cam",
                                "xgrad_cam",       "eigen_cam", "linear_approximation"};
  std::vector<MethodInfo> found;
  const std::vector<MethodInfo> all = attributionMethods();
  for (const QString& id : fast) {
    const auto it = std::find_if(all.begin(), all.end(), [&](const MethodInfo& m) { return m.id == id.toStdString(); });
    if (it != all.end()) found.push_back(*it);
  }
  return found;
}

LiveHeat::LiveHeat(EngineBridge& engine, QObject* parent) : QObject(parent), engine_(engine) {}

std::shared_ptr<const HeatPicture> LiveHeat::heat(const ImagePtr& seen, const QString& method, int target) const {
  const Key key{seen, method, target};
  const auto it = std::find_if(kept_.begin(), kept_.end(), [&](const auto& entry) { return entry.first == key; });
  return it == kept_.end() ? nullptr : it->second;
}

void LiveHeat::want(const std::shared_ptr<Model>& model, const ImagePtr& seen, const QString& method, int target) {
  const Key key{seen, method, target};
  if (heat(seen, method, target) || (asking_ && asked_ == key) || failed_ == key) return;
  const auto all = attributionMethods();
  const auto info = std::find_if(all.begin(), all.end(), [&](const auto& m) { return m.id == method.toStdString(); });
  if (info == all.end()) return;
  asked_ = key;
  asking_ = true;
  problem_.clear();
  engine_.ask<std::shared_ptr<const HeatPicture>>(
      tr("%1 of the edited picture").arg(QString::fromStdString(info->title)), kPane,
      [model, seen, info = *info, target](const Progress& progress, const CancelToken& cancel) {
        AttributionQuestion question;
        question.method = info.id;
        question.input = inputOfSeen(*seen, model->card());
        question.target = target;
        question.parameters = ParameterValues(info);
        AttributionResult result;
        result.prepared.seen = seen;
        result.answer = model->attribute(question, progress, cancel);
        return std::make_shared<const HeatPicture>(makeHeatPicture(result, info.isSigned, {}));
      },
      this,
      [this, key](const std::shared_ptr<const HeatPicture>& heat) {
        asking_ = false;
        kept_.push_front({key, heat});
        if (kept_.size() > kKept) kept_.pop_back();
        Q_EMIT changed();
      },
      [this, key](const Problem& problem) {
        // Whoever cancelled it in the job bar does not want it asked again at once.
        if (asking_) failed_ = key;
        if (!problem.cancelled) problem_ = problem.reason;
        asking_ = false;
        Q_EMIT changed();
      });
}

void LiveHeat::stop() {
  if (!asking_) return;
  asking_ = false;
  engine_.cancelPane(kPane);
}

void LiveHeat::clear() {
  stop();
  kept_.clear();
  failed_ = {};
  problem_.clear();
}

}  // namespace unitscope
