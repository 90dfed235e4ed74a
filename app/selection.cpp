#include "app/selection.h"

namespace unitscope {

namespace {
constexpr std::size_t kHistoryLimit = 200;
}

void Selection::set(const Focus& focus) {
  if (focus == history_[at_]) return;
  const Focus before = history_[at_];
  history_.resize(at_ + 1);
  history_.push_back(focus);
  if (history_.size() > kHistoryLimit) history_.erase(history_.begin());
  at_ = history_.size() - 1;
  Q_EMIT changed(history_[at_], before);
  Q_EMIT historyChanged();
}

void Selection::setLayer(const QString& layer) {
  if (layer == focus().layer) return;
  Focus next = focus();
  next.layer = layer;
  next.unit = -1;
  next.place = {-1, -1};
  set(next);
}

void Selection::setUnit(const QString& layer, int unit) {
  Focus next = focus();
  if (layer != next.layer) next.place = {-1, -1};
  next.layer = layer;
  next.unit = unit;
  set(next);
}

void Selection::setImage(ImageId image) {
  Focus next = focus();
  next.image = image;
  set(next);
}

void Selection::setTarget(int target) {
  Focus next = focus();
  next.target = target;
  set(next);
}

void Selection::setPlace(QPoint place) {
  Focus next = focus();
  next.place = place;
  set(next);
}

void Selection::back() {
  if (canGoBack()) moveTo(at_ - 1);
}

void Selection::forward() {
  if (canGoForward()) moveTo(at_ + 1);
}

void Selection::moveTo(std::size_t index) {
  const Focus before = history_[at_];
  at_ = index;
  Q_EMIT changed(history_[at_], before);
  Q_EMIT historyChanged();
}

void Selection::reset(const Focus& focus) {
  const Focus before = history_[at_];
  history_.assign(1, focus);
  at_ = 0;
  if (focus != before) Q_EMIT changed(focus, before);
  Q_EMIT historyChanged();
}

}  // namespace unitscope
