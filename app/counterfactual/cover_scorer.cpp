#include "app/counterfactual/cover_scorer.h"

#include "app/counterfactual/canvas_picture.h"
#include "app/counterfactual/tool_settings.h"
#include "engine/occluder.h"

namespace unitscope {

namespace {

/// Computes only what the window changes.
class IncrementalCoverScorer final : public CoverScorer {
 public:
  IncrementalCoverScorer(const std::shared_ptr<Model>& model, const Image& seen, CoverContent content)
      : occluder_(model, inputOfSeen(seen, model->card()), coverId(content).toStdString()) {}

  Array scores(const PixelBox& window, const CancelToken& cancel) override {
    cancel.check();
    if (window.empty()) return occluder_.scores();
    return occluder_.covered(
        OccluderBox{window.left, window.top, window.right - window.left, window.bottom - window.top});
  }

 private:
  Occluder occluder_;
};

}  // namespace

std::unique_ptr<CoverScorer> makeCoverScorer(std::shared_ptr<Model> model, const Image& seen, CoverContent content) {
  return std::make_unique<IncrementalCoverScorer>(model, seen, content);
}

}  // namespace unitscope
