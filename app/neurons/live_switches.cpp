#include "app/neurons/live_switches.h"

#include <limits>
#include <optional>

#include "activations/unit_switchboard.h"
#include "app/engine_bridge.h"

namespace unitscope {

/// Made for one picture; kept between questions, since it remembers what lies before the switches.
struct LiveSwitches::Board {
  ImagePtr of;
  std::optional<UnitSwitchboard> switches;
};

LiveSwitches::LiveSwitches(const Context& context, QObject* parent)
    : QObject(parent), context_(context), board_(std::make_shared<Board>()) {
  connect(&context_.document, &Document::modelChanged, this, &LiveSwitches::forget);
  connect(&context_.document, &Document::cardChanged, this, &LiveSwitches::forget);
}

void LiveSwitches::forget() {
  ++round_;
  turnstile_.forget();
  board_ = std::make_shared<Board>();
  image_ = 0;
  answer_.reset();
  Q_EMIT answered();
}

void LiveSwitches::ask(ImageId image, const QVector<UnitScale>& scales) {
  const PictureEntry* picture = context_.document.picture(image);
  if (!picture || !context_.document.hasModel()) {
    image_ = 0;
    if (std::exchange(answer_, nullptr)) Q_EMIT answered();
    return;
  }
  if (image == image_ && scales == scales_) return;
  image_ = image;
  scales_ = scales;
  std::vector<UnitSwitch> switches;
  for (const UnitScale& one : scales)
    switches.push_back({one.layer.toStdString(), {one.unit}, UnitSwitch::Kind::Scale, one.factor});
  turnstile_.offer([this, switches, scales, pixels = picture->pixels, round = round_] {
    context_.engine.ask<Answer>(
        tr("Switching units"), QStringLiteral("neurons/switches"),
        [switches, scales, pixels, board = board_, model = context_.document.model()](const Progress&,
                                                                                      const CancelToken& cancel) {
          if (board->of != pixels || !board->switches) {
            board->switches.emplace(model, model->preprocess(*pixels));
            board->of = pixels;
          }
          board->switches->setAll(switches);
          constexpr int kAll = std::numeric_limits<int>::max();
          return Answer{scales, model->predictionsFrom(board->switches->unchanged(cancel), 0, kAll),
                        model->predictionsFrom(board->switches->scores(cancel), 0, kAll)};
        },
        this,
        [this, round](const Answer& answer) {
          if (round == round_) {
            answer_ = std::make_unique<Answer>(answer);
            Q_EMIT answered();
          }
          turnstile_.done();
        },
        [this, round](const Problem&) {
          if (round == round_) image_ = 0;  // so that the same may be asked again
          turnstile_.done();
        });
  });
}

}  // namespace unitscope
