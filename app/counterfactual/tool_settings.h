#pragma once

#include <QJsonObject>
#include <QString>

#include "app/counterfactual/cover_scorer.h"
#include "app/counterfactual/stroke.h"

namespace unitscope {

/// What the pointer does on the picture and what is shown over it.
struct ToolSettings {
  enum class Tool { Brush, Eraser, Occluder };
  static constexpr int kSmallest = 1, kLargest = 60;  ///< of `size`

  Tool tool = Tool::Brush;
  Stroke::Fill fill = Stroke::Fill::Blur;  ///< never Restore: that is the eraser
  int size = 14;                           ///< diameter of the brush, percent of the picture's shorter side
  int softness = 30;                       ///< percent
  ImageId source = 0;                      ///< picture to copy from; not in sessions by this number
  int window = 0;                          ///< side of the occluder in the network's pixels; 0: by the picture's size
  CoverContent cover = CoverContent::Mean;
  QString heat;          ///< id of the method; empty for no heatmap
  int heatOpacity = 45;  ///< percent
  bool operator==(const ToolSettings&) const = default;

  /// The occluder's side on a picture whose shorter side is this long: a seventh by itself, 32 pixels at 224.
  int windowOn(int side) const;
  /// The stroke that these settings begin; without points and pixels.
  Stroke stroke() const;
  /// Without `source`.
  QJsonObject toJson() const;
  /// Takes what it understands; the rest is as by default.
  static ToolSettings fromJson(const QJsonObject& json);
};

/// "zero", "blur", "black": the value of the attribution methods' parameter.
QString coverId(CoverContent content);

}  // namespace unitscope
