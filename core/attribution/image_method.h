#pragma once

#include <string>

#include "attribution/method.h"
#include "attribution/score.h"

namespace unitscope {

/// A method that explains one image at a time: run() goes through the images of the query and joins the maps.
/// channelScores of several images are averaged.
class ImageMethod : public AttributionMethod {
 public:
  explicit ImageMethod(MethodInfo info) : info_(std::move(info)) {}

  const MethodInfo& info() const final { return info_; }
  Attribution run(const AttributionQuery& query, const Progress& progress, const CancelToken& cancel) const final;

 protected:
  /// The map is [1,C,h,w]. Parameters are complete and within their bounds.
  virtual Attribution explain(const ScoreFunction& score, const ParameterValues& parameters, const Progress& progress,
                              const CancelToken& cancel) const = 0;

 private:
  MethodInfo info_;
};

/// Four significant digits, for notes.
std::string shown(double number);

}  // namespace unitscope
