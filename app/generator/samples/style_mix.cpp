#include "app/generator/samples/style_mix.h"

#include <algorithm>
#include <utility>

#include "app/engine_bridge.h"
#include "app/generator/generator_stage.h"

namespace unitscope {
namespace {

/// What the layers take for a scene, moves included.
Array stylesOf(Generator& generator, const GeneratorScene& scene, const CancelToken& cancel) {
  return generator.styles(questionOf(generator, scene, cancel), cancel);
}

}  // namespace

StyleMix::StyleMix(const Context& context, GeneratorStage& stage, QObject* parent)
    : QObject(parent), context_(context), stage_(stage) {
  connect(&stage_, &GeneratorStage::generatorChanged, this, &StyleMix::clear);
}

QString StyleMix::reason() const {
  if (!stage_.generator()) return tr("There is no generator yet");
  return stage_.generator()->plan().hasStyles()
             ? QString()
             : tr("This network has no styles: each of its layers follows from the one before, so that nothing can be "
                  "taken from a second sample");
}

void StyleMix::clear() {
  ++round_;
  first_ = {};
  second_ = {};
  styles_.reset();
  rows_.clear();
  share_ = 1.0;
  if (stage_.generator()) {
    // The finer half, so that the first sample's layout is seen with the second one's colours.
    const std::int64_t count = stage_.generator()->plan().styleCount;
    for (std::int64_t row = (count + 1) / 2; row < count; ++row) rows_.push_back(row);
  }
  Q_EMIT changed();
}

void StyleMix::setFirst(const GeneratorScene& scene) {
  first_ = scene;
  ask();
}

void StyleMix::setSecond(const GeneratorScene& scene) {
  second_ = scene;
  ask();
}

void StyleMix::swap() {
  std::swap(first_, second_);
  ask();
}

void StyleMix::setRows(std::vector<std::int64_t> rows) {
  std::ranges::sort(rows);
  rows_ = std::move(rows);
  Q_EMIT changed();
  show();
}

void StyleMix::setShare(double share) {
  share_ = std::clamp(share, 0.0, 1.0);
  Q_EMIT changed();
  show();
}

void StyleMix::ask() {
  const int round = ++round_;
  styles_.reset();
  Q_EMIT changed();
  if (first_.empty() || second_.empty() || !reason().isEmpty()) return;
  using Found = std::shared_ptr<const Styles>;
  context_.engine.ask<Found>(
      tr("Styles of two samples"), QStringLiteral("generator/mix"),
      [first = first_, second = second_, generator = stage_.generator()](const Progress&,
                                                                         const CancelToken& cancel) -> Found {
        return std::make_shared<const Styles>(
            Styles{stylesOf(*generator, first, cancel), stylesOf(*generator, second, cancel)});
      },
      this,
      [this, round](const Found& found) {
        if (round != round_) return;
        styles_ = found;
        show();
      });
}

void StyleMix::show() {
  if (!styles_ || styles_->first.shape != styles_->second.shape || styles_->first.shape.size() != 3) return;
  GeneratorScene mixed = first_;
  mixed.name = tr("%1 \u00d7 %2").arg(first_.name, second_.name);
  mixed.moves.clear();  // they are in the styles
  mixed.sample.space = LatentSpace::WPlus;
  mixed.sample.latents = styles_->first;
  const auto size = std::size_t(styles_->first.shape[2]);
  for (const std::int64_t row : rows_) {
    if (row < 0 || row >= styles_->first.shape[1]) continue;
    for (std::size_t i = std::size_t(row) * size; i < (std::size_t(row) + 1) * size; ++i) {
      float& value = mixed.sample.latents.values[i];
      value += float(share_) * (styles_->second.values[i] - value);
    }
  }
  stage_.change(tr("Mix %1").arg(mixed.name), mixed, QStringLiteral("mix"));
}

}  // namespace unitscope
