#pragma once

#include <QJsonObject>
#include <QRectF>
#include <QString>

#include "app/document.h"
#include "app/engine_bridge.h"

namespace unitscope {

/// Which score the heatmaps explain. Which class that is about is the Selection's; the rest is here. What belongs to
/// the other kinds is kept, so that one can go back to it.
struct ScoreChoice {
  enum class Kind {
    Class,       ///< the score of the class
    Difference,  ///< the class's score less that of `against`
    Unit,        ///< a channel of an inner layer
    Region,      ///< the class's score over a part of the output's places
    Resemblance  ///< how similar the output is to that of a second picture
  };
  Kind kind = Kind::Class;
  int against = -1;
  QString layer;
  int channel = 0;
  QRectF region;    ///< fractions of the picture as the network sees it; empty: not drawn yet
  QString picture;  ///< path of the second picture, or its name where it has no file
  bool operator==(const ScoreChoice&) const = default;

  QJsonObject toJson() const;
  /// Takes what it understands; the rest is as by default.
  static ScoreChoice fromJson(const QJsonObject& json);
};

/// Why a kind makes no sense for what is open; empty where it does.
QString reasonAgainst(ScoreChoice::Kind kind, const Document& document);
/// What the choice still lacks, or why it does not fit what is open; empty where it is in force. Where it is not, the
/// class itself is explained. `target`: the class, -1 for the first choice of each picture.
QString whatIsMissing(const ScoreChoice& choice, const Document& document, int target);
/// "tabby rather than tiger cat", for a choice in force.
QString scoreText(const ScoreChoice& choice, const Document& document, int target);
/// "x 10\u201350 %, y 20\u201380 %".
QString regionText(const QRectF& region);

/// The picture that a choice names; null when it is not open.
const PictureEntry* secondPicture(const ScoreChoice& choice, const Document& document);
/// What a choice calls this picture.
QString pictureKey(const PictureEntry& picture);
/// Channels of a layer's output; 0 while they are not known.
int channelCount(const Document& document, const QString& layer);
/// Weights of the output's places for a region, for AttributionRequest.
std::shared_ptr<const Array> regionWeights(const QRectF& region);
/// Puts a choice in force into a request for a picture whose class is `target`. `weights` are those of its region.
void applyScore(const ScoreChoice& choice, const Document& document, const std::shared_ptr<const Array>& weights,
                AttributionRequest& request);

}  // namespace unitscope
