#pragma once

#include <QString>

#include "app/engine_bridge.h"

namespace unitscope {

/// One map with what made it, ready to be written.
struct NumbersToWrite {
  std::shared_ptr<const AttributionResult> result;
  AttributionRequest request;
  QString model;    ///< title or path
  QString picture;  ///< name
  QString label;    ///< of what is explained: "tabby", "tabby rather than tiger cat"
};

/// Writes a map's numbers: `.npy` (float32, the method's own resolution and channels), `.csv` (one line a value) or
/// `.json` (with all that made it). Whole or not at all. Throws Error naming the file.
void writeNumbers(const NumbersToWrite& numbers, const QString& file);
/// Writes the classes of a picture, best first, as `.csv` or `.json`. Whole or not at all. Throws Error naming the
/// file.
void writePredictions(const std::vector<Prediction>& predictions, const QString& model, const QString& picture,
                      const QString& file);
/// The command line that computes the same map; quoted for a POSIX shell. `resemble` is the file of the request's
/// second picture, `region` the rectangle of its region,
/// `segments` the file of its superpixels. What has no file, so that a command cannot name it, is left
/// out and said in a comment.
QString attributeCommand(const QString& model, const QString& picture, const MethodInfo& method,
                         const AttributionRequest& request, const QString& resemble = {}, const QRectF& region = {},
                         const QString& segments = {});

}  // namespace unitscope
