#include "app/counterfactual/cover_scorer.h"

#include <algorithm>

#include "app/counterfactual/canvas_picture.h"
#include "image/filters.h"

#if __has_include("engine/occluder.h")
#include "app/counterfactual/tool_settings.h"
#include "engine/occluder.h"
#define UNITSCOPE_HAS_OCCLUDER
#endif

namespace unitscope {

namespace {

#ifdef UNITSCOPE_HAS_OCCLUDER

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

#else

/// What the whole picture would be if all of it were covered, as the network takes it.
Array coverFor(const Model& model, const Image& seen, const Array& input, CoverContent content) {
  Array cover = input;
  const ModelCard& card = model.card();
  switch (content) {
    case CoverContent::Mean: std::fill(cover.values.begin(), cover.values.end(), 0.0F); break;
    case CoverContent::Black: {
      Image black = seen;
      std::fill(black.pixels.begin(), black.pixels.end(), std::uint8_t{0});
      cover = inputOfSeen(black, card);
      break;
    }
    case CoverContent::Blur: {
      const double sigma = baselineBlur(seen.width, seen.height);
      if (card.channelsLast) {
        // The blur of the pixels: the rounding to whole grey values is all that differs.
        cover = inputOfSeen(blurImage(seen, sigma), card);
      } else {
        cover.values = blurPlanes(input.values, seen.channels, seen.height, seen.width, sigma);
      }
    }
  }
  return cover;
}

/// Runs the whole network for each window.
class PlainCoverScorer final : public CoverScorer {
 public:
  PlainCoverScorer(std::shared_ptr<Model> model, const Image& seen, CoverContent content)
      : model_(std::move(model)),
        width_(seen.width),
        height_(seen.height),
        channels_(seen.channels),
        input_(inputOfSeen(seen, model_->card())),
        cover_(coverFor(*model_, seen, input_, content)) {}

  Array scores(const PixelBox& window, const CancelToken& cancel) override {
    Array covered = input_;
    const bool last = model_->card().channelsLast;
    // A row of a window is one block in [N,H,W,C], and one a channel in [N,C,H,W].
    const int planes = last ? 1 : channels_;
    const auto each = std::size_t(last ? channels_ : 1);
    for (int plane = 0; plane < planes; ++plane) {
      for (int y = window.top; y < window.bottom && !window.empty(); ++y) {
        const std::size_t row = std::size_t(plane * height_ + y) * std::size_t(width_);
        const std::size_t from = (row + std::size_t(window.left)) * each;
        const std::size_t to = (row + std::size_t(window.right)) * each;
        std::copy(cover_.values.begin() + std::ptrdiff_t(from), cover_.values.begin() + std::ptrdiff_t(to),
                  covered.values.begin() + std::ptrdiff_t(from));
      }
    }
    return model_->scores(covered, cancel);
  }

 private:
  std::shared_ptr<Model> model_;
  int width_, height_, channels_;
  Array input_, cover_;
};

#endif

}  // namespace

std::unique_ptr<CoverScorer> makeCoverScorer(std::shared_ptr<Model> model, const Image& seen, CoverContent content) {
#ifdef UNITSCOPE_HAS_OCCLUDER
  return std::make_unique<IncrementalCoverScorer>(model, seen, content);
#else
  return std::make_unique<PlainCoverScorer>(std::move(model), seen, content);
#endif
}

}  // namespace unitscope
