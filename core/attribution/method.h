#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "attribution/parameters.h"
#include "exec/executor.h"
#include "runtime/progress.h"

namespace unitscope {

struct Attribution;

/// What is asked of a method. `input` is preprocessed, [N,C,H,W], on any device. The score explained is
/// output[:, target] of `output`; for an output with spatial extent its mean over places, or over the places of
/// `region`. `output` may be any value of the graph, so that any unit can be explained. Two more kinds of score:
/// target minus `against` ("why tabby rather than tiger cat?"), and, where `resemble` is set, the cosine similarity of
/// the whole output to it.
struct AttributionQuery {
  Executor& executor;
  at::Tensor input;
  ValueId inputValue = kNoValue;
  ValueId output = kNoValue;
  std::int64_t target = 0;
  ValueId layer = kNoValue;    ///< for methods that use one; kNoValue where they do not
  ParameterValues parameters;  ///< what is not set takes its default

  // What the model card knows; all of it may be left out.
  std::vector<std::pair<ValueId, at::Tensor>> otherFeeds;  ///< for inputs other than the picture, as for one image
  bool channelsLast = false;                               ///< input is [N,H,W,C]; maps are [N,C,H,W] all the same
  bool outputIsProbability = false;                        ///< the network ends in a softmax
  bool multiLabel = false;                                 ///< a sigmoid for each class instead of a softmax
  at::Tensor black, white;                                 ///< [C], these colours as the network sees them

  std::int64_t against = -1;  ///< class whose score is taken off the target's; -1 for none
  at::Tensor region;          ///< [h,w] weights of the output's places, of any size; undefined for the plain mean
  at::Tensor resemble;        ///< [K] output to be similar to; undefined where the score is a class
  at::Tensor segments;        ///< [H,W] int64, numbered from 0, for methods over superpixels; undefined: they find some
  std::function<void(const Attribution&)> preview;  ///< given what is there so far, by methods that take long
};

/// Numbers along an axis that belong to a map: "score against area".
struct AttributionCurve {
  std::string title, xTitle, yTitle;
  std::vector<double> x, y;
  std::optional<double> level;  ///< a horizontal line to compare with
  std::string levelTitle;       ///< "score of the whole picture"
};

/// A picture that belongs to a map, as the network takes it: "what the network still needs".
struct AttributionPicture {
  std::string title;
  at::Tensor picture;  ///< [1,C,H,W] float32 CPU
};

/// A method's answer.
struct Attribution {
  at::Tensor map;                    ///< [N,C,h,w] float32 CPU, in the method's own resolution and channels
  std::vector<float> channelScores;  ///< one a channel of the layer, where the method has them
  std::vector<std::string> notes;    ///< "completeness error 0.003", shown with the map
  std::vector<AttributionCurve> curves;
  std::vector<AttributionPicture> pictures;
};

/// One attribution method. Stateless.
class AttributionMethod {
 public:
  virtual ~AttributionMethod() = default;
  virtual const MethodInfo& info() const = 0;
  virtual Attribution run(const AttributionQuery& query, const Progress& progress, const CancelToken& cancel) const = 0;
};

/// All methods in the order in which they are shown.
class MethodRegistry {
 public:
  MethodRegistry();
  const std::vector<std::unique_ptr<AttributionMethod>>& methods() const noexcept { return methods_; }
  /// Throws Error listing the known ids when there is none of this id.
  const AttributionMethod& find(std::string_view id) const;

 private:
  std::vector<std::unique_ptr<AttributionMethod>> methods_;
};

}  // namespace unitscope
